"""The outbox: letters written in the same transaction as what they tell of, sent by the worker."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.row import Row


class OutgoingMail(Row):
    """One message to one address, in the reader's language. ``calendar``: an iCalendar text when it concerns a date."""

    __tablename__ = "outgoing_mail"

    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    to: Mapped[str]
    language: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    calendar: Mapped[str | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
