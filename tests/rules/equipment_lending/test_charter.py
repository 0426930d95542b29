"""Article 8: every reason to refuse a loan."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipment_lending.rules.charter import ARTICLES, Application, Line, Visits, refusals, refusals_on_approval
from equipment_lending.rules.policy import Policy
from equipment_lending.terms import ClosedDays, DayException, DayKind, Period, RefusalCode
from tests.rules.equipment_lending.given import (
    DAY,
    EVERY_DAY,
    HOUR,
    MINUTE,
    MONDAY_TO_FRIDAY,
    PARIS,
    instant,
    period,
    week,
)

NOW = instant("2026-11-20T09:30")  # a Friday
TODAY = date(2026, 11, 20)


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


policies = st.builds(
    Policy,
    min_minutes=st.sampled_from([0, 120]),
    max_days=st.integers(1, 9),
    horizon_days=st.integers(0, 12),
    lead_days=st.integers(0, 3),
    max_units_per_person=st.none() | st.integers(1, 4),
    max_days_in_period=st.none() | st.integers(1, 8),
    fair_use_period_days=st.integers(1, 10),
    requires=st.frozensets(st.sampled_from(["video", "saw"])),
    closed_days=st.sampled_from(ClosedDays),
    span_closed=st.booleans(),
)
lent_before = st.dictionaries(
    st.sampled_from(["first", "second"]), st.frozensets(st.dates(date(2026, 11, 10), date(2026, 12, 15)), max_size=5)
)
desks = st.tuples(
    st.sampled_from([(range(5), 9, 18), (range(1, 6), 10, 16)]), st.integers(0, 3), st.none() | st.just(2)
)


@st.composite
def wishes(draw):
    """A wish for one to three things, of which each may be refused by every reason there is."""
    start = NOW + draw(st.integers(-48, 400)) * HOUR
    pickup, same = a_desk(*draw(desks)), draw(st.booleans())
    return Application(
        now=NOW,
        period=Period(start, start + draw(st.integers(1, 9) | st.integers(1, 400)) * HOUR),
        pickup=pickup,
        back=pickup if same else a_desk(*draw(desks)),
        same_desk=same,
        lines=tuple(
            Line(
                equipment=name,
                units=draw(st.integers(1, 4)),
                policy=draw(policies),
                free=draw(st.integers(-1, 4)),
                held=draw(st.integers(0, 3)),
                other_loans=draw(lent_before),
                certified=draw(st.frozensets(st.sampled_from(["video", "saw"]))),
            )
            for name in ("camera", "tent", "bike")[: draw(st.integers(1, 3))]
        ),
        not_lent=tuple(sorted(draw(st.frozensets(st.sampled_from(["yurt", "zodiac"]))))),
        may_act=draw(st.booleans()),
        noticed=draw(st.booleans()),
        handed_out=draw(st.booleans()),
    )


def a_desk(hours, agreed, most):
    weekdays, opens, closes = hours
    return Visits(calendar=week(*weekdays, opens=f"{opens:02}:00", closes=f"{closes}:00"), agreed=agreed, most=most)


def is_open(desk, weekday):
    return any(window.weekday == weekday for window in desk.calendar.weekly)


def seen_from_the_street(desk, moment):
    """Is the door open? Both desks open and close at the same hours on all their days."""
    here, hours = moment.astimezone(PARIS), desk.calendar.weekly[0].hours
    return is_open(desk, here.weekday()) and hours.opens <= here.time() <= hours.closes


def ticked_off(wish, counting):
    """Walk from the pick-up to the return, a day on the wall clock at a time, and tick off the days that count."""
    here, back = (moment.astimezone(PARIS).replace(tzinfo=None) for moment in (wish.period.start, wish.period.end))
    found, was_closed = [], not is_open(wish.pickup, (here - DAY).weekday())
    while not found or here < back:
        closed = not is_open(wish.pickup, here.weekday())
        begins = closed and not was_closed
        if not found or not closed or counting is ClosedDays.ALL or (counting is ClosedDays.FIRST and begins):
            found.append(here.date())
        here, was_closed = here + DAY, closed
    return found


def most_in_a_row(wished, others, length):
    """Lay a stretch of days over the calendar at every place that holds a day wished for, and count what it covers."""
    first = min(wished) - timedelta(days=length)
    sums = []
    for start in (first + timedelta(days=n) for n in range((max(wished) - first).days + 1)):
        covered = {start + timedelta(days=n) for n in range(length)}
        if covered & set(wished):
            sums.append(sum(day in covered for days in (wished, *others.values()) for day in days))
    return max(sums)


def about_the_desks(wish):
    start, end, lines = wish.period.start, wish.period.end, wish.lines
    first = start.astimezone(PARIS).date()
    lead = max(line.policy.lead_days for line in lines)
    passed = [TODAY + timedelta(days=n) for n in range(1, (first - TODAY).days + 1)]
    worked = sum(is_open(wish.pickup, day.weekday()) for day in passed)
    return {
        RefusalCode.IN_THE_PAST: start < NOW,
        RefusalCode.TOO_SOON: worked < lead and not wish.noticed,
        RefusalCode.TOO_FAR: any(first > TODAY + timedelta(days=line.policy.horizon_days) for line in lines),
        RefusalCode.PICKUP_CLOSED: not seen_from_the_street(wish.pickup, start) and not wish.handed_out,
        RefusalCode.RETURN_CLOSED: not seen_from_the_street(wish.back, end),
        RefusalCode.PICKUP_FULL: seen_from_the_street(wish.pickup, start) and is_full(wish.pickup),
        RefusalCode.RETURN_FULL: seen_from_the_street(wish.back, end) and is_full(wish.back, comes_twice(wish)),
        RefusalCode.NOT_OFFICER: not wish.may_act,
    }


def is_full(desk, before=0):
    return desk.most is not None and desk.agreed + before >= desk.most


def comes_twice(wish):
    """Both ends of the loan while one desk is open on one day: which it is once a day here."""
    if not seen_from_the_street(wish.pickup, wish.period.start):
        return False
    return wish.same_desk and wish.period.start.astimezone(PARIS).date() == wish.period.end.astimezone(PARIS).date()


def about_one_thing(wish, line):
    policy, days = line.policy, ticked_off(wish, line.policy.closed_days)
    first, last = (moment.astimezone(PARIS).date() for moment in (wish.period.start, wish.period.end))
    inside = [first + timedelta(days=n) for n in range(1, (last - first).days)]
    most, most_days = policy.max_units_per_person, policy.max_days_in_period
    had = most_in_a_row(days, line.other_loans, policy.fair_use_period_days)
    return {
        RefusalCode.TOO_SHORT: wish.period.start + policy.min_minutes * MINUTE > wish.period.end,
        RefusalCode.TOO_LONG: len(days) > policy.max_days,
        RefusalCode.SPANS_CLOSED: not policy.span_closed and not all(is_open(wish.pickup, d.weekday()) for d in inside),
        RefusalCode.NOT_ENOUGH: line.free < line.units and wish.period.end > NOW,
        RefusalCode.TOO_MANY_UNITS: most is not None and line.held + line.units > most,
        RefusalCode.TOO_MANY_DAYS: most_days is not None and had > most_days,
        RefusalCode.NOT_CERTIFIED: not policy.requires <= set(line.certified),
    }


@settings(max_examples=300)
@given(wishes())
def test_each_reason_is_told_if_and_only_if_it_holds(wish):
    expected = [(code, None) for code, holds in about_the_desks(wish).items() if holds]
    for line in wish.lines:
        expected += [(code, line.equipment) for code, holds in about_one_thing(wish, line).items() if holds]
    expected += [(RefusalCode.NOT_LENT_HERE, slug) for slug in wish.not_lent]
    told = [(reason.code, reason.values.get("equipment")) for reason in refusals(wish)]
    assert sorted(told, key=str) == sorted(expected, key=str)
    about_the_borrower = {
        *("too_short", "too_long", "spans_closed", "too_many_units", "too_many_days"),
        *("not_certified", "not_officer"),
    }
    again = [(reason.code, reason.values.get("equipment")) for reason in refusals_on_approval(wish)]
    assert again == [reason for reason in told if reason[0] in about_the_borrower]


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


def test_a_refusal_names_no_opening_that_would_be_too_late_or_too_soon():
    weekend = {"calendar": MONDAY_TO_FRIDAY, "closed_days": ClosedDays.ALL}
    too_long = only(asked("2026-11-20T10:00", "2026-11-21T10:00", max_days=3, **weekend))
    assert [window.start for window in too_long.values["next"]] == [instant("2026-11-23T09:00")]
    too_far = only(asked("2026-11-28T10:00", "2026-11-30T10:00", horizon_days=10, calendar=MONDAY_TO_FRIDAY))
    assert [window.start for window in too_far.values["next"]] == [instant("2026-11-30T09:00")]
    too_soon = asked("2026-11-21T10:00", "2026-11-24T10:00", lead_days=2, calendar=MONDAY_TO_FRIDAY)
    closed = next(reason for reason in refusals(too_soon) if reason.code == "pickup_closed")
    assert [window.start for window in closed.values["next"]] == [
        instant(f"2026-11-{day}T09:00") for day in (24, 25, 26)
    ]


def test_a_refusal_names_openings_beyond_the_first_where_those_would_not_do():
    late = asked("2026-11-21T10:00", "2026-12-05T10:00", lead_days=5, calendar=MONDAY_TO_FRIDAY, max_days=30)
    closed = next(reason for reason in refusals(late) if reason.code == "pickup_closed")
    assert [window.start for window in closed.values["next"]] == [
        instant(f"2026-11-{day}T09:00") for day in (27, 30)
    ] + [instant("2026-12-01T09:00")]


def test_a_loan_that_would_end_too_early_at_an_opening_goes_on_in_it():
    early = asked("2026-11-20T10:00", "2026-11-21T10:00", min_minutes=3 * 24 * 60, calendar=MONDAY_TO_FRIDAY)
    closed = next(reason for reason in refusals(early) if reason.code == "return_closed")
    assert closed.values["next"][0].start == instant("2026-11-23T09:00")


def test_no_opening_is_named_that_comes_after_closed_days_over_which_nothing_is_lent():
    asked_for = asked("2026-11-20T10:00", "2026-11-21T10:00", span_closed=False, calendar=MONDAY_TO_FRIDAY)
    assert only(asked_for).values["next"] == []


@settings(max_examples=300)
@given(wishes())
def test_openings_that_a_refusal_names_would_do_and_those_before_them_would_not(wish):
    for reason in refusals(wish):
        if reason.code not in (RefusalCode.PICKUP_CLOSED, RefusalCode.RETURN_CLOSED):
            continue
        at_pickup = reason.code is RefusalCode.PICKUP_CLOSED
        desk = (wish.pickup if at_pickup else wish.back).calendar
        instant = wish.period.start if at_pickup else wish.period.end
        amiss = {"too_soon", "too_far"} if at_pickup else {"too_long", "spans_closed"}
        done = []
        for window in desk.next_windows(max(instant, wish.now), 20):
            at = Period(window.start, window.end) if at_pickup else Period(wish.period.start, window.start)
            told = {reason.code for article in ARTICLES for reason in article(replace(wish, period=at))}
            done += [] if amiss & told else [window]
        assert reason.values["next"] == done[:3]


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
