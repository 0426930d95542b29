"""Every letter of lending, as its reader gets it."""

from pathlib import Path

import pytest

import equipment_lending
from equipment_lending.rules.changed_hours import ClosedEnd
from equipment_lending.terms import End, LoanState, Period, WaitlistState
from portal.mail.services import Outbox
from tests.factories import lending, people
from tests.factories.lending import instant

FOLDER = Path(equipment_lending.__file__).parent / "templates/equipment_lending/mail"
ABOUT_WAITING = sorted(path.name for path in FOLDER.glob("offer*.txt"))
ABOUT_ONE_LOAN = sorted(
    path.name for path in FOLDER.glob("[!_]*.txt") if path.name not in ("reminder.txt", "overdue.txt", *ABOUT_WAITING)
)


@pytest.fixture
def loan(session):
    point = lending.point(session, phone="02 98 00 10 01", email="lambezellec@communs.example")
    borrower = people.person(session, language="en")
    loan = lending.loan(
        session, lending.stock(session, at=point), "2026-10-30T10:00", "2026-11-02T18:00", borrower=borrower
    )
    lending.custody(session, loan.lines[0])
    return loan


def written(asking, loan, name):
    template = f"equipment_lending:templates/equipment_lending/mail/{name}"
    closed = [ClosedEnd(End.PICKUP, loan.pickup_at, (Period(loan.pickup_at, loan.return_at),))]
    values = {"loan": loan, "point": loan.point, "late": [loan], "tomorrow": [loan], "closed": closed}
    return asking.find_service(Outbox).send(loan.borrower, template, **values)


@pytest.mark.parametrize("name", ABOUT_ONE_LOAN)
def test_a_letter_says_what_when_where_and_whom_to_ask(asking, loan, name):
    letter = written(asking, loan, name)
    assert loan.number in letter.subject
    assert "- 1 × Field recorder\n" in letter.text
    assert "Friday 30 October, 10:00" in letter.text
    assert "4 rue de Roscoff, Brest" in letter.text
    assert (
        "\n\nQuestions? Ask Maison de quartier de Lambézellec: 02 98 00 10 01, lambezellec@communs.example\n"
        in letter.text
    )


@pytest.mark.parametrize("name", ABOUT_WAITING)
def test_a_letter_about_waiting_says_for_what_and_where_to_answer(asking, session, loan, name):
    stock = loan.lines[0].stock
    until = {"state": WaitlistState.OFFERED, "offer_until": instant("2026-10-23T14:00")}
    one = lending.waiting(session, stock, "2026-10-30T10:00", "2026-11-02T18:00", who=loan.borrower, **until)
    template = f"equipment_lending:templates/equipment_lending/mail/{name}"
    values = {"entry": one, "person": one.person, "point": stock.point}
    letter = asking.find_service(Outbox).send(one.person, template, **values)
    assert "Field recorder" in letter.subject
    assert "\n\n- 1 × Field recorder\n\nPick-up: Friday 30 October, 10:00" in letter.text
    where = f"/equipment/{stock.model.slug}" if name == "offer_expired.txt" else "/loans#waiting"
    assert f"http://localhost{where}\n" in letter.text
    assert ("until Friday 23 October, 14:00." in letter.text) is (name == "offer.txt")


@pytest.mark.parametrize("name", ["reminder.txt", "overdue.txt"])
def test_a_reminder_names_the_things_by_their_tags(asking, loan, name):
    letter = written(asking, loan, name)
    assert f"- Field recorder ({loan.lines[0].custodies[0].item.asset_tag})\n" in letter.text
    assert f"http://localhost/loans/{loan.id}" in letter.text


def test_a_reminder_says_how_many_of_a_lot_are_still_out(asking, session, loan):
    loan.lines[0].custodies[0].units = 2
    letter = written(asking, loan, "overdue.txt")
    assert f"- Field recorder ({loan.lines[0].custodies[0].item.asset_tag}) × 2\n" in letter.text


def test_the_reason_for_a_no_is_in_the_letter(asking, loan):
    loan.state, loan.reason = LoanState.REJECTED, "La caméra part en révision."
    assert "\n\nLa caméra part en révision.\n" in written(asking, loan, "loan_rejected.txt").text


def test_markup_in_what_people_wrote_stays_as_it_is(asking, loan):
    loan.reason = "<b>1 < 2 & 3</b>"
    assert "<b>1 < 2 & 3</b>" in written(asking, loan, "loan_cancelled.txt").text
