"""Article 13: what to do where a desk has changed its hours."""

from datetime import UTC, datetime, time

from hypothesis import given, settings
from hypothesis import strategies as st

from equipment_lending.rules.changed_hours import PROPOSED, Expected, closed_ends
from equipment_lending.terms import DayException, DayKind, End
from tests.rules.equipment_lending.given import (
    DAY,
    HOUR,
    MINUTE,
    MONDAY_TO_FRIDAY,
    around_the_clock_changes,
    calendars,
    instant,
    period,
)

moments = st.builds(
    lambda day, quarter: datetime.combine(day, time.min, UTC) + quarter * 15 * MINUTE,
    around_the_clock_changes,
    st.integers(0, 95),
)
ends = st.builds(Expected, st.sampled_from(End), moments, calendars)


def windows_around(calendar, moment, days=200):
    """Every window of many days, looked up one by one."""
    day = calendar.day_of(moment)
    return [window for n in range(-days, days + 1) for window in calendar.windows_on(day + n * DAY)]


def apart(window, moment):
    return min(abs(moment - (window.start + n * MINUTE)) for n in range(int(window.length / MINUTE) + 1))


@settings(max_examples=60)
@given(st.lists(ends, max_size=4), moments)
def test_it_concerns_who_comes_later_than_now_and_finds_the_desk_closed_and_nobody_else(expected, now):
    found = closed_ends(expected, now)
    in_vain = [
        (one.at, one.end)
        for one in expected
        if one.at > now and not any(w.start <= one.at <= w.end for w in windows_around(one.calendar, one.at, 1))
    ]
    assert sorted((one.at, one.end) for one in found) == sorted(in_vain)
    assert [one.at for one in found] == sorted(one.at for one in found)


@settings(max_examples=40)
@given(calendars, moments, st.integers(-200, 400))
def test_what_is_proposed_is_nearest_and_not_over(calendar, moment, hours_later):
    now = moment + hours_later * HOUR
    proposed = calendar.nearest_windows(moment, now, PROPOSED)
    assert proposed == sorted(proposed)
    to_come = [window for window in windows_around(calendar, moment) if window.end > now]
    distances = sorted(apart(window, moment) for window in to_come)[:PROPOSED]
    assert [window for window in proposed if window not in to_come] == []
    assert sorted(apart(window, moment) for window in proposed) == distances


def test_E6_a_pick_up_on_a_day_that_was_closed_since_is_proposed_the_days_around_it():
    strike = DayException(instant("2026-11-04T12:00").date(), instant("2026-11-04T12:00").date(), DayKind.CLOSED)
    desk = type(MONDAY_TO_FRIDAY)(MONDAY_TO_FRIDAY.zone, MONDAY_TO_FRIDAY.weekly, (strike,))
    pickup = Expected(End.PICKUP, instant("2026-11-04T10:00"), desk)
    back = Expected(End.RETURN, instant("2026-11-06T10:00"), desk)
    (closed,) = closed_ends([back, pickup], instant("2026-11-01T10:00"))
    assert closed.end is End.PICKUP
    assert closed.nearest == (
        period("2026-11-02T09:00", "2026-11-02T18:00"),
        period("2026-11-03T09:00", "2026-11-03T18:00"),
        period("2026-11-05T09:00", "2026-11-05T18:00"),
    )
    assert closed_ends([pickup], instant("2026-11-04T10:00")) == ()
    shut = type(desk)(desk.zone)
    (closed,) = closed_ends([Expected(End.RETURN, instant("2026-11-04T10:00"), shut)], instant("2026-11-01T10:00"))
    assert closed.nearest == ()
