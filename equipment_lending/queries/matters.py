"""What cannot be as it was agreed, for which loans: whom to tell."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from equipment_lending.queries.changed_hours import closed_in_time
from equipment_lending.terms import Matter


@dataclass(frozen=True, slots=True)
class Concern:
    """A loan that cannot be as it was agreed, and why; ``about`` tells one such case from another."""

    loan_id: UUID
    matter: Matter
    about: str = ""


def concerns(session: Session, now: datetime) -> list[Concern]:
    """Return every concern of every loan as things stand."""
    closed = closed_in_time(session, now)
    return [
        Concern(loan_id, Matter.CLOSED, ",".join(f"{one.end}@{one.at:%Y%m%dT%H%MZ}" for one in ends))
        for loan_id, ends in closed.items()
    ]
