"""Article 8: every reason to refuse a loan."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipment_lending.rules.charter import ARTICLES, Application, Line, Visits, refusals, refusals_on_approval
from equipment_lending.rules.closed_days import counted_days
from equipment_lending.rules.policy import Policy
from equipment_lending.terms import ClosedDays, DayException, DayKind, Period, RefusalCode
from tests.rules.equipment_lending.given import EVERY_DAY, HOUR, MONDAY_TO_FRIDAY, instant, period, week

NOW = instant("2026-11-20T09:30")  # a Friday


def asked(start="2026-11-20T10:00", end="2026-11-20T17:00", *, calendar=EVERY_DAY, free=5, units=1, **more):
    """A wish that the charter allows, but for what is given: settings of the policy, facts of the line, of the loan."""
    settings = {name: more.pop(name) for name in list(more) if name in Policy.__dataclass_fields__}
    facts = {name: more.pop(name) for name in ("held", "other_loans", "certified") if name in more}
    line = Line(equipment="camera", units=units, free=free, policy=replace(Policy(), **settings), **facts)
    visits = {"pickup": Visits(calendar=calendar), "back": Visits(calendar=calendar)}
    return Application(**({"now": NOW, "period": period(start, end), "lines": (line,)} | visits | more))


def codes(application):
    return [reason.code for reason in refusals(application)]


def only(application):
    (reason,) = refusals(application)
    return reason


def test_what_nothing_speaks_against_is_allowed():
    assert refusals(asked()) == []


def test_every_reason_is_told_at_once():
    wish = asked(
        "2026-11-21T03:00", "2026-11-28T03:00", max_days=3, lead_days=3, free=0, held=2, units=2,
        max_units_per_person=3, requires=frozenset({"video"}), may_act=False, not_lent=("tent",),
    )  # fmt: skip
    assert set(codes(wish)) == {
        RefusalCode.TOO_LONG,
        RefusalCode.TOO_SOON,
        RefusalCode.PICKUP_CLOSED,
        RefusalCode.RETURN_CLOSED,
        RefusalCode.NOT_LENT_HERE,
        RefusalCode.NOT_ENOUGH,
        RefusalCode.TOO_MANY_UNITS,
        RefusalCode.NOT_CERTIFIED,
        RefusalCode.NOT_OFFICER,
    }


@given(
    st.integers(-48, 400).map(lambda n: NOW + n * HOUR),
    st.integers(1, 400),
    st.builds(
        Policy,
        min_minutes=st.sampled_from([0, 120]),
        max_days=st.integers(1, 9),
        horizon_days=st.integers(0, 12),
        max_units_per_person=st.none() | st.integers(1, 4),
        requires=st.frozensets(st.sampled_from(["video", "saw"])),
        closed_days=st.sampled_from(ClosedDays),
    ),
    st.tuples(st.integers(1, 4), st.integers(-1, 4), st.integers(0, 3)),
    st.frozensets(st.sampled_from(["video", "saw"])),
)
def test_each_reason_is_told_if_and_only_if_it_holds(start, length, policy, numbers, certified):
    units, free, held = numbers
    wanted = Period(start, start + length * HOUR)
    line = Line(equipment="camera", units=units, free=free, held=held, policy=policy, certified=certified)
    at_desk = Visits(calendar=MONDAY_TO_FRIDAY)
    application = Application(now=NOW, period=wanted, pickup=at_desk, back=at_desk, lines=(line,))
    told = codes(application)
    calendar, today = MONDAY_TO_FRIDAY, date(2026, 11, 20)
    most = policy.max_units_per_person
    holds = {
        RefusalCode.IN_THE_PAST: start < NOW,
        RefusalCode.TOO_SOON: start < NOW,
        RefusalCode.TOO_SHORT: length * 60 < policy.min_minutes,
        RefusalCode.TOO_LONG: policy.max_days
        < counted_days(wanted, calendar.zone, calendar.is_closed, policy.closed_days),
        RefusalCode.TOO_FAR: calendar.day_of(start) > today + timedelta(days=policy.horizon_days),
        RefusalCode.PICKUP_CLOSED: not calendar.is_open_at(wanted.start),
        RefusalCode.RETURN_CLOSED: not calendar.is_open_at(wanted.end),
        RefusalCode.NOT_ENOUGH: free < units,
        RefusalCode.TOO_MANY_UNITS: most is not None and held + units > most,
        RefusalCode.NOT_CERTIFIED: bool(policy.requires - certified),
    }
    assert sorted(told) == sorted(code for code, reason in holds.items() if reason)
    about_the_borrower = {"too_short", "too_long", "too_many_units", "not_certified"}
    assert [reason.code for reason in refusals_on_approval(application)] == [
        code for code in told if code in about_the_borrower
    ]


def test_every_article_is_asked():
    assert len(ARTICLES) == len(set(ARTICLES))


def test_a_loan_that_is_too_long_names_its_days_and_those_allowed():
    reason = only(asked("2026-11-20T10:00", "2026-11-28T17:00", max_days=7))
    assert (reason.code, dict(reason.values)) == ("too_long", {"equipment": "camera", "days": 9, "allowed": 7})


def test_a_loan_of_just_the_shortest_or_longest_length_is_allowed():
    assert codes(asked("2026-11-20T10:00", "2026-11-20T11:00", min_minutes=60)) == []
    assert codes(asked("2026-11-20T10:00", "2026-11-27T10:00", max_days=7)) == []


def test_a_loan_does_not_contain_the_closed_day_on_which_it_would_end():
    saturday = asked("2026-11-20T10:00", "2026-11-21T10:00", calendar=MONDAY_TO_FRIDAY, span_closed=False)
    assert codes(saturday) == ["return_closed"]


def test_a_loan_that_is_too_short_names_its_minutes_and_those_asked_for():
    reason = only(asked("2026-11-20T10:00", "2026-11-20T10:30", min_minutes=60))
    assert (reason.code, reason.values["minutes"], reason.values["allowed"]) == ("too_short", 30, 60)


def test_a_pick_up_that_is_too_soon_names_the_earliest():
    reason = only(asked("2026-11-20T10:00", "2026-11-23T10:00", calendar=MONDAY_TO_FRIDAY, lead_days=2))
    assert (reason.code, reason.values["earliest"]) == ("too_soon", instant("2026-11-24T09:00"))


def test_a_pick_up_that_is_too_far_names_the_latest_day():
    reason = only(asked("2026-12-05T10:00", "2026-12-05T17:00", horizon_days=14))
    assert (reason.code, reason.values["latest"]) == ("too_far", date(2026, 12, 4))


def test_E5_a_pick_up_on_a_closed_day_is_refused_with_the_next_windows():
    reason = only(asked("2026-11-21T10:00", "2026-11-23T10:00", calendar=MONDAY_TO_FRIDAY))
    assert (reason.code, reason.values["day"]) == ("pickup_closed", date(2026, 11, 21))
    assert [window.start for window in reason.values["next"]] == [
        instant("2026-11-23T09:00"),
        instant("2026-11-24T09:00"),
        instant("2026-11-25T09:00"),
    ]


def test_E5_a_return_on_a_closed_day_is_refused_and_closed_days_inside_are_not():
    assert codes(asked("2026-11-20T10:00", "2026-11-22T10:00", calendar=MONDAY_TO_FRIDAY)) == ["return_closed"]
    assert codes(asked("2026-11-20T10:00", "2026-11-23T10:00", calendar=MONDAY_TO_FRIDAY)) == []


@pytest.mark.parametrize(
    ("setting", "monday", "tuesday", "wednesday"),
    [
        ({"closed_days": ClosedDays.NONE}, [], [], ["too_long"]),
        ({"closed_days": ClosedDays.FIRST}, [], ["too_long"], ["too_long"]),
        ({"closed_days": ClosedDays.ALL}, ["too_long"], ["too_long"], ["too_long"]),
        ({"span_closed": False, "max_days": 9}, ["spans_closed"], ["spans_closed"], ["spans_closed"]),
    ],
)
def test_scenario_12_weekend(setting, monday, tuesday, wednesday):
    told = [
        codes(asked("2026-11-20T10:00", f"2026-11-{day}T17:00", calendar=MONDAY_TO_FRIDAY, **{"max_days": 3} | setting))
        for day in (23, 24, 25)
    ]
    assert told == [monday, tuesday, wednesday]


def test_scenario_10_three_working_days_with_preparation():
    today = date(2026, 11, 20)
    kinds = {1: DayKind.CLOSED, 2: DayKind.PREPARING, 3: DayKind.CLOSED, 4: DayKind.PREPARING}
    closed = tuple(DayException(today + timedelta(n), today + timedelta(n), kind) for n, kind in kinds.items())
    calendar = week(*range(7), exceptions=closed)
    assert codes(asked("2026-11-25T09:00", "2026-11-25T17:00", calendar=calendar, lead_days=3)) == []
    assert "too_soon" in codes(asked("2026-11-24T10:00", "2026-11-25T17:00", calendar=calendar, lead_days=3))


@pytest.mark.parametrize(
    ("pickup", "back", "told"),
    [
        ("24", "26", ["pickup_full"]),
        ("23", "02", ["return_full"]),
        ("23", "01", []),
        ("24", "02", ["pickup_full", "return_full"]),
    ],
)
def test_scenario_11_one_visit_a_day(pickup, back, told):
    visited = {"24", "02"}  # four and twelve days from now
    wish = asked(
        f"2026-11-{pickup}T10:00",
        f"2026-{'12' if int(back) < 20 else '11'}-{back}T10:00",
        pickup=Visits(calendar=EVERY_DAY, agreed=int(pickup in visited), most=1),
        back=Visits(calendar=EVERY_DAY, agreed=int(back in visited), most=1),
    )
    assert codes(wish) == told


def test_scenario_13_a_third_loan_beyond_two_days_in_thirty_is_refused_naming_the_others():
    others = {"first": [date(2026, 11, 21)], "second": [date(2026, 11, 24)]}
    wish = asked("2026-11-26T10:00", "2026-11-26T17:00", max_days_in_period=2, other_loans=others)
    assert dict(only(wish).values) == {
        "equipment": "camera", "days": 1, "used": 2, "allowed": 2, "period_days": 30, "loans": ["first", "second"],
    }  # fmt: skip
    assert codes(asked(max_days_in_period=2, other_loans={"first": [date(2026, 11, 21)]})) == []


def test_units_held_already_count():
    reason = only(asked(units=2, held=2, max_units_per_person=3))
    assert (reason.code, reason.values["held"], reason.values["allowed"]) == ("too_many_units", 2, 3)


def test_too_few_units_never_show_below_zero():
    reason = only(asked(units=2, free=-1))
    assert (reason.code, reason.values["asked"], reason.values["free"]) == ("not_enough", 2, 0)


def test_the_missing_achievements_are_named():
    reason = only(asked(requires=frozenset({"saw", "bike"}), certified={"bike"}))
    assert (reason.code, reason.values["missing"]) == ("not_certified", ["saw"])


def test_E1_a_loan_over_the_change_of_clocks_is_two_days():
    saturday = asked("2026-10-24T10:00", "2026-10-26T10:00", max_days=2, now=instant("2026-10-20T10:00"))
    assert codes(saturday) == []
    assert codes(replace(saturday, period=period("2026-10-24T10:00", "2026-10-26T10:01"))) == ["too_long"]


def test_the_days_of_a_century_are_not_counted():
    """Counting them, for each line and each alternative, would hold everybody else up for minutes."""
    day_by_day = replace(EVERY_DAY, weekly=Uncountable())
    wish = asked(end="2199-11-20T17:00", calendar=day_by_day, max_days_in_period=3)
    assert codes(wish) == [RefusalCode.TOO_LONG]


class Uncountable(tuple):
    """The week of a desk that nobody may look at."""

    def __iter__(self):
        raise AssertionError("the days are counted")
