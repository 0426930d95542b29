"""What trails and places say: their revisions, the current one and any other."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from maps.models import MapPlace, MapPlaceRevision, Trail, TrailRevision
from maps.rules.content import place_from_json, trail_from_json
from maps.terms import NoSuchRevision, PlaceContent, TrailContent


def trail_revision(session: Session, trail_id: UUID, number: int) -> TrailRevision:
    """Return a trail's revision. Raises :class:`NoSuchRevision`."""
    ours = TrailRevision.trail_id == trail_id, TrailRevision.number == number
    found = session.scalar(select(TrailRevision).where(*ours))
    if found is None:
        raise NoSuchRevision(number)
    return found


def place_revision(session: Session, map_place_id: UUID, number: int) -> MapPlaceRevision:
    """Return a place's revision. Raises :class:`NoSuchRevision`."""
    ours = MapPlaceRevision.map_place_id == map_place_id, MapPlaceRevision.number == number
    found = session.scalar(select(MapPlaceRevision).where(*ours))
    if found is None:
        raise NoSuchRevision(number)
    return found


def trail_content(session: Session, trail: Trail, number: int | None = None) -> TrailContent:
    """Return what a trail says, now or by the revision of that number. Raises :class:`NoSuchRevision`."""
    return trail_from_json(trail_revision(session, trail.id, trail.current if number is None else number).content)


def place_content(session: Session, place: MapPlace, number: int | None = None) -> PlaceContent:
    """Return what a place says, now or by the revision of that number. Raises :class:`NoSuchRevision`."""
    return place_from_json(place_revision(session, place.id, place.current if number is None else number).content)
