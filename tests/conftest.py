"""What every test stands on: a database of each kind, the whole app, a session that is rolled back, a bare browser.

``PORTAL_TEST_DATABASES`` names the databases (default ``sqlite``; ``make test`` runs ``sqlite,postgresql``).
"""

import os
from datetime import UTC, datetime

import hypothesis
import pytest
import transaction
from pyramid.scripting import prepare
from sqlalchemy.orm import Session
from webtest import TestApp

from portal.app import configure
from portal.clock import StoppedClock
from portal.migrations import history
from portal.settings import Settings
from tests import cluster
from tests.contracts.described import DescribedApp, describing

DATABASES = [name for name in os.environ.get("PORTAL_TEST_DATABASES", "sqlite").split(",") if name]

# How long one example takes says more about the machine than about the rule.
hypothesis.settings.register_profile("portal", deadline=None)
hypothesis.settings.load_profile("portal")

# A Thursday in the demo city's autumn: the desks are open, the clocks go back on the Sunday after.
NOW = datetime(2026, 10, 22, 12, 0, tzinfo=UTC)


LONGEST = ("test_every_page", "test_schemathesis", "test_server", "test_map_races", "test_races", "test_taking_away")
"""Modules that take a minute or more. They begin first, so that no worker waits for another one in the end."""


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items):
    """Let a module that has a house of its own, which takes seconds to build, be run by one worker as a whole."""
    for item in items:
        if "config" not in item.fixturenames:
            item.add_marker(pytest.mark.xdist_group(str(item.path)))
    outcome = yield
    items.sort(key=lambda item: item.path.stem not in LONGEST)
    return outcome


def pytest_configure(config):
    if "postgresql" in DATABASES:
        cluster.start_for(config)


@pytest.fixture(scope="session", params=DATABASES)
def database_url(request, tmp_path_factory, worker_id):
    """An empty, migrated database of each kind, one per worker."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('database') / 'portal.db'}"
    return request.getfixturevalue("postgresql_url")


@pytest.fixture(scope="session")
def postgresql_url(worker_id):
    """A database of this worker's own in the run's private PostgreSQL cluster."""
    return cluster.database_for(worker_id)


@pytest.fixture(scope="session")
def settings(database_url, tmp_path_factory):
    """The settings of the app under test: cheap password hashing, files in a temporary folder."""
    return Settings.from_ini(
        {
            "portal.database_url": database_url,
            "portal.data": str(tmp_path_factory.mktemp("var")),
            "portal.base_url": "http://localhost",
            "portal.hash_memory_kib": "8",
            "portal.hash_rounds": "1",
        },
        environ={},
    )


@pytest.fixture(scope="session")
def config(settings):
    """The whole house, committed, on a migrated database."""
    config = configure(settings)
    history.upgrade(config.registry.engine)
    config.commit()
    yield config
    config.registry.engine.dispose()


@pytest.fixture
def clock(config):
    """The app's clock, standing at ``NOW``; set ``clock.at`` to move it."""
    before, config.registry.clock = config.registry.clock, StoppedClock(NOW)
    yield config.registry.clock
    config.registry.clock = before


@pytest.fixture
def session(config):
    """A session whose rows are gone after the test; commits become savepoints."""
    with config.registry.engine.connect() as connection:
        outer = connection.begin()
        session = Session(connection, join_transaction_mode="create_savepoint")
        yield session
        session.close()
        outer.rollback()


@pytest.fixture
def asking(config, session, clock):
    """A request of nobody's that works on ``session``: where a test gets its services from."""
    with prepare(registry=config.registry) as env:
        request = env["request"]
        request.method = "POST"
        request.environ["portal.session"] = session
        yield request


@pytest.fixture(scope="session")
def wsgi_app(config):
    return config.make_wsgi_app()


@pytest.fixture
def browse(wsgi_app, session, clock):
    """The whole app, without script: a page's commit is a savepoint, and the test sees its rows through ``session``."""
    tm = transaction.TransactionManager(explicit=True)
    tm.begin()
    environ = {"portal.session": session, "tm.active": True, "tm.manager": tm, "HTTP_HOST": "localhost"}
    yield TestApp(wsgi_app, extra_environ=environ)
    tm.abort()


@pytest.fixture(scope="session")
def description(wsgi_app):
    """The API's description of itself, ready to hold requests and answers against."""
    return describing(wsgi_app.registry.openapi)


@pytest.fixture
def api(browse, description):
    """The API: a request or an answer that is not as described fails the test."""
    return DescribedApp(browse.app, description, extra_environ=browse.extra_environ)
