"""Values of lending check themselves once."""

from datetime import UTC, timedelta

import pytest
from hypothesis import given

from equipment_lending.terms import Period
from tests.rules.equipment_lending.given import PARIS, instant, periods

TEN, NOON = instant("2026-11-03T10:00"), instant("2026-11-03T12:00")


@pytest.mark.parametrize("end", [TEN, TEN - timedelta(microseconds=1), TEN - timedelta(days=1)])
def test_a_period_that_does_not_end_after_it_starts_is_none(end):
    with pytest.raises(ValueError, match="at or before its start"):
        Period(TEN, end)


@pytest.mark.parametrize(("start", "end"), [(TEN, NOON.replace(tzinfo=None)), (TEN.replace(tzinfo=None), NOON)])
def test_a_period_needs_to_know_where_the_clock_hangs(start, end):
    with pytest.raises(ValueError, match="aware"):
        Period(start, end)


def test_a_period_in_the_hour_that_comes_twice_is_one_although_the_clock_shows_the_same():
    first = instant("2026-10-25T02:30").astimezone(PARIS)
    assert Period(first, first.replace(fold=1)).length == timedelta(hours=1)
    with pytest.raises(ValueError, match="at or before its start"):
        Period(first.replace(fold=1), first)


@given(periods)
def test_a_period_is_kept_in_utc(period):
    assert (period.start.tzinfo, period.end.tzinfo) == (UTC, UTC)
