"""The audit trail: what staff did, when, in whose name. The database refuses to change or delete a line of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db.guards import append_only
from portal.db.row import Row
from portal.people.models import Organisation, Person


class AuditEntry(Row):
    """One act of a person (or of the portal itself, ``actor`` None) on one thing. ``detail`` holds no personal data."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject", "subject_kind", "subject_id"),)

    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    acting_for_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    act: Mapped[str] = mapped_column(index=True)
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    detail: Mapped[dict]

    actor: Mapped[Person | None] = relationship()
    acting_for: Mapped[Organisation | None] = relationship()


append_only(AuditEntry)
