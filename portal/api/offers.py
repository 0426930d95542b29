"""What the kept answers know about somebody."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from portal.api.models import KeptAnswer
from portal.ports.personal_data import PersonalData


class KeptAnswersData:
    """What programs were answered within the last day, told again where it is from: nothing of its own to export."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def export(self, person_id: UUID) -> dict[str, Any]:
        return {}

    def hindrances(self, person_id: UUID) -> list[str]:
        return []

    def erase(self, person_id: UUID, at: datetime) -> None:
        """Forget what was answered to them, and to others about them: whatever shows a person names their id."""
        theirs = or_(KeptAnswer.person_id == person_id, KeptAnswer.body.contains(str(person_id)))
        self._session.execute(delete(KeptAnswer).where(theirs), execution_options={"synchronize_session": False})


def includeme(config) -> None:
    config.answer(PersonalData, lambda request: KeptAnswersData(request.db))
