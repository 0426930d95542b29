"""Article 11: what to propose instead."""

import time
from dataclasses import replace
from datetime import UTC, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from equipment_lending.rules.alternatives import (
    DAYS_AROUND,
    fewer,
    free_parts,
    later_returns,
    nearest_periods,
    shortened,
    taken_by,
)
from equipment_lending.rules.availability import free_throughout, steps
from equipment_lending.rules.charter import Application, Line, Visits, refusals
from equipment_lending.rules.claims import claimed
from equipment_lending.rules.policy import DEFAULT, Policy
from equipment_lending.terms import ABOUT_LONGER, MATTERS_OF_TIME, MENDED_SOONER, ClosedDays, Period
from tests.rules.equipment_lending.given import DAY, EVERY_DAY, HOUR, MONDAY_TO_FRIDAY, PARIS, instant, period

NOW = instant("2026-10-19T08:00")  # the Monday of the week in which the clocks go back
YEAR = Period(NOW, NOW + 365 * DAY)


def asked(start, end, calendar=EVERY_DAY, now=NOW, **setting):
    line = Line(equipment="camera", units=1, free=0, policy=replace(Policy(), **setting))
    desk = Visits(calendar=calendar)
    return Application(now=now, period=period(start, end), pickup=desk, back=desk, lines=(line,))


def free_beside(*others, capacity=1, policy=DEFAULT):
    """What is free beside other loans: the word on equipment, and when no loan can run."""
    occupied = [(c.start, c.end, 1) for c in (claimed(other, policy, PARIS) for other in others)]
    return (
        lambda wanted: free_throughout(capacity, occupied, claimed(wanted, policy, PARIS)) >= 1,
        taken_by(steps(capacity, occupied, YEAR), 1, policy),
    )


def anything(_):
    return True


hours = st.integers(0, 24 * 20)
others = st.lists(
    st.builds(
        lambda start, length: Period(NOW + start * HOUR, NOW + (start + length) * HOUR), hours, st.integers(1, 60)
    ),
    max_size=5,
)
buffers = st.sampled_from([0, 30, 90])
wishes = st.tuples(st.integers(20, 31), st.integers(0, 3), st.sampled_from([MONDAY_TO_FRIDAY, EVERY_DAY]), buffers)


def nights(calendar, wanted):
    return calendar.day_of(wanted.end) - calendar.day_of(wanted.start)


def brought_back_another_day(application):
    """The same pick-up, with a return at 15:00 on the first open day after a closed one, and on the last before."""
    calendar, wanted = application.back.calendar, application.period
    wall = wanted.end.astimezone(PARIS)
    opens = {n for n in range(-10, 11) if calendar.is_open_at((wall + n * DAY).astimezone(UTC))}
    if 0 in opens:
        return []
    after, before = min(n for n in opens if n > 0), max(n for n in opens if n < 0)
    ends = [(wall + n * DAY).astimezone(UTC) for n in sorted((after, before), key=lambda n: (abs(n), -n))]
    return [Period(wanted.start, end) for end in ends if wanted.start < end]


def drawn(wish):
    day, nights, calendar, buffer = wish
    end = instant("2026-10-01T15:00") + (day + nights - 1) * DAY
    local = f"{end.astimezone(PARIS).date()}T15:00"
    return asked(f"2026-10-{day}T10:00", local, calendar, buffer_after_minutes=buffer)


@settings(max_examples=60)
@given(wishes, others)
def test_what_is_proposed_is_free_open_as_long_and_allowed(wish, loans):
    application = drawn(wish)
    is_free, taken = free_beside(*loans, policy=application.lines[0].policy)
    calendar, wanted = application.pickup.calendar, application.period
    other_returns = brought_back_another_day(application)
    for offer in nearest_periods(application, is_free, taken):
        moved = replace(application, period=offer)
        assert is_free(offer)
        assert calendar.is_open_at(offer.start)
        assert calendar.is_open_at(offer.end)
        assert offer in other_returns or nights(calendar, offer) == nights(calendar, wanted)
        assert not MATTERS_OF_TIME & {reason.code for reason in refusals(moved)}


