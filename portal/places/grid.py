"""The grid that the earth is cut into to find what is where: the squares of web maps, numbered so that near is near.

Every position lies in exactly one cell of the finest squares (zoom 26, some 40 cm wide in Brest). A cell's number has
the bits of its column and its row in turn (a Morton code), so the cells of any coarser square, or tile, are one run of
numbers: a plain index on the number finds a tile, a box or a cluster on either database, and an edge belongs to one
side only. North and south of 85 degrees, which web maps do not show, everything is in the outermost row.

Source: G. M. Morton, 1966; the tile numbering of web maps (OGC Two Dimensional Tile Matrix Set, WebMercatorQuad).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import asinh, atan, cos, degrees, floor, pi, radians, sinh, tan
from typing import NamedTuple

FINEST = 26
SIDE = 1 << FINEST
NOWHERE = -1
"""The cell of what has no position."""

MOST_RUNS = 32
METRES_A_DEGREE = 111_320
"""Of latitude; of longitude at the equator."""


class Tile(NamedTuple):
    """A square of the web map: its zoom, its column from the west, its row from the north."""

    zoom: int
    column: int
    row: int


class Run(NamedTuple):
    """Cells from ``first`` up to, but not including, ``end``."""

    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Box:
    """All positions between two longitudes and two latitudes, edges included. West of ``west`` only across 180 degrees.

    Raises ``ValueError`` for what is not on the globe, or upside down.
    """

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        within = -180 <= self.west <= 180 and -180 <= self.east <= 180 and -90 <= self.south <= self.north <= 90
        if not within:  # which also sorts out what is not a number
            raise ValueError(f"{self.west}, {self.south}, {self.east}, {self.north} is no box on the globe")

    @property
    def parts(self) -> tuple["Box", ...]:
        """Return the box, or the two that it is made of when it lies across 180 degrees."""
        if self.west <= self.east:
            return (self,)
        return Box(self.west, self.south, 180.0, self.north), Box(-180.0, self.south, self.east, self.north)

    def holds(self, longitude: float, latitude: float) -> bool:
        """Is the position in the box, or on its edge?"""
        return any(part.west <= longitude <= part.east and part.south <= latitude <= part.north for part in self.parts)


def around(position: tuple[float, float], metres: float) -> Box:
    """Return a box that reaches so many metres to each side of a position, as far as the globe's own edges."""
    longitude, latitude = position
    north = metres / METRES_A_DEGREE
    east = north / max(cos(radians(latitude)), 0.01)
    return Box(
        max(longitude - east, -180.0),
        max(latitude - north, -90.0),
        min(longitude + east, 180.0),
        min(latitude + north, 90.0),
    )


def cell_of(longitude: float, latitude: float) -> int:
    """Return the number of the cell in which a position lies. Raises ``ValueError`` for one off the globe."""
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise ValueError(f"{longitude}, {latitude} is not on the globe")
    return interleaved(_column(longitude), _row(latitude))


def interleaved(column: int, row: int) -> int:
    """Return the bits of ``column`` and ``row`` in turn, the row's before the column's."""
    return _spread(column) | _spread(row) << 1


def parted(code: int) -> tuple[int, int]:
    """Return ``(column, row)`` of an interleaved number."""
    return _gathered(code), _gathered(code >> 1)


def tile_run(tile: Tile) -> Run:
    """Return the cells of a tile."""
    shift = 2 * (FINEST - tile.zoom)
    code = interleaved(tile.column, tile.row)
    return Run(code << shift, code + 1 << shift)


def tile_box(tile: Tile) -> Box:
    """Return the box around a tile."""
    side = 1 << tile.zoom
    west, east = (360 * (tile.column + step) / side - 180 for step in (0, 1))
    north, south = (degrees(atan(sinh(pi * (1 - 2 * (tile.row + step) / side)))) for step in (0, 1))
    return Box(west, south, east, north)


def runs(box: Box, most: int = MOST_RUNS) -> list[Run]:
    """Return the runs of cells that a box touches, in order, apart from each other, and not many more than ``most``.

    They may hold cells that are outside: whoever reads them must look at the positions too.
    """
    found = sorted(run for part in box.parts for run in _touched(part, most))
    joined: list[Run] = []
    for run in found:
        if joined and run.first <= joined[-1].end:
            joined[-1] = Run(joined[-1].first, max(joined[-1].end, run.end))
        else:
            joined.append(run)
    return joined


def _touched(box: Box, most: int) -> Iterator[Run]:
    """Cut the world into ever smaller squares along the box's edge, until that makes too many of them."""
    columns = _column(box.west), _column(box.east)
    rows = _row(box.north), _row(box.south)
    edge, inside = [Tile(0, 0, 0)], list[Tile]()
    while edge and len(edge) + len(inside) < most and edge[0].zoom < FINEST:
        smaller = []
        for tile in edge:
            for quarter in _quarters(tile):
                match _meeting(quarter, columns, rows):
                    case "inside":
                        inside.append(quarter)
                    case "edge":
                        smaller.append(quarter)
        edge = smaller
    yield from (tile_run(tile) for tile in [*inside, *edge])


def _quarters(tile: Tile) -> Iterator[Tile]:
    for down in (0, 1):
        for right in (0, 1):
            yield Tile(tile.zoom + 1, 2 * tile.column + right, 2 * tile.row + down)


def _meeting(tile: Tile, columns: Sequence[int], rows: Sequence[int]) -> str:
    """Is a tile inside the cells between two columns and two rows, these included, on their edge, or outside?"""
    meetings = set()
    for place, (first, last) in ((tile.column, columns), (tile.row, rows)):
        size = 1 << FINEST - tile.zoom
        begins, ends = place * size, (place + 1) * size - 1
        if ends < first or last < begins:
            return "outside"
        meetings.add("inside" if first <= begins and ends <= last else "edge")
    return "inside" if meetings == {"inside"} else "edge"


def _column(longitude: float) -> int:
    return min(floor((longitude + 180) / 360 * SIDE), SIDE - 1)


def _row(latitude: float) -> int:
    if abs(latitude) >= 89:  # beyond what the projection can tell apart
        return 0 if latitude > 0 else SIDE - 1
    share = (1 - asinh(tan(radians(latitude))) / pi) / 2
    return min(max(floor(share * SIDE), 0), SIDE - 1)


_STEPS = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)


def _spread(number: int) -> int:
    """Return the number with a 0 before each of its (at most 32) bits."""
    for step, mask in _STEPS:
        number = (number | number << step) & mask
    return number


def _gathered(number: int) -> int:
    """Return every second bit of a number, from the last one on."""
    number &= _STEPS[-1][1]
    for (step, _), mask in zip(reversed(_STEPS), [m for _, m in reversed(_STEPS[:-1])] + [0xFFFFFFFF], strict=True):
        number = (number | number >> step) & mask
    return number
