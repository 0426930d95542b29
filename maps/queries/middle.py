"""Where a map begins that has nothing of its own to show yet: in the middle of what there is."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from maps.terms import Position
from portal.index.models import IndexEntry

BREST: Position = (-4.4861, 48.3904)
"""Where the portal is at home, before anybody has put anything on the map."""


def middle(session: Session) -> Position:
    """Return the mean position of the public things that were entered last."""
    last = (
        select(IndexEntry.longitude, IndexEntry.latitude)
        .where(IndexEntry.visible.is_(True), IndexEntry.longitude.is_not(None))
        .order_by(IndexEntry.id.desc())
        .limit(50)
        .subquery()
    )
    longitude, latitude = session.execute(select(func.avg(last.c.longitude), func.avg(last.c.latitude))).one()
    return BREST if longitude is None else (float(longitude), float(latitude))
