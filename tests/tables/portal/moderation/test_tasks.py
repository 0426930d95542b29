"""One letter a day to each who moderates, as long as something waits for them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.jobs.models import Job
from portal.mail.models import OutgoingMail
from portal.moderation.models import Flag
from portal.moderation.tasks import ask_for_digests, digest, forget
from portal.people.terms import Role
from portal.ports.moderation import Moderated
from tests.conftest import NOW
from tests.factories import moderation as things
from tests.factories import people


@pytest.fixture(autouse=True)
def board(config, monkeypatch):
    monkeypatch.setitem(config.registry.answers, Moderated, [lambda request: things.Noticeboard(request.db)])


@pytest.fixture
def rozenn(session):
    return people.staff(session, Role.MODERATOR, name="Rozenn", language="fr")


def asked_for(session):
    kinds = select(Job.payload).where(Job.kind == "moderation.digest").order_by(Job.created_at)
    return [payload["person_id"] for payload in session.scalars(kinds)]


def letters(session):
    return session.scalars(select(OutgoingMail)).all()


def test_a_letter_a_day_is_asked_for_however_often_one_looks(session, asking, clock, rozenn):
    things.flag(session, things.notice(session))
    for _ in range(3):
        ask_for_digests(asking)
    assert asked_for(session) == [str(rozenn.id)]
    clock.at += timedelta(days=1)
    ask_for_digests(asking)
    assert asked_for(session) == [str(rozenn.id)] * 2


def test_nobody_is_written_to_before_the_morning_nor_when_nothing_waits(session, asking, clock, rozenn):
    ask_for_digests(asking)
    things.flag(session, things.notice(session))
    clock.at = NOW.replace(hour=5, minute=59)  # a minute to eight in Brest
    ask_for_digests(asking)
    assert asked_for(session) == []
    clock.at += timedelta(minutes=1)
    ask_for_digests(asking)
    assert asked_for(session) == [str(rozenn.id)]


@pytest.mark.parametrize(
    ("language", "subject"),
    [("fr", "2 choses signalées par des visiteurs"), ("en", "2 things that somebody reported")],
)
def test_the_letter_names_what_waits_in_its_readers_language(session, asking, rozenn, language, subject):
    rozenn.language = language
    notice = things.notice(session)
    things.flag(session, notice)
    things.flag(session, notice)
    things.flag(session, things.notice(session, "Troc de graines"))
    digest(asking, str(rozenn.id))
    [letter] = letters(session)
    assert (letter.subject, letter.to) == (subject, rozenn.email)
    assert "- Fest-noz aux Capucins (2 " in letter.text
    assert "- Troc de graines (1 " in letter.text
    assert "/admin/moderation" in letter.text


def test_many_things_are_counted_rather_than_named(session, asking, rozenn):
    for number in range(23):
        things.flag(session, things.notice(session, f"Avis {number:02}"))
    digest(asking, str(rozenn.id))
    [letter] = letters(session)
    assert letter.text.count("- Avis") == 20
    assert "3" in letter.text.split("- Avis")[-1]


def test_what_nobody_knows_any_more_is_named_as_such(session, asking, rozenn):
    rozenn.language = "en"
    things.flag(session, things.notice(session), subject_kind="of_no_feature")
    digest(asking, str(rozenn.id))
    assert "Something that is no longer there" in letters(session)[0].text


def test_a_letter_about_what_was_settled_meanwhile_is_not_written(session, asking, rozenn):
    digest(asking, str(rozenn.id))
    assert letters(session) == []


def test_settled_flags_are_forgotten_after_a_year(session, asking, rozenn):
    for days in (364, 366):
        at = NOW - timedelta(days=days)
        things.flag(session, things.notice(session), f"{days}", settled_at=at, settled_by_id=rozenn.id)
    forget(asking)
    assert session.scalars(select(Flag.words)).all() == ["364"]
