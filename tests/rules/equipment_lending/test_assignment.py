"""Article 2: every promise can keep one item from its start to its end."""

from itertools import permutations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from equipment_lending.rules.assignment import (
    Others,
    assignable,
    bind,
    bound,
    extendable,
    fitting,
    free_together,
    free_units,
    items_free,
    promised_beyond,
)
from equipment_lending.rules.availability import free_throughout
from equipment_lending.rules.claims import remaining
from equipment_lending.terms import ItemUse, Period
from tests.rules.equipment_lending.given import HOUR, at, days, instant, period, single_items, stretches, unbound

wishes = stretches(8, 5).map(lambda hours: Period(at(hours[0]), at(hours[1])))


def can_all_be_served(items, claims):
    """Try every item for every unit of every claim."""
    taken = {item.id: [(start, end) for start, end, _ in item.bound] for item in items}
    units = [(start, end) for start, end, number in claims for _ in range(number)]

    def serve(n):
        if n == len(units):
            return True
        start, end = units[n]
        for busy in taken.values():
            if all(end <= other_start or other_end <= start for other_start, other_end in busy):
                busy.append((start, end))
                if serve(n + 1):
                    return True
                busy.pop()
        return False

    return serve(0)


def hours_of(wanted):
    return [wanted.start + n * HOUR for n in range(int(wanted.length / HOUR))]


def left_at(hour, items, claims):
    """Count, on the shelf at an hour, the single items that nothing binds; and off what is promised then."""
    on_the_shelf = sum(not any(start <= hour < end for start, end, _ in item.bound) for item in items)
    return on_the_shelf - sum(units for start, end, units in claims if start <= hour < end)


def kept_one_by_one(items, claims):
    kept = []
    for claim in claims:
        if can_all_be_served(items, [*kept, claim]):
            kept.append(claim)
    return kept


@settings(max_examples=300)
@given(single_items(), unbound)
@example([ItemUse("A", 1, ((at(1), at(5), 1),)), ItemUse("B", 1, ((at(5), at(9), 1),))], [(at(2), at(8), 1)])
def test_claims_can_be_served_if_and_only_if_some_assignment_serves_them(items, claims):
    assert assignable(items, claims) == can_all_be_served(items, claims)


@given(st.integers(1, 3), unbound)
def test_with_nothing_bound_in_advance_counting_is_enough(capacity, claims):
    counted = all(free_throughout(capacity, claims, Period(start, end)) >= 0 for start, end, _ in claims)
    assert assignable([ItemUse(n) for n in range(capacity)], claims) == counted


@given(st.integers(1, 4), unbound)
def test_a_lot_serves_what_as_many_single_items_serve(units, claims):
    assert assignable([ItemUse("lot", units)], claims) == assignable([ItemUse(n) for n in range(units)], claims)


@given(single_items(), unbound)
def test_the_promises_that_fit_are_those_kept_one_by_one_from_the_oldest(items, claims):
    fits = fitting(items, [[claim] for claim in claims])
    assert [claim for claim, fit in zip(claims, fits, strict=True) if fit] == kept_one_by_one(items, claims)


@given(single_items(), unbound, wishes)
def test_as_many_units_are_free_as_can_be_served_beside_the_promises_that_fit(items, claims, wanted):
    counted = min(left_at(hour, items, claims) for hour in hours_of(wanted))
    kept = kept_one_by_one(items, claims)
    free = free_units(items, claims, wanted)

    def served(units):
        return can_all_be_served(items, [*kept, *[(wanted.start, wanted.end, 1)] * units])

    assert free <= counted
    assert free <= 0 or served(free)
    assert free == counted or not served(free + 1)


@st.composite
def fetched(draw):
    """What else is promised, what was promised to a loan in its turn, and what it wants: more than that if early."""
    claims, promised = draw(unbound), draw(wishes)
    turn = draw(st.integers(0, len(claims)))
    wanted = Period(promised.start - draw(st.integers(0, 4)) * HOUR, promised.end)
    return Others(claims[:turn], claims[turn:]), promised, wanted


