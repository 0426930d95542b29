"""Article 9: overdue, days late, and pick-ups nobody came to."""

from datetime import UTC, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipment_lending.rules.lateness import late_days, no_show_from, overdue
from equipment_lending.rules.policy import Policy
from equipment_lending.terms import Period
from tests.rules.equipment_lending.given import DAY, MINUTE, PARIS, instant, period, wall

moments = st.datetimes(wall("2026-10-20T00:00"), wall("2026-10-30T00:00")).map(lambda shown: shown.replace(tzinfo=UTC))


@given(moments, moments)
def test_the_days_late_are_the_midnights_that_passed_since_it_was_due(due, returned):
    midnights, day = 0, due.astimezone(PARIS).date()
    while day < returned.astimezone(PARIS).date():
        midnights, day = midnights + 1, day + DAY
    assert late_days(due, returned, PARIS) == midnights


@given(moments, moments)
def test_what_is_late_by_days_is_overdue(due, returned):
    assert overdue(due, returned) or late_days(due, returned, PARIS) == 0


def test_at_the_instant_it_is_due_it_is_not_overdue():
    due = instant("2026-11-20T17:00")
    assert not overdue(due, due)
    assert overdue(due, due + timedelta(seconds=1))


@pytest.mark.parametrize(("returned", "days"), [("24T18:00", 0), ("25T00:30", 1), ("26T00:30", 2)])
def test_days_late_are_civil_days_also_when_the_clocks_change(returned, days):
    assert late_days(instant("2026-10-24T17:00"), instant(f"2026-10-{returned}"), PARIS) == days


@given(moments, st.none() | st.tuples(st.integers(0, 90), st.integers(1, 90)), st.integers(0, 240))
def test_a_borrower_is_waited_for_minute_by_minute_until_the_window_and_then_the_grace_are_over(pickup, around, grace):
    window = Period(pickup - around[0] * MINUTE, pickup + around[1] * MINUTE) if around else None
    now, patience = pickup, grace
    while (window and now < window.end) or patience:
        patience -= 0 if window and now < window.end else 1
        now += MINUTE
    assert no_show_from(pickup, window, Policy(no_show_grace_minutes=grace)) == now


def test_nobody_is_a_no_show_before_the_window_and_the_grace_have_passed():
    window = period("2026-11-20T09:00", "2026-11-20T18:00")
    policy = Policy(no_show_grace_minutes=90)
    assert no_show_from(instant("2026-11-20T10:00"), window, policy) == instant("2026-11-20T19:30")
    assert no_show_from(instant("2026-11-20T10:00"), None, policy) == instant("2026-11-20T11:30")
