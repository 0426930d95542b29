"""The plan of a trail: its line and its numbered stops, drawn without any background, as large as they need to be.

Everything is in the units of the drawing, whose left upper corner is 0, 0. North is up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import cos, hypot, radians

from maps.terms import StopContent, Vertex

WIDTH = 440.0
LEAST_HEIGHT, MOST_HEIGHT = 220.0, 520.0
MARGIN = 34.0
RADIUS = 14.0
STRIP = 26.0
"""Below everything else, for the scale."""

APART = 2 * RADIUS + 2
ROUNDS = 60
METRES_A_DEGREE = 111_320.0
SMALLEST = 60.0  # metres shown at least, so that a single stop has surroundings
BARS = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000)
LONGEST_BAR = WIDTH / 3


@dataclass(frozen=True, slots=True)
class Marker:
    """A stop on the plan. It is drawn at ``x``, ``y``, near where it is (``at_x``, ``at_y``) without hiding another."""

    label: str
    title: str
    x: float
    y: float
    at_x: float
    at_y: float
    optional: bool

    @property
    def is_moved(self) -> bool:
        return hypot(self.x - self.at_x, self.y - self.at_y) > 3


@dataclass(frozen=True, slots=True)
class Plan:
    """What to draw. ``path`` is the line as SVG writes it, empty where there is none; ``bar`` as long as ``metres``."""

    width: float
    height: float
    path: str
    markers: tuple[Marker, ...]
    bar: float
    metres: int


def plan(line: Sequence[Vertex], stops: Sequence[StopContent], titles: Sequence[str]) -> Plan | None:
    """Return the plan of a trail whose stops have these titles; None where there is nothing to draw."""
    positions = [(vertex[0], vertex[1]) for vertex in line] + [stop.position for stop in stops]
    if not positions:
        return None
    flat = _flattened(positions)
    left, right = min(x for x, _ in flat), max(x for x, _ in flat)
    bottom, top = min(y for _, y in flat), max(y for _, y in flat)
    wide, high = max(right - left, SMALLEST), max(top - bottom, SMALLEST)
    scale = min((WIDTH - 2 * MARGIN) / wide, (MOST_HEIGHT - 2 * MARGIN) / high)
    height = max(high * scale + 2 * MARGIN, LEAST_HEIGHT)
    middle_x, middle_y = (left + right) / 2, (bottom + top) / 2
    drawn = [(WIDTH / 2 + (x - middle_x) * scale, height / 2 - (y - middle_y) * scale) for x, y in flat]
    path = " ".join(f"{'L' if at else 'M'}{x:.1f} {y:.1f}" for at, (x, y) in enumerate(drawn[: len(line)]))
    metres = max((one for one in BARS if one * scale <= LONGEST_BAR), default=BARS[0])
    markers = _markers(stops, titles, drawn[len(line) :], height)
    return Plan(WIDTH, round(height + STRIP, 1), path, markers, round(metres * scale, 1), metres)


def _flattened(positions: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return metres east and north of the first position, which is true enough for what one walks in a day."""
    first_longitude, first_latitude = positions[0]
    narrow = max(cos(radians(first_latitude)), 0.01)
    return [
        ((longitude - first_longitude) * METRES_A_DEGREE * narrow, (latitude - first_latitude) * METRES_A_DEGREE)
        for longitude, latitude in positions
    ]


def _markers(
    stops: Sequence[StopContent], titles: Sequence[str], true: Sequence[tuple[float, float]], height: float
) -> tuple[Marker, ...]:
    """Return where the stops are drawn: pushed apart until they can be told from each other, never out of sight."""
    moved = [list(at) for at in true]
    for _ in range(ROUNDS):
        pushed = False
        for one, other in combinations(range(len(moved)), 2):
            pushed = _push(moved[one], moved[other], one + other) or pushed
        for at in moved:
            at[0] = min(max(at[0], RADIUS + 2), WIDTH - RADIUS - 2)
            at[1] = min(max(at[1], RADIUS + 2), height - RADIUS - 2)
        if not pushed:
            break
    return tuple(
        Marker(stop.label, title, round(x, 1), round(y, 1), round(at_x, 1), round(at_y, 1), stop.optional)
        for stop, title, (x, y), (at_x, at_y) in zip(stops, titles, moved, true, strict=True)
    )


def _push(one: list[float], other: list[float], salt: int) -> bool:
    """Move two markers away from each other where they overlap; say whether they did."""
    across, down = other[0] - one[0], other[1] - one[1]
    distance = hypot(across, down)
    if distance >= APART - 0.5:
        return False
    if distance < 0.01:  # at the same spot: any way will do, and always the same one
        across, down, distance = (1.0, 0.0, 1.0) if salt % 2 else (0.0, 1.0, 1.0)
        missing = APART / 2
    else:
        missing = (APART - distance) / 2
    for at, sign in ((one, -1), (other, 1)):
        at[0] += sign * across / distance * missing
        at[1] += sign * down / distance * missing
    return True
