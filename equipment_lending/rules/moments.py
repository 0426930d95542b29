"""Which instant somebody means who names a day at a desk, with or without an hour."""

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta

from equipment_lending.rules.claims import whole_minute_after
from equipment_lending.rules.opening import OpeningCalendar, local_instant
from equipment_lending.terms import Period

NOON = time(12)
"""What a day without an hour means where the desk stays closed for weeks; the charter says so then."""

_DAYS_AHEAD = 14


def pickup_moment(
    day: date, hour: time | None, calendars: Collection[OpeningCalendar], now: datetime | None = None
) -> datetime:
    """Return the instant of a pick-up: at the hour named, else as soon as the first of the desks opens that day.

    Of today that is as soon as one is open from ``now`` on: in the next whole minute where one is.

    Where none does, it is the hour at which one opens next: the charter says no, and what it proposes on other days is
    then a whole one too. Raises :class:`~equipment_lending.terms.NoSuchTime` for an hour that the clocks go forward
    over.
    """

    def first(windows: Sequence[Period]) -> datetime:
        left = [max(window.start, soonest) for window in windows if soonest <= window.end] if soonest else ()
        return min(left or [window.start for window in windows])

    today = now is not None and day == now.astimezone(next(iter(calendars)).zone).date()
    soonest = whole_minute_after(now) if now and today else None
    return _moment(day, hour, calendars, first)


def return_moment(day: date, hour: time | None, calendars: Collection[OpeningCalendar]) -> datetime:
    """Return the instant of a return: at the hour named, else when the last of the desks closes that day.

    Where all stay closed, it is the hour at which they close on the next day that has one. Raises
    :class:`~equipment_lending.terms.NoSuchTime` for an hour that the clocks go forward over.
    """
    return _moment(day, hour, calendars, lambda windows: max(window.end for window in windows))


def _moment(
    day: date,
    hour: time | None,
    calendars: Collection[OpeningCalendar],
    among: Callable[[Sequence[Period]], datetime],
) -> datetime:
    zone = next(iter(calendars)).zone
    if hour is None:
        for ahead in range(min(_DAYS_AHEAD, (date.max - day).days + 1)):
            later = timedelta(days=ahead)
            windows = [window for calendar in calendars for window in calendar.windows_on(day + later)]
            if windows:
                wall = among(windows).astimezone(zone) - later  # the hour on the wall is kept, standard time where it
                usual = wall.replace(fold=1).astimezone(UTC)  # comes twice, as desks open and close by that
                # A closed day stays refused, even where its midnight is the opening of the next.
                if not ahead or not any(calendar.is_open_at(usual) for calendar in calendars):
                    return usual
    return local_instant(datetime.combine(day, hour or NOON), zone)
