"""What there is to choose from on the map, and how far it reaches."""

from collections.abc import Sequence

from sqlalchemy import Integer, func, literal_column, select
from sqlalchemy.orm import Session

from maps.rules.clusters import bulk, shift, square
from portal.index.models import IndexEntry
from portal.index.queries import Filter, conditions
from portal.places.grid import NOWHERE, Box

BULK_ZOOM = 8
"""At which a square of the grid is about a hundred kilometres wide in Brittany."""


def chosen_from(session: Session, kinds: Sequence[str]) -> dict[str, list[str]]:
    """Return the ``theme``s, ``licence``s and ``language``s that visible entries have."""
    found: dict[str, list[str]] = {}
    for column in (IndexEntry.theme, IndexEntry.licence, IndexEntry.language):
        there = select(column).where(IndexEntry.visible.is_(True), IndexEntry.kind.in_(kinds), column.is_not(None))
        found[column.key] = list(session.scalars(there.distinct().order_by(column)))
    return found


def without_place(session: Session, wanted: Filter) -> int:
    """Return how many of what is wanted have no position: they are in lists, and on no map."""
    without = select(func.count()).select_from(IndexEntry).where(IndexEntry.cell == NOWHERE)
    return session.scalars(without.where(*conditions(session, wanted))).one()


def reach(session: Session, wanted: Filter) -> tuple[Box | None, int]:
    """Return the smallest box around the positions of what is wanted, None without any, and how many are beyond it.

    A few things that are far from all others are left out (:func:`maps.rules.clusters.bulk`): one place in Corsica
    would make all of Brest a speck.
    """
    number = IndexEntry.cell.bitwise_rshift(literal_column(str(shift(BULK_ZOOM)), Integer)).label("number")
    rows = session.execute(
        select(
            number,
            func.count(),
            func.min(IndexEntry.longitude),
            func.min(IndexEntry.latitude),
            func.max(IndexEntry.longitude),
            func.max(IndexEntry.latitude),
        )
        .where(*conditions(session, wanted), IndexEntry.cell != NOWHERE)
        .group_by(number)
    ).all()
    found = {square(row[0], BULK_ZOOM): row for row in rows}
    inside = bulk({tile: row[1] for tile, row in found.items()})
    if not inside:
        return None, 0
    west, south, east, north = zip(*(found[tile][2:] for tile in inside), strict=True)
    beyond = sum(row[1] for tile, row in found.items() if tile not in inside)
    return Box(min(west), min(south), max(east), max(north)), beyond
