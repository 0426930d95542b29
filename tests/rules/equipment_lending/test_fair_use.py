"""Article 6: fair use."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from equipment_lending.rules.fair_use import busiest_stretch, kept
from equipment_lending.terms import FOREVER
from tests.rules.equipment_lending.given import at, period, periods

civil_days = st.dates(date(2026, 11, 1), date(2026, 12, 15))
instants = st.integers(0, 40).map(at)
day_sets = st.frozensets(civil_days, max_size=5)


@given(
    day_sets.filter(bool),
    st.dictionaries(st.sampled_from(["first", "second", "third"]), day_sets),
    st.integers(1, 20),
)
def test_no_stretch_that_holds_a_wished_day_has_more_days(wished, others, length):
    asked, used, loans = busiest_stretch(wished, others, length)
    sums = []
    for start in (date(2026, 10, 1) + timedelta(days=n) for n in range(90)):
        stretch = {start + timedelta(days=n) for n in range(length)}
        if stretch & wished:
            sums.append(len(stretch & wished) + sum(len(stretch & days) for days in others.values()))
    assert asked >= 1
    assert asked + used == max(sums)
    assert set(loans) <= set(others)
    assert used >= len(loans)


def test_scenario_13_two_days_in_thirty_and_the_loans_that_used_them():
    loans = {"first": [date(2026, 11, 21)], "second": [date(2026, 11, 24)]}
    assert busiest_stretch([date(2026, 11, 26)], loans, 30) == (1, 2, ["first", "second"])


def test_a_loan_long_enough_ago_does_not_count():
    loans = {"first": [date(2026, 11, 1)]}
    assert busiest_stretch([date(2026, 11, 30)], loans, 30) == (1, 1, ["first"])
    assert busiest_stretch([date(2026, 12, 1)], loans, 30) == (1, 0, [])


@given(periods, st.integers(0, 3), st.lists(st.tuples(instants, st.integers(1, 3)), max_size=3), instants, instants)
def test_of_a_loan_one_has_what_is_to_come_as_agreed_and_what_is_out_until_it_is_back(agreed, coming, out, now, then):
    units = sum(number for start, end, number in kept(agreed, coming, out, now) if start <= then < end)
    plainly = coming if agreed.covers(then) else 0
    for due, number in out:
        plainly += number if now <= then and (due < now or then < due) else 0
    assert units == plainly


def test_what_is_late_counts_until_further_notice_and_what_is_due_this_instant_is_not_late_yet():
    agreed, minute = period("2026-11-03T10:00", "2026-11-04T10:00"), timedelta(minutes=1)
    assert kept(agreed, 0, [(agreed.end, 2)], agreed.end) == []
    assert kept(agreed, 0, [(agreed.end, 2)], agreed.end + minute) == [(agreed.end + minute, FOREVER, 2)]
    assert kept(agreed, 1, [], agreed.end) == [(agreed.start, agreed.end, 1)]
