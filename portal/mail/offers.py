"""What the outbox knows about somebody."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session

from portal.jobs.models import Job
from portal.mail.models import OutgoingMail
from portal.people.models import Person
from portal.ports.personal_data import PersonalData


def _written_to(person_id: UUID) -> ColumnElement[bool]:
    """Was a letter written to somebody, or to their address before anybody knew whose it is?"""
    theirs = select(func.lower(Person.email)).where(Person.id == person_id).scalar_subquery()
    return or_(OutgoingMail.person_id == person_id, func.lower(OutgoingMail.to) == theirs)


class LettersData:
    """The letters that were written to a person."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def export(self, person_id: UUID) -> dict[str, Any]:
        letters = select(OutgoingMail).where(_written_to(person_id)).order_by(OutgoingMail.created_at)
        return {
            "letters": [
                {
                    "to": letter.to,
                    "subject": letter.subject,
                    "text": letter.text,
                    "written_at": letter.created_at.isoformat(),
                    "sent_at": letter.sent_at.isoformat() if letter.sent_at else None,
                }
                for letter in self._session.scalars(letters)
            ]
        }

    def hindrances(self, person_id: UUID) -> list[str]:
        return []

    def erase(self, person_id: UUID, at: datetime) -> None:
        """Forget what was written to them, and how sending it went: a server that refuses names the address."""
        wanted = delete(OutgoingMail).where(_written_to(person_id)).returning(OutgoingMail.id)
        gone = self._session.scalars(wanted).all()
        sending = Job.payload["mail_id"].as_string().in_([str(mail_id) for mail_id in gone])
        self._session.execute(
            delete(Job).where(Job.kind == "mail.send", sending), execution_options={"synchronize_session": False}
        )


def includeme(config) -> None:
    config.answer(PersonalData, lambda request: LettersData(request.db))
