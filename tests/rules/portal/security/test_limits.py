from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.security.limits import Limit, client_address

limits = st.builds(
    Limit,
    act=st.just("sign-in"),
    most=st.integers(1, 100),
    length=st.integers(1, 100_000).map(lambda seconds: timedelta(seconds=seconds)),
)
instants = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (hypothesis adds it)


@given(limits, instants)
def test_every_instant_falls_into_one_window(limit, at):
    start = limit.window_start(at)
    assert start <= at < start + limit.length
    assert limit.window_start(start) == start
    assert limit.window_start(start + limit.length) == start + limit.length


@given(limits, st.integers(1, 200), instants)
def test_one_waits_only_after_too_many_tries_and_no_longer_than_the_window(limit, count, at):
    wait = limit.wait(count, at)
    assert (wait is None) == (count <= limit.most)
    assert wait is None or timedelta(0) < wait <= limit.length
    assert wait is None or limit.window_start(at + wait) > limit.window_start(at)


def visit(address, forwarded="", proxy=""):
    settings = SimpleNamespace(trusted_proxy=proxy)
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    return SimpleNamespace(remote_addr=address, headers=headers, registry=SimpleNamespace(portal_settings=settings))


@pytest.mark.parametrize(
    ("request_", "counted"),
    [
        (visit("192.0.2.7"), "192.0.2.7"),
        (visit("192.0.2.7", forwarded="198.51.100.1"), "192.0.2.7"),
        (visit("10.0.0.1", forwarded="198.51.100.1", proxy="10.0.0.1"), "198.51.100.1"),
        (visit("10.0.0.1", forwarded="203.0.113.9, 198.51.100.1", proxy="10.0.0.1"), "198.51.100.1"),
        (visit("", forwarded="198.51.100.1", proxy="unix"), "198.51.100.1"),
        (visit("10.0.0.1", proxy="10.0.0.1"), "10.0.0.1"),
        (visit("::ffff:192.0.2.7"), "192.0.2.7"),
        (visit("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64"),
        (visit("2001:db8:1:2:ffff::1"), "2001:db8:1:2::/64"),
        (visit("10.0.0.1", forwarded="x" * 500, proxy="10.0.0.1"), "x" * 100),
        (visit(None), ""),
    ],
)
def test_tries_are_counted_for_the_client_and_not_for_the_proxy_or_what_the_client_says(request_, counted):
    assert client_address(request_) == counted
