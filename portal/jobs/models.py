"""Background work as rows, written in the same transaction as what asks for it."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.row import Row


class Job(Row):
    """One piece of work. Due when ``run_at`` has come and nobody holds it; done when ``finished_at`` is set.

    ``claimed_until`` is a lease: a worker that died gives its work back when it runs out. ``key`` names work that must
    exist only once (a reminder for a day); ``given_up_at`` says that it failed too often and waits for an admin.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index(
            "ix_job_due",
            "run_at",
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
    )

    kind: Mapped[str]
    payload: Mapped[dict]
    key: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    run_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None]
    claimed_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    error: Mapped[str | None]


class WorkerPulse(Row):
    """When a worker last showed that it lives."""

    __tablename__ = "worker_pulse"

    name: Mapped[str] = mapped_column(unique=True)
    seen_at: Mapped[datetime]