@settings(max_examples=60)
@given(wishes, others)
def test_every_nearer_day_on_which_the_same_hours_are_possible_is_proposed(wish, loans):
    application = drawn(wish)
    is_free, taken = free_beside(*loans, policy=application.lines[0].policy)
    day_of, wanted = application.pickup.calendar.day_of, application.period
    today = day_of(wanted.start)
    offers = nearest_periods(application, is_free, taken)
    offered = {day_of(offer.start) for offer in offers}
    farthest = max(abs((day - today).days) for day in offered) if len(offers) == 3 else 20
    for shift in {*range(1 - farthest, farthest)} - {0}:
        start, end = ((moment.astimezone(PARIS) + shift * DAY).astimezone(UTC) for moment in (wanted.start, wanted.end))
        moved = replace(application, period=Period(start, end))
        if is_free(moved.period) and not MATTERS_OF_TIME & {reason.code for reason in refusals(moved)}:
            assert today + shift * DAY in offered


@settings(max_examples=60)
@given(wishes, others)
def test_where_the_day_of_the_return_is_closed_the_nearest_open_ones_are_proposed_first(wish, loans):
    application = drawn(wish)
    is_free, taken = free_beside(*loans, policy=application.lines[0].policy)
    possible = [
        offer
        for offer in brought_back_another_day(application)
        if is_free(offer)
        and not MATTERS_OF_TIME & {reason.code for reason in refusals(replace(application, period=offer))}
    ]
    assert nearest_periods(application, is_free, taken)[: len(possible)] == possible


@settings(max_examples=60)
@given(wishes, others)
def test_knowing_what_is_taken_never_takes_a_day_away(wish, loans):
    application = drawn(wish)
    is_free, taken = free_beside(*loans, policy=application.lines[0].policy)
    day_of = application.pickup.calendar.day_of
    today = day_of(application.period.start)

    def distances(offers):
        return [abs(day_of(offer.start) - today) for offer in offers]

    knowing = distances(nearest_periods(application, is_free, taken))
    guessing = distances(nearest_periods(application, is_free))
    assert len(knowing) >= len(guessing)
    assert all(a <= b for a, b in zip(knowing, guessing, strict=False))


