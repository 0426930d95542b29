"""Article 12: who waits for what, and whose turn it is when something becomes free."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from equipment_lending.rules.waiting import Waiting, ahead, cannot_wait, offer_ends, standing, turns
from equipment_lending.terms import ItemUse, Period, Refusal, RefusalCode, WaitlistState
from tests.rules.equipment_lending.given import at, stretches

LACKING = Refusal(RefusalCode.NOT_ENOUGH)
UNTRAINED = Refusal(RefusalCode.NOT_CERTIFIED)
FOR_GOOD = set(RefusalCode) - {RefusalCode.NOT_ENOUGH, RefusalCode.FREE_NOW}


def waiting(name, joined, start, end, units=1, **given):
    return Waiting(id=name, joined_at=at(joined), wanted=Period(at(start), at(end)), units=units, **given)


lines = st.lists(
    st.tuples(st.integers(-3, 0), stretches(10, 8), st.integers(1, 3), st.booleans(), st.booleans()), max_size=6
).map(
    lambda told: [
        (waiting(n, joined, *hours, units, offered=offered), allowed)
        for n, (joined, hours, units, offered, allowed) in enumerate(told)
    ]
)
promises = st.lists(st.tuples(stretches(10, 8), st.integers(1, 2)), max_size=3).map(
    lambda told: [(at(start), at(end), units) for (start, end), units in told]
)


def served(capacity, promised, line, allowed):
    """Go down the line hour by hour with pebbles: one for each unit that is taken."""
    taken = {hour: sum(units for start, end, units in promised if start <= at(hour) < end) for hour in range(50)}
    found = []
    for one in sorted(line, key=lambda w: (0 if w.offered else 1, w.joined_at, str(w.id))):
        hours = [hour for hour in taken if one.wanted.start <= at(hour) < one.wanted.end]
        if (one.offered or one.id in allowed) and all(taken[hour] + one.units <= capacity for hour in hours):
            found.append(one.id)
            for hour in hours:
                taken[hour] += one.units
    return found


@given(st.integers(0, 4), promises, lines)
@example(2, [(at(0), at(4), 2)], [(waiting("A", 0, 0, 4), True), (waiting("B", 0, 4, 5), True)])
def test_units_are_held_for_whoever_a_walk_down_the_line_with_pebbles_serves(capacity, promised, told):
    line, allowed = [one for one, _ in told], {one.id for one, may in told if may}
    items = [ItemUse(n) for n in range(capacity)]
    assert turns(items, promised, reversed(line), allowed.__contains__) == served(capacity, promised, line, allowed)


def test_a_wish_too_big_for_what_is_free_is_passed_over_and_is_first_when_there_is_enough():
    big, small, late = waiting("big", 0, 0, 4, 2), waiting("small", 1, 0, 4), waiting("late", 2, 0, 4)
    one_taken = [(at(0), at(4), 1)]
    assert turns([ItemUse(1), ItemUse(2)], one_taken, [big, small, late]) == ["small"]
    assert turns([ItemUse(1), ItemUse(2)], [], [big, small, late]) == ["big"]


def test_what_is_held_for_somebody_is_not_taken_for_somebody_who_joined_earlier():
    early, late = waiting("early", 0, 0, 4, 2), waiting("late", 1, 0, 4, offered=True)
    assert turns([ItemUse(1), ItemUse(2)], [], [early, late]) == ["late"]


def test_whoever_may_not_borrow_is_passed_over_and_asked_about_only_if_there_is_enough():
    asked = []

    def may(name):
        asked.append(name)
        return name != "untrained"

    line = [waiting("much", 0, 0, 4, 9), waiting("untrained", 1, 0, 4), waiting("next", 2, 0, 4)]
    assert turns([ItemUse(1)], [], line, may) == ["next"]
    assert asked == ["untrained", "next"]


def test_an_offer_falls_when_what_was_held_is_out_of_service():
    assert turns([], [], [waiting("A", 0, 0, 4, offered=True)], once_back=[]) == []


def test_what_is_late_is_offered_to_nobody_and_taken_from_nobody():
    late, back = [ItemUse("camera", 1, ((at(0), at(9000), 1),))], [ItemUse("camera")]
    assert turns(late, [], [waiting("A", 0, 20, 24, offered=True)], once_back=back) == ["A"]
    assert turns(late, [], [waiting("A", 0, 20, 24)], once_back=back) == []


def test_two_items_that_are_each_free_for_half_of_it_serve_nobody():
    items = [ItemUse("A", 1, ((at(2), at(9), 1),)), ItemUse("B", 1, ((at(0), at(2), 1),))]
    assert turns(items, [], [waiting("whole", 0, 0, 4), waiting("half", 1, 0, 2)]) == ["half"]


@given(lines)
def test_as_many_are_ahead_as_joined_before_for_an_hour_that_is_wanted_too(told):
    line = [one for one, _ in told]
    for one in line:
        hours = {hour for hour in range(50) if one.wanted.start <= at(hour) < one.wanted.end}
        before = [other for other in line if (other.joined_at, other.id) < (one.joined_at, one.id)]
        meeting = [o for o in before if any(o.wanted.start <= at(hour) < o.wanted.end for hour in hours)]
        assert ahead(one, line) == len(meeting)


@given(st.integers(1, 60))
def test_an_offer_lasts_a_day_but_not_beyond_the_pick_up(hours):
    assert offer_ends(at(0), at(hours)) == at(min(24, hours))


@given(st.sampled_from(WaitlistState), st.integers(0, 30), st.none() | st.integers(0, 30), st.integers(0, 40))
def test_how_somebody_stands_is_what_the_hours_since_have_made_of_it(state, pickup, until, now):
    stands = state
    for hour in range(now + 1):
        if stands is WaitlistState.OFFERED and hour == until:
            stands = WaitlistState.EXPIRED
        if stands is WaitlistState.WAITING and hour == pickup:
            stands = WaitlistState.LAPSED
    assert standing(state, at(pickup), None if until is None else at(until), at(now)) is stands


@pytest.mark.parametrize("state", WaitlistState)
@pytest.mark.parametrize("now", [3, 4, 5, 9])
def test_waiting_ends_with_the_pick_up_and_an_offer_at_its_end(state, now):
    found = standing(state, at(9), at(4), at(now))
    ended = {
        WaitlistState.OFFERED: (now >= 4, WaitlistState.EXPIRED),
        WaitlistState.WAITING: (now >= 9, WaitlistState.LAPSED),
    }
    over, end = ended.get(state, (False, state))
    assert found is (end if over else state)


@given(
    st.integers(1, 4), st.integers(0, 4), st.integers(0, 4), st.lists(st.sampled_from(sorted(FOR_GOOD)), unique=True)
)
def test_one_may_wait_if_and_only_if_units_are_all_that_is_missing_and_there_are_so_many(units, held, taken, forbidden):
    """Pebbles on a shelf: so many are ``held`` in all, so many are ``taken`` now."""
    shelf = ["free"] * (held - taken) + ["taken"] * min(held, taken)
    lacking = [LACKING] if shelf.count("free") < units else []
    told = cannot_wait([*lacking, *map(Refusal, forbidden)], units, len(shelf))
    once_all_is_back = ["free" for _ in shelf]
    waits_in_vain = once_all_is_back.count("free") < units
    expected = [*forbidden]
    if waits_in_vain:
        expected.append(RefusalCode.NOT_ENOUGH)
    elif not lacking and not forbidden:
        expected.append(RefusalCode.FREE_NOW)
    assert sorted(reason.code for reason in told) == sorted(expected)


@pytest.mark.parametrize(
    ("reasons", "units", "said"),
    [
        ([LACKING], 2, []),
        ([], 1, [RefusalCode.FREE_NOW]),
        ([UNTRAINED], 1, [RefusalCode.NOT_CERTIFIED]),
        ([LACKING, UNTRAINED], 2, [RefusalCode.NOT_CERTIFIED]),
        ([LACKING], 3, [RefusalCode.NOT_ENOUGH]),
        ([LACKING, UNTRAINED], 3, [RefusalCode.NOT_ENOUGH, RefusalCode.NOT_CERTIFIED]),
    ],
)
def test_one_waits_for_units_but_not_for_rules_to_change(reasons, units, said):
    assert [reason.code for reason in cannot_wait(reasons, units, capacity=2)] == said
