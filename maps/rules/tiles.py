"""Where things are in a vector tile, in its own units: across and down from its north-western corner.

Source: Mapbox Vector Tile Specification 2.1; OGC Two Dimensional Tile Matrix Set, WebMercatorQuad.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import asinh, atan, degrees, pi, radians, sinh, tan
from typing import TypeAlias

from portal.places.grid import Tile

EXTENT = 4096
BUFFER = 64
"""How far lines are drawn beyond the edge, so that no seam shows."""

DEEPEST = 22
LINES_FROM = 11
"""Trails' lines are in tiles from this zoom on; further out they are but dots."""

SOUTHERNMOST = degrees(atan(sinh(-pi)))
"""The last latitude of web maps; what is beyond is shown there."""

RADIUS = 6378137
"""That of the sphere that web maps take the earth for, in metres."""

Spot: TypeAlias = tuple[float, float]


def exists(tile: Tile) -> bool:
    """Is there such a tile?"""
    side = 1 << tile.zoom
    return 0 <= tile.zoom <= DEEPEST and 0 <= tile.column < side and 0 <= tile.row < side


def spot(tile: Tile, longitude: float, latitude: float) -> Spot:
    """Return where a position is in a tile; in the tile that it belongs to, both numbers are from 0 to ``EXTENT``."""
    side = EXTENT << tile.zoom
    latitude = max(SOUTHERNMOST, min(-SOUTHERNMOST, latitude))
    across = (longitude + 180) / 360 * side
    down = (1 - asinh(tan(radians(latitude))) / pi) / 2 * side
    return across - tile.column * EXTENT, down - tile.row * EXTENT


def clipped(line: Iterable[Spot], low: float = -BUFFER, high: float = EXTENT + BUFFER) -> list[list[Spot]]:
    """Return the pieces of a line that are within a square from ``low`` to ``high`` both ways, edges included."""
    pieces: list[list[Spot]] = []
    spots = list(line)
    for start, end in pairwise(spots):
        piece = _within(start, end, low, high)
        if piece is None:
            continue
        if pieces and pieces[-1][-1] == piece[0]:
            pieces[-1].append(piece[1])
        else:
            pieces.append(list(piece))
    return pieces


def _within(start: Spot, end: Spot, low: float, high: float) -> tuple[Spot, Spot] | None:
    """Return what of a segment is in the square, None for nothing (Liang and Barsky, 1984)."""
    first, last = 0.0, 1.0
    for begin, step in ((start[0], end[0] - start[0]), (start[1], end[1] - start[1])):
        for way, room in ((-step, begin - low), (step, high - begin)):
            if way == 0:
                if room < 0:
                    return None
            elif way < 0:
                first = max(first, room / way)
            else:
                last = min(last, room / way)
    if first > last:
        return None
    return _at(start, end, first), _at(start, end, last)


def _at(start: Spot, end: Spot, share: float) -> Spot:
    if share in (0.0, 1.0):  # so that neighbours meet
        return end if share else start
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def rounded(piece: Sequence[Spot]) -> list[tuple[int, int]]:
    """Return a piece in whole units, without the vertices that fall on the one before."""
    whole: list[tuple[int, int]] = []
    for across, down in piece:
        vertex = round(across), round(down)
        if not whole or vertex != whole[-1]:
            whole.append(vertex)
    return whole
