"""How many things too near each other to be told apart become one mark on the map that says how many they are.

The marks are the squares of the grid (:mod:`portal.places.grid`): every position is in one of them, so counts add up.
"""

from collections.abc import Mapping
from math import ceil

from portal.places.grid import FINEST, Box, Tile, parted

MARK_STEPS = 2
"""A square of the map at a zoom is cut this often into four to get the squares of its marks: 64 pixels wide."""

MOST_MARKS = 4096
TILE_STEPS = 5
"""The same for a tile with too much in it: 32 squares across."""

MOST_SINGLE = 1000
"""So many things a tile tells one by one."""


def mark_zoom(zoom: int, box: Box | None) -> int:
    """Return the zoom of the squares that are one mark each on a map at ``zoom``, of which the box has not too many."""
    finest = min(zoom + MARK_STEPS, FINEST)
    parts = box.parts if box else (Box(-180, -90, 180, 90),)
    while finest > 0 and sum(_across(part, finest) for part in parts) > MOST_MARKS:
        finest -= 1
    return finest


def _across(box: Box, zoom: int) -> int:
    """Return about how many squares of a zoom there are in a box."""
    degrees = 360 / (1 << zoom)
    return ceil((box.east - box.west) / degrees + 1) * ceil((box.north - box.south) / degrees + 1)


def bulk(counts: Mapping[Tile, int]) -> frozenset[Tile]:
    """Return the squares of one zoom that a map begins with: the fullest with those around it, if most is there.

    Most are four things of five; where they are more scattered than that, all squares.
    """
    if not counts:
        return frozenset()
    fullest = max(counts, key=lambda tile: (counts[tile], tile))
    near = frozenset(
        tile for tile in counts if max(abs(tile.column - fullest.column), abs(tile.row - fullest.row)) <= 1
    )
    return near if 5 * sum(counts[tile] for tile in near) >= 4 * sum(counts.values()) else frozenset(counts)


def tile_zoom(zoom: int) -> int:
    """Return the zoom of the squares that a tile with too much in it is cut into."""
    return min(zoom + TILE_STEPS, FINEST)


def shift(zoom: int) -> int:
    """Return by how many bits a cell's number must be shifted to get the number of the square around it."""
    return 2 * (FINEST - zoom)


def square(number: int, zoom: int) -> Tile:
    """Return the square of this number."""
    return Tile(zoom, *parted(number))
