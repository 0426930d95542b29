"""What the audit trail knows about somebody: what they did, and what was done about them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.audit.models import AuditEntry
from portal.ports.personal_data import PersonalData


class AuditData:
    """Acts by a person, on them, and on a membership of theirs. Who else did them is not theirs to have."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def export(self, person_id: UUID) -> dict[str, Any]:
        on_them = (AuditEntry.subject_kind == "person") & (AuditEntry.subject_id == str(person_id))
        of_theirs = AuditEntry.detail["member"].as_string() == str(person_id)
        about = select(AuditEntry).where(or_(AuditEntry.actor_id == person_id, on_them, of_theirs))
        return {
            "acts": [
                {
                    "at": entry.at.isoformat(),
                    "act": entry.act,
                    "by_you": entry.actor_id == person_id,
                    "for_organisation": str(entry.acting_for_id) if entry.acting_for_id else None,
                    "kind": entry.subject_kind,
                    "id": entry.subject_id,
                    "noted": entry.detail,
                }
                for entry in self._session.scalars(about.order_by(AuditEntry.at, AuditEntry.id))
            ]
        }

    def hindrances(self, person_id: UUID) -> list[str]:
        return []

    def erase(self, person_id: UUID, at: datetime) -> None:
        """Nothing: the trail is never changed, and names nobody but by the bare id."""


def includeme(config) -> None:
    config.answer(PersonalData, lambda request: AuditData(request.db))
