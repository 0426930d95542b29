"""What trails and places say, now and by any of their revisions."""

from sqlalchemy.orm import Session

from maps.models import MapPlace, MapPlaceRevision, Trail, TrailRevision
from maps.queries.revisions import revision
from maps.rules.content import place_from_json, trail_from_json
from maps.terms import PlaceContent, TrailContent


def trail_content(session: Session, trail: Trail, number: int | None = None) -> TrailContent:
    """Return what a trail says, now or by the revision of that number. Raises :class:`NoSuchRevision`."""
    wanted = trail.current if number is None else number
    return trail_from_json(revision(session, TrailRevision, trail.id, wanted).content)


def place_content(session: Session, place: MapPlace, number: int | None = None) -> PlaceContent:
    """Return what a place says, now or by the revision of that number. Raises :class:`NoSuchRevision`."""
    wanted = place.current if number is None else number
    return place_from_json(revision(session, MapPlaceRevision, place.id, wanted).content)
