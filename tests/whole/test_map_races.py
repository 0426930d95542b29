"""Nothing that somebody said of a trail is lost: real processes, real commits, both databases (scenario 15)."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from maps.models import Stop, Trail, TrailRevision
from maps.queries.trails import shown
from maps.rules.content import trail_as_json
from portal.db import create_engine
from portal.index.models import IndexEntry
from portal.migrations import history
from tests.conftest import DATABASES
from tests.factories import maps, people
from tests.houses import own_url
from tests.whole.mapmakers import Begin, Publish, Revise, all_at_once

pytestmark = pytest.mark.whole


@pytest.fixture(params=DATABASES)
def url(request, tmp_path):
    """A database of this test's own, migrated and empty."""
    url = own_url(request.param, tmp_path)
    engine = create_engine(url)
    history.upgrade(engine)
    engine.dispose()
    return url


@pytest.fixture
def engine(url):
    engine = create_engine(url)
    yield engine
    engine.dispose()


def seeded(engine):
    """Return the id of a published trail, what it says, and who writes; committed."""
    with Session(engine) as session, session.begin():
        who = people.person(session).id
        trail = maps.trail(session, author_id=who)
        return trail.id, shown(session, trail).content, who


def now(engine, trail_id):
    with Session(engine) as session:
        numbers = session.scalars(select(TrailRevision.number).where(TrailRevision.trail_id == trail_id))
        return shown(session, session.get_one(Trail, trail_id)).content, sorted(numbers)


def test_of_those_who_change_the_same_one_wins_and_the_others_are_told(url, engine):
    trail, content, who = seeded(engine)
    acts = [Revise(trail, 1, trail_as_json(replace(content, minutes=number)), who) for number in range(1, 7)]
    assert all_at_once(url, acts) == ["done", *["stale"] * 5]
    told, numbers = now(engine, trail)
    assert told.minutes in range(1, 7)
    assert numbers == [1, 2]


def test_what_several_add_at_once_is_all_there(url, engine):
    trail, content, who = seeded(engine)
    added = [maps.stop(f"S{number}", -4.4760, 48.3826) for number in range(6)]
    acts = [Revise(trail, 1, trail_as_json(replace(content, stops=(*content.stops, one))), who) for one in added]
    assert all_at_once(url, acts) == ["done"] * 6
    told, numbers = now(engine, trail)
    assert {stop.id for stop in told.stops} == {stop.id for stop in (*content.stops, *added)}
    assert numbers == list(range(1, 8))
    with Session(engine) as session:
        ranks = session.scalars(select(Stop.rank).where(Stop.trail_id == trail)).all()
        listed = session.scalars(select(IndexEntry.source_id).where(IndexEntry.kind == "stop")).all()
    assert sorted(ranks) == list(range(1, 9))
    assert set(listed) == {stop.id for stop in told.stops}


def test_many_who_begin_a_trail_of_the_same_title_all_get_an_address(url, engine):
    _trail, content, who = seeded(engine)
    acts = []
    for _ in range(8):
        own = replace(content, title={"fr": "Le port"}, stops=(maps.stop("01"),))
        acts.append(Begin(trail_as_json(own), who))
    assert all_at_once(url, acts) == ["done"] * 8
    with Session(engine) as session:
        slugs = set(session.scalars(select(Trail.slug).where(Trail.slug.like("le-port%"))))
    assert slugs == {"le-port", *(f"le-port-{number}" for number in range(2, 9))}


def test_of_two_drafts_that_share_a_stop_one_is_published(url, engine):
    with Session(engine) as session, session.begin():
        who, stop = people.person(session).id, maps.stop("01")
        drafts = [maps.trail(session, stop, author_id=who, draft=True).id for _ in range(3)]
    assert all_at_once(url, [Publish(draft) for draft in drafts]) == ["done", "refused", "refused"]
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Stop)) == 1
        assert session.scalar(select(func.count()).select_from(IndexEntry)) == 2
