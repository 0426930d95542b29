"""Whom to remind of what: things due back tomorrow, and things that are late, by the calendar of where they are due."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from equipment_lending.models import Custody, LendingPoint, Loan, LoanLine
from equipment_lending.queries.loans import whole_loans
from equipment_lending.rules.lateness import late_days

MORNING = 9
"""The hour before which nobody is written to."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Reminder:
    """One letter to one person about everything due at one point, on one civil day there."""

    person_id: UUID
    point_id: UUID
    day: date


@dataclass(frozen=True, slots=True)
class ToReturn:
    """What somebody has to bring back to a point: loans that are late, and loans due tomorrow, soonest due first."""

    point: LendingPoint
    late: tuple[Loan, ...]
    tomorrow: tuple[Loan, ...]


def reminders(session: Session, now: datetime) -> list[Reminder]:
    """Return the letters that the present day asks for, wherever it is past nine in the morning."""
    rows = session.execute(
        select(Loan.borrower_id, LendingPoint.id, LendingPoint.zone, Loan.return_at)
        .join(Loan.return_point)
        .where(Loan.return_at < now + 3 * _DAY, _something_out())
    )
    found = set()
    for person_id, point_id, zone, return_at in rows:
        local = now.astimezone(ZoneInfo(zone))
        if local.hour >= MORNING and (_is_late(return_at, now, zone) or _is_due_tomorrow(return_at, now, zone)):
            found.add(Reminder(person_id, point_id, local.date()))
    return sorted(found)


def to_return(session: Session, person_id: UUID, point_id: UUID, now: datetime) -> ToReturn:
    """Return what the person has to bring back to the point as things stand."""
    theirs = whole_loans().where(Loan.borrower_id == person_id, Loan.return_point_id == point_id, _something_out())
    loans = session.scalars(theirs.order_by(Loan.return_at, Loan.id)).all()
    point = session.get_one(LendingPoint, point_id, options=[joinedload(LendingPoint.place)])
    return ToReturn(
        point,
        tuple(loan for loan in loans if _is_late(loan.return_at, now, point.zone)),
        tuple(loan for loan in loans if _is_due_tomorrow(loan.return_at, now, point.zone)),
    )


def _something_out():
    return exists().where(LoanLine.loan_id == Loan.id, Custody.line_id == LoanLine.id, Custody.in_at.is_(None))


def _is_late(return_at: datetime, now: datetime, zone: str) -> bool:
    return late_days(return_at, now, ZoneInfo(zone)) > 0


def _is_due_tomorrow(return_at: datetime, now: datetime, zone: str) -> bool:
    here = ZoneInfo(zone)
    return return_at.astimezone(here).date() == now.astimezone(here).date() + _DAY
