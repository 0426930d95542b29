"""What leaves the counter."""

from hypothesis import given
from hypothesis import strategies as st

from equipment_lending.rules.handing_out import all_needed, allotted, at_hand
from equipment_lending.terms import ItemUse
from tests.rules.equipment_lending.given import HOUR, claims, periods

things = st.dictionaries(st.sampled_from("abcde"), st.sampled_from([0, 1, 1, 2, 5, 9]))


@given(st.builds(ItemUse, st.just("item"), st.integers(1, 9), st.lists(claims, max_size=3).map(tuple)), periods)
def test_of_an_item_is_at_hand_what_nothing_binds_at_any_hour(item, wanted):
    hours = [wanted.start + n * HOUR for n in range(int(wanted.length / HOUR))]
    taken = [sum(units for start, end, units in item.bound if start <= hour < end) for hour in hours]
    assert at_hand(item, wanted) == max(0, item.units - max(taken))


@given(things, st.integers(0, 20))
def test_units_are_taken_one_by_one_from_single_items_and_then_from_the_lots_as_chosen(chosen, units):
    order = [thing for thing in chosen if chosen[thing] == 1] + [thing for thing in chosen if chosen[thing] > 1]
    left, expected = dict(chosen), dict.fromkeys(chosen, 0)
    for _ in range(units):
        nearest = next((thing for thing in order if left[thing]), None)
        if nearest is not None:
            left[nearest] -= 1
            expected[nearest] += 1
    assert allotted(chosen, units) == expected


@given(st.lists(st.integers(1, 9), max_size=5), st.integers(0, 20))
def test_all_are_needed_if_and_only_if_without_any_one_of_them_there_are_too_few(numbers, units):
    without_one = [sum(numbers[:n] + numbers[n + 1 :]) for n in range(len(numbers))] or [0]
    assert all_needed(numbers, units) == all(rest < units for rest in without_one)


def test_a_small_lot_and_a_large_one_give_what_neither_could_alone():
    assert allotted({"two": 2, "ten": 10}, 11) == {"two": 2, "ten": 9}


def test_where_the_first_lot_covers_all_the_second_gives_nothing():
    assert allotted({"a": 10, "b": 10}, 4) == {"a": 4, "b": 0}


def test_a_single_item_is_not_left_behind_for_a_lot_chosen_before_it():
    assert allotted({"lot": 10, "one": 1}, 4) == {"one": 1, "lot": 3}
