"""First answers kept for idempotency keys."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.row import Row


class KeptAnswer(Row):
    """The answer given to a person's request with an ``Idempotency-Key``: the same key gets it again.

    ``fingerprint`` is the SHA-256 of method, path and body: the same key for another request is refused.
    ``status`` is None while the first request is still running.
    """

    __tablename__ = "kept_answer"
    __table_args__ = (UniqueConstraint("person_id", "key"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    key: Mapped[str]
    fingerprint: Mapped[str]
    status: Mapped[int | None]
    headers: Mapped[dict]
    body: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(index=True)
