"""What moderation knows of somebody is theirs to have, and to have forgotten."""

from sqlalchemy import select

from portal.moderation.models import Flag, ModerationAct
from portal.moderation.offers import ModerationData
from portal.moderation.terms import Act, Concern
from portal.people.terms import Role
from tests.conftest import NOW
from tests.factories import moderation as things
from tests.factories import people


def test_what_somebody_said_and_did_is_told_to_them(session):
    notice, rozenn = things.notice(session), people.staff(session, Role.MODERATOR)
    things.flag(session, notice, "C’est ma voix.", concern=Concern.RIGHTS, by_id=rozenn.id)
    things.flag(session, notice, "Autre chose.")
    things.acted(session, notice, Act.HIDE, by=rozenn)
    about = {"kind": "notice", "id": str(notice.id), "at": NOW.isoformat()}
    assert ModerationData(session).export(rozenn.id) == {
        "flags": [about | {"concern": "rights", "words": "C’est ma voix."}],
        "moderation": [about | {"act": "hide", "reason": "Périmé."}],
    }


def test_who_is_forgotten_leaves_that_something_is_wrong_and_what_was_decided(session):
    notice, rozenn = things.notice(session), people.staff(session, Role.MODERATOR)
    things.flag(session, notice, "C’est ma voix.", by_id=rozenn.id)
    kept = things.flag(session, notice, "Autre chose.", by_id=people.person(session).id)
    things.acted(session, notice, Act.HIDE, by=rozenn)
    data = ModerationData(session)
    data.erase(rozenn.id, NOW)
    assert data.hindrances(rozenn.id) == []
    session.expire_all()
    assert {(flag.words, flag.by_id) for flag in session.scalars(select(Flag))} == {
        ("", None),
        ("Autre chose.", kept.by_id),
    }
    assert session.scalars(select(ModerationAct.reason)).all() == ["Périmé."]
