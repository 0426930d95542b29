"""Lending in words: nothing the charter can say, and no state a loan can be in, is left without."""

from datetime import date, time

import pytest

from equipment_lending.rules.policy import Policy
from equipment_lending.terms import (
    Approval,
    ClosedDays,
    Condition,
    Hours,
    LoanState,
    Period,
    Refusal,
    RefusalCode,
    WeeklyWindow,
)
from equipment_lending.views.words import (
    APPROVALS,
    CLOSED_DAYS,
    CONDITIONS,
    STATES,
    condition_words,
    next_words,
    opening_words,
    sentence,
    state_words,
)
from portal.i18n import speaking
from tests.factories import lending

NOON = lending.instant("2026-11-03T12:00")
WINDOW = Period(NOON, lending.instant("2026-11-03T18:00"))

VALUES = {
    "allowed": 3,
    "asked": 5,
    "day": date(2026, 11, 1),
    "days": 9,
    "earliest": NOON,
    "equipment": "enregistreur",
    "free": 2,
    "held": 1,
    "item": "BR-0042",
    "kit": "BR-0040",
    "latest": date(2027, 11, 1),
    "left": 1,
    "loans": ["XK4F7PQ"],
    "minutes": 20,
    "missing": ["prise-de-son"],
    "next": [WINDOW],
    "out": 4,
    "period_days": 30,
    "slug": "lambezellec",
    "state": LoanState.CANCELLED,
    "used": 2,
    "window": WINDOW,
}


@pytest.fixture
def english(asking):
    with speaking(asking, "en") as request:
        yield request


@pytest.mark.parametrize("code", RefusalCode)
def test_every_reason_has_a_sentence_that_leaves_nothing_unsaid(english, code):
    said = sentence(Refusal(code, VALUES), english, "Europe/Paris")
    assert said.endswith(".")
    assert "$" not in said
    assert "_" not in said


@pytest.mark.parametrize(
    ("code", "values", "said"),
    [
        (
            RefusalCode.NOT_ENOUGH,
            {"free": 0},
            "None is free all that time. Choose other days, or another lending point.",
        ),
        (RefusalCode.NOT_ENOUGH, {"free": 1}, "Only one is free all that time. Choose fewer, or other days."),
        (RefusalCode.NOT_ENOUGH, {"free": 4}, "Only 4 are free all that time. Choose fewer, or other days."),
        (
            RefusalCode.NOT_OFFICER,
            {"organisation": "Son’ar Mein"},
            "The borrower may not, or no longer, act for Son’ar Mein.",
        ),
        (RefusalCode.TOO_SOON, {"days": 1, "earliest": None}, "The desk needs 1 working day to get it ready."),
        (RefusalCode.PICKUP_CLOSED, {"next": []}, "The desk is closed then, on Sunday 1 November."),
        (RefusalCode.TOO_MANY_UNITS, {"held": 0}, "One person can have 3 at a time."),
        (
            RefusalCode.TOO_MANY_DAYS,
            {"allowed": 3, "used": 2, "period_days": 30, "loans": ["K7M3PQR", "held-1", "held-2"]},
            "So that everybody gets a turn, one person can have these for 3 days within 30 days. "
            "Of these, 1 day is left then. Counted: K7M3PQR, what is held for you.",
        ),
    ],
)
def test_a_reason_says_its_numbers(english, code, values, said):
    assert sentence(Refusal(code, VALUES | values), english, "Europe/Paris") == said


def test_times_are_said_by_the_clock_of_the_point(english):
    refusal = Refusal(RefusalCode.TOO_SOON, {"days": 2, "earliest": NOON})
    assert "12:00" in sentence(refusal, english, "Europe/Paris")
    assert "8:00" in sentence(refusal, english, "America/Cayenne")


def test_every_value_of_the_vocabulary_has_words():
    assert set(STATES) == set(LoanState)
    assert set(CONDITIONS) == set(Condition)
    assert set(CLOSED_DAYS) == set(ClosedDays)
    assert set(APPROVALS) == set(Approval)


@pytest.mark.parametrize("state", LoanState)
@pytest.mark.parametrize("now", ["2026-10-01T12:00", "2026-11-04T12:00", "2026-12-01T12:00"])
def test_every_state_says_what_happens_now(session, english, state, now):
    stock = lending.stock(session)
    loan = lending.loan(session, stock, "2026-11-03T10:00", "2026-11-05T18:00", state=state)
    for said in (state_words(loan, lending.instant(now), english)[0], next_words(loan, lending.instant(now), english)):
        assert said
        assert "$" not in said


def test_part_of_a_loan_is_said_to_be_part(session, english):
    stock = lending.stock(session, units=2)
    given = {"units": 2, "state": LoanState.OUT}
    loan = lending.loan(session, stock, "2026-11-03T10:00", "2026-11-05T18:00", **given)
    loan.lines[0].claims[0].units = 1
    custody = lending.custody(session, loan.lines[0])
    session.refresh(loan.lines[0])
    assert state_words(loan, NOON, english)[0] == "partly picked up"
    custody.in_at = NOON
    assert state_words(loan, NOON, english)[0] == "partly returned"


def test_what_is_due_today_is_late_by_the_hour_and_then_by_the_day(session, english):
    stock = lending.stock(session)
    loan = lending.loan(session, stock, "2026-11-03T10:00", "2026-11-05T18:00", state=LoanState.OUT)
    lending.custody(session, loan.lines[0])
    session.refresh(loan.lines[0])
    said = [
        state_words(loan, lending.instant(now), english)[0]
        for now in ("2026-11-05T18:00", "2026-11-05T18:01", "2026-11-06T09:00", "2026-11-08T00:00")
    ]
    assert said == ["borrowed", "late since today", "1 day late", "3 days late"]


def test_a_week_is_said_in_runs_of_days(english):
    mornings, afternoons = Hours(time(10), time(12)), Hours(time(14), time(0))
    weekly = [WeeklyWindow(day, hours) for day in (1, 2, 3) for hours in (afternoons, mornings)]
    weekly += [WeeklyWindow(5, mornings), WeeklyWindow(6, mornings)]
    assert [(days, hours.replace("\u202f", " ")) for days, hours in opening_words(weekly, english)] == [
        ("Tuesday to Thursday", "10:00–12:00, 14:00–00:00"),
        ("Saturday and Sunday", "10:00–12:00"),
    ]


def test_conditions_say_only_what_holds(english):
    plain = condition_words(Policy(), english)
    assert plain[0] == "For 30 days at most."
    assert plain[-1] == "Confirmed at once."
    strict = condition_words(
        Policy(
            min_minutes=30,
            lead_days=1,
            max_units_per_person=1,
            max_days_in_period=14,
            span_closed=False,
            whole_days=True,
            requires=frozenset({"prise-de-son"}),
            approval=Approval.MANUAL,
        ),
        english,
    )
    assert set(strict) - set(plain) == {
        "Not over days on which the desk is closed.",
        "For 30 minutes at least.",
        "Lent by whole days: nobody else can have it on the day it is fetched or brought back.",
        "Ask at least one working day ahead.",
        "One at a time for each person.",
        "At most 14 days within 30 days for each person.",
        "Only with the training “prise de son”.",
        "The desk reads each request before it says yes.",
    }
