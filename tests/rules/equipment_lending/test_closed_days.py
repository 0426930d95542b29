"""Article 5: the length of a loan in days, and how closed days count."""

from datetime import UTC, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipment_lending.rules.closed_days import counted_days, days_inside, loan_days
from equipment_lending.terms import ClosedDays, Period
from tests.rules.equipment_lending.given import DAY, EVERY_DAY, MONDAY_TO_FRIDAY, PARIS, instant, period, wall

starts = st.datetimes(wall("2026-10-20T00:00"), wall("2026-10-28T00:00")).map(lambda shown: shown.replace(tzinfo=UTC))
lengths = st.timedeltas(timedelta(minutes=1), timedelta(days=12))
closed_weekdays = st.sets(st.integers(0, 6), max_size=4)


def count_day_by_day(wanted, closed_on, counting):
    """Walk from the pick-up to the return, a day on the wall clock at a time."""
    here, back = (moment.astimezone(PARIS).replace(tzinfo=None) for moment in (wanted.start, wanted.end))
    count, was_closed = 0, False
    while count == 0 or here < back:
        is_closed = here.weekday() in closed_on
        first = here.date() == wanted.start.astimezone(PARIS).date()
        starts_stretch = is_closed and not was_closed
        if first or not is_closed or counting is ClosedDays.ALL or (counting is ClosedDays.FIRST and starts_stretch):
            count += 1
        here, was_closed = here + DAY, is_closed
    return count


@given(starts, lengths, closed_weekdays, st.sampled_from(ClosedDays))
def test_the_length_is_what_one_counts_day_by_day(start, length, closed_on, counting):
    wanted = Period(start, start + length)
    counted = counted_days(wanted, PARIS, lambda day: day.weekday() in closed_on, counting)
    assert counted == count_day_by_day(wanted, closed_on, counting)


@given(starts, lengths, closed_weekdays)
def test_the_more_closed_days_count_the_longer_the_loan(start, length, closed_on):
    none, first, all_ = (
        counted_days(Period(start, start + length), PARIS, lambda day: day.weekday() in closed_on, counting)
        for counting in (ClosedDays.NONE, ClosedDays.FIRST, ClosedDays.ALL)
    )
    assert 1 <= none <= first <= all_


def days_of(wanted, counting=ClosedDays.ALL, calendar=EVERY_DAY):
    return counted_days(wanted, calendar.zone, calendar.is_closed, counting)


def test_E1_saturday_to_monday_is_two_days_although_49_hours_pass():
    weekend = period("2026-10-24T10:00", "2026-10-26T10:00")
    assert weekend.length == timedelta(hours=49)
    assert days_of(weekend) == 2


def test_E1_in_spring_47_hours_are_two_days_as_well():
    assert days_of(period("2027-03-27T10:00", "2027-03-29T10:00")) == 2


@pytest.mark.parametrize(("back", "days"), [("20T12:00", 1), ("21T10:00", 1), ("21T10:01", 2), ("27T10:00", 7)])
def test_each_day_begun_on_the_wall_clock_counts(back, days):
    assert days_of(period("2026-11-20T10:00", f"2026-11-{back}")) == days


def test_seven_days_do_not_reach_into_an_eighth():
    assert days_of(period("2026-11-20T00:00", "2026-11-28T00:00")) == 8


@pytest.mark.parametrize(
    ("counting", "monday", "tuesday", "wednesday"),
    [
        (ClosedDays.NONE, True, True, False),
        (ClosedDays.FIRST, True, False, False),
        (ClosedDays.ALL, False, False, False),
    ],
)
def test_scenario_12_a_weekend_inside_three_days_at_most(counting, monday, tuesday, wednesday):
    evenings = [period("2026-11-20T10:00", f"2026-11-{day}T17:00") for day in (23, 24, 25)]
    possible = [days_of(evening, counting, MONDAY_TO_FRIDAY) <= 3 for evening in evenings]
    assert possible == [monday, tuesday, wednesday]


@pytest.mark.parametrize(
    ("counting", "days"), [(ClosedDays.NONE, [2, 3, 4]), (ClosedDays.FIRST, [3, 4, 5]), (ClosedDays.ALL, [4, 5, 6])]
)
def test_scenario_12_holds_for_whole_days_too(counting, days):
    whole = [period("2026-11-20T00:00", f"2026-11-{day}T00:00") for day in (24, 25, 26)]
    assert [days_of(loan, counting, MONDAY_TO_FRIDAY) for loan in whole] == days


def test_days_go_by_the_date_they_begin_on():
    days = loan_days(period("2026-11-20T17:00", "2026-11-23T10:00"), PARIS, MONDAY_TO_FRIDAY.is_closed, ClosedDays.ALL)
    assert [day.day for day in days] == [20, 21, 22]


def test_the_days_inside_a_loan_are_all_it_touches():
    days = days_inside(Period(instant("2026-11-20T17:00"), instant("2026-11-23T10:00")), PARIS)
    assert [day.day for day in days] == [20, 21, 22, 23]
