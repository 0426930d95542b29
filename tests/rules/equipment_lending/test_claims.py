"""Article 3: what a loan occupies."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipment_lending.rules.availability import free_throughout
from equipment_lending.rules.claims import (
    after_check_in,
    after_check_out,
    claimed,
    remaining,
)
from equipment_lending.rules.policy import Policy
from equipment_lending.terms import Period
from tests.rules.equipment_lending.given import HOUR, MINUTE, PARIS, at, claims, period, periods

minutes = st.integers(0, 180)


@given(periods, minutes, minutes)
def test_a_loan_occupies_its_period_and_the_time_to_prepare_and_to_turn_around(loan, before, after):
    occupied = claimed(loan, Policy(buffer_before_minutes=before, buffer_after_minutes=after), PARIS)
    assert loan.start - occupied.start == before * MINUTE
    assert occupied.end - loan.end == after * MINUTE


@given(periods, minutes, minutes, st.sampled_from([PARIS, ZoneInfo("America/Martinique")]))
def test_lent_by_whole_days_a_loan_occupies_every_day_that_it_touches_and_no_other(loan, before, after, zone):
    setting = {"buffer_before_minutes": before, "buffer_after_minutes": after}
    plain, whole = (claimed(loan, Policy(**setting, whole_days=told), zone) for told in (False, True))

    def day(moment):
        return moment.astimezone(zone).date()

    last = plain.end - timedelta.resolution
    assert [day(edge) for edge in (whole.start, whole.end - timedelta.resolution)] == [day(plain.start), day(last)]
    assert {edge.astimezone(zone).time() for edge in (whole.start, whole.end)} == {time.min}


@given(periods, minutes, st.timedeltas(timedelta(0), timedelta(days=3)))
def test_lent_by_whole_days_what_is_back_is_free_from_midnight_on(loan, buffer, since):
    returned = loan.start + since
    plain, whole = (
        after_check_in(loan, returned, Policy(buffer_after_minutes=buffer, whole_days=told), PARIS)
        for told in (False, True)
    )
    if plain is not None:
        assert whole.start == plain.start
        assert whole.end == claimed(plain, Policy(whole_days=True), PARIS).end


@given(periods, minutes, st.timedeltas(timedelta(0), timedelta(days=3)))
def test_after_a_return_the_unit_is_free_once_it_is_turned_around_to_the_minute(loan, buffer, since):
    returned = loan.start + since
    occupied = after_check_in(loan, returned, Policy(buffer_after_minutes=buffer), PARIS)
    end = occupied.end if occupied else loan.start
    assert timedelta(0) <= end - (returned + buffer * MINUTE) < MINUTE
    assert end.second == end.microsecond == 0


@given(periods, st.timedeltas(timedelta(days=-2), timedelta(days=2)))
def test_what_has_left_is_occupied_from_the_whole_minute_in_which_it_did_until_its_claim_ends(claim, since):
    taken = claim.start + since
    whole = taken.replace(second=0, microsecond=0)
    if whole < claim.end:
        occupied = after_check_out(claim, taken)
        assert occupied.end == claim.end
        assert occupied.start <= taken < occupied.start + MINUTE
        assert occupied.start.second == occupied.start.microsecond == 0
    else:
        with pytest.raises(ValueError, match="period ends"):
            after_check_out(claim, taken)


@given(st.lists(claims, max_size=5), st.integers(0, 45), periods)
def test_what_remains_of_claims_is_the_same_from_now_on_and_nothing_before(crowd, now, wanted):
    rest = list(remaining(crowd, at(now)))
    later = Period(max(wanted.start, at(now)), max(wanted.end, at(now + 1)))
    assert free_throughout(9, rest, later) == free_throughout(9, crowd, later)
    assert all(start >= at(now) for start, _, _ in rest)


@pytest.mark.parametrize(("start", "free"), [("12:00", 0), ("12:29", 0), ("12:30", 1)])
def test_E2_after_a_loan_until_noon_with_half_an_hour_to_turn_around(start, free):
    policy = Policy(buffer_after_minutes=30)
    first = claimed(period("2026-11-20T09:00", "2026-11-20T12:00"), policy, PARIS)
    wish = claimed(period(f"2026-11-20T{start}", "2026-11-20T14:00"), policy, PARIS)
    assert free_throughout(1, [(first.start, first.end, 1)], wish) == free


def test_E2_without_buffers_a_loan_may_start_when_another_ends():
    first = claimed(period("2026-11-20T09:00", "2026-11-20T12:00"), Policy(), PARIS)
    assert not first.overlaps(claimed(period("2026-11-20T12:00", "2026-11-20T14:00"), Policy(), PARIS))


def test_scenario_14_one_minute_to_turn_around_counts_after_a_loan_but_not_after_maintenance():
    policy = Policy(buffer_after_minutes=1)
    ten_to_eleven, wish = period("2026-11-20T10:00", "2026-11-20T11:00"), period("2026-11-20T11:00", "2026-11-20T12:00")
    assert claimed(ten_to_eleven, policy, PARIS).overlaps(claimed(wish, policy, PARIS))
    assert not ten_to_eleven.overlaps(claimed(wish, policy, PARIS))


def test_E11_an_early_return_frees_the_unit_after_its_buffer():
    claim = Period(at(0), at(48))
    assert after_check_in(claim, at(20), Policy(buffer_after_minutes=60), PARIS) == Period(at(0), at(21))


def test_a_late_return_is_turned_around_as_well():
    claim = Period(at(0), at(48))
    assert after_check_in(claim, at(50), Policy(buffer_after_minutes=60), PARIS) == Period(at(0), at(51))


def test_what_came_back_before_its_claim_began_occupied_nothing():
    assert after_check_in(Period(at(10), at(20)), at(9), Policy(), PARIS) is None


def test_once_it_has_left_an_item_is_occupied_from_then_on():
    claim = Period(at(10), at(20))
    assert after_check_out(claim, at(9) + 20 * MINUTE + timedelta(seconds=7)) == Period(at(9) + 20 * MINUTE, at(20))
    assert after_check_out(claim, at(12)) == Period(at(12), at(20))
    with pytest.raises(ValueError, match="period ends"):
        after_check_out(claim, at(20) + HOUR)
