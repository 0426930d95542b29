"""The line of a trail: how long it is, how much it climbs, where along it each stop is, and fewer points for it.

Lengths are metres on a sphere of the earth's mean radius. What is near is measured on a plane that touches the earth at
the line's middle latitude: right to a few millimetres a kilometre for anything that somebody walks.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import accumulate, pairwise
from math import asin, atan2, cos, hypot, pi, radians, sin, sqrt

from maps.terms import Position, Vertex

EARTH = 6_371_008.8
"""The mean radius of the earth in metres (IUGG)."""

MOST_VERTICES = 2_000
TOLERANCE = 2.0
"""How far from the line, in metres, a point may be that is left out."""

LOOP = 100.0
"""How near to its beginning a line must end to be a loop, in metres."""

UNDULATION = 3.0
"""What goes up and down by less, in metres, is taken for the error of a receiver rather than for a climb."""

PASSAGES = 8
"""How often a line may come near a stop for each time to be looked at; of more, the nearest."""

FORWARDS = 0.001
"""By how much nearer, for each metre further along, a later passage must be to be taken for the one meant."""


@dataclass(frozen=True, slots=True)
class Along:
    """Where a stop is: ``metres`` from the beginning of the line, and ``off`` it by so many at its nearest."""

    metres: float
    off: float


@dataclass(frozen=True, slots=True)
class Climb:
    """Metres ``up`` and ``down`` in all, and the lowest and the highest that one gets."""

    up: float
    down: float
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True)
class Simplified:
    """A line of fewer points, none of those left out further from it than ``within`` metres."""

    line: tuple[Vertex, ...]
    within: float


def distance(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the metres between two positions (the haversine formula)."""
    west, south, east, north = radians(one[0]), radians(one[1]), radians(other[0]), radians(other[1])
    half = sin((north - south) / 2) ** 2 + cos(south) * cos(north) * sin((east - west) / 2) ** 2
    return 2 * EARTH * asin(min(1.0, sqrt(half)))


def length(line: Sequence[Vertex]) -> float:
    """Return how long a line is."""
    return sum(distance(one, other) for one, other in pairwise(line))


def is_loop(line: Sequence[Vertex]) -> bool:
    """Does the line end where it began?"""
    return len(line) > 2 and distance(line[0], line[-1]) <= LOOP


def crosses_180(line: Sequence[Vertex]) -> bool:
    """Does the line jump from one side of the map to the other?"""
    return any(abs(one[0] - other[0]) > 180 for one, other in pairwise(line))


def climb(line: Sequence[Vertex]) -> Climb | None:
    """Return how much one climbs, None unless every point has its height.

    A turn from up to down counts once it is more than ``UNDULATION`` metres, so that a level path does not climb.
    """
    heights = [vertex[2] for vertex in line if len(vertex) == 3]
    if len(heights) < 2 or len(heights) < len(line):
        return None
    turns = list(_turns(heights))
    steps = [after - before for before, after in pairwise(turns)]
    up, down = sum(step for step in steps if step > 0), -sum(step for step in steps if step < 0)
    return Climb(up, down, min(heights), max(heights))


def _turns(heights: Sequence[float]) -> Iterator[float]:
    """Yield the first height, then each at which it turns for more than an undulation, and the last."""
    yield heights[0]
    low = high = heights[0]  # since the last turn; before the first there are both
    rising: bool | None = None
    for height in heights[1:]:
        low, high = min(low, height), max(high, height)
        if rising is not False and high - height > UNDULATION:
            if rising:
                yield high
            rising, low, high = False, height, height
        elif rising is not True and height - low > UNDULATION:
            if rising is False:
                yield low
            rising, low, high = True, height, height
    if rising is not None:
        yield high if rising else low


# Where stops are ------------------------------------------------------------------------------------------------------


def off_line(line: Sequence[Vertex], positions: Sequence[Position]) -> list[float]:
    """Return how far each position is from the nearest point of a line; without a line they are on it."""
    if len(line) < 2:
        return [distance(line[0], position) if line else 0.0 for position in positions]
    measured = _Measured(line)
    return [min(off for _metres, off in measured.nearest(position)) for position in positions]


def along(line: Sequence[Vertex], positions: Sequence[Position]) -> tuple[Along, ...]:
    """Return where the stops at these positions are along the line, in order; nothing where there is no line.

    A later stop is never before an earlier one, also where the line passes a stop several times, on the way there and
    on the way back: the passages are chosen together, those nearest to their stops in sum, the earlier of two alike.
    """
    if len(line) < 2 or not positions:
        return ()
    measured = _Measured(line)
    near = [list(measured.nearest(position)) for position in positions]
    grid = sorted({*measured.starts, *(metres for found in near for metres in _passages(found, measured.starts))})
    places = [measured.at(metres) for metres in grid]
    chosen = _in_order(grid, places, [measured.flat(position) for position in positions])
    return tuple(
        Along(grid[place], min(off for _metres, off in found)) for place, found in zip(chosen, near, strict=True)
    )


def _passages(near: list[tuple[float, float]], starts: list[float]) -> list[float]:
    """Return where a line passes a stop between two of its points, the nearest passages alone."""
    stretches = zip(near, pairwise(starts), strict=True)
    between = [(off, metres) for (metres, off), (start, end) in stretches if start < metres < end]
    return [metres for _off, metres in nsmallest(PASSAGES, between)]