@settings(max_examples=60)
@given(wishes, others)
def test_the_parts_are_the_longest_of_the_wish_that_are_free_from_its_beginning_and_up_to_its_end(wish, loans):
    """E3: everything begins and ends with half an hour here, so those are all there is to try, the longest first."""
    application = drawn(wish)
    is_free, _ = free_beside(*loans, policy=application.lines[0].policy)
    wanted, half = application.period, HOUR / 2
    shorter = [n * half for n in range(1, wanted.length // half)]
    possible = [
        [Period(wanted.start, wanted.end - less) for less in shorter],
        [Period(wanted.start + less, wanted.end) for less in shorter],
    ]
    plainly = [
        next(
            (
                part
                for part in parts
                if is_free(part)
                and not MATTERS_OF_TIME & {reason.code for reason in refusals(replace(application, period=part))}
            ),
            None,
        )
        for parts in possible
    ]
    found = free_parts(application, is_free)
    assert found == ([] if is_free(wanted) else [part for part in plainly if part])


def test_E3_where_nothing_is_free_all_the_time_the_days_before_and_after_are_proposed():
    wish = asked("2026-10-20T10:00", "2026-10-24T17:00")
    is_free, _ = free_beside(period("2026-10-21T12:00", "2026-10-22T19:00"))
    assert free_parts(wish, is_free) == [
        period("2026-10-20T10:00", "2026-10-21T12:00"),
        period("2026-10-23T09:00", "2026-10-24T17:00"),
    ]


def test_the_nearest_days_come_first_and_the_later_of_two_as_near():
    wish = asked("2026-10-22T10:00", "2026-10-22T17:00")
    is_free, taken = free_beside(period("2026-10-22T00:00", "2026-10-23T00:00"))
    assert nearest_periods(wish, is_free, taken) == [
        period("2026-10-23T10:00", "2026-10-23T17:00"),
        period("2026-10-21T10:00", "2026-10-21T17:00"),
        period("2026-10-24T10:00", "2026-10-24T17:00"),
    ]


def test_the_same_day_is_proposed_when_another_loan_gives_way_in_time():
    wish = asked("2026-10-22T10:00", "2026-10-22T12:00", buffer_after_minutes=30)
    is_free, taken = free_beside(period("2026-10-22T09:00", "2026-10-22T11:00"), policy=wish.lines[0].policy)
    assert nearest_periods(wish, is_free, taken)[0] == period("2026-10-22T11:30", "2026-10-22T13:30")


def test_a_later_pick_up_that_would_cut_the_loan_short_is_not_proposed():
    wish = asked("2026-10-22T09:00", "2026-10-23T18:00")
    is_free, taken = free_beside(period("2026-10-22T09:00", "2026-10-22T16:00"))
    assert nearest_periods(wish, is_free, taken, 1) == [period("2026-10-23T09:00", "2026-10-24T18:00")]


def test_the_hour_stays_on_the_wall_when_the_clocks_change():
    wish = asked("2026-10-24T10:00", "2026-10-24T17:00")
    is_free, taken = free_beside(period("2026-10-24T00:00", "2026-10-25T00:00"))
    assert nearest_periods(wish, is_free, taken, 1) == [period("2026-10-25T10:00", "2026-10-25T17:00")]


def test_E5_for_a_closed_day_the_nearest_open_ones_are_proposed():
    wish = asked("2026-10-24T10:00", "2026-10-24T12:00", MONDAY_TO_FRIDAY)
    assert nearest_periods(wish, anything, limit=2) == [
        period("2026-10-23T10:00", "2026-10-23T12:00"),
        period("2026-10-26T10:00", "2026-10-26T12:00"),
    ]


def test_for_a_return_on_a_closed_day_the_same_pick_up_comes_first():
    wish = asked("2026-10-22T10:00", "2026-10-25T12:00", MONDAY_TO_FRIDAY)
    assert nearest_periods(wish, anything) == [
        period("2026-10-22T10:00", "2026-10-26T12:00"),
        period("2026-10-22T10:00", "2026-10-23T12:00"),
        period("2026-10-23T10:00", "2026-10-26T12:00"),
    ]


def test_a_return_on_the_next_open_day_is_not_proposed_where_that_is_too_long():
    wish = asked("2026-10-22T10:00", "2026-10-24T12:00", MONDAY_TO_FRIDAY, max_days=3, closed_days=ClosedDays.ALL)
    assert nearest_periods(wish, anything, limit=1) == [period("2026-10-22T10:00", "2026-10-23T12:00")]


def test_at_an_hour_at_which_the_desk_is_closed_the_nearest_open_hour_is_proposed():
    wish = asked("2026-10-22T07:00", "2026-10-23T20:00")
    assert nearest_periods(wish, anything, limit=1) == [period("2026-10-22T09:00", "2026-10-23T18:00")]


def test_nothing_is_proposed_before_the_desk_can_be_ready_or_beyond_the_horizon():
    wish = asked("2026-10-20T10:00", "2026-10-20T17:00", lead_days=3, horizon_days=4)
    assert nearest_periods(wish, anything) == [
        period("2026-10-22T10:00", "2026-10-22T17:00"),
        period("2026-10-23T10:00", "2026-10-23T17:00"),
    ]


def test_a_full_window_is_not_proposed():
    wish = asked("2026-10-22T10:00", "2026-10-22T17:00")
    full = replace(wish, pickup=Visits(calendar=EVERY_DAY, agreed=1, most=1))
    assert nearest_periods(full, anything, limit=1) == [period("2026-10-23T10:00", "2026-10-23T17:00")]


def test_for_what_is_too_long_the_latest_return_comes_first_then_as_much_on_other_days():
    wish = asked("2026-10-22T10:00", "2026-10-30T18:00", max_days=3)
    assert nearest_periods(wish, anything) == [
        period("2026-10-22T10:00", "2026-10-24T18:00"),
        period("2026-10-23T10:00", "2026-10-25T18:00"),
        period("2026-10-21T10:00", "2026-10-23T18:00"),
    ]


def test_what_may_not_last_over_closed_days_is_to_be_brought_back_before_them():
    wish = asked("2026-10-22T10:00", "2026-10-27T12:00", MONDAY_TO_FRIDAY, span_closed=False)
    assert nearest_periods(wish, anything, limit=1) == [period("2026-10-22T10:00", "2026-10-23T12:00")]


def test_who_has_used_up_their_days_is_proposed_nothing_too_long():
    line = replace(asked("2026-10-22T10:00", "2026-10-24T10:00").lines[0], policy=Policy(max_days_in_period=0))
    wish = replace(asked("2026-10-22T10:00", "2026-10-24T10:00"), lines=(line,))
    assert nearest_periods(wish, anything) == []


@settings(max_examples=60)
@given(wishes, st.integers(1, 6), st.sampled_from(ClosedDays), st.booleans(), st.integers(0, 90))
def test_the_shortened_wish_ends_on_the_latest_day_that_the_charter_allows(wish, most, closed_days, spans, nights):
    drawn_wish = drawn(wish)
    policy = replace(drawn_wish.lines[0].policy, max_days=most, closed_days=closed_days, span_closed=spans)
    line, wanted = replace(drawn_wish.lines[0], policy=policy), drawn_wish.period
    end = (wanted.end.astimezone(PARIS) + nights * DAY).astimezone(UTC)
    application = replace(drawn_wish, period=Period(wanted.start, end), lines=(line,))
    found = shortened(application)
    too_long = {reason.code for reason in refusals(application)} & MENDED_SOONER
    if not too_long:
        assert found is application
        return
    calendar, days = application.back.calendar, range(nights + 10)
    ends = [(end.astimezone(PARIS) - n * DAY).astimezone(UTC) for n in days]
    possible = (
        replace(application, period=Period(wanted.start, end))
        for end in ends
        if wanted.start < end and calendar.is_open_at(end)
    )
    allowed = (one for one in possible if not {reason.code for reason in refusals(one)} & MENDED_SOONER)
    assert found == next(allowed, application)


def less(application):
    return fewer(application, refusals(application))


def test_of_what_is_not_enough_as_many_are_proposed_as_are_free_and_may_be_had():
    wish = asked("2026-10-22T10:00", "2026-10-23T10:00", max_units_per_person=3)
    line = wish.lines[0]
    assert less(replace(wish, lines=(replace(line, units=5, free=2),))) == {"camera": 2}
    assert less(replace(wish, lines=(replace(line, units=5, free=9, held=1),))) == {"camera": 2}
    assert less(replace(wish, lines=(replace(line, units=5, free=0),))) == {}
    assert less(replace(wish, lines=(replace(line, units=5, free=9, held=3),))) == {}
    two = (replace(line, units=5, free=2), replace(line, equipment="tent", units=1, free=1))
    assert less(replace(wish, lines=two)) == {"camera": 2, "tent": 1}


def test_fewer_are_not_proposed_at_a_time_that_would_not_do():
    wish = asked("2026-10-24T10:00", "2026-10-24T12:00", MONDAY_TO_FRIDAY)
    assert less(replace(wish, lines=(replace(wish.lines[0], units=5, free=2),))) == {}


def test_nobody_is_sent_to_a_desk_in_the_minute_in_which_it_closes():
    wish = asked("2026-10-22T19:30", "2026-10-23T12:00")
    assert nearest_periods(wish, anything, limit=1) == [period("2026-10-22T17:45", "2026-10-23T10:15")]
    closing = asked("2026-10-22T18:00", "2026-10-23T12:00")
    is_free, taken = free_beside(period("2026-10-22T09:00", "2026-10-23T09:00"))
    assert nearest_periods(closing, is_free, taken, 1) == [period("2026-10-23T18:00", "2026-10-24T12:00")]


def test_an_hour_shortly_before_closing_is_kept_where_somebody_wants_it():
    wish = asked("2026-10-22T17:50", "2026-10-23T12:00")
    is_free, taken = free_beside(period("2026-10-22T09:00", "2026-10-23T09:00"))
    assert nearest_periods(wish, is_free, taken, 1) == [period("2026-10-23T17:50", "2026-10-24T12:00")]


def test_what_is_handed_out_now_is_brought_back_while_the_desk_is_open():
    wish = replace(asked("2026-10-22T20:03", "2026-10-23T19:00", now=instant("2026-10-22T20:03")), handed_out=True)
    assert nearest_periods(wish, anything, limit=1) == [period("2026-10-22T20:03", "2026-10-23T18:00")]
    wish = replace(asked("2026-10-22T14:23", "2026-10-23T19:00", now=instant("2026-10-22T14:23")), handed_out=True)
    assert nearest_periods(wish, anything, limit=1) == [period("2026-10-22T14:23", "2026-10-23T18:00")]


def test_what_begins_now_is_moved_to_a_rounder_hour():
    wish = asked("2026-10-22T14:23", "2026-10-23T12:00")
    is_free, taken = free_beside(period("2026-10-22T09:00", "2026-10-23T09:00"))
    assert nearest_periods(wish, is_free, taken, 1) == [period("2026-10-23T14:30", "2026-10-24T12:00")]


def test_a_busy_season_is_searched_in_no_time():
    loans = [Period(NOW + n * HOUR, NOW + (n + 30) * HOUR) for n in range(0, DAYS_AROUND * 24, 3)]
    is_free, taken = free_beside(*loans)
    started = time.perf_counter()
    assert nearest_periods(asked("2026-10-22T10:00", "2026-10-22T17:00"), is_free, taken)
    assert time.perf_counter() - started < timedelta(seconds=0.5).total_seconds()


longest = st.sampled_from([3, 14, 30])


@given(st.integers(0, 24 * 7), st.integers(1, 24 * 60), st.sampled_from([MONDAY_TO_FRIDAY, EVERY_DAY]), longest, others)
def test_a_loan_that_is_to_last_longer_is_offered_the_latest_returns_that_can_be(held, more, calendar, most, loans):
    """Held against all returns at that hour of the wall, or as near to it as the desk is open, one a day."""
    after = NOW + held * HOUR
    until = after + more * HOUR
    desk, line = Visits(calendar=calendar), Line(equipment="camera", units=1, free=0, policy=Policy(max_days=most))
    application = Application(now=NOW, period=Period(NOW, until), pickup=desk, back=desk, lines=(line,))
    is_free, _taken = free_beside(*loans)
    wish = shortened(application)
    wall = wish.period.end.astimezone(PARIS)

    def may_be(end):
        if not after < end != until:
            return False
        lasting = Period(NOW, end)
        allowed = not {reason.code for reason in refusals(replace(application, period=lasting))} & ABOUT_LONGER
        return allowed and is_free(lasting)

    days = [calendar.nearest_open((wall - n * DAY).date(), wall.time()) for n in range(DAYS_AROUND)]
    expected = [end for end in days if end and may_be(end)]
    found = later_returns(application, after, is_free)
    following = [end for end in found if end > wish.period.end and calendar.day_of(end) > wall.date()]
    assert len(following) <= 1
    assert all(may_be(end) and calendar.is_closed(wall.date()) for end in following)
    assert found == [*following, *expected][:3]
