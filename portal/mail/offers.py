"""What the outbox knows about somebody."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session

from portal.jobs.models import Job
from portal.mail.models import OutgoingMail
from portal.people.models import Person
from portal.ports.personal_data import PersonalData

SECRET = re.compile(r"[\w-]{43,}")
"""What ``secrets.token_urlsafe(32)`` writes into a link. Who is given the file need not be whom the link lets in."""


def _at_address_of(person_id: UUID) -> ColumnElement[bool]:
    theirs = select(func.lower(Person.email)).where(Person.id == person_id).scalar_subquery()
    return func.lower(OutgoingMail.to) == theirs


class LettersData:
    """The letters that were written to a person."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def export(self, person_id: UUID) -> dict[str, Any]:
        """Return what was written to them, or to their address while it was nobody's, without what opens something."""
        nobodys = OutgoingMail.person_id.is_(None) & _at_address_of(person_id)
        written = or_(OutgoingMail.person_id == person_id, nobodys)
        letters = select(OutgoingMail).where(written).order_by(OutgoingMail.created_at)
        return {
            "letters": [
                {
                    "to": letter.to,
                    "subject": letter.subject,
                    "text": SECRET.sub("…", letter.text),
                    "written_at": letter.created_at.isoformat(),
                    "sent_at": letter.sent_at.isoformat() if letter.sent_at else None,
                }
                for letter in self._session.scalars(letters)
            ]
        }

    def hindrances(self, person_id: UUID) -> list[str]:
        return []

    def erase(self, person_id: UUID, at: datetime) -> None:
        """Forget what was written to them, or to their address before anybody knew whose it is.

        And how sending it went: a mail server that refuses a letter names the address.
        """
        written = or_(OutgoingMail.person_id == person_id, _at_address_of(person_id))
        gone = self._session.scalars(delete(OutgoingMail).where(written).returning(OutgoingMail.id)).all()
        sending = Job.payload["mail_id"].as_string().in_([str(mail_id) for mail_id in gone])
        self._session.execute(
            delete(Job).where(Job.kind == "mail.send", sending), execution_options={"synchronize_session": False}
        )


def includeme(config) -> None:
    config.answer(PersonalData, lambda request: LettersData(request.db))
