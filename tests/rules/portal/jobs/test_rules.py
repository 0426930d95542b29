from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.jobs.rules import FIRST_PAUSE, LONGEST_PAUSE, MOST_ATTEMPTS, is_hopeless, pause, turn

instants = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
whiles = st.integers(1, 14 * 24 * 3600).map(lambda seconds: timedelta(seconds=seconds))


def test_the_first_retry_comes_after_ten_seconds():
    assert pause(1) == FIRST_PAUSE == timedelta(seconds=10)


@given(st.integers(1, 1000))
def test_each_pause_is_three_times_the_one_before_until_the_longest(attempts):
    assert pause(attempts + 1) in (pause(attempts) * 3, LONGEST_PAUSE)
    assert FIRST_PAUSE <= pause(attempts) <= LONGEST_PAUSE


def test_a_letter_is_tried_for_more_than_a_day_and_less_than_two():
    failures = next(n for n in range(1, 100) if is_hopeless(n))
    assert failures == MOST_ATTEMPTS
    assert timedelta(days=1) < sum((pause(n) for n in range(1, failures)), timedelta()) < timedelta(days=2)


@given(instants, whiles)
def test_a_turn_is_the_latest_that_has_come(now, every):
    assert turn(now, every) <= now < turn(now, every) + every


@given(instants, whiles, st.floats(0, 0.999))
def test_everybody_who_looks_before_the_next_turn_sees_the_same(now, every, part):
    assert turn(turn(now, every) + every * part, every) == turn(now, every)


def test_daily_work_turns_at_midnight_in_utc():
    assert turn(datetime(2026, 10, 22, 12, 30, tzinfo=UTC), timedelta(days=1)) == datetime(2026, 10, 22, tzinfo=UTC)
