"""Every letter of lending, as its reader gets it."""

import re
from pathlib import Path

import pytest
from icalendar import Calendar
from sqlalchemy import select

import equipment_lending
from equipment_lending.rules.changed_hours import ClosedEnd
from equipment_lending.services.letters import Letters
from equipment_lending.tasks import remind
from equipment_lending.terms import End, LoanState, Period, WaitlistState
from portal.mail.models import OutgoingMail
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


# In French ----------------------------------------------------------------------------------------------------------

SUBJECTS = {
    "at_risk": "Emprunt {number} : il manquera peut-être quelque chose",
    "awaited": "Emprunt {number} en retard : quelqu’un en a besoin",
    "hours_changed": "Emprunt {number} : le comptoir a changé ses horaires",
    "loan_cancelled": "Votre emprunt {number} est annulé",
    "loan_changed": "Le prêt {number} est modifié",
    "loan_confirmed": "Votre emprunt {number} est confirmé",
    "loan_extended": "Vous pouvez garder l’emprunt {number} plus longtemps",
    "loan_kept": "Le prêt {number} reste comme convenu",
    "loan_rejected": "Votre demande {number} n’a pas pu être acceptée",
    "loan_requested": "Nous avons reçu votre demande {number}",
    "no_show": "L’emprunt {number} n’a pas été retiré",
    "offer": "C’est votre tour : Enregistreur de terrain",
    "offer_expired": "Plus gardé pour vous : Enregistreur de terrain",
    "offer_withdrawn": "Prêt finalement impossible : Enregistreur de terrain",
    "overdue": "En retard : merci de rapporter votre emprunt (Maison de quartier de Lambézellec)",
    "reminder": "À rapporter demain : Maison de quartier de Lambézellec",
}
ENGLISH = re.compile(r"\b(the|your|you|loan|pick-up|return|hello|desk|october|friday)\b", re.IGNORECASE)


@pytest.fixture
def letters(asking):
    return asking.find_service(Letters)


def only_letter(session):
    return session.scalars(select(OutgoingMail)).one()


def french(letter):
    """Return what a letter says, with plain spaces: in French, that of a colon or a question mark is a narrow one."""
    assert letter.language == "fr"
    text = re.sub(r"https?://\S+", "", letter.text)
    assert not ENGLISH.search(text)
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def event_of(letter):
    (event,) = Calendar.from_ical(letter.calendar).events
    return event


def test_every_letter_is_known_here():
    assert set(SUBJECTS) == {path.stem for path in FOLDER.glob("[!_]*.txt")}


@pytest.mark.parametrize("name", [Path(name).stem for name in ABOUT_ONE_LOAN])
def test_a_letter_is_written_in_french_with_the_dates_for_ones_calendar(session, letters, loan, name):
    loan.borrower.language = "fr"
    closed = [ClosedEnd(End.PICKUP, loan.pickup_at, (Period(loan.pickup_at, loan.return_at),))]
    letters.about(loan, name, closed=closed)
    letter = only_letter(session)
    text = french(letter)
    assert letter.subject == SUBJECTS[name].format(number=loan.number)
    assert text.startswith("Bonjour Nolwenn Le Goff,\n")
    assert "- 1 × Enregistreur de terrain\n" in text
    assert "Retrait : vendredi 30 octobre à 10:00, Maison de quartier de Lambézellec, 4 rue de Roscoff" in text
    assert "\n\nUne question ? Maison de quartier de Lambézellec : 02 98 00 10 01" in text
    event = event_of(letter)
    assert (event["SUMMARY"], event["DESCRIPTION"]) == ("Enregistreur de terrain", loan.number)
    assert (event.start, event.end) == (loan.pickup_at, loan.return_at)


@pytest.mark.parametrize("name", [Path(name).stem for name in ABOUT_WAITING])
def test_a_letter_about_waiting_is_written_in_french_with_the_dates_for_ones_calendar(session, letters, loan, name):
    until = {"state": WaitlistState.OFFERED, "offer_until": instant("2026-10-23T14:00")}
    who = people.person(session, language="fr")
    one = lending.waiting(session, loan.lines[0].stock, "2026-11-04T10:00", "2026-11-05T18:00", who=who, **until)
    letters.about_offer(one, name)
    letter = only_letter(session)
    text = french(letter)
    assert letter.subject == SUBJECTS[name]
    assert text.startswith("Bonjour Nolwenn Le Goff,\n")
    assert "\n\n- 1 × Enregistreur de terrain\n\nRetrait : mercredi 4 novembre à 10:00" in text
    event = event_of(letter)
    assert (event["SUMMARY"], event.start, event.end) == ("Enregistreur de terrain", one.pickup_at, one.return_at)


@pytest.mark.parametrize(("name", "now"), [("reminder", "2026-11-01T10:00"), ("overdue", "2026-11-03T10:00")])
def test_a_reminder_is_written_in_french_with_the_dates_for_ones_calendar(session, asking, clock, loan, name, now):
    loan.borrower.language, loan.state, clock.at = "fr", LoanState.OUT, instant(now)
    remind(asking, str(loan.borrower_id), str(loan.point_id))
    letter = only_letter(session)
    text = french(letter)
    assert letter.subject == SUBJECTS[name]
    assert text.startswith("Bonjour Nolwenn Le Goff,\n")
    assert f"\nEmprunt {loan.number}, à rendre le lundi 2 novembre à 18:00\n- Enregistreur de terrain" in text
    assert event_of(letter).end == loan.return_at


def test_what_is_called_off_is_taken_out_of_ones_calendar(session, letters, loan):
    letters.about(loan, "loan_confirmed")
    loan.state, loan.revision = LoanState.CANCELLED, loan.revision + 1
    letters.about(loan, "loan_cancelled")
    before, after = map(event_of, session.scalars(select(OutgoingMail).order_by(OutgoingMail.subject.desc())))
    assert (before["UID"], before["STATUS"], after["STATUS"]) == (after["UID"], "CONFIRMED", "CANCELLED")
    assert after["SEQUENCE"] > before["SEQUENCE"]
