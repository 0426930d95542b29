"""Two moderators act at once: one of them is too late, on both databases, with real processes."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.db import create_engine
from portal.index.models import IndexEntry
from portal.migrations import history
from portal.moderation.models import ModerationAct
from portal.moderation.terms import Act
from portal.people.terms import Role
from tests.conftest import DATABASES
from tests.factories import moderation as things
from tests.factories import people
from tests.houses import own_url
from tests.whole.actors import committed
from tests.whole.moderators import Decision, Republication, all_at_once

pytestmark = pytest.mark.whole


@pytest.fixture(params=DATABASES)
def url(request, tmp_path):
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


def seeded(engine, moderators: int) -> tuple[UUID, list[UUID]]:
    """Return a notice that is not in the index yet, and so many moderators, committed."""
    with Session(engine) as session, session.begin():
        notice = things.notice(session).id
        return notice, [people.staff(session, Role.MODERATOR).id for _ in range(moderators)]


@pytest.mark.parametrize("act", [Act.HIDE, Act.REMOVE])
def test_of_those_who_do_the_same_at_once_one_does_it(url, engine, act):
    notice, moderators = seeded(engine, 6)
    left = {Act.HIDE: "hidden", Act.REMOVE: "removed"}[act]
    assert all_at_once(url, [Decision(act, notice, by) for by in moderators]) == ["done", *[left] * 5]
    with Session(engine) as session:
        assert session.scalars(select(ModerationAct.number)).all() == [1]


def test_whoever_hides_while_others_remove_is_first_or_too_late(url, engine):
    notice, moderators = seeded(engine, 6)
    acts = [Act.HIDE, Act.REMOVE] * 3
    answers = all_at_once(url, [Decision(act, notice, by) for act, by in zip(acts, moderators, strict=True)])
    with Session(engine) as session:
        done = session.scalars(select(ModerationAct.act).order_by(ModerationAct.number)).all()
    assert done in ([Act.REMOVE], [Act.HIDE, Act.REMOVE])
    assert answers.count("done") == len(done)
    assert set(answers) <= {"done", "hidden", "removed"}


def test_what_is_hidden_while_its_owner_publishes_it_is_not_seen(url, engine):
    """Ten times, since either may be the first."""
    for number in range(10):
        notice, (rozenn,) = seeded(engine, 1)
        acts = (Republication(notice, f"Avis {number}"), Decision(Act.HIDE, notice, rozenn))
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda act: committed(engine, act), acts))
        with Session(engine) as session:
            entry = session.scalars(select(IndexEntry).where(IndexEntry.source_id == notice)).one()
            assert (entry.offered, entry.visible) == (True, False)
