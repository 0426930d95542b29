"""People who act in the same instant: the last of their kind stay, an address is one person's. Real commits."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.db.session import working_request
from portal.people.models import Membership, Person
from portal.people.services import Erasure, People, Roles
from portal.people.services.erasure import Hindered
from portal.people.services.people import EmailTaken
from portal.people.services.roles import LastAdmin
from portal.people.terms import Role
from tests.conftest import DATABASES
from tests.factories import people
from tests.houses import own_registry, own_settings, own_url

pytestmark = pytest.mark.whole

PAUSE = 0.5


@pytest.fixture(params=DATABASES)
def registry(request, tmp_path):
    registry = own_registry(own_settings(own_url(request.param, tmp_path), tmp_path))
    yield registry
    registry.engine.dispose()


def leave(registry, person_id, pause=0.0) -> str:
    """Erase somebody in a transaction that stays open for a while; return how it ended."""
    try:
        with working_request(registry) as request:
            request.find_service(Erasure).erase(person_id)
            time.sleep(pause)
    except Hindered:
        return "hindered"
    return "erased"


def at_once(*acts) -> list[str]:
    """Return how the acts end, each begun while the one before it is not over."""
    with ThreadPoolExecutor(len(acts)) as pool:
        running = []
        for act in acts:
            running.append(pool.submit(act))
            time.sleep(PAUSE / 2)
        return [one.result() for one in running]


def remaining(registry) -> int:
    with Session(registry.engine) as session:
        return len(session.scalars(select(Person).where(Person.erased_at.is_(None))).all())


def test_of_two_last_administrators_who_leave_at_once_one_stays(registry):
    with Session(registry.engine) as session, session.begin():
        first, other = (people.staff(session).id for _ in range(2))
    ends = at_once(lambda: leave(registry, first, PAUSE), lambda: leave(registry, other))
    assert (ends, remaining(registry)) == (["erased", "hindered"], 1)


def test_while_one_administrator_leaves_the_other_is_given_no_last_day(registry):
    def dated_out() -> str:
        try:
            with working_request(registry) as request:
                person = request.db.get_one(Person, other)
                request.find_service(Roles).grant(person, Role.ADMIN, until=request.clock.today())
        except LastAdmin:
            return "refused"
        return "dated"

    with Session(registry.engine) as session, session.begin():
        first, other = (people.staff(session).id for _ in range(2))
    assert at_once(lambda: leave(registry, first, PAUSE), dated_out) == ["erased", "refused"]


def test_of_two_last_officers_who_leave_at_once_one_stays(registry):
    with Session(registry.engine) as session, session.begin():
        theirs = people.organisation(session)
        people.membership(session, organisation=theirs, officer=False)
        first, other = (people.membership(session, organisation=theirs).person_id for _ in range(2))
    ends = at_once(lambda: leave(registry, first, PAUSE), lambda: leave(registry, other))
    assert ends == ["erased", "hindered"]
    with Session(registry.engine) as session:
        assert session.scalars(select(Membership.person_id).where(Membership.officer)).all() == [other]


def test_of_two_who_take_an_address_at_once_one_has_it_and_the_other_is_told_whose_it_is(registry):
    def signs_up() -> str:
        with working_request(registry) as request:
            request.find_service(People).add(name="Job", email="job@example.org")
            time.sleep(PAUSE)
        return "signed up"

    def is_opened_online() -> str:
        try:
            with working_request(registry) as request:
                person = request.db.get_one(Person, known)
                request.find_service(People).open_online(person, "Job@example.org")
        except EmailTaken:
            return "taken"
        return "opened"

    with Session(registry.engine) as session, session.begin():
        known = people.person(session, email=None).id
    assert at_once(signs_up, is_opened_online) == ["signed up", "taken"]
