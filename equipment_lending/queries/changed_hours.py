"""Which loans are agreed for a time at which their desk is closed by now, and when it is open near to that."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from equipment_lending.models import LendingPoint, Loan
from equipment_lending.queries.calendars import calendars
from equipment_lending.queries.loans import CURRENT, whole_loans
from equipment_lending.rules.changed_hours import ClosedEnd, Expected, closed_ends
from equipment_lending.terms import End, LoanState

UNFETCHED = (LoanState.REQUESTED, LoanState.CONFIRMED)


def closed_in_time(session: Session, now: datetime, *which: ColumnElement[bool]) -> dict[UUID, tuple[ClosedEnd, ...]]:
    """Return, by loan, the ends still to come at which the desk is closed; ``which`` narrows the loans looked at.

    In four statements.
    """
    rows = session.execute(
        select(Loan.id, Loan.state, Loan.point_id, Loan.pickup_at, Loan.return_point_id, Loan.return_at).where(
            Loan.state.in_(CURRENT), Loan.return_at > now, *which
        )
    ).all()
    if not rows:
        return {}
    desks = {point_id for row in rows for point_id in (row.point_id, row.return_point_id)}
    points = session.scalars(select(LendingPoint).where(LendingPoint.id.in_(desks)))
    calendar_of = calendars(session, points, now.date())
    found = {}
    for loan_id, state, point_id, pickup_at, return_point_id, return_at in rows:
        expected = [Expected(End.RETURN, return_at, calendar_of[return_point_id])]
        if state in UNFETCHED:
            expected.append(Expected(End.PICKUP, pickup_at, calendar_of[point_id]))
        if ends := closed_ends(expected, now):
            found[loan_id] = ends
    return found


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
