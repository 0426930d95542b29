"""What enters and leaves the public index, in the transaction that changes its source."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.clock import Clock
from portal.index.models import IndexEntry
from portal.index.words import searchable
from portal.moderation.queries import standing_of
from portal.moderation.terms import Standing
from portal.places.grid import NOWHERE, cell_of
from portal.places.models import Place


def includeme(config: Any) -> None:
    config.add_service(PublicIndex, lambda request: PublicIndex(request.db, request.clock))


class PublicIndex:
    """Makes things findable, and forgets them. Whoever calls it holds its source's lock."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def put(
        self,
        kind: str,
        source_id: UUID,
        *,
        path: str,
        title: Mapping[str, str],
        summary: Mapping[str, str],
        body: str = "",
        theme: str | None = None,
        language: str | None = None,
        licence: str | None = None,
        access: str | None = None,
        place_id: int | None = None,
        starts_at: datetime | None = None,
        ends_at: datetime | None = None,
        visible: bool = True,
    ) -> IndexEntry:
        """Enter or update the row of one thing and return it; ``updated_at`` moves only when it says something else.

        ``title`` and ``summary`` are texts in one or several languages, ``body`` whatever else it should be found by.
        Its place's name and neighbourhood are among its words. ``visible`` is what its owner wants: what was hidden or
        removed by moderation is not seen, whatever its owner says.
        """
        place = self._session.get(Place, place_id) if place_id is not None else None
        where = f"{place.name} {place.quarter or ''}" if place else ""
        title_words = searchable(" ".join(title.values()))
        values: dict[str, Any] = {
            "path": path,
            "title": dict(title),
            "summary": dict(summary),
            "theme": theme,
            "language": language,
            "licence": licence,
            "access": access,
            "place_id": place_id,
            "longitude": place.longitude if place else None,
            "latitude": place.latitude if place else None,
            "cell": cell_of(place.longitude, place.latitude) if place else NOWHERE,
            "has_path": place is not None and place.path is not None,
            "starts_at": starts_at,
            "ends_at": ends_at,
            "title_words": title_words,
            "words": f"{title_words} {searchable(' '.join([*summary.values(), where, body]))}".strip(),
        }
        seen = visible and standing_of(self._session, kind, source_id) is Standing.VISIBLE
        entry = self._find(kind, source_id)
        if entry is None:
            now = self._clock.now()
            entry = IndexEntry(kind=kind, source_id=source_id, created_at=now, updated_at=now, **values)
            self._session.add(entry)
        elif changed := {name: value for name, value in values.items() if getattr(entry, name) != value}:
            for name, value in changed.items():
                setattr(entry, name, value)
            entry.updated_at = self._clock.now()
        entry.offered, entry.visible = visible, seen
        self._session.flush()
        return entry

    def reflect(self, kind: str, source_id: UUID, standing: Standing) -> None:
        """Take an entry out of sight, back in as its owner wants it, or out for good; it counts as unchanged.

        Does nothing when the index does not know the thing.
        """
        if standing is Standing.REMOVED:
            return self.remove(kind, source_id)
        entry = self._find(kind, source_id)
        if entry is not None:
            entry.visible = entry.offered and standing is Standing.VISIBLE
            self._session.flush()
        return None

    def remove(self, kind: str, source_id: UUID) -> None:
        """Forget one thing; does nothing when the index does not know it."""
        entry = self._find(kind, source_id)
        if entry is not None:
            self._session.delete(entry)
            self._session.flush()

    def _find(self, kind: str, source_id: UUID) -> IndexEntry | None:
        return self._session.scalar(
            select(IndexEntry).where(IndexEntry.kind == kind, IndexEntry.source_id == source_id)
        )
