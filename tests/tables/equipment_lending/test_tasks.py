"""Reminders and loans nobody came for: once each, whenever and however often the worker looks."""

import pytest
from icalendar import Calendar
from sqlalchemy import select

from equipment_lending import tasks
from equipment_lending.terms import LoanState
from portal.jobs.models import Job
from portal.mail.models import OutgoingMail
from tests.factories import lending, people


@pytest.fixture
def point(session):
    return lending.point(session)


@pytest.fixture
def borrower(session):
    return people.person(session, language="en")


def out(session, point, borrower, until, **given):
    """A loan of one recorder that was picked up and is due at ``until``."""
    stock = lending.stock(session, at=point)
    loan = lending.loan(session, stock, "2026-10-20T10:00", until, borrower=borrower, state=LoanState.OUT, **given)
    lending.custody(session, loan.lines[0])
    return loan


def at(clock, wall):
    clock.at = lending.instant(wall)


def day_of_letters(asking):
    """Let the worker look twice, and do what it was asked to."""
    tasks.ask_for_reminders(asking)
    tasks.ask_for_reminders(asking)
    for job in asking.db.scalars(select(Job).where(Job.kind == "lending.remind")).all():
        tasks.remind(asking, **job.payload)
    return letters(asking.db)


def letters(session):
    return session.scalars(select(OutgoingMail).order_by(OutgoingMail.created_at)).all()


def jobs(session):
    return session.scalars(select(Job).where(Job.kind == "lending.remind")).all()


def test_the_day_before_it_is_due_one_letter_says_so(session, asking, clock, point, borrower):
    loan = out(session, point, borrower, "2026-10-23T18:00")
    at(clock, "2026-10-22T09:30")
    (letter,) = day_of_letters(asking)
    assert letter.subject == f"To bring back tomorrow to {point.name}"
    assert loan.number in letter.text
    assert loan.lines[0].custodies[0].item.asset_tag in letter.text


def test_several_loans_at_one_point_make_one_letter(session, asking, clock, point, borrower):
    loans = [out(session, point, borrower, "2026-10-23T18:00"), out(session, point, borrower, "2026-10-23T12:00")]
    at(clock, "2026-10-22T10:00")
    (letter,) = day_of_letters(asking)
    assert all(loan.number in letter.text for loan in loans)


def test_late_and_due_tomorrow_at_one_point_are_one_letter_too(session, asking, clock, point, borrower):
    late, due = out(session, point, borrower, "2026-10-21T18:00"), out(session, point, borrower, "2026-10-23T12:00")
    at(clock, "2026-10-22T10:00")
    (letter,) = day_of_letters(asking)
    assert letter.subject.startswith("Late")
    assert late.number in letter.text
    assert due.number in letter.text


def test_the_letters_of_the_morning_bring_the_dates_for_ones_own_calendar(session, asking, clock, point, borrower):
    late, due = out(session, point, borrower, "2026-10-21T18:00"), out(session, point, borrower, "2026-10-23T12:00")
    tomorrow = out(session, lending.point(session), borrower, "2026-10-23T12:00")
    at(clock, "2026-10-22T10:00")
    found = [Calendar.from_ical(letter.calendar).walk("VEVENT") for letter in day_of_letters(asking)]
    told = [{str(event["uid"]): event.decoded("dtend") for event in events} for events in found]
    assert {f"{late.id}@loans": late.return_at, f"{due.id}@loans": due.return_at} in told
    assert {f"{tomorrow.id}@loans": tomorrow.return_at} in told


def test_each_point_and_each_person_gets_a_letter_of_their_own(session, asking, clock, point, borrower):
    out(session, point, borrower, "2026-10-23T18:00")
    out(session, lending.point(session), borrower, "2026-10-23T18:00")
    out(session, point, people.person(session), "2026-10-23T18:00")
    at(clock, "2026-10-22T10:00")
    assert len(day_of_letters(asking)) == 3


def test_late_things_are_asked_for_once_on_each_day(session, asking, clock, point, borrower):
    out(session, point, borrower, "2026-10-20T18:00")
    for day in (21, 22, 23):
        for hour in ("09:00", "13:00", "20:00"):
            at(clock, f"2026-10-{day}T{hour}")
            tasks.ask_for_reminders(asking)
    assert len(jobs(session)) == 3


def test_nobody_is_written_to_before_nine_in_the_morning_there(session, asking, clock, point, borrower):
    out(session, point, borrower, "2026-10-23T18:00")
    at(clock, "2026-10-22T08:59")
    tasks.ask_for_reminders(asking)
    assert jobs(session) == []


def test_on_the_day_it_is_due_and_two_days_before_nobody_is_bothered(session, asking, clock, point, borrower):
    out(session, point, borrower, "2026-10-23T18:00")
    for moment in ("2026-10-21T12:00", "2026-10-23T12:00", "2026-10-23T19:00"):
        at(clock, moment)
        tasks.ask_for_reminders(asking)
    assert jobs(session) == []


def test_what_came_back_before_the_letter_is_written_is_not_asked_for(session, asking, clock, point, borrower):
    loan = out(session, point, borrower, "2026-10-21T18:00")
    at(clock, "2026-10-22T10:00")
    tasks.ask_for_reminders(asking)
    custody = loan.lines[0].custodies[0]
    custody.in_at = clock.now()
    session.flush()
    for job in jobs(session):
        tasks.remind(asking, **job.payload)
    assert letters(session) == []


def test_the_day_before_the_clocks_go_back_is_the_day_before(session, asking, clock, point, borrower):
    out(session, point, borrower, "2026-10-25T12:00")
    at(clock, "2026-10-24T10:00")
    tasks.ask_for_reminders(asking)
    assert len(jobs(session)) == 1


def test_a_loan_nobody_came_for_is_free_again_and_its_borrower_told(session, asking, clock, point, borrower):
    stock = lending.stock(session, at=point)
    loan = lending.loan(session, stock, "2026-10-22T10:00", "2026-10-24T10:00", borrower=borrower)
    at(clock, "2026-10-22T20:30")
    tasks.expire(asking)
    assert loan.state is LoanState.CONFIRMED
    at(clock, "2026-10-22T21:00")
    tasks.expire(asking)
    tasks.expire(asking)
    assert loan.state is LoanState.NO_SHOW
    assert [letter.subject for letter in letters(session)] == [f"Loan {loan.number} was not picked up"]


def test_a_request_nobody_decided_on_in_time_is_declined_with_regret(session, asking, clock, point, borrower):
    stock = lending.stock(session, at=point)
    asked = {"borrower": borrower, "state": LoanState.REQUESTED}
    loan = lending.loan(session, stock, "2026-10-22T10:00", "2026-10-24T10:00", **asked)
    at(clock, "2026-10-22T10:01")
    tasks.expire(asking)
    assert loan.state is LoanState.REJECTED
    (letter,) = letters(session)
    assert "We are sorry" in letter.text


def test_the_work_is_asked_for_by_the_clock(config):
    assert {"lending.reminders", "lending.expire", "lending.look"} <= {
        kind for kind, task in config.registry.tasks.items() if task.every
    }
