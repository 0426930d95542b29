"""Article 4: when a lending point is open, and how long it needs before a pick-up."""

from datetime import UTC, date, datetime, time, timedelta

import colander
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipment_lending.rules.opening import OpeningCalendar, local_instant
from equipment_lending.terms import DayException, DayKind, Hours, NoSuchTime, WeeklyWindow
from portal.forms.types import LocalMoment
from tests.rules.equipment_lending.given import (
    DAY,
    EVERY_DAY,
    HOUR,
    MINUTE,
    MONDAY_TO_FRIDAY,
    PARIS,
    around_the_clock_changes,
    calendars,
    hours,
    instant,
    period,
    quarters,
    wall,
    week,
)

NIGHT_BEFORE_SUMMER = date(2027, 3, 28)
NIGHT_BEFORE_WINTER = date(2026, 10, 25)


def hours_that_hold(calendar, day):
    """Read the calendar's parts one by one, the strongest last."""
    found = [] if day in calendar.holidays else [w.hours for w in calendar.weekly if w.weekday == day.weekday()]
    meeting = [e for e in calendar.exceptions if e.first <= day <= e.last]
    if meeting:
        span = min((e.last - e.first, e.first) for e in meeting)
        strongest = [e for e in meeting if (e.last - e.first, e.first) == span]
        own = [h for e in strongest for h in e.hours]
        found = own if all(e.kind is DayKind.OPEN for e in strongest) else []
    return found


def clock_shows_open(calendar, moment):
    """Is the time on the wall within the hours of the day? Only asked where the clock shows each time once."""
    here = moment.astimezone(calendar.zone)
    return any(
        h.opens <= here.time() and (h.closes == time.min or here.time() < h.closes)
        for h in hours_that_hold(calendar, here.date())
    )


def shown_twice(calendar, moment):
    here = moment.astimezone(calendar.zone)
    return here.replace(fold=0).utcoffset() != here.replace(fold=1).utcoffset()


@settings(max_examples=60)
@given(calendars, around_the_clock_changes)
def test_the_windows_of_a_day_hold_the_instants_at_which_the_clock_shows_open_hours(calendar, day):
    windows = calendar.windows_on(day)
    start = datetime.combine(day, time.min, UTC) - 14 * HOUR
    for moment in (start + n * 15 * MINUTE for n in range(4 * 52)):
        if calendar.day_of(moment) == day and not shown_twice(calendar, moment):
            inside = any(window.start <= moment < window.end for window in windows)
            assert inside == clock_shows_open(calendar, moment)


@given(calendars, around_the_clock_changes)
def test_of_the_exceptions_that_meet_on_a_day_the_shortest_settles_it_and_of_those_the_earliest(calendar, day):
    meeting = [e for e in calendar.exceptions if e.first <= day <= e.last]
    settling = calendar.exception_on(day)
    assert settling in meeting if meeting else settling is None
    assert not any((e.last - e.first, e.first) < (settling.last - settling.first, settling.first) for e in meeting)


@settings(max_examples=60)
@given(calendars, around_the_clock_changes, st.integers(0, 95))
def test_the_desk_is_open_in_its_windows_both_ends_included(calendar, day, quarter):
    moment = datetime.combine(day, time.min, UTC) + quarter * 15 * MINUTE
    near = [window for n in (-1, 0, 1) for window in calendar.windows_on(day + n * DAY)]
    assert calendar.is_open_at(moment) == any(window.start <= moment <= window.end for window in near)
    window = calendar.window_at(moment)
    assert window is None or window.start <= moment <= window.end


@settings(max_examples=60)
@given(calendars, around_the_clock_changes, st.integers(1, 4))
def test_the_next_windows_are_those_not_over_yet_in_order(calendar, day, count):
    moment = datetime.combine(day, time(10), UTC)
    coming = [window for n in range(-1, 30) for window in calendar.windows_on(day + n * DAY) if window.end > moment]
    assert calendar.next_windows(moment, count)[: len(coming)] == coming[:count]


