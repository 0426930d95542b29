"""French public holidays, held against a library that knows those of every country, for as long as it does (2100)."""

from datetime import date, timedelta

import holidays
from hypothesis import given
from hypothesis import strategies as st

from equipment_lending.rules.public_holidays import PUBLIC_HOLIDAYS, public_holidays


@given(st.integers(2008, 2100))
def test_the_public_holidays_of_a_year_are_those_of_france(year):
    assert public_holidays(year) == frozenset(holidays.country_holidays("FR", years=year))


@given(st.dates(date(1600, 1, 1), date(4000, 12, 31)))
def test_any_day_of_any_year_is_one_or_is_none(day):
    assert (day in PUBLIC_HOLIDAYS) == (day in public_holidays(day.year))


def test_the_three_that_move_follow_easter():
    easter = date(2027, 3, 28)  # the day on which the clocks go forward, too
    assert {easter + timedelta(days=days) for days in (1, 39, 50)} < public_holidays(2027)
    assert easter not in PUBLIC_HOLIDAYS


def test_the_first_and_the_last_year_there_is_have_theirs():
    assert date(1, 5, 1) in PUBLIC_HOLIDAYS
    assert date(9999, 12, 25) in PUBLIC_HOLIDAYS
