"""Article 5: the length of a loan in days, and how the days on which the desk is closed count."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from equipment_lending.terms import ClosedDays, Period

_DAY = timedelta(days=1)


def counted_days(period: Period, zone: ZoneInfo, closed: Callable[[date], bool], counting: ClosedDays) -> int:
    """Return the length of a loan in days: the number of its :func:`loan_days`."""
    return len(loan_days(period, zone, closed, counting))


def loan_days(period: Period, zone: ZoneInfo, closed: Callable[[date], bool], counting: ClosedDays) -> list[date]:
    """Return the civil days that count towards the length of a loan.

    Days run on the wall clock of the lending point, from the hour of the pick-up to the same hour of the next day, and
    each one begun counts: Saturday 10:00 to Monday 10:00 is two days even when the clocks change in between, to Monday
    10:01 it is three, and a loan brought back the same day is one. So seven days never reach into an eighth, as they do
    where only dates are subtracted. Each day goes by the date it begins on; if the desk is ``closed`` then, it counts
    as ``counting`` says: never, always, or only the first of each closed stretch. The day of the pick-up always counts.

    With a closed weekend and three days at most, what is picked up on Friday at ten must be back by ten on Wednesday
    (closed days do not count), on Tuesday (the first counts), or on Monday (all count).
    """
    begun = _days_begun(period.start.astimezone(zone), period.end.astimezone(zone))

    def counts(day: date) -> bool:
        if counting is ClosedDays.ALL or day == begun[0] or not closed(day):
            return True
        return counting is ClosedDays.FIRST and not closed(day - _DAY)

    return [day for day in begun if counts(day)]


def days_inside(period: Period, zone: ZoneInfo) -> list[date]:
    """Return every civil day the period touches, the days of pick-up and return included."""
    first = period.start.astimezone(zone).date()
    last = period.end.astimezone(zone).date()
    return [first + n * _DAY for n in range((last - first).days + 1)]


def _days_begun(pickup: datetime, back: datetime) -> list[date]:
    first, last = pickup.date(), back.date()
    begun = (last - first).days + (back.time() > pickup.time())
    return [first + n * _DAY for n in range(max(begun, 1))]
