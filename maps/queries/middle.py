"""Where a map begins that has nothing of its own to show yet: in the middle of what there is."""

from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session

from maps.terms import Position
from portal.index.models import IndexEntry

BREST: Position = (-4.4861, 48.3904)
"""Where the portal is at home, before anybody has put anything on the map."""

FAR_METRES = 100_000
"""How far from the middle something is an exception, of which it is asked whether it is meant to be there."""


def middle(session: Session) -> Position:
    """Return the middle of the public things that were entered last; one that is far away hardly moves it."""
    last = session.execute(
        select(IndexEntry.longitude, IndexEntry.latitude)
        .where(IndexEntry.visible.is_(True), IndexEntry.longitude.is_not(None))
        .order_by(IndexEntry.id.desc())
        .limit(50)
    ).all()
    longitudes, latitudes = zip(*last, strict=True) if last else ((BREST[0],), (BREST[1],))
    return median(longitudes), median(latitudes)
