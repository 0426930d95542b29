from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.security.limits import Attempts, Limit, TooMany
from portal.security.models import Window

LIMIT = Limit("guess", 3, timedelta(minutes=5))


@pytest.fixture
def attempts(asking):
    return asking.find_service(Attempts)


def spend(attempts, times, key="yann@example.org"):
    for _ in range(times):
        attempts.spend(LIMIT, key)


def test_the_fourth_try_in_five_minutes_must_wait(attempts, clock):
    spend(attempts, 3)
    with pytest.raises(TooMany) as no:
        spend(attempts, 1)
    assert timedelta(0) < no.value.wait <= timedelta(minutes=5)


def test_what_was_refused_is_counted_too(attempts, session):
    spend(attempts, 3)
    for _ in range(2):
        with pytest.raises(TooMany):
            spend(attempts, 1)
    assert session.scalar(select(Window.count)) == 5


def test_in_the_next_window_one_may_try_again(attempts, clock):
    spend(attempts, 3)
    clock.at += timedelta(minutes=5)
    spend(attempts, 3)


def test_each_key_and_each_act_is_counted_by_itself(attempts):
    spend(attempts, 3)
    spend(attempts, 3, key="azenor@example.org")
    attempts.spend(Limit("ask", 3, timedelta(minutes=5)), "yann@example.org")


def test_capital_letters_do_not_give_more_tries(attempts):
    spend(attempts, 3)
    with pytest.raises(TooMany):
        spend(attempts, 1, key="YANN@example.org")


def test_a_try_that_was_right_is_given_back(attempts):
    for _ in range(5):
        spend(attempts, 1)
        attempts.give_back(LIMIT, "yann@example.org")
    spend(attempts, 3)


def test_no_key_can_be_read_from_the_table(attempts, session):
    spend(attempts, 1)
    assert "yann" not in session.scalar(select(Window.key))


def test_counts_that_nobody_asks_for_any_more_are_forgotten(attempts, session, clock):
    spend(attempts, 1)
    attempts.forget(before=clock.at - timedelta(days=1))
    assert session.scalar(select(Window.count)) == 1
    attempts.forget(before=clock.at + timedelta(days=1))
    assert session.scalar(select(Window.count)) is None