def can_leave(items, chosen, others, promised, wanted):
    """Is there nobody who loses, of those that are served one by one: in turn, or whoever comes in time first?"""
    mine = (promised.start, promised.end, len(chosen))
    first = others.older if wanted.start < promised.start else []
    before = kept_one_by_one(items, first)
    if not can_all_be_served(items, [*before, mine]):
        return False
    kept = [*before, mine]
    for claim in [*others.older, *others.newer][len(first) :]:
        kept += [claim] if can_all_be_served(items, [*kept, claim]) else []
    kept.remove(mine)
    bound = [claim for item in items if item.id in chosen for claim in item.bound]
    return all(end <= wanted.start or wanted.end <= start for start, end, _ in bound) and can_all_be_served(
        bind(items, dict.fromkeys(chosen, 1), wanted), kept
    )


@given(single_items(), fetched())
def test_an_item_can_be_handed_out_if_and_only_if_nobody_who_fits_loses(items, asked):
    assert items_free(items, *asked) == [item.id for item in items if can_leave(items, [item.id], *asked)]


@given(single_items(), fetched(), st.integers(1, 3))
def test_items_leave_together_if_and_only_if_nobody_who_fits_loses(items, asked, many):
    chosen = [item.id for item in items[:many]]
    assert free_together(items, dict.fromkeys(chosen, 1), *asked) == can_leave(items, chosen, *asked)


@given(single_items(), unbound, wishes, st.integers(1, 3))
def test_what_is_out_may_stay_longer_if_and_only_if_it_is_free_and_nobody_who_fits_loses(items, claims, longer, many):
    out = {item.id: 1 for item in items[:many]}
    hours = [at(hour) for hour in range(24) if longer.start <= at(hour) < longer.end]
    meets = [hour for item in items[:many] for start, end, _ in item.bound for hour in hours if start <= hour < end]
    kept = kept_one_by_one(items, claims)
    still_out = [
        ItemUse(item.id, 1, (*item.bound, (longer.start, longer.end, 1)) if item.id in out else item.bound)
        for item in items
    ]
    assert extendable(items, out, longer, claims) == (not meets and can_all_be_served(still_out, kept))


NOBODY = Others([], [])


def test_E4_where_too_much_is_promised_whoever_comes_first_is_served():
    last_one, promised, wanted = [ItemUse("A")], Others([(at(10), at(12), 1)], []), Period(at(10), at(12))
    assert items_free(last_one, promised, wanted, wanted) == ["A"]
    assert free_together(last_one, {"A": 1}, promised, wanted, wanted)


def test_whoever_comes_early_is_served_at_nobodys_expense():
    last_one, before_them, theirs = [ItemUse("A")], Others([(at(8), at(9), 1)], []), Period(at(10), at(12))
    assert items_free(last_one, before_them, theirs, Period(at(7), at(12))) == []
    assert items_free(last_one, before_them, theirs, Period(at(9), at(12))) == ["A"]


def test_E4_where_too_much_is_promised_whoever_comes_early_is_served_in_turn():
    last_one, other, theirs = [ItemUse("A")], (at(10), at(12), 1), Period(at(11), at(13))
    early = Period(at(8), at(13))
    assert items_free(last_one, Others([other], []), theirs, early) == []
    assert items_free(last_one, Others([], [other]), theirs, early) == ["A"]
    assert items_free(last_one, Others([other], []), theirs, theirs) == ["A"]


@given(single_items(), unbound, wishes)
def test_as_many_are_promised_beyond_what_there_is_as_lack_at_the_worst_hour(items, claims, wanted):
    least = min(left_at(hour, items, claims) for hour in hours_of(wanted))
    assert promised_beyond(items, claims, wanted) == max(0, -least)


@given(st.integers(1, 5), unbound)
def test_of_a_lot_no_more_is_bound_than_there_is(units, reasons):
    reasons = [(start, end, min(units, number)) for start, end, number in reasons]
    lot = ItemUse("lot", units, tuple(reasons))
    for hour in (at(hour) for hour in range(24)):
        told = sum(number for start, end, number in reasons if start <= hour < end)
        assert sum(number for start, end, number in bound([lot]) if start <= hour < end) == min(units, told)


def test_E14_what_is_bound_twice_over_lacks_once():
    late_and_to_be_repaired = ItemUse("A", 1, ((at(0), at(9000), 1), (at(8), at(12), 1)))
    assert free_units([late_and_to_be_repaired, ItemUse("B")], [], Period(at(8), at(20))) == 1
    assert promised_beyond([late_and_to_be_repaired], [], Period(at(8), at(20))) == 0
    assert promised_beyond([late_and_to_be_repaired, ItemUse("B")], [(at(9), at(11), 2)], Period(at(8), at(20))) == 1


