"""Article 10: which loans are at risk when there is less equipment than was promised."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from equipment_lending.rules.assignment import assignable
from equipment_lending.rules.risk import SOON, Promise, at_risk, to_be_told
from equipment_lending.terms import ItemUse
from tests.rules.equipment_lending.given import at, days, instant, single_items, unbound

loans = st.lists(st.tuples(unbound.filter(bool), st.integers(0, 3)), max_size=4).map(
    lambda drawn: [
        Promise(f"loan {n}", at(-1000) + age * timedelta(hours=1), tuple(claims[:2]))
        for n, (claims, age) in enumerate(drawn)
    ]
)


def served(items, promises):
    return assignable(items, [claim for promise in promises for claim in promise.claims])


@given(single_items(), loans)
def test_without_the_loans_at_risk_the_others_fit(items, promises):
    risky = at_risk(items, promises)
    assert served(items, [promise for promise in promises if promise.loan not in risky])


@given(single_items(), loans)
def test_no_loan_is_at_risk_that_fits_beside_the_older_ones(items, promises):
    risky = at_risk(items, promises)
    for promise in promises:
        age = promise.promised_at, promise.loan
        older = [p for p in promises if (p.promised_at, p.loan) < age and p.loan not in risky]
        assert (promise.loan in risky) != served(items, [*older, promise])


@given(single_items(), loans, st.randoms())
def test_the_order_in_which_the_loans_are_told_does_not_matter(items, promises, random):
    shuffled = random.sample(promises, len(promises))
    assert at_risk(items, shuffled) == at_risk(items, promises)


def test_E4_when_an_item_breaks_the_newest_of_the_loans_that_compete_are_at_risk():
    broken = days("2030-01-01", "2031-12-31")
    pool = [ItemUse("A"), ItemUse("B", 1, (broken,)), ItemUse("C", 1, (broken,))]
    promises = [
        Promise("spring", instant("2029-12-01T10:00"), (days("2030-03-01", "2030-03-05"),)),
        Promise("carnival", instant("2029-12-02T10:00"), (days("2030-03-04", "2030-03-08"),)),
        Promise("summer", instant("2029-12-20T10:00"), (days("2030-07-01", "2030-07-08"),)),
        Promise("fair", instant("2029-12-03T10:00"), (days("2030-03-05", "2030-03-06"),)),
    ]
    assert at_risk(pool, promises) == ["fair", "carnival"]


def test_a_loan_is_at_risk_when_no_one_item_is_left_for_all_of_it():
    pool = [ItemUse("A", 1, (days("2030-01-01", "2030-01-04"),)), ItemUse("B", 1, (days("2030-01-05", "2030-01-08"),))]
    assert at_risk(pool, [Promise("L", at(-9), (days("2030-01-02", "2030-01-07"),))]) == ["L"]


def test_nothing_is_at_risk_while_everything_fits():
    assert at_risk([ItemUse("A")], []) == []
    assert at_risk([ItemUse("A")], [Promise("L", at(-9), ((at(0), at(4), 1),))]) == []


@given(
    st.dictionaries(st.integers(0, 9), st.integers(-50, 100).map(at)),
    st.sets(st.integers(0, 9)),
    st.sets(st.integers(0, 9)),
    st.integers(-9, 60).map(at),
)
def test_E7_whoever_is_at_risk_is_told_at_once_or_where_something_is_only_late_two_days_before(
    pickups, risky, once_back, now
):
    risky &= set(pickups)
    told = to_be_told(risky, once_back, pickups, now)
    assert told <= risky
    for loan in risky:
        hours_left = (pickups[loan] - now) / timedelta(hours=1)
        assert (loan in told) == (loan in once_back or hours_left <= 48)
    assert to_be_told(risky, once_back, pickups, now + SOON) >= told
