"""A calendar program reads somebody's diary at its secret address."""

from datetime import UTC, datetime

import icalendar
import pytest

from portal.people.services.calendars import CalendarTokens
from portal.ports.agenda import Agenda, Appointment
from tests.conftest import NOW
from tests.factories import people


class OneLoan:
    """A diary with one loan in it, for everybody."""

    def appointments(self, person_id, since):
        start, end = datetime(2026, 10, 24, 8, 0, tzinfo=UTC), datetime(2026, 10, 26, 8, 0, tzinfo=UTC)
        return [Appointment("loan-1", 2, "Caméra", start, end, "Europe/Paris", "", "", "/loans/1", True, NOW)]


@pytest.fixture
def one_loan(config):
    before = config.registry.answers.get(Agenda)
    config.registry.answers[Agenda] = [lambda _request: OneLoan()]
    yield
    config.registry.answers[Agenda] = before or []


@pytest.fixture
def tokens(session):
    return CalendarTokens(session)


@pytest.mark.usefixtures("one_loan")
def test_the_feed_has_all_that_is_in_the_diary(browse, session, tokens):
    who = people.person(session, language="en")
    answer = browse.get(f"/calendar/{tokens.rotate(who)}.ics")
    (event,) = icalendar.Calendar.from_ical(answer.body).events
    assert answer.content_type == "text/calendar"
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == ("loan-1", 2, "CANCELLED")
    assert str(event["URL"]) == "http://localhost/loans/1"
    assert "My loans and sessions" in answer.text


@pytest.mark.usefixtures("one_loan")
def test_nothing_is_sent_twice_and_no_shared_cache_keeps_it(browse, session, tokens):
    address = f"/calendar/{tokens.rotate(people.person(session))}.ics"
    first = browse.get(address)
    assert "private" in first.headers["Cache-Control"]
    browse.get(address, headers={"If-None-Match": first.headers["ETag"]}, status=304)


def test_the_address_stays_until_it_is_changed(browse, session, tokens):
    who = people.person(session)
    former = tokens.rotate(who)
    browse.get(f"/calendar/{former}.ics", status=200)
    assert tokens.rotate(who) != former
    browse.get(f"/calendar/{former}.ics", status=404)
    browse.get(f"/calendar/{who.calendar_token}.ics", status=200)


@pytest.mark.parametrize("token", ["", "x", "None", "%00", "../../etc"])
def test_an_address_that_is_nobodys_is_not_there(browse, session, token):
    people.person(session)
    assert browse.get(f"/calendar/{token}.ics", status="*").status_int in (400, 404)
