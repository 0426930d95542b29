"""Flags and acts for programs, as described."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from portal.moderation.models import Flag, ModerationAct
from portal.moderation.terms import Act
from portal.people.terms import Role
from portal.ports.moderation import Moderated
from tests.factories import moderation as things
from tests.factories import people


@pytest.fixture(autouse=True)
def board(config, monkeypatch):
    monkeypatch.setitem(config.registry.answers, Moderated, [lambda request: things.Noticeboard(request.db)])


@pytest.fixture
def notice(session):
    return things.notice(session)


@pytest.fixture
def rozenn(session):
    return people.bearer(session, people.staff(session, Role.MODERATOR))


def flag_of(thing, **given):
    return {"kind": "notice", "id": str(thing.id), "concern": "danger", "words": "La passerelle est fermée."} | given


def test_anybody_may_say_that_something_is_wrong(api, session, notice):
    told = api.post_json("/api/v1/flags", flag_of(notice), status=201).json
    assert told == {"kind": "notice", "id": str(notice.id), "concern": "danger", "at": "2026-10-22T12:00:00+00:00"}
    who = people.person(session)
    api.post_json("/api/v1/flags", flag_of(notice), headers=people.bearer(session, who), status=201)
    assert set(session.scalars(select(Flag.by_id))) == {None, who.id}


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"concern": "boredom"}, 422),
        ({"words": ""}, 422),
        ({"id": "nonsense"}, 422),
        ({"id": str(uuid4())}, 404),
        ({"kind": "unheard-of"}, 404),
        ({"by": "me"}, 400),
    ],
)
def test_what_cannot_be_flagged_is_refused(api, session, notice, wrong, status):
    api.post_json("/api/v1/flags", flag_of(notice, **wrong), status=status)
    assert session.scalars(select(Flag)).all() == []


def test_what_is_not_seen_cannot_be_flagged(api, session, notice):
    removed = things.notice(session)
    things.acted(session, notice, Act.HIDE)
    things.acted(session, removed, Act.REMOVE)
    api.post_json("/api/v1/flags", flag_of(notice), status=404)
    assert api.post_json("/api/v1/flags", flag_of(removed), status=410).json["title"]


def test_a_form_cannot_send_a_flag(api, notice):
    api.post("/api/v1/flags", flag_of(notice), status=415)


def test_too_many_flags_are_slowed_down(api, notice):
    for _ in range(10):
        api.post_json("/api/v1/flags", flag_of(notice), status=201)
    assert api.post_json("/api/v1/flags", flag_of(notice), status=429).headers["Retry-After"]


def test_a_moderator_hides_restores_and_removes(api, session, notice, rozenn):
    address = f"/api/v1/moderation/notice/{notice.id}"
    for act, standing in (("hide", "hidden"), ("restore", "visible"), ("remove", "removed")):
        told = api.post_json(f"{address}/{act}", {"reason": "Périmé."}, headers=rozenn).json
        assert (told["standing"], told["act"], told["reason"]) == (standing, act, "Périmé.")
    assert len(session.scalars(select(ModerationAct)).all()) == 3


@pytest.mark.parametrize(
    ("done", "act", "code"),
    [
        ((), "restore", "already_so"),
        ((Act.HIDE,), "hide", "already_so"),
        ((Act.REMOVE,), "restore", "removed"),
    ],
)
def test_what_is_so_already_is_refused(api, session, notice, rozenn, done, act, code):
    things.acted(session, notice, *done)
    address = f"/api/v1/moderation/notice/{notice.id}/{act}"
    told = api.post_json(address, {"reason": "Encore."}, headers=rozenn, status=409).json
    assert [reason["code"] for reason in told["reasons"]] == [code]
    assert len(session.scalars(select(ModerationAct)).all()) == len(done)


def test_who_does_not_moderate_may_not(api, session, notice):
    address = f"/api/v1/moderation/notice/{notice.id}/hide"
    api.post_json(address, {"reason": "x"}, status=401, headers={"Authorization": "Bearer nobody"})
    api.post_json(address, {"reason": "x"}, headers=people.bearer(session, people.person(session)), status=403)
    api.post_json(address, {"reason": "x"}, headers=people.bearer(session, people.staff(session)))


@pytest.mark.parametrize("path", ["notice/nonsense", f"notice/{UUID(int=29)}", f"unheard-of/{UUID(int=29)}"])
def test_what_is_not_there_cannot_be_hidden(api, rozenn, path):
    api.post_json(f"/api/v1/moderation/{path}/hide", {"reason": "x"}, headers=rozenn, status=404)


def test_a_reason_is_needed(api, notice, rozenn):
    api.post_json(f"/api/v1/moderation/notice/{notice.id}/hide", {"reason": " "}, headers=rozenn, status=422)


def test_the_same_key_hides_once(api, session, notice, rozenn):
    address, headers = f"/api/v1/moderation/notice/{notice.id}/hide", rozenn | {"Idempotency-Key": "once"}
    first = api.post_json(address, {"reason": "Périmé."}, headers=headers)
    assert api.post_json(address, {"reason": "Périmé."}, headers=headers).json == first.json
