"""The files in which somebody sent the way of a trail, for them alone."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from maps.models import TrackFile


def files_of(session: Session, trail_id: UUID, person_id: UUID) -> Sequence[TrackFile]:
    """Return the files that somebody sent and that a trail took in, the latest first."""
    theirs = TrackFile.trail_id == trail_id, TrackFile.sender_id == person_id, TrackFile.revision.is_not(None)
    return session.scalars(select(TrackFile).where(*theirs).order_by(TrackFile.created_at.desc(), TrackFile.id)).all()
