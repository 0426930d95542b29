"""Taking work and giving it back. Each of these is one short transaction, or the end of the task's own."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from portal.db.insert import insert_into
from portal.jobs.models import Job, WorkerPulse
from portal.jobs.rules import pause, turn
from portal.jobs.tasks import Task

KEPT = timedelta(days=30)
"""How long finished work is kept for administrators to see."""


class LostLease(Exception):
    """The lease ran out and another worker has the job: what was done here must be rolled back."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that ``holder`` may do, until its lease runs out. ``attempts`` counts this one."""

    job_id: UUID
    kind: str
    payload: dict[str, Any]
    attempts: int
    holder: str


def due(now: datetime, kinds: list[str]) -> ColumnElement[bool]:
    """Return what says of a job that it is to be done now."""
    free = Job.claimed_until.is_(None) | (Job.claimed_until <= now)
    return Job.finished_at.is_(None) & Job.given_up_at.is_(None) & (Job.run_at <= now) & free & Job.kind.in_(kinds)


def is_anything_due(session: Session, now: datetime, kinds: list[str]) -> bool:
    """Look without a lock, so that waiting for work stands in nobody's way."""
    return session.scalar(select(Job.id).where(due(now, kinds)).limit(1)) is not None


def claim(session: Session, now: datetime, kinds: list[str], holder: str, lease: timedelta) -> Claim | None:
    """Take the job that has been due longest, for as long as the lease runs. None when nothing is due.

    One statement: on PostgreSQL rows that others are taking are skipped, on SQLite there is one writer at a time.
    """
    first = select(Job.id).where(due(now, kinds)).order_by(Job.run_at).limit(1).with_for_update(skip_locked=True)
    taken = (
        update(Job)
        .where(Job.id == first.scalar_subquery())
        .values(claimed_by=holder, claimed_until=now + lease, attempts=Job.attempts + 1)
        .returning(Job.id, Job.kind, Job.payload, Job.attempts)
        .execution_options(synchronize_session=False)
    )
    row = session.execute(taken).one_or_none()
    return Claim(row.id, row.kind, row.payload, row.attempts, holder) if row else None


def finish(session: Session, claimed: Claim, now: datetime) -> None:
    """Say that the job is done, in the transaction of what it did. Raises :class:`LostLease`."""
    _settle(session, claimed, finished_at=now, claimed_by=None, claimed_until=None, error=None)


def postpone(session: Session, claimed: Claim, now: datetime, error: str) -> None:
    """Let the job be tried again after a pause. Raises :class:`LostLease`."""
    again = now + pause(claimed.attempts)
    _settle(session, claimed, run_at=again, claimed_by=None, claimed_until=None, error=error)


def give_up(session: Session, claimed: Claim, now: datetime, error: str) -> None:
    """Let the job wait for an administrator. Raises :class:`LostLease`."""
    _settle(session, claimed, given_up_at=now, claimed_by=None, claimed_until=None, error=error)


def _settle(session: Session, claimed: Claim, **values: object) -> None:
    mine = update(Job).where(Job.id == claimed.job_id, Job.claimed_by == claimed.holder, Job.finished_at.is_(None))
    settled = mine.values(**values).returning(Job.id).execution_options(synchronize_session=False)
    if session.scalar(settled) is None:
        raise LostLease(claimed.kind)


def give_turn(session: Session, task: Task, now: datetime) -> None:
    """See that the present turn of a periodic task is a job, once; a turn that was missed is not made up for."""
    assert task.every is not None
    at = turn(now, task.every)
    key = f"{task.kind}@{at.isoformat()}"
    job = {"id": uuid4(), "kind": task.kind, "payload": {}, "key": key, "created_at": now, "run_at": at, "attempts": 0}
    session.execute(insert_into(session, Job).values(**job).on_conflict_do_nothing(index_elements=["key"]))
    undone = Job.finished_at.is_(None) & Job.claimed_by.is_(None)
    session.execute(delete(Job).where(Job.kind == task.kind, Job.key != key, undone))


def show_pulse(session: Session, name: str, now: datetime) -> None:
    """Record that the worker lives, and forget those that have not been seen for a day."""
    alive = insert_into(session, WorkerPulse).values(id=uuid4(), name=name, seen_at=now)
    session.execute(alive.on_conflict_do_update(index_elements=["name"], set_={"seen_at": now}))
    session.execute(delete(WorkerPulse).where(WorkerPulse.seen_at < now - timedelta(days=1)))


def end_pulse(session: Session, name: str) -> None:
    session.execute(delete(WorkerPulse).where(WorkerPulse.name == name))


def prune(session: Session, now: datetime) -> None:
    """Remove work that was finished long ago."""
    session.execute(delete(Job).where(Job.finished_at < now - KEPT))
