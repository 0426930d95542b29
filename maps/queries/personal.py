"""What somebody gave to the map: the trails of which they are an author, and every revision they wrote."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from maps.models import MapPlaceRevision, TrackFile, Trail, TrailAuthor, TrailRevision


def trails_written(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    """Return the trails of which somebody is an author, as JSON values, in the order in which they became one."""
    query = select(TrailAuthor).where(TrailAuthor.person_id == person_id).options(joinedload(TrailAuthor.trail))
    return [
        {"trail": one.trail.slug, "state": one.trail.state.value, "since": one.since.isoformat()}
        for one in session.scalars(query.order_by(TrailAuthor.since, TrailAuthor.id))
    ]


def trail_revisions_written(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    """Return every revision of a trail that somebody wrote, as JSON values."""
    query = select(TrailRevision).where(TrailRevision.author_id == person_id).options(joinedload(TrailRevision.trail))
    rows = session.scalars(query.order_by(TrailRevision.created_at, TrailRevision.number, TrailRevision.id))
    return [{"trail": row.trail.slug} | _revision(row) for row in rows]


def place_revisions_written(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    """Return every revision of a place that somebody wrote, as JSON values."""
    query = select(MapPlaceRevision).where(MapPlaceRevision.author_id == person_id)
    rows = session.scalars(
        query.options(joinedload(MapPlaceRevision.map_place)).order_by(
            MapPlaceRevision.created_at, MapPlaceRevision.number, MapPlaceRevision.id
        )
    )
    return [{"place": row.map_place.slug} | _revision(row) for row in rows]


def track_files_sent(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    """Return the files in which somebody sent a way and which are kept, as JSON values; each is theirs to download."""
    query = select(TrackFile).where(TrackFile.sender_id == person_id).options(joinedload(TrackFile.trail))
    return [
        {
            "trail": row.trail.slug,
            "file": f"/track-files/{row.id}",
            "name": row.file_name,
            "bytes": row.size,
            "at": row.created_at.isoformat(),
        }
        for row in session.scalars(query.order_by(TrackFile.created_at, TrackFile.id))
    ]


def drafts_of(session: Session, person_id: UUID) -> list[UUID]:
    """Return the trails that were never published and of which somebody is an author."""
    theirs = select(TrailAuthor.trail_id).where(TrailAuthor.person_id == person_id)
    return list(session.scalars(select(Trail.id).where(Trail.id.in_(theirs), Trail.published_at.is_(None))))


def _revision(row: TrailRevision | MapPlaceRevision) -> dict[str, Any]:
    return {
        "number": row.number,
        "at": row.created_at.isoformat(),
        "comment": row.comment,
        "content": row.content,
    }
