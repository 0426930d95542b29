"""Asking for background work, and asking again for work that failed."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from portal.clock import Clock
from portal.db.insert import insert_into
from portal.jobs.models import Job


class Jobs:
    """The work to be done, as rows of the present transaction."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def add(self, kind: str, payload: dict[str, Any], run_at: datetime | None = None, key: str | None = None) -> bool:
        """Ask for work of ``kind``, now or from ``run_at`` on. With a ``key``, asking again changes nothing.

        Return whether it was not asked for already.
        """
        now = self._clock.now()
        job = {"id": uuid4(), "kind": kind, "payload": payload, "key": key, "created_at": now, "run_at": run_at or now}
        asked = insert_into(self._session, Job).values(**job, attempts=0)
        added = asked.on_conflict_do_nothing(index_elements=["key"]).returning(Job.id)
        return self._session.scalar(added) is not None

    def forget_done(self, kind: str, but: Collection[str] = ()) -> None:
        """Let work of ``kind`` that is done be asked for again under its key; that with one of the keys ``but`` not."""
        done = delete(Job).where(Job.kind == kind, Job.finished_at.is_not(None), Job.key.not_in(but))
        self._session.execute(done, execution_options={"synchronize_session": False})

    def retry(self, job_id: UUID) -> bool:
        """Let work that was given up be tried again, from the beginning. False when it is not waiting for that."""
        again = (
            update(Job)
            .where(Job.id == job_id, Job.given_up_at.is_not(None), Job.finished_at.is_(None))
            .values(given_up_at=None, attempts=0, run_at=self._clock.now(), claimed_by=None, claimed_until=None)
        )
        return self._session.scalar(again.returning(Job.id)) is not None

    def forget(self, job_id: UUID) -> bool:
        """Remove work that was given up. False when it is not."""
        gone = delete(Job).where(Job.id == job_id, Job.given_up_at.is_not(None))
        return self._session.scalar(gone.returning(Job.id)) is not None
