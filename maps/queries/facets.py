"""What there is to choose from on the map, and how far it reaches."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from maps.queries.middle import FAR_METRES, middle
from portal.index.models import IndexEntry
from portal.index.queries import Filter, conditions
from portal.places.grid import NOWHERE, Box, around


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


def reach(session: Session, wanted: Filter) -> Box | None:
    """Return the smallest box around the positions of what is wanted; None where none of it has a position.

    What is far from most things is left out, unless all of it is: one place in Corsica would make Brest a speck.
    """
    near = around(middle(session), FAR_METRES)
    there = IndexEntry.longitude.between(near.west, near.east), IndexEntry.latitude.between(near.south, near.north)
    return _around(session, wanted, *there) or _around(session, wanted)


def _around(session: Session, wanted: Filter, *more: ColumnElement[bool]) -> Box | None:
    sides = select(
        func.min(IndexEntry.longitude),
        func.min(IndexEntry.latitude),
        func.max(IndexEntry.longitude),
        func.max(IndexEntry.latitude),
    )
    west, south, east, north = session.execute(
        sides.where(*conditions(session, wanted), IndexEntry.cell != NOWHERE, *more)
    ).one()
    if west is None or south is None or east is None or north is None:
        return None
    return Box(west, south, east, north)
