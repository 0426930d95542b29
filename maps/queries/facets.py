"""What there is to choose from on the map, and how far it reaches."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.index.models import IndexEntry
from portal.index.queries import Filter, conditions
from portal.places.grid import NOWHERE, Box


def chosen_from(session: Session, kinds: Sequence[str]) -> dict[str, list[str]]:
    """Return the ``theme``s, ``licence``s and ``language``s that visible entries have."""
    found: dict[str, list[str]] = {}
    for column in (IndexEntry.theme, IndexEntry.licence, IndexEntry.language):
        there = select(column).where(IndexEntry.visible.is_(True), IndexEntry.kind.in_(kinds), column.is_not(None))
        found[column.key] = list(session.scalars(there.distinct().order_by(column)))
    return found


def reach(session: Session, wanted: Filter) -> Box | None:
    """Return the smallest box around the positions of what is wanted; None where none of it has a position."""
    sides = select(
        func.min(IndexEntry.longitude),
        func.min(IndexEntry.latitude),
        func.max(IndexEntry.longitude),
        func.max(IndexEntry.latitude),
    )
    west, south, east, north = session.execute(
        sides.where(*conditions(session, wanted), IndexEntry.cell != NOWHERE)
    ).one()
    if west is None or south is None or east is None or north is None:
        return None
    return Box(west, south, east, north)
