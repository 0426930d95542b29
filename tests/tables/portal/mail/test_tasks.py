"""Letters from the outbox to a mail server of the tests' own, with real commits."""

import socket
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default as readable

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.clock import StoppedClock
from portal.db.session import working_request
from portal.jobs.models import Job
from portal.jobs.worker import Worker
from portal.mail.models import OutgoingMail
from portal.mail.post import post_of
from portal.mail.services import Outbox
from portal.mail.tasks import forget
from tests.conftest import DATABASES, NOW
from tests.factories import people
from tests.houses import own_registry, own_settings, own_url

pytestmark = pytest.mark.whole

TRIAL = "portal:templates/portal/mail/trial.txt"


class Sink:
    """A mail server that keeps what it gets, or answers as it is told."""

    def __init__(self):
        self.messages = []
        self.answer = "250 kept"

    async def handle_DATA(self, server, session, envelope):
        if self.answer.startswith("250"):
            self.messages.append(message_from_bytes(envelope.content, policy=readable))
        return self.answer

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("gone"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 known"


@pytest.fixture
def sink():
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=0)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        controller.port = probe.getsockname()[1]
    controller.start()
    sink.url = f"smtp://127.0.0.1:{controller.port}"
    yield sink
    controller.stop()


@pytest.fixture(scope="module", params=DATABASES)
def house(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("mail")
    registry = own_registry(own_settings(own_url(request.param, folder), folder, mail_from="portail@communs.example"))
    yield registry
    registry.engine.dispose()


@pytest.fixture
def registry(house, sink, tmp_path):
    """The house, its clock standing still, its post going to the sink."""
    house.clock = StoppedClock(NOW)
    house.post = post_of(replace(house.portal_settings, smtp_url=sink.url))
    with Session(house.engine) as session, session.begin():
        session.query(Job).delete()
        session.query(OutgoingMail).delete()
    return house


def write(registry, **given):
    """Write a letter to somebody and commit."""
    with working_request(registry) as request:
        person = people.person(request.db, **given)
        request.find_service(Outbox).send(person, TRIAL, name=person.name)


def letters(registry):
    with Session(registry.engine) as session:
        return session.scalars(select(OutgoingMail)).all()


def job(registry):
    with Session(registry.engine) as session:
        return session.scalars(select(Job).where(Job.kind == "mail.send")).one()


def work(registry):
    registry.tasks = {"mail.send": registry.tasks["mail.send"]}
    return Worker(registry).run_once()


def test_a_letter_is_sent_once_in_its_readers_language(registry, sink):
    write(registry, name="Zoé Ar Gall", language="en")

    assert work(registry) == 1
    assert work(registry) == 0
    [read] = sink.messages
    assert read["Subject"] == "A test e-mail: Les communs"
    assert read["To"].addresses[0].display_name == "Zoé Ar Gall"
    assert read["From"].addresses[0].addr_spec == "portail@communs.example"
    assert "http://localhost:6543/admin/jobs" in read.get_body().get_content()
    assert "Hello Zoé Ar Gall" in read.get_body().get_content()
    assert letters(registry)[0].sent_at == NOW


def test_a_letter_of_a_transaction_that_fails_is_never_sent(registry, sink):
    with pytest.raises(LookupError), working_request(registry) as request:  # noqa: PT012 the letter comes first
        request.find_service(Outbox).send("zoe@example.org", TRIAL, name="Zoé")
        raise LookupError

    assert work(registry) == 0
    assert letters(registry) == []


def test_who_has_no_address_gets_no_letter(registry):
    with working_request(registry) as request:
        person = people.person(request.db, email=None)
        assert request.find_service(Outbox).send(person, TRIAL, name="x") is None


def test_a_mail_server_that_is_busy_is_asked_again(registry, sink):
    write(registry)
    sink.answer = "451 come back later"
    work(registry)
    assert job(registry).given_up_at is None

    sink.answer = "250 kept"
    registry.clock.at += timedelta(minutes=1)
    work(registry)
    assert len(sink.messages) == 1


def test_a_mail_server_that_is_away_is_asked_again(registry, sink):
    write(registry)
    working, registry.post = registry.post, post_of(replace(registry.portal_settings, smtp_url="smtp://127.0.0.1:1"))
    work(registry)
    assert (job(registry).given_up_at, job(registry).attempts) == (None, 1)

    registry.post = working
    registry.clock.at += timedelta(minutes=1)
    work(registry)
    assert len(sink.messages) == 1


@pytest.mark.parametrize(
    ("email", "answer"),
    [("gone@example.org", "250 kept"), ("zoe@example.org", "554 no"), ("é@example.org", "250 kept")],
)
def test_a_refusal_for_good_is_given_up_and_says_no_address(registry, sink, email, answer):
    sink.answer = answer
    with working_request(registry) as request:
        request.find_service(Outbox).send(email, TRIAL, name="Zoé")
    work(registry)

    assert job(registry).given_up_at == NOW
    assert "@" not in job(registry).error
    assert letters(registry)[0].sent_at is None


def test_nobody_who_was_erased_since_is_written_to(registry, sink):
    with working_request(registry) as request:
        person = people.person(request.db)
        request.find_service(Outbox).send(person, TRIAL, name="x")
        people.forget(person)
    work(registry)

    assert sink.messages == []
    assert job(registry).finished_at == NOW


def test_letters_are_forgotten_after_ninety_days(registry):
    write(registry)
    registry.clock.at += timedelta(days=91)
    with working_request(registry) as request:
        forget(request)
    assert letters(registry) == []


def test_while_one_develops_letters_become_files(registry, tmp_path):
    registry.post = post_of(replace(registry.portal_settings, data=tmp_path))
    write(registry, name="Zoé")
    work(registry)

    [file] = (tmp_path / "mail").glob("*.eml")
    assert message_from_bytes(file.read_bytes(), policy=readable)["To"].addresses[0].display_name == "Zoé"
