"""What moderation knows about somebody: what they pointed out and, if they moderate, what they did."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.moderation.models import Flag, ModerationAct
from portal.ports.personal_data import PersonalData


class ModerationData:
    """Flags and acts of a person. What an act says of why stays, with the bare id of who did it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def export(self, person_id: UUID) -> dict[str, Any]:
        raised = select(Flag).where(Flag.by_id == person_id).order_by(Flag.created_at, Flag.id)
        done = select(ModerationAct).where(ModerationAct.actor_id == person_id)
        done = done.order_by(ModerationAct.at, ModerationAct.number)
        return {
            "flags": [
                {
                    "kind": flag.subject_kind,
                    "id": str(flag.subject_id),
                    "concern": flag.concern.value,
                    "words": flag.words,
                    "at": flag.created_at.isoformat(),
                }
                for flag in self._session.scalars(raised)
            ],
            "moderation": [
                {
                    "kind": act.subject_kind,
                    "id": str(act.subject_id),
                    "act": act.act.value,
                    "reason": act.reason,
                    "at": act.at.isoformat(),
                }
                for act in self._session.scalars(done)
            ],
        }

    def hindrances(self, person_id: UUID) -> list[str]:
        return []

    def erase(self, person_id: UUID, at: datetime) -> None:
        """Forget what they wrote and that it was them; that something is said to be wrong stays."""
        theirs = update(Flag).where(Flag.by_id == person_id).values(words="", by_id=None)
        self._session.execute(theirs, execution_options={"synchronize_session": "fetch"})


def includeme(config) -> None:
    config.answer(PersonalData, lambda request: ModerationData(request.db))
