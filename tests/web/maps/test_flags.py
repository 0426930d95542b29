"""Saying that something on the map is wrong: of what is out of sight, not even the title is told."""

from dataclasses import replace

import pytest

from maps.models import Stop
from maps.queries.contents import trail_content
from portal.media.terms import MediaState, Voices
from portal.moderation.terms import Act
from portal.people.terms import Role
from tests.factories import maps, people

SECRET = "Le hangar de Fañch"


@pytest.fixture
def trail(session):
    return maps.trail(session, maps.stop("01", title={"fr": SECRET}), maps.stop("02", -4.4725, 48.3818))


def stop_of(session, trail):
    return session.query(Stop).filter_by(trail_id=trail.id, rank=1).one()


def asked(browse, api, kind: str, thing) -> tuple[int, int]:
    """Return how the page and the API answer to whoever would flag a thing."""
    page = browse.get(f"/flag/{kind}/{thing.id}", expect_errors=True)
    message = {"kind": kind, "id": str(thing.id), "concern": "danger", "words": "Le portail est fermé."}
    told = api.post_json("/api/v1/flags", message, expect_errors=True)
    assert (SECRET in page.text) is (page.status_int == 200)
    return page.status_int, told.status_int


def test_what_everybody_sees_is_flagged(browse, api, session, trail):
    assert asked(browse, api, "stop", stop_of(session, trail)) == (200, 201)
    assert browse.get(f"/flag/trail/{trail.id}").status_int == 200


@pytest.mark.parametrize("act", [Act.HIDE, Act.REMOVE])
def test_a_stop_of_a_trail_out_of_sight_is_neither_named_nor_flagged(browse, api, session, trail, act):
    maps.moderate(session, "trail", trail.id, act)
    assert asked(browse, api, "stop", stop_of(session, trail)) == (404, 404)


def test_what_its_authors_took_back_is_neither_named_nor_flagged(browse, api, session, trail):
    maps.trails(session).withdraw(trail.id)
    changed = replace(trail_content(session, trail), title={"fr": SECRET})
    maps.trails(session).revise(trail.id, 1, changed, trail.authors[0].person_id)
    assert asked(browse, api, "trail", trail) == (404, 404)
    assert asked(browse, api, "stop", stop_of(session, trail)) == (404, 404)


def test_who_moderates_sees_it_all_the_same(browse, session, trail):
    stop = stop_of(session, trail)
    maps.moderate(session, "trail", trail.id, Act.HIDE)
    rozenn = people.signed_in(browse, people.staff(session, Role.MODERATOR))
    assert SECRET in rozenn.get(f"/flag/stop/{stop.id}").text


@pytest.mark.parametrize("given", [{"voices": Voices.NOT_TOLD}, {"state": MediaState.PREPARING}])
def test_a_sound_that_is_published_nowhere_is_neither_named_nor_flagged(browse, api, session, given):
    assert asked(browse, api, "media", maps.sound(session, title=SECRET)) == (200, 201)
    assert asked(browse, api, "media", maps.sound(session, title=SECRET, **given)) == (404, 404)
