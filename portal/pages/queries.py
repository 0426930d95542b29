"""What the home page shows of the public index."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, joinedload

from portal.index.models import IndexEntry
from portal.places.models import Place

SOON = timedelta(days=7)
MOST_OF_A_KIND = 3


def this_week(session: Session, kinds: Sequence[str], now: datetime, limit: int = 8) -> Sequence[IndexEntry]:
    """Return what is worth a look now: first what begins within a week, soonest first, then what is newest.

    No kind takes more than three places, so that an import of two hundred items does not hide one workshop.
    """
    is_soon = IndexEntry.starts_at.between(now, now + SOON)
    first_soon = (case((is_soon, 0), else_=1), case((is_soon, IndexEntry.starts_at)))
    order = (*first_soon, IndexEntry.created_at.desc(), IndexEntry.id)
    ranked = (
        select(IndexEntry.id, func.row_number().over(partition_by=IndexEntry.kind, order_by=order).label("rank"))
        .where(IndexEntry.visible, IndexEntry.kind.in_(kinds), _not_over(now))
        .subquery()
    )
    chosen = select(IndexEntry).join(ranked, ranked.c.id == IndexEntry.id).where(ranked.c.rank <= MOST_OF_A_KIND)
    with_place = joinedload(IndexEntry.place).defer(Place.geometry)
    return session.scalars(chosen.options(with_place).order_by(*order).limit(limit)).all()


def _not_over(now: datetime):
    return func.coalesce(IndexEntry.ends_at, IndexEntry.starts_at, now) >= now
