"""How a sound looks: the least and the greatest of each stretch, as the path of an SVG that no script need draw."""

WIDTH, HEIGHT = 360, 48
STROKES = 120


def path_of(peaks: bytes) -> str:
    """Return the ``d`` of a path of vertical strokes, ``WIDTH`` by ``HEIGHT``, of signed 8-bit pairs.

    >>> path_of(bytes([256 - 127, 127]) * 1800)[:16]
    'M1.5 2V46M4.5 2V'
    """
    pairs = memoryview(peaks).cast("b")
    count, middle, reach = len(pairs) // 2, HEIGHT / 2, HEIGHT / 2 - 2
    strokes = []
    for number in range(STROKES if count else 0):
        start = number * count // STROKES
        end = max((number + 1) * count // STROKES, start + 1)
        least, greatest = min(pairs[2 * start : 2 * end : 2]), max(pairs[2 * start + 1 : 2 * end : 2])
        top, bottom = middle - reach * greatest / 127, middle - reach * least / 127
        x = (number + 0.5) * WIDTH / STROKES
        strokes.append(f"M{x:g} {round(min(top, middle - 0.5), 1):g}V{round(max(bottom, middle + 0.5), 1):g}")
    return "".join(strokes)
