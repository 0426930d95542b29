"""What administrators see of the background work."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.jobs.models import Job, WorkerPulse

SHOWN = 50
QUIET = timedelta(minutes=2)
"""After how long without a pulse a worker counts as gone; it shows one every 30 seconds."""


@dataclass(frozen=True, slots=True)
class JobLine:
    """One job: when it is due, how often it was tried, and what went wrong the last time."""

    id: UUID
    kind: str
    run_at: datetime
    attempts: int
    given_up_at: datetime | None
    claimed_by: str | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Pulse:
    """A worker and when it was last seen."""

    name: str
    seen_at: datetime
    alive: bool


@dataclass(frozen=True, slots=True)
class Work:
    """The state of the background work. ``late`` says how long what is due has been waiting; None when nothing is."""

    workers: list[Pulse]
    given_up: list[JobLine]
    given_up_total: int
    waiting: list[JobLine]
    waiting_total: int
    finished_today: int
    late: timedelta | None


def state_of_work(session: Session, now: datetime) -> Work:
    """Return what is being done, what waits, and what failed; lists hold the first fifty."""
    given_up = Job.given_up_at.is_not(None) & Job.finished_at.is_(None)
    waiting = Job.given_up_at.is_(None) & Job.finished_at.is_(None)
    oldest = session.scalar(select(func.min(Job.run_at)).where(waiting, Job.run_at <= now, Job.claimed_by.is_(None)))
    return Work(
        workers=pulses(session, now),
        given_up=_lines(session, given_up, Job.given_up_at.desc()),
        given_up_total=_count(session, given_up),
        waiting=_lines(session, waiting, Job.run_at),
        waiting_total=_count(session, waiting),
        finished_today=_count(session, Job.finished_at > now - timedelta(days=1)),
        late=now - oldest if oldest else None,
    )


def pulses(session: Session, now: datetime) -> list[Pulse]:
    """Return the workers that were seen lately. One that holds work is alive: it shows no pulse before that is done."""
    busy = set(session.scalars(select(Job.claimed_by).where(Job.claimed_until > now, Job.finished_at.is_(None))))
    rows = session.execute(select(WorkerPulse.name, WorkerPulse.seen_at).order_by(WorkerPulse.seen_at.desc()))
    return [Pulse(name, seen_at, name in busy or now - seen_at < QUIET) for name, seen_at in rows]


def _lines(session: Session, which, order) -> list[JobLine]:
    columns = (Job.id, Job.kind, Job.run_at, Job.attempts, Job.given_up_at, Job.claimed_by, Job.error)
    return [JobLine(*row) for row in session.execute(select(*columns).where(which).order_by(order).limit(SHOWN))]


def _count(session: Session, which) -> int:
    return session.scalar(select(func.count()).select_from(Job).where(which)) or 0
