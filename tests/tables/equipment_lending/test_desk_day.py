"""The day of a desk: what waits since earlier is today's; a day to come has its own alone."""

from datetime import timedelta

import pytest

from equipment_lending.queries.desk import civil_day
from equipment_lending.queries.loans import desk_day
from equipment_lending.terms import LoanState
from tests.factories import desk, lending

NOW = lending.instant("2026-11-03T14:00")
TODAY = NOW.date()


@pytest.fixture
def stock(session):
    return lending.stock(session, units=9)


def work(session, stock, days_ahead):
    return desk_day(session, stock.point, civil_day(TODAY + timedelta(days=days_ahead), stock.point.zone), NOW)


def test_pick_ups_that_wait_are_those_of_today_and_none_of_a_day_to_come(session, stock):
    waits = lending.loan(session, stock, "2026-11-02T10:00", "2026-11-20T10:00")
    today = lending.loan(session, stock, "2026-11-03T16:00", "2026-11-20T10:00")
    later = lending.loan(session, stock, "2026-11-06T10:00", "2026-11-20T10:00")
    assert [loan.id for loan in work(session, stock, 0).pickups] == [waits.id, today.id]
    assert [loan.id for loan in work(session, stock, 3).pickups] == [later.id]
    assert work(session, stock, 4).pickups == []


def test_returns_are_those_of_their_day(session, stock):
    due = [
        lending.loan(session, stock, "2026-11-02T10:00", f"2026-11-0{day}T16:00", state=LoanState.CONFIRMED)
        for day in (3, 5)
    ]
    tags = sorted(item.asset_tag for item in stock.items)
    for loan, tag in zip(due, tags, strict=False):
        desk.handed_out(session, loan, tag, at=loan.pickup_at)
    told = [[loan.id for loan in work(session, stock, days).returns] for days in (0, 2, 3)]
    assert told == [[due[0].id], [due[1].id], []]
