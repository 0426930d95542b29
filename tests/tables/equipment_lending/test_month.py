"""The month of a model at a point: what each day says."""

from datetime import date, time

import pytest

from equipment_lending.queries import catalogue
from equipment_lending.queries.calendars import calendar
from equipment_lending.queries.conditions import conditions
from equipment_lending.queries.month import borrowed_days, free_units, month
from equipment_lending.terms import LoanState
from tests.factories import lending, people

NOVEMBER = date(2026, 11, 1)
NOW = lending.instant("2026-11-04T12:00")


@pytest.fixture
def stock(session):
    point = lending.point(session, windows=lending.TUESDAY_TO_SATURDAY)
    return lending.stock(session, units=3, at=point)


def november(session, stock):
    offer = next(one for one in catalogue.offers(session, stock.model) if one.stock_id == stock.id)
    days = month(session, offer, calendar(session, stock.point), NOVEMBER, NOW)
    return {view.day.day: view for view in days}


def test_a_day_says_how_many_are_free_while_the_desk_is_open(session, stock):
    lending.loan(session, stock, "2026-11-10T10:00", "2026-11-12T12:00", units=2)
    days = november(session, stock)
    assert [(days[n].least, days[n].most) for n in (7, 10, 11, 12, 13)] == [(3, 3), (1, 1), (1, 1), (1, 3), (3, 3)]


def test_a_loan_that_ends_before_the_desk_opens_takes_nothing_from_the_day(session, stock):
    lending.loan(session, stock, "2026-11-10T10:00", "2026-11-12T10:00", units=3)
    assert november(session, stock)[12].least == 3


def test_closed_days_and_days_gone_by_have_nothing_to_pick_up(session, stock):
    days = november(session, stock)
    assert [(days[n].windows, days[n].over) for n in (3, 9)] == [((), True), ((), False)]
    assert days[9].most == days[3].most == 0


def test_of_today_only_what_is_left_counts(session, stock):
    lending.loan(session, stock, "2026-11-04T10:00", "2026-11-04T11:00", units=3)
    today = november(session, stock)[4]
    assert (today.least, today.over) == (3, False)


def test_today_is_over_once_the_desk_has_closed(session, stock):
    offer = catalogue.offers(session, stock.model)[0]
    evening = lending.instant("2026-11-04T18:30")
    days = month(session, offer, calendar(session, stock.point), NOVEMBER, evening)
    assert [view.over for view in days[2:6]] == [True, True, False, False]


def test_what_is_overdue_is_missing_until_it_is_back(session, stock):
    loan = lending.loan(session, stock, "2026-11-03T10:00", "2026-11-03T18:00", state=LoanState.OUT)
    lending.custody(session, loan.lines[0])
    days = november(session, stock)
    assert {days[n].least for n in (4, 14, 28)} == {2}


def test_what_is_late_and_in_repair_at_once_is_missing_once(session, stock):
    loan = lending.loan(session, stock, "2026-11-03T10:00", "2026-11-03T18:00", state=LoanState.OUT)
    late = lending.custody(session, loan.lines[0])
    lending.maintenance(session, late.item, "2026-11-04T10:00", "2026-11-20T10:00")
    days = november(session, stock)
    assert {days[n].least for n in (4, 14, 28)} == {2}


def test_more_promised_than_there_is_reads_as_nothing_free(session, stock):
    lending.loan(session, stock, "2026-11-10T10:00", "2026-11-12T12:00", units=5)
    assert november(session, stock)[11].least == 0


def test_the_month_in_which_the_clocks_go_back_has_all_its_days(session, stock):
    offer = catalogue.offers(session, stock.model)[0]
    earlier = lending.instant("2026-10-01T12:00")
    days = month(session, offer, calendar(session, stock.point), date(2026, 10, 1), earlier)
    assert [view.day.day for view in days] == list(range(1, 32))


def test_my_days_are_those_of_my_loans_from_pick_up_to_return(session, stock):
    me = people.person(session)
    lending.loan(session, stock, "2026-10-30T10:00", "2026-11-03T10:00", borrower=me)
    lending.loan(session, stock, "2026-11-13T10:00", "2026-11-14T10:00", borrower=me)
    lending.loan(session, stock, "2026-11-20T10:00", "2026-11-21T10:00", borrower=me, state=LoanState.CANCELLED)
    lending.loan(session, stock, "2026-11-25T10:00", "2026-11-26T10:00")
    days = borrowed_days(session, stock.id, me.id, calendar(session, stock.point), NOVEMBER)
    assert sorted(day.day for day in days) == [1, 2, 3, 13, 14]


def test_what_is_free_for_a_loan_leaves_room_for_the_time_to_turn_around(session, stock):
    lending.policy(session, buffer_after_minutes=60)
    lending.loan(session, stock, "2026-11-12T12:00", "2026-11-13T12:00", units=3)
    policy = conditions(session, [stock.id])[stock.id]
    for until, free in (("2026-11-12T11:00", 3), ("2026-11-12T11:30", 0)):
        period = lending.period("2026-11-10T10:00", until)
        assert free_units(session, stock.id, policy, lending.PARIS, period, NOW) == free


def test_a_desk_that_closes_at_noon_and_opens_again_is_one_day(session):
    halves = ((1, time(9), time(12)), (1, time(14), time(18)))
    stock = lending.stock(session, units=1, at=lending.point(session, windows=halves))
    lending.loan(session, stock, "2026-11-10T12:00", "2026-11-10T14:00")
    view = november(session, stock)[10]
    assert (len(view.windows), view.least, view.most) == (2, 1, 1)


def test_public_holidays_are_known_for_as_far_ahead_as_a_loan_may_be_asked_for(session):
    point = lending.point(session, windows=lending.EVERY_DAY, observes_holidays=True)
    there = calendar(session, point)
    assert all(there.is_closed(date(year, 5, 1)) for year in range(2024, 2038))
    assert there.is_closed(date(2035, 3, 26))  # the Monday of Easter
    assert not there.is_closed(date(2035, 5, 2))
    assert not there.is_closed(date.max)
    other = lending.point(session, windows=lending.EVERY_DAY, observes_holidays=False)
    assert not calendar(session, other).is_closed(date(2035, 5, 1))
