"""What moderators do to things, and what visitors say of them."""

import random
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from portal.audit.models import AuditEntry
from portal.audit.services import Audit
from portal.index.queries import listing
from portal.index.services import PublicIndex
from portal.mail.models import OutgoingMail
from portal.mail.services import Outbox
from portal.moderation.models import Flag, ModerationAct
from portal.moderation.queries import is_visible, latest_acts, moderators, open_cases, out_of_sight, standings
from portal.moderation.rules import after, standing_after
from portal.moderation.services import Moderation
from portal.moderation.terms import Act, AlreadySo, Concern, NoSuchThing, Standing
from portal.people.models import Organisation
from portal.people.terms import Role
from tests.conftest import NOW
from tests.factories import moderation as things
from tests.factories import people
from tests.factories.moderation import KIND, Noticeboard


@pytest.fixture
def board(session):
    return Noticeboard(session)


@pytest.fixture
def moderation(asking, session, clock, board):
    index, outbox = PublicIndex(session, clock), asking.find_service(Outbox)
    return Moderation(session, clock, Audit(session, clock, None), index, [board], outbox)


@pytest.fixture
def rozenn(session):
    return people.staff(session, Role.MODERATOR, name="Rozenn Mingam")


def test_what_is_hidden_leaves_the_index_at_once_and_comes_back_as_it_was(session, clock, moderation, board, rozenn):
    notice = things.notice(session)
    entry = things.listed(session, clock, notice)
    before = entry.updated_at
    clock.at += timedelta(days=1)

    moderation.act(Act.HIDE, KIND, notice.id, "Périmé.", rozenn.id)
    assert listing(session).total == 0
    moderation.act(Act.RESTORE, KIND, notice.id, "Reporté à mai.", rozenn.id)
    assert [found.updated_at for found in listing(session).rows] == [before]
    moderation.act(Act.REMOVE, KIND, notice.id, "Retiré.", rozenn.id)
    assert listing(session).total == 0
    assert [standing for _id, standing in board.reflected] == ["hidden", "visible", "removed"]


def test_an_owner_who_forgets_that_a_thing_is_hidden_cannot_show_it(session, clock, moderation, rozenn):
    notice = things.notice(session)
    moderation.act(Act.HIDE, KIND, notice.id, "Périmé.", rozenn.id)
    things.listed(session, clock, notice)
    assert not things.listed(session, clock, notice, title={"fr": "Fest-noz reporté"}).visible
    assert listing(session).total == 0

    moderation.act(Act.RESTORE, KIND, notice.id, "Reporté.", rozenn.id)
    assert [found.title for found in listing(session).rows] == [{"fr": "Fest-noz reporté"}]
    moderation.act(Act.REMOVE, KIND, notice.id, "Retiré.", rozenn.id)
    assert not things.listed(session, clock, notice).visible


def test_what_its_owner_took_back_meanwhile_does_not_come_back_by_itself(session, clock, moderation, rozenn):
    notice = things.notice(session)
    things.listed(session, clock, notice)
    moderation.act(Act.HIDE, KIND, notice.id, "Périmé.", rozenn.id)
    things.listed(session, clock, notice, visible=False)
    moderation.act(Act.RESTORE, KIND, notice.id, "Reporté.", rozenn.id)
    assert listing(session).total == 0


def test_everybody_is_told_of_every_act_whose_thing_it_is_first(session, asking, clock, board, rozenn):
    class Onlooker(Noticeboard):
        def kinds(self):
            return {"poster": "Poster"}

        def reflect(self, kind, subject_id, standing):
            assert board.reflected == [(subject_id, standing)]
            super().reflect(kind, subject_id, standing)

    onlooker = Onlooker(session)
    index = PublicIndex(session, clock)
    moderation = Moderation(session, clock, Audit(session, clock, None), index, [onlooker, board], None)
    moderation.act(Act.HIDE, KIND, things.notice(session).id, "Périmé.", rozenn.id)
    assert onlooker.reflected == board.reflected


@pytest.mark.parametrize("act", list(Act))
def test_nothing_can_be_done_after_a_removal(session, moderation, rozenn, act):
    notice = things.notice(session)
    moderation.act(Act.REMOVE, KIND, notice.id, "Retiré.", rozenn.id)
    with pytest.raises(AlreadySo) as no:
        moderation.act(act, KIND, notice.id, "Encore.", rozenn.id)
    assert no.value.standing is Standing.REMOVED
    assert len(session.scalars(select(ModerationAct)).all()) == 1


@pytest.mark.parametrize(("done", "again"), [((Act.HIDE,), Act.HIDE), ((), Act.RESTORE)])
def test_an_act_that_would_change_nothing_is_not_recorded(session, moderation, board, rozenn, done, again):
    notice = things.notice(session)
    things.acted(session, notice, *done)
    with pytest.raises(AlreadySo):
        moderation.act(again, KIND, notice.id, "Encore.", rozenn.id)
    assert len(session.scalars(select(ModerationAct)).all()) == len(done)
    assert board.reflected == []


@pytest.mark.parametrize("kind", [KIND, "unheard-of"])
def test_a_thing_that_nobody_knows_cannot_be_moderated_nor_flagged(moderation, rozenn, kind):
    with pytest.raises(NoSuchThing):
        moderation.act(Act.HIDE, kind, uuid4(), "Périmé.", rozenn.id)
    with pytest.raises(NoSuchThing):
        moderation.flag(kind, uuid4(), Concern.OTHER, "?", None)


