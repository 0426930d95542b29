"""A point's hours as its rows say them, whatever the day: its week, its dated exceptions, the holidays it observes."""

from datetime import date

from equipment_lending.models import LendingPoint, OpeningException
from equipment_lending.opening_hours import Timetable
from equipment_lending.terms import DayException, DayKind, Hours, WeeklyWindow


def timetable_of(point: LendingPoint) -> Timetable:
    """Return the hours of a point; exceptions for the same days are one, with the hours of all."""
    weekly = sorted(WeeklyWindow(row.weekday, Hours(row.opens, row.closes)) for row in point.windows)
    return Timetable(tuple(weekly), tuple(_exceptions(point.exceptions)), point.observes_holidays)


def _exceptions(rows: list[OpeningException]) -> list[DayException]:
    hours_on: dict[tuple[date, date, DayKind], list[Hours]] = {}
    for row in sorted(rows, key=lambda row: (row.first_day, row.last_day, row.kind)):
        hours = hours_on.setdefault((row.first_day, row.last_day, row.kind), [])
        if row.opens is not None and row.closes is not None:
            hours.append(Hours(row.opens, row.closes))
    return [DayException(first, last, kind, tuple(sorted(hours))) for (first, last, kind), hours in hours_on.items()]