def _in_order(grid: list[float], places: list[Position], stops: list[Position]) -> list[int]:
    """Return for each stop the number of its place, none before that of the stop before: the least way off in all."""
    before = [0.0] * len(grid)
    choices: list[list[int]] = []
    for east, north in stops:
        best, cost = 0, before[0]
        chosen, total = [], []
        for number, (x, y) in enumerate(places):
            if before[number] < cost:
                best, cost = number, before[number]
            chosen.append(best)
            total.append(cost + hypot(east - x, north - y) + FORWARDS * grid[number])
        choices.append(chosen)
        before = total
    place = min(range(len(grid)), key=before.__getitem__)
    found = [place]
    for chosen in reversed(choices[1:]):
        place = chosen[place]
        found.append(place)
    return found[::-1]


class _Measured:
    """A line with the metres from its beginning to each vertex, laid on a plane."""

    def __init__(self, line: Sequence[Vertex]) -> None:
        self._plane = _Plane(line)
        self.points = [self.flat(vertex) for vertex in line]
        self.starts = [0.0, *accumulate(distance(one, other) for one, other in pairwise(line))]

    def flat(self, position: Sequence[float]) -> Position:
        return self._plane.flat(position)

    def nearest(self, position: Sequence[float]) -> Iterator[tuple[float, float]]:
        """Yield of each stretch its point nearest to a position: metres from the beginning, and how far off."""
        point = self.flat(position)
        for number, (one, other) in enumerate(pairwise(self.points)):
            share, off = nearest(one, other, point)
            yield self.starts[number] + share * (self.starts[number + 1] - self.starts[number]), off

    def at(self, metres: float) -> Position:
        """Return the point of the plane so many metres along."""
        number = min(bisect_right(self.starts, metres), len(self.points) - 1)
        start, end = self.starts[number - 1], self.starts[number]
        share = (metres - start) / (end - start) if end > start else 0.0
        (x, y), (east, north) = self.points[number - 1], self.points[number]
        return x + share * (east - x), y + share * (north - y)


class _Plane:
    """Metres east and north, near the middle latitude of a line."""

    def __init__(self, line: Sequence[Vertex]) -> None:
        latitudes = [vertex[1] for vertex in line]
        self._north = radians(1) * EARTH
        self._east = self._north * cos(radians((min(latitudes) + max(latitudes)) / 2))

    def flat(self, position: Sequence[float]) -> Position:
        return position[0] * self._east, position[1] * self._north


def nearest(one: Position, other: Position, point: Position) -> tuple[float, float]:
    """Return the share of the way from ``one`` to ``other`` that is nearest to a point, and how far off, on a plane."""
    east, north = other[0] - one[0], other[1] - one[1]
    square = east * east + north * north
    share = ((point[0] - one[0]) * east + (point[1] - one[1]) * north) / square if square else 0.0
    share = min(1.0, max(0.0, share))
    return share, hypot(point[0] - one[0] - share * east, point[1] - one[1] - share * north)


# Fewer points ---------------------------------------------------------------------------------------------------------


def simplified(line: Sequence[Vertex], most: int = MOST_VERTICES, within: float = TOLERANCE) -> Simplified:
    """Return the line, with at most ``most`` of its points (at least 2); whole when it has no more than that.

    Points are left out that are within ``within`` metres of what stays; only where that is not enough, further ones.
    """
    found, off = tuple(line), 0.0
    while len(found) > most:
        found = _thinned(found, within)
        off += within
        within *= 2
    return Simplified(found, off)


def _thinned(line: tuple[Vertex, ...], within: float) -> tuple[Vertex, ...]:
    """Return the line without points that are within so many metres of it. One look at each, however long the line.

    From the point kept last one looks along ever more of the line through the cone of directions in which a straight
    line misses none of the points seen by more than a share of ``within``. A point outside the cone, or behind what was
    reached already, begins a new stretch: so a way there and back keeps its end.
    """
    share = within / sqrt(2)  # as far to the side as ahead: together within ``within``
    plane = _Plane(line)
    kept, last = [line[0]], line[0]
    view = _View(plane.flat(line[0]), share)
    for vertex in line[1:]:
        point = plane.flat(vertex)
        if not view.takes(point):
            kept.append(last)
            view = _View(plane.flat(last), share)
            view.takes(point)
        last = vertex
    return (*kept, last)


class _View:
    """What can be seen from a point in one straight look."""

    def __init__(self, eye: Position, share: float) -> None:
        self._eye = eye
        self._share = share
        self._reached = 0.0
        self._middle: float | None = None
        self._left = self._right = 0.0

    def takes(self, point: Position) -> bool:
        """Can the look go on to this point? If so it does, and what lies beyond must be seen past it too."""
        east, north = point[0] - self._eye[0], point[1] - self._eye[1]
        far = hypot(east, north)
        if far < self._reached - self._share:
            return False
        if far <= self._share:  # so near that every direction misses it by little
            near = self._reached <= self._share
            self._reached = max(self._reached, far)
            return near
        angle = atan2(north, east)
        if self._middle is None:
            self._middle = angle
            turned, left, right = 0.0, pi, -pi
        else:
            turned = (angle - self._middle + pi) % (2 * pi) - pi
            left, right = self._left, self._right
        if not right <= turned <= left:
            return False
        half = asin(self._share / far)
        self._left, self._right = min(left, turned + half), max(right, turned - half)
        self._reached = max(self._reached, far)
        return True
