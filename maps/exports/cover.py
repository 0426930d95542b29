"""The picture of a trail as podcast players want one: a square that shows its way and its stops, north up."""

from collections.abc import Callable, Sequence
from io import BytesIO
from math import cos, radians

from maps.exports.export import Export
from maps.rules.durations import way

SIDE = 1400
"""The least that Apple's directory takes, in pixels."""

MARGIN = 190
GROUND, WAY, STOP = "#0a5566", "#b4d495", "#faf8f3"  # the portal's water, lichen and paper
WIDTH, RADIUS = 22, 34

Spot = tuple[float, float]


def cover(export: Export) -> bytes:
    """Return the picture as PNG; of a trail without any stop it is a plain square."""
    from PIL import Image, ImageDraw  # it takes memory that few processes have a use for

    content = export.trail.content
    line, stops = way(content), [stop.content.position for stop in export.trail.stops]
    picture = Image.new("RGB", (SIDE, SIDE), GROUND)
    if line:
        draw, on_it = ImageDraw.Draw(picture), _fitted([(one[0], one[1]) for one in line] + stops)
        draw.line([on_it((one[0], one[1])) for one in line], fill=WAY, width=WIDTH, joint="curve")
        for x, y in map(on_it, stops):
            draw.ellipse((x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS), fill=STOP)
    written = BytesIO()
    picture.save(written, "PNG", optimize=True)
    return written.getvalue()


def _fitted(spots: Sequence[Spot]) -> Callable[[Spot], Spot]:
    """Return what puts a position on the square, so that all the spots are on it."""
    west, south = (min(spot[axis] for spot in spots) for axis in (0, 1))
    east, north = (max(spot[axis] for spot in spots) for axis in (0, 1))
    narrow = cos(radians((south + north) / 2))
    scale = (SIDE - 2 * MARGIN) / max((east - west) * narrow, north - south, 1e-6)
    middle = (west + east) / 2, (south + north) / 2

    def on_it(spot: Spot) -> Spot:
        return SIDE / 2 + (spot[0] - middle[0]) * narrow * scale, SIDE / 2 - (spot[1] - middle[1]) * scale

    return on_it
