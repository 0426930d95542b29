"""Article 1: how many units are free, and when."""

import time
from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from equipment_lending.rules.availability import free_throughout, offered, steps
from equipment_lending.terms import Period, Step
from tests.rules.equipment_lending.given import HOUR, at, claims, days, instant, period, periods

pools = st.integers(0, 5)
crowds = st.lists(claims, max_size=8)


def free_at(capacity, crowd, moment):
    return capacity - sum(units for start, end, units in crowd if start <= moment < end)


def hourly(wanted):
    return [wanted.start + n * HOUR for n in range(wanted.length // HOUR)]


@given(pools, crowds, periods)
def test_the_steps_say_what_is_free_at_every_instant(capacity, crowd, wanted):
    told = steps(capacity, crowd, wanted)
    for moment in hourly(wanted):
        assert [step.free for step in told if step.start <= moment < step.end] == [free_at(capacity, crowd, moment)]


@given(pools, crowds, periods)
def test_the_steps_are_adjacent_cover_the_period_and_differ_from_their_neighbours(capacity, crowd, wanted):
    told = steps(capacity, crowd, wanted)
    assert (told[0].start, told[-1].end) == (wanted.start, wanted.end)
    assert all(step.start < step.end for step in told)
    for left, right in pairwise(told):
        assert left.end == right.start
        assert left.free != right.free


@given(pools, crowds, periods)
def test_what_is_free_throughout_is_what_is_free_at_the_worst_instant(capacity, crowd, wanted):
    worst = min(free_at(capacity, crowd, moment) for moment in hourly(wanted))
    assert free_throughout(capacity, crowd, wanted) == worst


def test_scenario_1_the_step_function_of_seven_units_and_three_loans():
    loans = [
        days("2030-03-21", "2030-03-31", 3),
        days("2030-03-10", "2030-03-24", 2),
        days("2030-03-23", "2030-04-05", 2),
    ]
    told = steps(7, loans, period("2030-03-01T00:00", "2030-04-10T00:00"))
    assert [(step.start, step.free) for step in told] == [
        (instant("2030-03-01T00:00"), 7),
        (instant("2030-03-10T00:00"), 5),
        (instant("2030-03-21T00:00"), 2),
        (instant("2030-03-23T00:00"), 0),
        (instant("2030-03-25T00:00"), 2),
        (instant("2030-04-01T00:00"), 5),
        (instant("2030-04-06T00:00"), 7),
    ]


def test_scenario_4_a_loan_of_one_day_blocks_that_day_and_no_other():
    loan = [days("2030-01-17", "2030-01-17")]
    stays = [("15", "16"), ("16", "17"), ("17", "18"), ("18", "20")]
    free = [free_throughout(1, loan, Period(*days(f"2030-01-{a}", f"2030-01-{b}")[:2])) for a, b in stays]
    assert free == [1, 0, 0, 1]


def test_scenario_6_a_unit_in_repair_is_not_there():
    loan, repair = days("2030-03-21", "2030-03-31", 3), days("2030-03-18", "2030-12-31")
    told = steps(7, [loan, repair], period("2030-03-20T00:00", "2030-03-22T00:00"))
    assert [step.free for step in told] == [6, 3]


def test_where_one_loan_ends_and_as_large_a_one_begins_nothing_changes():
    assert steps(3, [(at(0), at(4), 2), (at(4), at(9), 2)], Period(at(1), at(9))) == [Step(at(1), at(9), 1)]


def test_claims_that_touch_share_no_instant():
    assert free_throughout(1, [(at(0), at(12), 1), (at(14), at(20), 1)], Period(at(12), at(14))) == 1


def test_more_promised_than_there_is_shows_below_zero():
    assert steps(1, [(at(0), at(2), 3)], Period(at(1), at(3))) == [Step(at(1), at(2), -2), Step(at(2), at(3), 1)]


def test_a_year_of_five_thousand_claims_takes_milliseconds():
    crowd = [(at(n), at(n) + timedelta(hours=7 + n % 90), 1 + n % 3) for n in range(5000)]
    started = time.perf_counter()
    told = steps(500, crowd, Period(at(0), at(8760)))
    assert len(told) > 1000
    assert time.perf_counter() - started < 0.1


@given(pools, crowds, periods)
def test_the_public_never_sees_less_than_nothing(capacity, crowd, wanted):
    exact = steps(capacity, crowd, wanted)
    told = offered(exact)
    assert all(one[1] == other[0] and one[2] != other[2] for one, other in pairwise(told))
    for moment in (step.start for step in exact):
        free = next(step.free for step in exact if step.start <= moment < step.end)
        assert next(level[2] for level in told if level[0] <= moment < level[1]) == max(0, free)
