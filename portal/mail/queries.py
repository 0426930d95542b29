"""What the worker and the pages read of the outbox."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.mail.message import Envelope
from portal.mail.models import OutgoingMail
from portal.people.models import Person


def letter_to_send(session: Session, mail_id: UUID) -> Envelope | None:
    """Return the letter; None when it was sent already, or when nobody may be written to any more."""
    mail = OutgoingMail
    columns = (mail.id, mail.to, func.coalesce(Person.name, ""), mail.language, mail.subject, mail.text)
    waiting = (
        select(*columns, mail.calendar, mail.created_at)
        .outerjoin(Person, Person.id == mail.person_id)
        .where(mail.id == mail_id, mail.sent_at.is_(None), Person.erased_at.is_(None))
    )
    row = session.execute(waiting).one_or_none()
    return Envelope(*row) if row else None
