"""How a request's transaction ends: real commits, conflicts, databases that go away and come back, full disks."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.security import NO_PERMISSION_REQUIRED
from sqlalchemy import delete, event, select, text, update
from sqlalchemy.orm import Session
from webtest import TestApp

from portal.app import configure
from portal.db import lock
from portal.migrations import history
from portal.people.models import Organisation
from portal.people.terms import OrganisationKind
from tests.cluster import Cluster, create_database
from tests.conftest import DATABASES, NOW
from tests.houses import own_settings, own_url

pytestmark = pytest.mark.whole

NOT_FOR_VISITORS = ("Traceback", "sqlalche", "psycopg", "OperationalError", "lending_", "127.0.0.1")


def founded(request, name: str = "École") -> Organisation:
    organisation = Organisation(name=name, kind=OrganisationKind.SCHOOL, created_at=NOW)
    request.db.add(organisation)
    return organisation


def returning(request):
    founded(request)
    return HTTPSeeOther("/")


def raising(request):
    founded(request)
    request.db.flush()
    raise HTTPSeeOther("/")


def large(request):
    founded(request, "École " * 100_000)
    return HTTPSeeOther("/")


def contested(request):
    """Rename the school, which somebody else is in the way of the first time."""
    request.registry.attempts.append(request.environ["retry.attempt"])
    with somebody_in_the_way(request) if request.environ["retry.attempt"] == 0 else nobody():
        request.db.execute(update(Organisation).values(name="Lycée"))
    return HTTPSeeOther("/")


def vanished(request):
    """Rename the school, which somebody else removes the first time, after we have found it."""
    request.registry.attempts.append(request.environ["retry.attempt"])
    if request.environ["retry.attempt"]:
        raise HTTPNotFound
    school = request.db.scalars(select(Organisation)).one()
    request.db.execute(delete(Organisation), execution_options={"synchronize_session": False})
    lock(request.db, Organisation, [school.id])
    request.db.expire_all()
    school.name = f"{school.name} supérieure"


@contextmanager
def nobody():
    yield


@contextmanager
def somebody_in_the_way(request):
    """On SQLite somebody writes for longer than we wait; on PostgreSQL somebody changes what we have seen."""
    if request.registry.engine.dialect.name == "postgresql":
        request.db.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        assert request.db.scalar(select(Organisation.name)) == "École"
    with request.registry.engine.begin() as rival:
        rival.execute(update(Organisation).values(name="Collège"))
        if rival.dialect.name == "postgresql":
            rival.commit()
        yield


class House:
    """A house of one's own with a few views more, on a database that nobody else uses."""

    def __init__(self, url: str, folder) -> None:
        config = configure(own_settings(url, folder))
        history.upgrade(config.registry.engine)
        for view in (returning, raising, large, contested, vanished):
            for path in (f"/trial/{view.__name__}", f"/api/v1/trial/{view.__name__}"):
                config.add_route(path, path)
                config.add_view(
                    view, route_name=path, permission=NO_PERMISSION_REQUIRED, require_csrf=False, request_method="POST"
                )
        self.engine = config.registry.engine
        config.registry.attempts = self.attempts = []
        self._wsgi = config.make_wsgi_app()

    def get(self, path: str, **more):
        return TestApp(self._wsgi, extra_environ={"HTTP_HOST": "localhost"}).get(path, **more)

    def post(self, path: str, **more):
        return TestApp(self._wsgi, extra_environ={"HTTP_HOST": "localhost"}).post(path, **more)

    def names(self) -> list[str]:
        with Session(self.engine) as session:
            return list(session.scalars(select(Organisation.name)))


@contextmanager
def living(url: str, folder):
    house = House(url, folder)
    yield house
    house.engine.dispose()


@pytest.fixture(params=DATABASES)
def house(request, tmp_path):
    with living(own_url(request.param, tmp_path), tmp_path) as house:
        yield house


@pytest.fixture
def sqlite_house(tmp_path):
    with living(own_url("sqlite", tmp_path), tmp_path) as house:
        yield house


