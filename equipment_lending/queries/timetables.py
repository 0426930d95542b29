"""A point's hours as its rows say them, whatever the day: its week, its dated exceptions, the holidays it observes."""

from collections.abc import Iterable
from datetime import date, time
from itertools import groupby

from equipment_lending.models import LendingPoint, OpeningException, OpeningWindow
from equipment_lending.opening_hours import Timetable
from equipment_lending.terms import DayException, DayKind, Hours, WeeklyWindow


def timetable_of(point: LendingPoint) -> Timetable:
    """Return the hours of a point."""
    return Timetable(week_of(point.windows), exceptions_of(point.exceptions), point.observes_holidays)


def week_of(rows: Iterable[OpeningWindow]) -> tuple[WeeklyWindow, ...]:
    """Return the usual week that rows say, in order."""
    return tuple(sorted(WeeklyWindow(row.weekday, Hours(row.opens, row.closes)) for row in rows))


def exceptions_of(rows: Iterable[OpeningException]) -> tuple[DayException, ...]:
    """Return the exceptions that rows say, in order; those for the same days are one, with the hours of all."""
    return tuple(noted_exceptions(rows))


def noted_exceptions(rows: Iterable[OpeningException]) -> dict[DayException, str]:
    """Return the exceptions that rows say, in order, each with what is noted about it: «Congés», or nothing."""
    ordered = sorted(rows, key=lambda row: (*_days(row), row.opens or time.min))
    alike = [(days, list(same)) for days, same in groupby(ordered, key=_days)]
    return {DayException(*days, _hours(same)): _notes(same) for days, same in alike}


def _days(row: OpeningException) -> tuple[date, date, DayKind]:
    return row.first_day, row.last_day, row.kind


def _hours(rows: Iterable[OpeningException]) -> tuple[Hours, ...]:
    return tuple(
        sorted(Hours(row.opens, row.closes) for row in rows if row.opens is not None and row.closes is not None)
    )


def _notes(rows: Iterable[OpeningException]) -> str:
    return ", ".join(dict.fromkeys(row.note for row in rows if row.note))
