"""Places as files of all of them hold them, read from the public index alone."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from maps.terms import PLACE, Texts
from portal.index.models import IndexEntry
from portal.index.queries import Filter, conditions


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A public place in one line."""

    id: UUID
    path: str
    title: Texts
    summary: Texts
    theme: str | None
    access: str | None
    licence: str | None
    longitude: float
    latitude: float
    updated_at: datetime


def place_rows(session: Session, wanted: Filter) -> Iterator[PlaceRow]:
    """Yield the public places that are wanted, the oldest first, without holding them all at once."""
    entry = IndexEntry
    columns = (entry.source_id, entry.path, entry.title, entry.summary, entry.theme, entry.access, entry.licence)
    query = select(*columns, entry.longitude, entry.latitude, entry.updated_at)
    there = query.where(*conditions(session, replace(wanted, kinds=(PLACE,)))).order_by(entry.id)
    for row in session.execute(there, execution_options={"yield_per": 1000}):
        yield PlaceRow(*row)
