"""The files in which ways were sent, as they were sent: each its sender's alone, for as long as they want it kept."""

import zlib
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from maps.models import TrackFile
from portal.clock import Clock

FORGOTTEN_AFTER = timedelta(days=1)
"""How long a file is kept that was looked into and not taken in."""


class TrackFiles:
    """Keep files of ways, remember where they were taken in, and let them go."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def keep(self, trail_id: UUID, sender_id: UUID, file_name: str, content: bytes) -> TrackFile:
        """Keep a file that somebody looks into, in the place of the one they looked into before, and return it."""
        theirs = TrackFile.trail_id == trail_id, TrackFile.sender_id == sender_id
        self._session.execute(delete(TrackFile).where(*theirs, TrackFile.revision.is_(None)))
        found = TrackFile(
            trail_id=trail_id,
            file_name=file_name,
            size=len(content),
            content=zlib.compress(content),
            sender_id=sender_id,
            created_at=self._clock.now(),
        )
        self._session.add(found)
        self._session.flush()
        return found

    def taken_in(self, file_id: UUID, trail_id: UUID, sender_id: UUID, revision: int) -> None:
        """Remember which revision took a file in. Does nothing for one that is not theirs, or is forgotten by now."""
        theirs = TrackFile.id == file_id, TrackFile.trail_id == trail_id, TrackFile.sender_id == sender_id
        self._session.execute(update(TrackFile).where(*theirs).values(revision=revision))

    def remove(self, file_id: UUID) -> None:
        """Let a file be gone; it is no fault if it is already."""
        self._session.execute(delete(TrackFile).where(TrackFile.id == file_id))

    def forget_late(self) -> None:
        """Let the files be gone that were looked into and not taken in."""
        late = TrackFile.created_at < self._clock.now() - FORGOTTEN_AFTER
        self._session.execute(delete(TrackFile).where(TrackFile.revision.is_(None), late))


def original(found: TrackFile) -> bytes:
    """Return a file as it was sent."""
    return zlib.decompress(found.content)
