"""Places as pages and programs show them: one, and lists of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from maps.models import MapPlace, MapPlaceRevision
from maps.queries.media import facts
from maps.queries.revisions import Credit, contributors, revision
from maps.rules.content import place_from_json
from maps.terms import PLACE, PlaceContent
from portal.index.models import IndexEntry
from portal.index.queries import Filter, conditions
from portal.moderation.queries import standings
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
    wanted = place.current if number is None else number
    return _shown(session, [(place, revision(session, MapPlaceRevision, place.id, wanted))])[0]


def found_places(session: Session, wanted: Filter, *, limit: int = 20, offset: int = 0) -> FoundPlaces:
    """Return a page of the public places that are wanted, the newest first, in a constant number of statements."""
    entries = select(IndexEntry.source_id).where(*conditions(session, replace(wanted, kinds=(PLACE,))))
    total = session.scalar(select(func.count()).select_from(entries.subquery())) or 0
    page = entries.order_by(IndexEntry.created_at.desc(), IndexEntry.id).limit(limit).offset(offset)
    ids = list(session.scalars(page))
    current = (MapPlaceRevision.map_place_id == MapPlace.id) & (MapPlaceRevision.number == MapPlace.current)
    rows = session.execute(
        select(MapPlace, MapPlaceRevision).join(MapPlaceRevision, current).where(MapPlace.id.in_(ids))
    )
    shown = {one.id: one for one in _shown(session, [(place, told) for place, told in rows])}
    return FoundPlaces([shown[one] for one in ids if one in shown], total)


def _shown(session: Session, rows: Sequence[tuple[MapPlace, MapPlaceRevision]]) -> list[ShownPlace]:
    ids = [place.id for place, _told in rows]
    contents = [place_from_json(told.content) for _place, told in rows]
    known = facts(session, {media_id for content in contents for media_id in content.media})
    ready = {media_id for media_id, one in known.items() if one.ready}
    stand, makers = standings(session, PLACE, ids), contributors(session, MapPlaceRevision, ids)
    return [
        ShownPlace(
            id=place.id,
            slug=place.slug,
            standing=stand[place.id],
            number=told.number,
            current=place.current,
            content=content,
            media=tuple(media_id for media_id in content.media if media_id in ready),
            contributors=makers[place.id],
            created_at=place.created_at,
            revised_at=told.created_at,
        )
        for (place, told), content in zip(rows, contents, strict=True)
    ]


def places_of(session: Session, person_id: UUID) -> list[MapPlace]:
    """Return the places that somebody put on the map, the newest first."""
    first = MapPlaceRevision.number == 1, MapPlaceRevision.author_id == person_id
    query = select(MapPlace).where(MapPlace.id.in_(select(MapPlaceRevision.map_place_id).where(*first)))
    return list(session.scalars(query.order_by(MapPlace.created_at.desc(), MapPlace.id)))