@settings(max_examples=60)
@given(calendars, around_the_clock_changes, st.integers(0, 5))
def test_an_order_is_ready_after_so_many_working_days(calendar, today, lead):
    now = datetime.combine(today, time(11, 7), calendar.zone)
    ready = calendar.ready_at(now, lead)
    after = [today + n * DAY for n in range(1, (calendar.day_of(ready) - today).days + 1)]
    worked = [day for day in after if calendar.day_kind(day) is not DayKind.CLOSED]
    if lead == 0:
        assert ready == now
    elif calendar.weekly:
        assert len(worked) == lead
        assert worked[-1] == calendar.day_of(ready)
        assert calendar.day_of(ready - MINUTE) == worked[-1] - DAY


@settings(max_examples=40)
@given(calendars, around_the_clock_changes, st.integers(0, 24 * 60 - 1), st.integers(0, 4))
def test_the_earliest_pick_up_is_the_first_open_instant_after_so_many_working_days(calendar, today, minute, lead):
    now = datetime.combine(today, time(minute // 60, minute % 60), calendar.zone).astimezone(UTC)
    quarter = now.replace(minute=now.minute // 15 * 15)
    instants = [now, *(quarter + n * 15 * MINUTE for n in range(1, 4 * 24 * 15))]

    def possible(moment):
        day = calendar.day_of(moment)
        passed = [today + n * DAY for n in range(1, (day - today).days + 1)]
        enough = sum(calendar.day_kind(other) is not DayKind.CLOSED for other in passed) >= lead
        return enough and any(window.start <= moment < window.end for window in calendar.windows_on(day))

    first = next(filter(possible, instants), None)
    found = calendar.earliest_pickup(now, lead)
    assert found == first if first else found is None or found > instants[-1]


@settings(max_examples=60)
@given(calendars, around_the_clock_changes, quarters)
def test_no_open_instant_of_a_day_is_nearer_to_an_hour_than_the_one_found(calendar, day, hour):
    windows = calendar.windows_on(day)
    start = datetime.combine(day, time.min, UTC) - 14 * HOUR
    around = [start + n * 15 * MINUTE for n in range(4 * 54)]
    open_then = [moment for moment in around if any(window.start <= moment <= window.end for window in windows)]
    exists = [m for m in around if m.astimezone(calendar.zone).replace(tzinfo=None) >= datetime.combine(day, hour)]
    wished = local_instant(datetime.combine(day, hour), calendar.zone) if not lost(calendar, day, hour) else exists[0]
    found = calendar.nearest_open(day, hour)
    assert (found is None) == (open_then == [])
    if found is not None:
        assert found in open_then
        assert abs(found - wished) == min(abs(moment - wished) for moment in open_then)


def lost(calendar, day, hour):
    """Do the clocks go forward over this time?"""
    shown = datetime.combine(day, hour)
    return shown.replace(tzinfo=calendar.zone).astimezone(UTC).astimezone(calendar.zone).replace(tzinfo=None) != shown


@given(st.datetimes(wall("2026-10-24T00:00"), wall("2026-10-27T00:00")))
def test_every_time_of_autumn_exists_and_is_standard_time_when_it_comes_twice(shown):
    found = local_instant(shown, PARIS)
    assert found.astimezone(PARIS).replace(tzinfo=None) == shown
    assert (found + HOUR).astimezone(PARIS).replace(tzinfo=None) != shown


@given(st.datetimes(wall("2027-03-27T00:00"), wall("2027-03-30T00:00")))
def test_a_time_of_spring_is_refused_if_and_only_if_the_clocks_go_forward_over_it(shown):
    lost = wall("2027-03-28T02:00") <= shown < wall("2027-03-28T03:00")
    if lost:
        with pytest.raises(NoSuchTime):
            local_instant(shown, PARIS)
    else:
        assert local_instant(shown, PARIS).astimezone(PARIS).replace(tzinfo=None) == shown


def test_E1_half_past_two_is_refused_in_spring_and_winter_time_in_autumn():
    with pytest.raises(NoSuchTime):
        local_instant(wall("2027-03-28T02:30"), PARIS)
    assert local_instant(wall("2026-10-25T02:30"), PARIS) == instant("2026-10-25T02:30+01:00")


@given(around_the_clock_changes, st.integers(0, 23), st.integers(0, 59))
def test_E1_the_forms_of_the_desk_mean_the_same_instant_by_a_time_as_those_of_residents(day, hour, minute):
    shown = datetime.combine(day, time(hour, minute))
    form = colander.SchemaNode(LocalMoment("Europe/Paris"))
    try:
        meant = local_instant(shown, PARIS)
    except NoSuchTime:
        with pytest.raises(colander.Invalid):
            form.deserialize(f"{shown:%Y-%m-%dT%H:%M}")
    else:
        assert form.deserialize(f"{shown:%Y-%m-%dT%H:%M}") == meant


def test_scenario_18_an_hour_that_comes_twice_is_the_second_one_and_a_lost_hour_is_refused():
    assert local_instant(wall("2022-10-30T02:00"), PARIS) == instant("2022-10-30T02:00+01:00")
    night = week(6, opens="00:00", closes="10:00")
    assert night.windows_on(date(2022, 10, 30)) == [period("2022-10-30T00:00+02:00", "2022-10-30T10:00+01:00")]
    with pytest.raises(NoSuchTime):
        local_instant(wall("2022-03-27T02:00"), PARIS)


def test_a_time_beyond_the_calendar_does_not_exist():
    with pytest.raises(NoSuchTime):
        local_instant(wall("0001-01-01T00:00"), PARIS)


@pytest.mark.parametrize(("day", "lasts"), [(NIGHT_BEFORE_SUMMER, 2), (date(2027, 3, 21), 3), (NIGHT_BEFORE_WINTER, 4)])
def test_a_window_over_a_change_of_clocks_is_shorter_or_longer_for_it(day, lasts):
    (window,) = week(6, opens="01:00", closes="04:00").windows_on(day)
    assert window.length == lasts * HOUR


def test_a_window_inside_the_lost_hour_does_not_happen():
    assert week(6, opens="02:10", closes="02:50").windows_on(NIGHT_BEFORE_SUMMER) == []


def test_a_weekly_window_keeps_its_hour_on_the_wall():
    saturday, monday = date(2026, 10, 24), date(2026, 10, 26)
    (before,), (after,) = EVERY_DAY.windows_on(saturday), EVERY_DAY.windows_on(monday)
    assert after.start - before.start == 49 * HOUR


def test_a_window_may_close_at_midnight_and_one_can_still_come_then():
    late = week(4, opens="18:00", closes="00:00")
    (window,) = late.windows_on(date(2026, 11, 20))
    assert window.length == 6 * HOUR
    assert late.is_open_at(instant("2026-11-21T00:00"))
    assert not late.is_open_at(instant("2026-11-21T00:01"))


def test_where_two_windows_touch_one_comes_in_the_later():
    calendar = OpeningCalendar(
        PARIS, (WeeklyWindow(0, hours("09:00", "12:00")), WeeklyWindow(0, hours("12:00", "14:00")))
    )
    assert calendar.window_at(instant("2026-11-23T12:00")) == period("2026-11-23T12:00", "2026-11-23T14:00")


def test_hours_that_end_before_they_begin_are_no_hours():
    with pytest.raises(ValueError, match="open at"):
        Hours(time(18), time(9))


def test_an_exception_that_ends_before_it_begins_is_none():
    with pytest.raises(ValueError, match="before it begins"):
        DayException(date(2026, 8, 2), date(2026, 8, 1), DayKind.CLOSED)


def test_an_exceptional_opening_without_hours_is_none():
    with pytest.raises(ValueError, match="names no hours"):
        DayException(date(2026, 8, 8), date(2026, 8, 8), DayKind.OPEN)


def test_a_holiday_is_closed_unless_the_point_opens_for_it():
    armistice = date(2026, 11, 11)
    opened = (DayException(armistice, armistice, DayKind.OPEN, (hours("10:00", "12:00"),)),)
    assert week(2, holidays=frozenset({armistice})).day_kind(armistice) is DayKind.CLOSED
    assert week(2, holidays=frozenset({armistice}), exceptions=opened).day_kind(armistice) is DayKind.OPEN


def test_a_day_opened_within_a_closed_month_is_open():
    august = DayException(date(2026, 8, 1), date(2026, 8, 31), DayKind.CLOSED)
    fair = DayException(date(2026, 8, 15), date(2026, 8, 15), DayKind.OPEN, (hours("10:00", "16:00"),))
    calendar = week(*range(7), exceptions=(fair, august))
    assert [calendar.day_kind(date(2026, 8, day)) for day in (14, 15, 16)] == ["closed", "open", "closed"]
    assert calendar.windows_on(date(2026, 8, 15)) == [period("2026-08-15T10:00", "2026-08-15T16:00")]


def test_E5_the_next_open_windows_are_proposed_for_a_closed_day():
    windows = MONDAY_TO_FRIDAY.next_windows(instant("2026-11-21T10:00"), 2)
    assert windows == [
        period("2026-11-23T09:00", "2026-11-23T18:00"),
        period("2026-11-24T09:00", "2026-11-24T18:00"),
    ]


@given(around_the_clock_changes, st.integers(0, 47))
def test_the_open_instants_next_to_one_are_itself_or_the_nearest_edges(day, halves):
    calendar = MONDAY_TO_FRIDAY
    moment = local_instant(datetime.combine(day, time()), PARIS) + halves * HOUR / 2
    opened = [at for n in range(-200, 201) if calendar.is_open_at(at := moment + n * HOUR / 2)]
    assert next(calendar.open_after(moment)) == min(at for at in opened if moment <= at)
    assert next(calendar.open_before(moment)) == max(at for at in opened if at <= moment)


def test_a_window_that_closes_now_is_over():
    assert EVERY_DAY.next_windows(instant("2026-11-20T18:00"), 1) == [period("2026-11-21T09:00", "2026-11-21T18:00")]


def test_a_desk_that_stays_closed_has_no_next_window():
    closed = OpeningCalendar(PARIS)
    assert closed.next_windows(instant("2026-11-21T10:00"), 3) == []
    assert closed.earliest_pickup(instant("2026-11-21T10:00"), 1) is None
    assert week(0).next_windows(datetime(9999, 12, 30, tzinfo=UTC), 3) == []


def test_scenario_10_three_working_days_of_which_two_only_prepare():
    today = date(2026, 11, 20)
    kinds = {1: DayKind.CLOSED, 2: DayKind.PREPARING, 3: DayKind.CLOSED, 4: DayKind.PREPARING}
    exceptions = tuple(DayException(today + n * DAY, today + n * DAY, kind) for n, kind in kinds.items())
    calendar = week(*range(7), exceptions=exceptions, holidays=frozenset({today + 3 * DAY, today + 4 * DAY}))
    now = instant("2026-11-20T11:00")
    assert calendar.earliest_pickup(now, 3) == instant("2026-11-25T09:00")


def test_without_lead_time_one_can_come_at_once_while_the_desk_is_open():
    assert EVERY_DAY.earliest_pickup(instant("2026-11-20T11:00"), 0) == instant("2026-11-20T11:00")
    assert EVERY_DAY.earliest_pickup(instant("2026-11-20T07:00"), 0) == instant("2026-11-20T09:00")
    assert EVERY_DAY.earliest_pickup(instant("2026-11-20T11:00"), 1) == instant("2026-11-21T09:00")


def test_the_open_instant_nearest_to_an_hour():
    monday = date(2026, 11, 23)
    assert MONDAY_TO_FRIDAY.nearest_open(monday, time(20)) == instant("2026-11-23T18:00")
    assert MONDAY_TO_FRIDAY.nearest_open(monday, time(10)) == instant("2026-11-23T10:00")
    assert MONDAY_TO_FRIDAY.nearest_open(monday - timedelta(days=1), time(10)) is None
