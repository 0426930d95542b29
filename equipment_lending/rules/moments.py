"""Which instant somebody means who names a day at a desk, with or without an hour."""

from collections.abc import Collection
from datetime import date, datetime, time

from equipment_lending.rules.opening import OpeningCalendar, local_instant

NOON = time(12)
"""What a day without an hour means where the desk stays closed; the charter says so then."""


def pickup_moment(day: date, hour: time | None, calendars: Collection[OpeningCalendar]) -> datetime:
    """Return the instant of a pick-up: at the hour named, else as soon as the first of the desks opens that day.

    Raises :class:`~equipment_lending.terms.NoSuchTime` for an hour that the clocks go forward over.
    """
    openings = [window.start for calendar in calendars for window in calendar.windows_on(day)]
    return min(openings) if hour is None and openings else _at(day, hour, calendars)


def return_moment(day: date, hour: time | None, calendars: Collection[OpeningCalendar]) -> datetime:
    """Return the instant of a return: at the hour named, else when the last of the desks closes that day.

    Raises :class:`~equipment_lending.terms.NoSuchTime` for an hour that the clocks go forward over.
    """
    closings = [window.end for calendar in calendars for window in calendar.windows_on(day)]
    return max(closings) if hour is None and closings else _at(day, hour, calendars)


def _at(day: date, hour: time | None, calendars: Collection[OpeningCalendar]) -> datetime:
    zone = next(iter(calendars)).zone
    return local_instant(datetime.combine(day, hour or NOON), zone)
