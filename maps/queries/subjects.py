"""Trails, stops and places as moderators know them: those that are or were public, whatever became of them."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from maps.models import MapPlace, MapPlaceRevision, Stop, Trail, TrailRevision
from maps.terms import PLACE, STOP, TRAIL, TrailState
from portal.i18n import Words
from portal.moderation.queries import is_visible
from portal.ports.moderation import Subject


def subjects(session: Session, kind: str, ids: Collection[UUID], words: Words) -> dict[UUID, Subject]:
    """Return what is known of the things of a kind, their titles in the reader's language."""
    if not ids:
        return {}
    readers = {TRAIL: _trails, STOP: _stops, PLACE: _places}
    return readers[kind](session, ids, words) if kind in readers else {}


def _trails(session: Session, ids: Collection[UUID], words: Words) -> dict[UUID, Subject]:
    query = (
        select(Trail, TrailRevision)
        .join(TrailRevision, (TrailRevision.trail_id == Trail.id) & (TrailRevision.number == Trail.current))
        .where(Trail.id.in_(ids), Trail.published_at.is_not(None))
        .options(selectinload(Trail.authors))
    )
    return {
        trail.id: Subject(
            words.of(revision.content["title"]),
            f"/trails/{trail.slug}",
            _authors(trail),
            in_sight=trail.state is TrailState.PUBLISHED,
        )
        for trail, revision in session.execute(query)
    }


def _stops(session: Session, ids: Collection[UUID], words: Words) -> dict[UUID, Subject]:
    query = (
        select(Stop, is_visible(TRAIL, Trail.id))
        .join(Stop.trail)
        .where(Stop.id.in_(ids))
        .options(joinedload(Stop.place), contains_eager(Stop.trail).selectinload(Trail.authors))
    )
    return {
        stop.id: Subject(
            words.of(stop.title) or stop.place.name,
            f"/stops/{stop.id}",
            _authors(stop.trail),
            in_sight=stop.trail.state is TrailState.PUBLISHED and visible,
        )
        for stop, visible in session.execute(query)
    }


def _places(session: Session, ids: Collection[UUID], words: Words) -> dict[UUID, Subject]:
    first = select(MapPlaceRevision.map_place_id, MapPlaceRevision.author_id).where(
        MapPlaceRevision.map_place_id.in_(ids), MapPlaceRevision.number == 1
    )
    authors = {place_id: author_id for place_id, author_id in session.execute(first)}  # noqa: C416 (rows are no pairs)
    query = (
        select(MapPlace, MapPlaceRevision)
        .join(
            MapPlaceRevision,
            (MapPlaceRevision.map_place_id == MapPlace.id) & (MapPlaceRevision.number == MapPlace.current),
        )
        .where(MapPlace.id.in_(ids))
    )
    return {
        place.id: Subject(words.of(revision.content["title"]), f"/places/{place.slug}", (authors[place.id],))
        for place, revision in session.execute(query)
    }


def _authors(trail: Trail) -> tuple[UUID, ...]:
    return tuple(author.person_id for author in trail.authors)
