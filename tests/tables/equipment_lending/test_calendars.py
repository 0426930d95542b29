"""Rows become hours in one way: what the charter reckons with is what is shown and written."""

from datetime import date, time

from equipment_lending.models import OpeningException
from equipment_lending.queries.calendars import calendar, calendars
from equipment_lending.queries.timetables import timetable_of
from equipment_lending.terms import DayException, DayKind, Hours
from tests.factories import lending

SATURDAY = date(2026, 8, 15)
PARTS = (Hours(time(10), time(12)), Hours(time(14), time(17)))


def test_the_charter_reckons_with_the_hours_that_the_timetable_says(session):
    point = lending.point(session, windows=((5, time(14), time(18)), (5, time(9), time(12))))
    point.exceptions = [
        *(
            OpeningException(first_day=SATURDAY, last_day=SATURDAY, kind="open", opens=one.opens, closes=one.closes)
            for one in reversed(PARTS)
        ),
        OpeningException(first_day=date(2026, 8, 1), last_day=date(2026, 8, 31), kind="closed"),
    ]
    session.flush()
    timetable, reckoned = timetable_of(point), calendar(session, point)
    assert (reckoned.weekly, reckoned.exceptions) == (timetable.weekly, timetable.exceptions)
    assert timetable.exceptions == (
        DayException(date(2026, 8, 1), date(2026, 8, 31), DayKind.CLOSED),
        DayException(SATURDAY, SATURDAY, DayKind.OPEN, PARTS),
    )


def test_every_point_has_its_own_hours_and_no_others(session):
    early, late = (lending.point(session, windows=((2, time(opens), time(20)),)) for opens in (8, 14))
    found = calendars(session, [early, late])
    assert [found[point.id].weekly for point in (early, late)] == [timetable_of(p).weekly for p in (early, late)]
