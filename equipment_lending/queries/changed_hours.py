"""Which loans are agreed for a time at which their desk is closed by now, and when it is open near to that."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from equipment_lending.models import LendingPoint, Loan
from equipment_lending.queries.calendars import calendars
from equipment_lending.queries.loans import CURRENT, UNFETCHED, whole_loans
from equipment_lending.rules.changed_hours import ClosedEnd, Expected, closed_ends, in_vain
from equipment_lending.terms import End


def closed_in_time(session: Session, now: datetime, *which: ColumnElement[bool]) -> dict[UUID, tuple[ClosedEnd, ...]]:
    """Return, by loan, the ends still to come at which the desk is closed; ``which`` narrows the loans looked at.

    Those that the desk decided to keep as they are, in just this case, are not among them. In four statements.
    """
    found = {loan_id: closed_ends(to_come, now) for loan_id, to_come, _case in _in_vain(session, now, *which)}
    return {loan_id: ends for loan_id, ends in found.items() if ends}


def closed_cases(session: Session, now: datetime, *which: ColumnElement[bool]) -> dict[UUID, str]:
    """Return the loans of :func:`closed_in_time`, each with a name for the case.

    It is another one once the hours close another end, or open one, and the same when an end has passed.
    """
    return {loan_id: case for loan_id, to_come, case in _in_vain(session, now, *which) if in_vain(to_come, now)}


def _in_vain(
    session: Session, now: datetime, *which: ColumnElement[bool]
) -> Iterator[tuple[UUID, list[Expected], str]]:
    """Yield loans that are not over, each with the ends that somebody is still to come for, and a name for its case.

    The name is of both ends; a loan that is kept in the case of that name is left out.
    """
    columns = (Loan.id, Loan.state, Loan.point_id, Loan.pickup_at, Loan.return_point_id, Loan.return_at, Loan.kept_for)
    rows = session.execute(select(*columns).where(Loan.state.in_(CURRENT), Loan.return_at > now, *which)).all()
    if not rows:
        return
    desks = {point_id for row in rows for point_id in (row.point_id, row.return_point_id)}
    points = session.scalars(select(LendingPoint).where(LendingPoint.id.in_(desks)))
    calendar_of = calendars(session, points)
    for loan_id, state, point_id, pickup_at, return_point_id, return_at, kept_for in rows:
        pickup = Expected(End.PICKUP, pickup_at, calendar_of[point_id])
        back = Expected(End.RETURN, return_at, calendar_of[return_point_id])
        case = ",".join(f"{one.end}@{one.at:%Y%m%dT%H%MZ}" for one in in_vain([pickup, back]))
        if case != kept_for:
            yield loan_id, [pickup, back] if state in UNFETCHED else [back], case


def closed_at(session: Session, point: LendingPoint, now: datetime) -> list[tuple[Loan, ClosedEnd]]:
    """Return the loans for which somebody is to come to a point while it is closed, and the end, soonest first."""
    here = or_(Loan.point_id == point.id, Loan.return_point_id == point.id)
    found = closed_in_time(session, now, here)
    if not found:
        return []
    loans = session.scalars(whole_loans().where(Loan.id.in_(found)))
    ends = [(loan, end) for loan in loans for end in found[loan.id] if _desk(loan, end) == point.id]
    return sorted(ends, key=lambda one: (one[1].at, str(one[0].id)))


def _desk(loan: Loan, one: ClosedEnd) -> UUID:
    return loan.point_id if one.end is End.PICKUP else loan.return_point_id