@given(single_items(), unbound)
def test_the_order_of_items_and_claims_does_not_matter(items, claims):
    answers = {assignable(order, claims[::-1]) for order in permutations(items)}
    assert answers == {assignable(items, claims)}


def test_E3_no_single_unit_free_throughout_is_no_obstacle_while_nothing_is_bound():
    pool, loans = [ItemUse("A"), ItemUse("B")], [days("2030-01-01", "2030-01-04"), days("2030-01-05", "2030-01-08")]
    wanted = period("2030-01-02T00:00", "2030-01-08T00:00")
    assert free_units(pool, loans, wanted) == 1


def test_E3_but_where_maintenance_is_planned_the_count_is_not_enough():
    a, b = days("2030-01-01", "2030-01-04"), days("2030-01-05", "2030-01-08")
    pool = [ItemUse("A", 1, (a,)), ItemUse("B", 1, (b,))]
    wanted = period("2030-01-02T00:00", "2030-01-08T00:00")
    assert free_throughout(2, [a, b], wanted) == 1
    assert free_units(pool, [], wanted) == 0
    assert free_units(pool, [], period("2030-01-02T00:00", "2030-01-05T00:00")) == 1


def test_E2_units_are_free_from_the_instant_another_loan_ends():
    assert free_units([ItemUse("A")], [(at(8), at(12), 1)], Period(at(12), at(14))) == 1


def test_E10_scenario_21_an_extension_is_refused_if_it_meets_a_claim_that_nothing_else_can_serve():
    camera = [ItemUse("A", 1, ((instant("2029-12-30T09:00"), instant("2030-01-01T17:00"), 1),))]
    longer = period("2030-01-01T17:00", "2030-01-03T17:00")
    assert not extendable(camera, {"A": 1}, longer, [days("2030-01-02", "2030-01-02")])
    assert extendable(camera, {"A": 1}, longer, [days("2030-01-04", "2030-01-05")])


def test_E10_an_extension_is_allowed_if_another_unit_can_serve_the_claim():
    pair = [ItemUse("A", 1, ((instant("2029-12-30T09:00"), instant("2030-01-01T17:00"), 1),)), ItemUse("B")]
    longer = period("2030-01-01T17:00", "2030-01-03T17:00")
    assert extendable(pair, {"A": 1}, longer, [days("2030-01-02", "2030-01-02")])


def test_E7_an_overdue_unit_serves_nobody():
    late = ItemUse("late", 1, ((at(0), at(9000), 1),))
    wanted = Period(at(10), at(12))
    assert free_units([late], [], wanted) == 0
    assert items_free([late, ItemUse("B")], NOBODY, wanted, wanted) == ["B"]


def test_a_lot_lends_what_is_not_bound_of_it():
    lot = ItemUse("cables", 10, ((at(0), at(8), 4),))
    assert free_units([lot], [(at(4), at(9), 3)], Period(at(5), at(7))) == 3
    wanted = Period(at(5), at(7))
    assert items_free([lot], NOBODY, wanted, wanted, units=6) == ["cables"]
    assert items_free([lot], NOBODY, wanted, wanted, units=7) == []


def test_units_of_a_lot_are_not_told_apart_so_the_same_one_can_leave_twice():
    lot = ItemUse("cables", 2, ((at(1), at(3), 1), (at(4), at(6), 1)))
    assert assignable([lot], [(at(0), at(8), 1)])


def test_a_promise_that_cannot_be_kept_any_more_does_not_stop_others_elsewhere():
    pool = [ItemUse("A", 1, ((at(0), at(4), 1),)), ItemUse("B", 1, ((at(20), at(24), 1),))]
    stranded = [(at(1), at(12), 1), (at(2), at(11), 1)]
    assert fitting(pool, [[claim] for claim in stranded]) == [True, False]
    assert free_units(pool, stranded, Period(at(13), at(18))) == 2


def test_what_an_item_did_before_now_does_not_matter():
    came_back = ItemUse("A", 1, ((at(0), at(9), 1),))
    not_fetched_yet = [(at(8), at(20), 1)]
    assert not assignable([came_back], not_fetched_yet)
    assert assignable([came_back], remaining(not_fetched_yet, at(10)))


def test_five_hundred_items_and_five_thousand_claims_are_no_trouble():
    pool = [ItemUse(n, 1, ((at(500 + n), at(900 + n), 1),) if n < 20 else ()) for n in range(500)]
    crowd = [(at(n % 8000), at(n % 8000 + 200), 1) for n in range(5000)]
    assert assignable(pool, crowd)
