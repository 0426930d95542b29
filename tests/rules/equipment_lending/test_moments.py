"""What somebody means who names a day at a desk without an hour."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipment_lending.rules.moments import pickup_moment, return_moment
from equipment_lending.terms import NoSuchTime
from tests.rules.equipment_lending.given import calendars, instant, quarters, week

TUESDAY, SUNDAY = date(2026, 11, 3), date(2026, 11, 1)
MORNINGS, AFTERNOONS = week(1, opens="09:00", closes="12:00"), week(1, opens="14:00", closes="18:00")


def test_a_day_without_an_hour_lasts_from_the_first_opening_to_the_last_closing():
    assert pickup_moment(TUESDAY, None, [MORNINGS, AFTERNOONS]) == instant("2026-11-03T09:00")
    assert return_moment(TUESDAY, None, [MORNINGS, AFTERNOONS]) == instant("2026-11-03T18:00")


@pytest.mark.parametrize(
    ("now", "meant"),
    [
        ("2026-11-02T23:00", "2026-11-03T09:00"),
        ("2026-11-03T08:00", "2026-11-03T09:00"),
        ("2026-11-03T10:20:07", "2026-11-03T10:21"),
        ("2026-11-03T13:00", "2026-11-03T14:00"),
        ("2026-11-03T18:30", "2026-11-03T09:00"),
    ],
)
def test_today_without_an_hour_means_as_soon_as_a_desk_is_open_from_now_on(now, meant):
    """Once all of them have closed it is the opening that was missed, which the charter refuses as past."""
    assert pickup_moment(TUESDAY, None, [MORNINGS, AFTERNOONS], instant(now)) == instant(meant)


def test_an_hour_named_is_kept_even_when_the_desk_is_closed_then():
    assert pickup_moment(TUESDAY, time(3), [MORNINGS]) == instant("2026-11-03T03:00")
    assert return_moment(SUNDAY, time(3), [MORNINGS]) == instant("2026-11-01T03:00")


def test_a_closed_day_without_an_hour_has_the_hours_of_the_next_open_one_so_that_whole_days_are_proposed():
    assert pickup_moment(SUNDAY, None, [MORNINGS, AFTERNOONS]) == instant("2026-11-01T09:00")
    assert return_moment(SUNDAY, None, [MORNINGS, AFTERNOONS]) == instant("2026-11-01T18:00")


def test_the_hours_of_the_next_open_day_are_those_on_the_wall_when_the_clocks_change_in_between():
    saturday = date(2026, 10, 24)
    assert pickup_moment(saturday, None, [MORNINGS, AFTERNOONS]) == instant("2026-10-24T09:00")
    assert return_moment(saturday, None, [MORNINGS, AFTERNOONS]) == instant("2026-10-24T18:00")


def test_a_day_without_an_hour_means_noon_where_the_desk_stays_closed_for_weeks():
    for moment in (pickup_moment, return_moment):
        assert moment(SUNDAY, None, [week()]) == instant("2026-11-01T12:00")
        assert moment(date.max - timedelta(days=1), None, [week()]).hour == 11


def test_a_desk_that_opens_in_the_hour_that_comes_twice_opens_by_standard_time():
    night = week(6, opens="02:00", closes="08:00")
    moment = pickup_moment(date(2026, 10, 25), None, [night])
    assert (night.is_open_at(moment), moment) == (True, instant("2026-10-25T02:00+01:00"))


def test_an_hour_that_the_clocks_go_forward_over_is_refused():
    for moment in (pickup_moment, return_moment):
        with pytest.raises(NoSuchTime):
            moment(date(2027, 3, 28), time(2, 30), [MORNINGS])


@given(calendars, st.dates(date(2026, 10, 20), date(2026, 10, 30)), quarters)
def test_without_an_hour_one_comes_while_the_desk_is_open_if_it_opens_at_all(calendar, day, hour):
    for moment in (pickup_moment, return_moment):
        assert calendar.is_open_at(moment(day, None, [calendar])) is not calendar.is_closed(day)
