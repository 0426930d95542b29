"""What is in somebody's diary? Asked by the calendar feed, answered by every feature with dates."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Appointment:
    """Something with a date. ``uid`` never changes, ``sequence`` rises with each change; ``ends_at`` is not included.

    ``path`` is the page about it; ``cancelled`` stays in the feed so that calendars take it out.
    """

    uid: str
    sequence: int
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    where: str
    description: str
    path: str
    cancelled: bool
    changed_at: datetime


class Agenda(Protocol):
    def appointments(self, person_id: UUID, since: datetime) -> list[Appointment]:
        """Return the person's appointments that end after ``since``, in order, titles in the reader's language."""
        ...