def test_a_redirect_that_is_returned_commits_and_one_that_is_raised_rolls_back(house):
    house.post("/trial/raising", status=303)
    assert house.names() == []
    house.post("/trial/returning", status=303)
    assert house.names() == ["École"]


def test_who_meets_somebody_else_tries_again_and_succeeds(house):
    house.post("/trial/returning")
    if house.engine.dialect.name == "sqlite":
        event.listen(house.engine, "connect", lambda raw, _record: raw.execute("PRAGMA busy_timeout=200"))
        house.engine.dispose()
    house.post("/trial/contested", status=303)
    assert house.attempts == [0, 1]
    assert house.names() == ["Lycée"]


def test_what_somebody_else_removed_after_we_found_it_is_looked_for_again(house):
    house.post("/trial/returning")
    house.post("/trial/vanished", status=404)
    assert house.attempts == [0, 1]


def test_who_reads_does_not_wait_for_who_writes(house):
    with Session(house.engine) as session, session.begin():
        session.add(Organisation(name="École", kind=OrganisationKind.SCHOOL, created_at=NOW))
        session.flush()
        began = time.monotonic()
        for path in ("/", "/equipment", "/api/v1/equipment"):
            house.get(path, status=200)
        assert time.monotonic() - began < 10


@contextmanager
def postgresql(folder):
    """A house on a PostgreSQL of its own; called with it, what takes that away and what brings it back."""
    with Cluster() as cluster, living(create_database(cluster.url("postgres"), "lost"), folder) as house:
        yield house, cluster.halt, cluster.resume


@contextmanager
def sqlite(folder):
    """A house whose file can be taken away, as a disk that is not mounted yet."""
    file, elsewhere = folder / "portal.db", folder / "elsewhere.db"
    with living(f"sqlite:///{file}", folder) as house:

        def take_away():
            house.engine.dispose()
            file.rename(elsewhere)
            file.mkdir()

        def bring_back():
            file.rmdir()
            elsewhere.rename(file)

        yield house, take_away, bring_back


@pytest.mark.parametrize("kind", DATABASES)
def test_a_database_that_goes_away_is_said_to_be_and_used_again_when_it_is_back(kind, tmp_path):
    with {"sqlite": sqlite, "postgresql": postgresql}[kind](tmp_path) as (house, take_away, bring_back):
        many_at_once(house)  # so that every connection of the pool is one that will be lost
        take_away()
        for answer in (
            house.get("/equipment", status=503),
            house.get("/api/v1/equipment", status=503),
            house.post("/trial/returning", status=503),
            house.post("/api/v1/trial/returning", status=503),
            house.get("/readyz", status=503),
        ):
            assert int(answer.headers.get("Retry-After", "1")) > 0
            assert [word for word in NOT_FOR_VISITORS if word in answer.text] == []
        house.get("/healthz", status=200)
        bring_back()
        house.post("/trial/returning", status=303)
        many_at_once(house)
        assert house.names() == ["École"]


def many_at_once(house) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _n: house.get("/equipment", status=200), range(16)))


def test_a_postgresql_that_was_restarted_between_two_requests_is_not_even_noticed(tmp_path):
    with postgresql(tmp_path) as (house, halt, resume):
        many_at_once(house)
        halt()
        resume()
        many_at_once(house)
        house.post("/trial/returning", status=303)
        assert house.names() == ["École"]


def test_a_full_disk_loses_nothing_and_is_used_again_when_there_is_room(sqlite_house):
    room = {"pages": 4_294_967_294}
    event.listen(
        sqlite_house.engine,
        "checkout",
        lambda raw, *_: raw.execute(f"PRAGMA max_page_count={room['pages']}"),
    )
    sqlite_house.post("/trial/returning", status=303)
    room["pages"] = 1  # SQLite takes that as: not one more than there are
    for path in ("/trial/large", "/api/v1/trial/large"):
        assert int(sqlite_house.post(path, status=503).headers["Retry-After"]) > 0
    sqlite_house.get("/equipment", status=200)
    with sqlite_house.engine.connect() as connection:
        assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
    assert sqlite_house.names() == ["École"]
    room["pages"] = 4_294_967_294
    sqlite_house.post("/trial/large", status=303)
    assert len(sqlite_house.names()) == 2
