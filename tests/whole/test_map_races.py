"""Nothing that somebody said of a trail is lost: real processes, real commits, both databases (scenario 15)."""

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from functools import partial
from threading import Event

import pytest
from sqlalchemy import event, func, select
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
from tests.whole.actors import committed
from tests.whole.mapmakers import Begin, Hide, Publish, Revise, Withdraw, WriteAgain, all_at_once

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


@pytest.fixture
def halfway(url):
    """Return a function that lets somebody act and stops them, once, when they have read what a trail says.

    Or ``after`` another statement. They go on when the act that comes in between is done, or has waited for them long
    enough.
    """
    engine = create_engine(url)
    read, go_on, awaited, met = Event(), Event(), ["FROM maps_trail_revision"], []

    @event.listens_for(engine, "after_cursor_execute")
    def stop(_connection, _cursor, statement, *_more):
        if awaited[0] in statement and not read.is_set():
            read.set()
            go_on.wait(30)

    @event.listens_for(engine, "handle_error")
    def note(context):
        met.append(context.original_exception)

    def meet(act, between, after=awaited[0]):
        awaited[0] = after
        with ThreadPoolExecutor(2) as both:
            first = both.submit(committed, engine, act.act)
            assert read.wait(30)
            second = both.submit(between)
            wait([second], timeout=1)
            go_on.set()
            first.result()
            second.result()
        assert met == []  # which would be tried again, after both have waited for each other

    yield meet
    engine.dispose()


@pytest.mark.parametrize("act", ["hide", "write_again"])
@pytest.mark.parametrize("meanwhile", ["withdraw", "revise"])
def test_who_writes_the_index_of_a_trail_meets_nobody_who_changes_it(engine, halfway, act, meanwhile):
    with Session(engine) as session, session.begin():
        who = people.person(session).id
        heard = maps.sound(session, transcript="Le mareyeur crie les prix.").id
        trail = maps.trail(session, maps.stop("01", media=(heard,)), author_id=who)
        trail_id, content = trail.id, shown(session, trail).content
    revised = replace(content, title={"fr": "Le port qui parle"})
    one = {"hide": Hide(heard, who), "write_again": WriteAgain()}[act]
    other = {"withdraw": Withdraw(trail_id), "revise": Revise(trail_id, 1, trail_as_json(revised), who)}[meanwhile]
    halfway(one, partial(committed, engine, other.act))
    with Session(engine) as session:
        entries = session.scalars(select(IndexEntry).where(IndexEntry.kind.in_(["trail", "stop"]))).all()
    assert {entry.visible for entry in entries} == {meanwhile == "revise"}
    titles = {entry.kind: entry.title["fr"] for entry in entries}
    assert titles["trail"] == (revised if meanwhile == "revise" else content).title["fr"]
    words = next(entry.words for entry in entries if entry.kind == "stop")
    assert ("mareyeur" in words) == (act == "write_again")


@pytest.mark.parametrize("after", ["UPDATE place", "UPDATE index_entry"])
def test_what_is_hidden_while_it_is_added_to_a_stop_says_nothing_there(engine, halfway, after):
    with Session(engine) as session, session.begin():
        who = people.person(session).id
        heard = maps.sound(session, transcript="Le mareyeur crie les prix.").id
        maps.trail(session, maps.stop("01", media=(heard,)), author_id=who)
        trail = maps.trail(session, maps.stop("01"), author_id=who)
        trail_id, content = trail.id, shown(session, trail).content
    (stop,) = content.stops
    revised = replace(content, stops=(replace(stop, title={"fr": "La criée"}, media=(heard,)),))
    add, hide = Revise(trail_id, 1, trail_as_json(revised), who), Hide(heard, who)
    halfway(add, partial(committed, engine, hide.act), after=after)
    with Session(engine) as session:
        words = session.scalars(select(IndexEntry.words).where(IndexEntry.kind == "stop")).all()
    assert len(words) == 2
    assert not any("mareyeur" in one for one in words)


def test_of_two_drafts_that_share_a_stop_one_is_published(url, engine):
    with Session(engine) as session, session.begin():
        who, stop = people.person(session).id, maps.stop("01")
        drafts = [maps.trail(session, stop, author_id=who, draft=True).id for _ in range(3)]
    assert all_at_once(url, [Publish(draft) for draft in drafts]) == ["done", "refused", "refused"]
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Stop)) == 1
        assert session.scalar(select(func.count()).select_from(IndexEntry)) == 2
