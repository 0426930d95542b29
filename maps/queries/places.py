"""Places as pages and programs show them: one, lists of them, their history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from maps.models import MapPlace, MapPlaceRevision
from maps.queries.contents import place_revision
from maps.queries.media import facts
from maps.queries.trails import Credit, HistoryLine, TrailFilter, index_conditions
from maps.rules.content import place_from_json
from maps.rules.differences import changes
from maps.terms import PLACE, PlaceContent
from portal.index.models import IndexEntry
from portal.moderation.queries import standing_of
from portal.moderation.terms import Standing


@dataclass(frozen=True, slots=True)
class ShownPlace:
    """A place as one revision has it; ``media`` are those of its content that can be seen or heard now."""

    id: UUID
    slug: str
    standing: Standing
    number: int
    current: int
    content: PlaceContent
    media: tuple[UUID, ...]
    contributors: tuple[Credit, ...]
    created_at: datetime
    revised_at: datetime

    @property
    def path(self) -> str:
        return f"/places/{self.slug}"


@dataclass(frozen=True, slots=True)
class FoundPlaces:
    """One page of the ``total`` places found."""

    places: Sequence[ShownPlace]
    total: int


def shown_place(session: Session, place: MapPlace, number: int | None = None) -> ShownPlace:
    """Return a place as it is now, or as revision ``number`` had it. Raises ``NoSuchRevision``."""
    revision = place_revision(session, place.id, place.current if number is None else number)
    content = place_from_json(revision.content)
    known = facts(session, set(content.media))
    return ShownPlace(
        id=place.id,
        slug=place.slug,
        standing=standing_of(session, PLACE, place.id),
        number=revision.number,
        current=place.current,
        content=content,
        media=tuple(media_id for media_id in content.media if media_id in known and known[media_id].ready),
        contributors=_contributors(session, place.id),
        created_at=place.created_at,
        revised_at=revision.created_at,
    )


def found_places(session: Session, wanted: TrailFilter, *, limit: int = 20, offset: int = 0) -> FoundPlaces:
    """Return a page of the public places that are wanted, the newest first."""
    entries = select(IndexEntry.source_id).where(*index_conditions(session, PLACE, wanted))
    total = session.scalar(select(func.count()).select_from(entries.subquery())) or 0
    page = entries.order_by(IndexEntry.created_at.desc(), IndexEntry.id).limit(limit).offset(offset)
    ids = list(session.scalars(page))
    rows = {place.id: place for place in session.scalars(select(MapPlace).where(MapPlace.id.in_(ids)))}
    return FoundPlaces([shown_place(session, rows[one]) for one in ids if one in rows], total)


def places_of(session: Session, person_id: UUID) -> list[MapPlace]:
    """Return the places that somebody put on the map, the newest first."""
    first = MapPlaceRevision.number == 1, MapPlaceRevision.author_id == person_id
    query = select(MapPlace).where(MapPlace.id.in_(select(MapPlaceRevision.map_place_id).where(*first)))
    return list(session.scalars(query.order_by(MapPlace.created_at.desc(), MapPlace.id)))


def place_history(
    session: Session, map_place_id: UUID, *, limit: int = 50, offset: int = 0
) -> tuple[list[HistoryLine], int]:
    """Return a page of a place's revisions, the latest first, each with what is new in it, and how many there are."""
    ours = MapPlaceRevision.map_place_id == map_place_id
    total = session.scalar(select(func.count()).select_from(MapPlaceRevision).where(ours)) or 0
    query = _revisions(map_place_id).order_by(MapPlaceRevision.number.desc()).limit(limit + 1).offset(offset)
    rows = session.scalars(query).all()
    before = {row.number: row.content for row in rows}
    lines = [
        HistoryLine(
            number=row.number,
            base=row.base,
            at=row.created_at,
            author=_credit(row),
            comment=row.comment,
            changes=tuple(changes(before[row.number - 1], row.content)) if row.number - 1 in before else (),
        )
        for row in rows[:limit]
    ]
    return lines, total


def _contributors(session: Session, map_place_id: UUID) -> tuple[Credit, ...]:
    rows = session.scalars(_revisions(map_place_id).order_by(MapPlaceRevision.number))
    return tuple(dict.fromkeys(_credit(row) for row in rows))


def _revisions(map_place_id: UUID):
    return (
        select(MapPlaceRevision)
        .where(MapPlaceRevision.map_place_id == map_place_id)
        .options(joinedload(MapPlaceRevision.author), joinedload(MapPlaceRevision.organisation))
    )


def _credit(row: MapPlaceRevision) -> Credit:
    return Credit(row.author_id, row.author.name, row.organisation.name if row.organisation else None)
