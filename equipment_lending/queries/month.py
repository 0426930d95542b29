"""A month of a model at a point: for each day, when the desk is open and how many units are free all that time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from equipment_lending.models import Loan, LoanLine
from equipment_lending.queries.application import free_for
from equipment_lending.queries.catalogue import Offer
from equipment_lending.queries.loans import CURRENT
from equipment_lending.queries.occupation import stock_uses
from equipment_lending.rules.availability import steps
from equipment_lending.rules.claims import claimed
from equipment_lending.rules.opening import OpeningCalendar
from equipment_lending.rules.policy import Policy
from equipment_lending.terms import Period, Step

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DayView:
    """A day of the calendar: ``free`` units while the desk is open, from the ``least`` to the ``most`` at one instant.

    ``windows`` are those not over yet; without any, the desk is closed, or the day is ``over``, and both numbers are 0.
    """

    day: date
    windows: tuple[Period, ...]
    least: int
    most: int
    over: bool


def month(session: Session, offer: Offer, calendar: OpeningCalendar, first: date, now: datetime) -> list[DayView]:
    """Return the days of the month that begins on ``first``. Of today only what is left counts."""
    whole = _whole(calendar, first)
    free = steps(offer.units, stock_uses(session, [offer.stock_id], whole, now)[offer.stock_id].occupied, whole)
    return [_day_view(day, calendar, free, now) for day in days_of_month(first)]


def _day_view(day: date, calendar: OpeningCalendar, free: list[Step], now: datetime) -> DayView:
    windows = calendar.windows_on(day)
    left = tuple(window for window in windows if window.end > now)
    numbers = [max(0, step.free) for step in free if any(_meet(step, window, now) for window in left)] or [0]
    today = calendar.day_of(now)
    over = day < today or (day == today and bool(windows) and not left)
    return DayView(day, left, min(numbers), max(numbers), over)


def _meet(step: Step, window: Period, now: datetime) -> bool:
    return step.start < window.end and max(now, window.start) < step.end


def free_units(session: Session, stock_id: UUID, policy: Policy, zone: ZoneInfo, period: Period, now: datetime) -> int:
    """Return how many units of a stock could be promised for a loan that lasts for ``period``, exactly."""
    wanted = claimed(period, policy, zone)
    return free_for(stock_uses(session, [stock_id], wanted, now)[stock_id], wanted, now)


def days_of_month(first: date) -> Iterator[date]:
    day = first
    while day.month == first.month:
        yield day
        day += _DAY


def midnight(calendar: OpeningCalendar, day: date) -> datetime:
    """Return the instant at which a civil day begins at a point."""
    return datetime.combine(day, time.min, calendar.zone)


def borrowed_days(
    session: Session, stock_id: UUID, person_id: UUID, calendar: OpeningCalendar, first: date
) -> set[date]:
    """Return the days of the month that begins on ``first`` on which the person has, or is to have, some of a stock."""
    whole = _whole(calendar, first)
    loans = session.execute(
        select(Loan.pickup_at, Loan.return_at)
        .join(Loan.lines)
        .where(
            LoanLine.stock_id == stock_id,
            Loan.borrower_id == person_id,
            Loan.state.in_(CURRENT),
            Loan.pickup_at < whole.end,
            Loan.return_at > whole.start,
        )
    )
    stretches = [(calendar.day_of(pickup), calendar.day_of(back)) for pickup, back in loans]
    return {day for day in days_of_month(first) for pickup, back in stretches if pickup <= day <= back}


def _whole(calendar: OpeningCalendar, first: date) -> Period:
    *_, last = days_of_month(first)
    return Period(midnight(calendar, first), midnight(calendar, last + _DAY))
