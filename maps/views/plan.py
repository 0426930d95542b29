"""The plan of a trail: its line and its numbered stops, drawn without any background, as large as they need to be.

Everything is in the units of the drawing, whose left upper corner is 0, 0. North is up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import cos, hypot, radians
from operator import itemgetter
from typing import TypeAlias

from maps.rules.lines import nearest
from maps.rules.trails import OFF_THE_LINE
from maps.terms import StopContent, Vertex
from portal.places.grid import METRES_A_DEGREE

WIDTH = 440.0
LEAST_HEIGHT, MOST_HEIGHT = 220.0, 520.0
MARGIN = 34.0
RADIUS = 14.0
STRIP = 26.0
"""Below everything else, for the scale."""

APART = 2 * RADIUS + 2
ROUNDS = 60
SMALLEST = 60.0  # metres shown at least, so that a single stop has surroundings
BARS = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000)
LONGEST_BAR = WIDTH / 3

Spot: TypeAlias = tuple[float, float]
"""A point of the drawing."""


@dataclass(frozen=True, slots=True)
class Marker:
    """A stop on the plan. It is drawn at ``x``, ``y``, near where it is (``at_x``, ``at_y``) without hiding another.

    ``leg`` is where one leaves the line for a stop that is off it, None for one that is on it.
    """

    label: str
    title: str
    x: float
    y: float
    at_x: float
    at_y: float
    optional: bool
    leg: Spot | None

    @property
    def is_moved(self) -> bool:
        return hypot(self.x - self.at_x, self.y - self.at_y) > 3


@dataclass(frozen=True, slots=True)
class Plan:
    """What to draw. ``path`` is the line as SVG writes it, empty where there is none; ``bar`` as long as ``metres``.

    What is somewhere is drawn ``across`` times the degrees by which it is east of ``west``, and ``down`` times those by
    which it is south of ``north``.
    """

    width: float
    height: float
    path: str
    markers: tuple[Marker, ...]
    bar: float
    metres: int
    west: float
    north: float
    across: float
    down: float

    @property
    def metre(self) -> float:
        """How long a metre is on the plan."""
        return self.down / METRES_A_DEGREE


def plan(line: Sequence[Vertex], stops: Sequence[StopContent], titles: Sequence[str]) -> Plan | None:
    """Return the plan of a trail whose stops have these titles; None where there is nothing to draw."""
    positions = [(vertex[0], vertex[1]) for vertex in line] + [stop.position for stop in stops]
    if not positions:
        return None
    first_longitude, first_latitude = positions[0]
    degree = METRES_A_DEGREE * max(cos(radians(first_latitude)), 0.01)  # of longitude
    flat = [((east - first_longitude) * degree, (up - first_latitude) * METRES_A_DEGREE) for east, up in positions]
    left, right = min(x for x, _ in flat), max(x for x, _ in flat)
    bottom, top = min(y for _, y in flat), max(y for _, y in flat)
    wide, high = max(right - left, SMALLEST), max(top - bottom, SMALLEST)
    scale = min((WIDTH - 2 * MARGIN) / wide, (MOST_HEIGHT - 2 * MARGIN) / high)
    height = max(high * scale + 2 * MARGIN, LEAST_HEIGHT)
    corner_x, corner_y = (left + right - WIDTH / scale) / 2, (bottom + top + height / scale) / 2
    drawn = [((x - corner_x) * scale, (corner_y - y) * scale) for x, y in flat]
    path = " ".join(f"{'L' if at else 'M'}{x:.1f} {y:.1f}" for at, (x, y) in enumerate(drawn[: len(line)]))
    metres = max((one for one in BARS if one * scale <= LONGEST_BAR), default=BARS[0])
    return Plan(
        width=WIDTH,
        height=round(height + STRIP, 1),
        path=path,
        markers=_markers(stops, titles, drawn[: len(line)], drawn[len(line) :], height, OFF_THE_LINE * scale),
        bar=round(metres * scale, 1),
        metres=metres,
        west=first_longitude + corner_x / degree,
        north=first_latitude + corner_y / METRES_A_DEGREE,
        across=degree * scale,
        down=METRES_A_DEGREE * scale,
    )


def _markers(
    stops: Sequence[StopContent],
    titles: Sequence[str],
    way: Sequence[Spot],
    true: Sequence[Spot],
    height: float,
    off: float,
) -> tuple[Marker, ...]:
    """Return where the stops are drawn: pushed apart until they can be told from each other, never out of sight.

    What is further from the ``way`` than ``off`` has a leg.
    """
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
        Marker(stop.label, title, *_rounded(at), *_rounded(truly), stop.optional, _leg(way, truly, off))
        for stop, title, at, truly in zip(stops, titles, moved, true, strict=True)
    )


def _leg(way: Sequence[Spot], spot: Spot, off: float) -> Spot | None:
    """Return the point of a way that is nearest to a spot which is further than ``off`` from it."""
    stretches = [(*nearest(one, other, spot), one, other) for one, other in pairwise(way)]
    if not stretches:
        return None
    share, away, (x, y), (to_x, to_y) = min(stretches, key=itemgetter(1))
    return _rounded((x + share * (to_x - x), y + share * (to_y - y))) if away > off else None


def _rounded(spot: Sequence[float]) -> Spot:
    return round(spot[0], 1), round(spot[1], 1)


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
