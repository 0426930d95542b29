from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.mail.letters import parted
from portal.mail.message import Envelope, UnusableAddress, message, one_line

ENVELOPE = Envelope(
    id=UUID(int=1),
    to="zoe@example.org",
    name="Zoé Ar Gall, « la Brestoise »",
    language="fr",
    subject="Votre réservation : caméra",
    text="Bonjour Zoé,\n\nÀ jeudi.\n",
    calendar=None,
    created_at=datetime(2026, 10, 22, 12, 0, tzinfo=UTC),
)


def arrived(envelope):
    """The message as a mail program reads it."""
    made = message(envelope, sender="portail@communs.example", sender_name="Les communs", host="communs.example")
    return message_from_bytes(made.as_bytes(), policy=SMTP)


def test_a_letter_arrives_as_it_was_written():
    read = arrived(ENVELOPE)

    assert read["Subject"] == ENVELOPE.subject
    assert read["To"].addresses[0].display_name == ENVELOPE.name
    assert read["From"].addresses[0].addr_spec == "portail@communs.example"
    assert read["Date"].datetime == ENVELOPE.created_at
    assert read["Auto-Submitted"] == "auto-generated"
    assert read.get_body().get_content().splitlines() == ENVELOPE.text.splitlines()


def test_a_second_copy_has_the_same_id():
    assert arrived(ENVELOPE)["Message-ID"] == arrived(ENVELOPE)["Message-ID"]


def test_a_calendar_comes_as_an_attachment_with_its_method():
    calendar = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Caméra\r\nEND:VCALENDAR\r\n"
    [part] = list(arrived(replace(ENVELOPE, calendar=calendar)).iter_attachments())

    assert part.get_content_type() == "text/calendar"
    assert part.get_param("method") == "REQUEST"
    assert part.get_filename() == "agenda.ics"
    assert part.get_payload(decode=True).decode() == calendar


def test_a_domain_with_accents_is_written_in_ascii():
    assert arrived(replace(ENVELOPE, to="zoe@kêrvegan.example"))["To"].addresses[0].domain == "xn--krvegan-jya.example"


def test_no_line_is_too_long_for_a_mail_server():
    long = replace(ENVELOPE, text="é" * 5000, subject="long " * 300)
    made = message(long, sender="a@b.example", sender_name="x", host="b.example")
    assert max(map(len, made.as_bytes().split(b"\r\n"))) <= 998


@pytest.mark.parametrize(
    "to", ["", "nobody", "a b@example.org", "a@", "é@example.org", "a@b.example\r\nBcc: c@d.example"]
)
def test_an_address_that_is_none_is_refused(to):
    with pytest.raises(UnusableAddress):
        message(replace(ENVELOPE, to=to), sender="a@b.example", sender_name="x", host="b.example")


words = st.text(max_size=80)


@given(name=words, subject=words, text=st.text(max_size=300))
def test_nothing_that_is_put_into_a_letter_becomes_a_header(name, subject, text):
    read = arrived(replace(ENVELOPE, name=name, subject=subject, text=text))

    usual = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language"}
    assert set(read.keys()) <= usual | {"MIME-Version", "Content-Type", "Content-Transfer-Encoding"}
    assert len(read["To"].addresses) == 1
    assert "\n" not in one_line(subject)


@given(words, words)
def test_the_subject_of_a_letter_is_one_line_whatever_was_put_into_it(subject, text):
    written = parted(f"Subject: {subject} \n\n{text}", "fr")

    assert written.subject == one_line(written.subject)
    assert "\n" not in written.subject


def test_a_letter_without_a_subject_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="Subject"):
        parted("Good day", "en")
