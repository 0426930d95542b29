"""A borrower's loans in their own calendar program, which fetches them at a secret address."""

import pytest
from icalendar import Calendar

from equipment_lending.models import Loan
from equipment_lending.terms import LoanState
from portal.people.services.calendars import CalendarTokens
from tests.factories import lending, people

EVERYBODYS = {"Accept-Language": "fr"}  # what a calendar program says is not what its reader wants


@pytest.fixture
def nolwenn(session):
    return people.person(session, language="en")


@pytest.fixture
def stock(session):
    return lending.stock(session, units=3)


@pytest.fixture
def loan(session, stock, nolwenn):
    return lending.loan(session, stock, "2026-11-03T10:00", "2026-11-05T18:00", units=2, borrower=nolwenn)


@pytest.fixture
def diary(browse, session, nolwenn):
    """What the calendar program reads, each time it is called."""
    address = f"/calendar/{CalendarTokens(session).rotate(nolwenn)}.ics"
    session.flush()
    return lambda: Calendar.from_ical(browse.get(address, headers=EVERYBODYS).body).events


def test_a_loan_is_in_it_with_what_when_where_and_the_number_to_say(diary, loan):
    (event,) = diary()
    assert (event["UID"], event["STATUS"]) == (f"{loan.id}@loans", "CONFIRMED")
    assert (event["SUMMARY"], event["DESCRIPTION"]) == ("2 × Field recorder", loan.number)
    assert (event.start, event.end) == (loan.pickup_at, loan.return_at)
    assert event["LOCATION"] == "Maison de quartier de Lambézellec, 4 rue de Roscoff, Brest"
    assert str(event["URL"]) == f"http://localhost/loans/{loan.id}"


def test_a_loan_that_lasts_longer_is_the_same_appointment_a_step_further(browse, diary, loan, nolwenn):
    (before,) = diary()
    form = people.signed_in(browse, nolwenn).get(f"/loans/{loan.id}/extend").forms["extend"]
    form["return"], form["return_time"] = "2026-11-06", "12:00"
    form.submit(status=303)
    (after,) = diary()
    assert (after["UID"], after["SEQUENCE"]) == (before["UID"], before["SEQUENCE"] + 1)
    assert (after.start, after.end) == (before.start, lending.instant("2026-11-06T12:00"))


def test_a_loan_that_is_called_off_stays_in_it_and_says_so(browse, diary, loan, nolwenn):
    (before,) = diary()
    people.signed_in(browse, nolwenn).get(f"/loans/{loan.id}").forms["cancel"].submit(status=303)
    (after,) = diary()
    assert (after["UID"], after["STATUS"]) == (before["UID"], "CANCELLED")
    assert after["SEQUENCE"] > before["SEQUENCE"]


@pytest.mark.parametrize("ended", [LoanState.REJECTED, LoanState.NO_SHOW])
def test_what_came_to_nothing_is_not_expected_any_more(session, diary, loan, ended):
    session.get_one(Loan, loan.id).state = ended
    session.flush()
    assert [event["STATUS"] for event in diary()] == ["CANCELLED"]


def test_it_holds_ones_own_loans_alone_by_pick_up_and_not_those_of_long_ago(session, diary, stock, nolwenn, loan):
    lending.loan(session, stock, "2026-11-03T10:00", "2026-11-05T18:00")
    given = {"borrower": nolwenn, "state": LoanState.CLOSED}
    lately = lending.loan(session, stock, "2026-09-01T10:00", "2026-09-02T10:00", **given)
    lending.loan(session, stock, "2026-05-01T10:00", "2026-05-02T10:00", **given)
    assert [event["UID"] for event in diary()] == [f"{lately.id}@loans", f"{loan.id}@loans"]
