"""What was done to things after they were published, and what visitors pointed out."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db.guards import append_only
from portal.db.row import Row
from portal.moderation.terms import Act, Concern
from portal.people.models import Person


class ModerationAct(Row):
    """One act on one thing. Acts are never changed or deleted; where a thing stands is what they add up to.

    ``number`` counts the acts on a thing from 1, so that two moderators cannot both do the next one.
    """

    __tablename__ = "moderation_act"
    __table_args__ = (
        Index("uq_moderation_act_number", "subject_kind", "subject_id", "number", unique=True),
        Index(
            "uq_moderation_act_removal",
            "subject_kind",
            "subject_id",
            unique=True,
            sqlite_where=text("act = 'remove'"),
            postgresql_where=text("act = 'remove'"),
        ),
    )

    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    number: Mapped[int]
    act: Mapped[Act]
    reason: Mapped[str]
    actor_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime]

    actor: Mapped[Person] = relationship()

    @property
    def thing(self) -> tuple[str, UUID]:
        return self.subject_kind, self.subject_id


append_only(ModerationAct)


class Flag(Row):
    """Somebody points out that something is wrong with a thing; a visitor may, so ``by_id`` may be None."""

    __tablename__ = "moderation_flag"
    __table_args__ = (
        CheckConstraint("(settled_at IS NULL) = (settled_by_id IS NULL)", name="settled_by_somebody"),
        Index("ix_moderation_flag_subject", "subject_kind", "subject_id"),
        Index(
            "ix_moderation_flag_open",
            "created_at",
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
    )

    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    concern: Mapped[Concern]
    words: Mapped[str]
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))

    by: Mapped[Person | None] = relationship(foreign_keys=[by_id])
    settled_by: Mapped[Person | None] = relationship(foreign_keys=[settled_by_id])


def includeme(_config) -> None:
    """The tables exist by being imported."""