def test_the_database_keeps_acts_as_they_are_and_one_removal_at_most(session, rozenn):
    notice = things.notice(session)
    things.acted(session, notice, Act.HIDE, Act.REMOVE, by=rozenn)
    for change in (
        lambda: session.execute(update(ModerationAct).values(reason="Rien.")),
        lambda: session.delete(session.scalars(select(ModerationAct)).first()),
        lambda: things.acted(session, notice, Act.HIDE),  # the first act once more
        lambda: session.add(_act(notice, number=3, act=Act.REMOVE, actor_id=rozenn.id)),
    ):
        with pytest.raises(DBAPIError), session.begin_nested():  # noqa: PT012 the flush is part of it
            change()
            session.flush()


def _act(notice, **given):
    return ModerationAct(subject_kind=KIND, subject_id=notice.id, reason="Encore.", at=NOW, **given)


def test_authors_are_told_why_in_their_language_but_not_by_themselves(session, moderation, rozenn):
    notice = things.notice(session)
    for who in (people.person(session, name="Enora", language="en"), people.erased(session), rozenn):
        people.membership(session, organisation=notice, person=who)
    moderation.act(Act.HIDE, KIND, notice.id, "La date est passée.", rozenn.id)
    moderation.act(Act.REMOVE, KIND, notice.id, "Jamais corrigé.", rozenn.id)
    letters = session.scalars(select(OutgoingMail).order_by(OutgoingMail.created_at, OutgoingMail.subject)).all()
    assert [letter.subject for letter in letters] == [
        "Hidden: Fest-noz aux Capucins",
        "Removed: Fest-noz aux Capucins",
    ]
    assert "La date est passée." in letters[0].text
    assert "Hello Enora," in letters[0].text


def test_the_trail_says_what_was_done_without_the_reason(session, moderation, rozenn):
    notice = things.notice(session)
    things.flag(session, notice)
    moderation.settle(KIND, notice.id, rozenn.id)
    moderation.act(Act.HIDE, KIND, notice.id, "Madame X s’est plainte.", rozenn.id)
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.act)).all()
    assert [(entry.act, entry.detail) for entry in entries] == [
        ("moderation.hide", {}),
        ("moderation.settle", {"flags": 1}),
    ]
    assert {(entry.subject_kind, entry.subject_id) for entry in entries} == {(KIND, str(notice.id))}


def test_an_act_settles_what_was_said_of_the_thing(session, moderation, rozenn):
    notice, other = things.notice(session), things.notice(session, "Troc de graines")
    things.flag(session, notice)
    things.flag(session, other)
    moderation.act(Act.HIDE, KIND, notice.id, "Périmé.", rozenn.id)
    assert [case.subject_id for case in open_cases(session, limit=9).rows] == [other.id]
    assert session.scalars(select(Flag.settled_by_id).where(Flag.subject_id == notice.id)).all() == [rozenn.id]
    assert moderation.settle(KIND, notice.id, rozenn.id) == 0


def test_settled_flags_are_forgotten_and_open_ones_are_not(session, moderation, rozenn):
    settled, waiting = things.notice(session), things.notice(session)
    things.flag(session, settled, settled_at=NOW - timedelta(days=400), settled_by_id=rozenn.id)
    things.flag(session, waiting, created_at=NOW - timedelta(days=400))
    moderation.forget(NOW - timedelta(days=365))
    assert session.scalars(select(Flag.subject_id)).all() == [waiting.id]


def test_the_queue_has_each_thing_once_with_the_newest_concern_first(session):
    first, second, third = (things.notice(session, name) for name in ("Un", "Deux", "Trois"))
    for hours, notice in ((1, first), (2, second), (3, first), (4, third)):
        things.flag(session, notice, f"après {hours} h", created_at=NOW + timedelta(hours=hours))
    found = open_cases(session, limit=2)
    assert (found.total, [case.subject_id for case in found.rows]) == (3, [third.id, first.id])
    assert [flag.words for flag in found.rows[1].flags] == ["après 3 h", "après 1 h"]
    assert [case.subject_id for case in open_cases(session, limit=2, offset=2).rows] == [second.id]


def test_what_the_database_says_is_seen_is_what_the_fold_says(session):
    chance = random.Random(29)
    actor, expected = people.staff(session), {}
    for _ in range(40):
        notice, done = things.notice(session), []
        for act in chance.choices(list(Act), [5, 5, 1], k=chance.randrange(6)):
            if after(standing_after(done), act):
                done.append(act)
        things.acted(session, notice, *done, by=actor)
        expected[notice.id] = standing_after(done)
    assert standings(session, KIND, expected) == expected
    assert standings(session, "other", expected) == dict.fromkeys(expected, Standing.VISIBLE)
    seen = session.scalars(select(Organisation.id).where(is_visible(KIND, Organisation.id))).all()
    assert set(seen) == {id_ for id_, standing in expected.items() if standing is Standing.VISIBLE}
    hidden = {act.subject_id for act in out_of_sight(session, limit=99).rows}
    assert hidden == {id_ for id_, standing in expected.items() if standing is Standing.HIDDEN}
    assert set(Standing) == set(expected.values())
    assert latest_acts(session, limit=1).total == len(session.scalars(select(ModerationAct)).all())


def test_administrators_moderate_where_nobody_else_does(session, clock):
    admin = people.staff(session)
    people.staff(session, Role.DESK, "lambezellec")
    assert moderators(session, clock.today()) == [admin.id]
    rozenn = people.staff(session, Role.MODERATOR)
    former = people.person(session)
    people.role(session, former, Role.MODERATOR, until=NOW.date() - timedelta(days=1))
    assert moderators(session, clock.today()) == [rozenn.id]
