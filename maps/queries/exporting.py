"""What files of many things hold of each, read from the public index alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from maps.terms import Texts
from portal.index.models import IndexEntry
from portal.index.queries import Filter, conditions

AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Listed:
    """A public thing in one line. ``longitude`` and ``latitude`` are None where it has no place."""

    id: UUID
    kind: str
    path: str
    title: Texts
    summary: Texts
    theme: str | None
    access: str | None
    licence: str | None
    longitude: float | None
    latitude: float | None
    updated_at: datetime


def listed(session: Session, wanted: Filter) -> Iterator[Listed]:
    """Yield what is public and as wanted, the oldest first, without holding all of it at once."""
    entry = IndexEntry
    columns = (entry.source_id, entry.kind, entry.path, entry.title, entry.summary, entry.theme, entry.access)
    query = select(*columns, entry.licence, entry.longitude, entry.latitude, entry.updated_at, entry.id)
    there, last = query.where(*conditions(session, wanted)).order_by(entry.id).limit(AT_ONCE), 0
    while rows := session.execute(there.where(entry.id > last)).all():
        for *told, last in rows:  # noqa: B007 (where the next ones begin)
            yield Listed(*told)
