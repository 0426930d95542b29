"""Whoever asks whether the installation is well is told what is wrong, and what to do about it."""

import shutil
from datetime import timedelta
from smtplib import SMTPServerDisconnected
from types import SimpleNamespace
from unittest.mock import create_autospec

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session
from webtest import TestApp

from portal.app import configure
from portal.clock import StoppedClock
from portal.jobs.models import Job, WorkerPulse
from portal.mail.post import Smtp
from portal.migrations import history
from portal.migrations.standing import newest
from portal.operations import checkup
from portal.operations.checkup import Wrong, findings
from tests.cluster import free_port
from tests.conftest import DATABASES, NOW
from tests.houses import own_settings, own_url

pytestmark = pytest.mark.whole

MEGABYTE = 1024**2


@pytest.fixture(params=DATABASES)
def house(request, tmp_path):
    """A house with a database of its own and nothing wrong but that nobody works there."""
    config = configure(own_settings(own_url(request.param, tmp_path), tmp_path))
    history.upgrade(config.registry.engine)
    config.registry.clock = StoppedClock(NOW)
    yield config
    config.registry.engine.dispose()


@pytest.fixture
def registry(config):
    """The registry of a house in which nothing is kept."""
    return config.registry


@pytest.fixture
def left(monkeypatch):
    """Let so much be left on the disk."""

    def say(free):
        monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=free))

    return say


def told(registry, part):
    """Return what is said of a part: whether it is well, and the words."""
    one = next(finding for finding in findings(registry) if finding.part == part)
    return one.well, one.words


def readiness(app, status):
    return TestApp(app, extra_environ={"HTTP_HOST": "localhost"}).get("/readyz", status=status).text


def change(house, statement):
    with house.registry.engine.begin() as connection:
        connection.execute(text(statement))


def keep(house, *rows):
    with Session(house.registry.engine) as session, session.begin():
        session.add_all(rows)


def job(**given):
    return Job(**{"kind": "mail.send", "payload": {}, "created_at": NOW, "run_at": NOW} | given)


def at_work(seen_at=NOW):
    return WorkerPulse(name="tregarvan:12", seen_at=seen_at)


# The schema ---------------------------------------------------------------------------------------------------------


def test_a_database_of_an_older_version_is_said_to_be_one_and_nothing_is_served_from_it(house):
    app = house.make_wsgi_app()
    assert told(house.registry, "migrations") == (True, f"at revision {newest()}, the newest")
    assert readiness(app, 200) == "ok\n"
    change(house, "UPDATE alembic_version SET version_num = '0001'")
    assert told(house.registry, "migrations") == (
        False,
        f"the database is at revision 0001, this version needs {newest()}: run portal init",
    )
    assert readiness(app, 503) == f"database schema is at 0001, not at {newest()}: run portal init\n"


def test_a_database_that_was_never_migrated_is_said_to_have_no_tables(house, left):
    change(house, "DROP TABLE alembic_version")
    assert told(house.registry, "migrations") == (False, "the database has no tables yet: run portal init")
    left(0)
    schema, disk = readiness(house.make_wsgi_app(), 503).splitlines()
    assert schema == f"database schema is at None, not at {newest()}: run portal init"
    assert disk == "less than 100 MB of disk left"


@pytest.mark.parametrize(("part", "table"), [("worker", "worker_pulse"), ("clock", "audit_entry")])
def test_a_table_that_is_missing_is_said_with_what_to_do(house, part, table):
    change(house, f"DROP TABLE {table}")
    assert told(house.registry, part) == (False, "the tables are missing: run portal init")


@pytest.mark.parametrize(
    ("versions", "said"),
    [
        (
            {"PostgreSQL": "14.13 (Debian 14.13-1)", "PostGIS": "3.5.0"},
            "PostgreSQL 14.13 (Debian 14.13-1) is too old: 15",
        ),
        ({"PostgreSQL": "17.2", "PostGIS": "3.2.9"}, "PostGIS 3.2.9 is too old: 3.3"),
        ({"SQLite": "3.38.5", "SpatiaLite": "5.0.1"}, "SQLite 3.38.5 is too old: 3.39"),
        ({"SQLite": "3.46.1", "SpatiaLite": "4.3.0a"}, "SpatiaLite 4.3.0a is too old: 5"),
    ],
)
def test_a_database_that_is_too_old_is_said_to_be_with_the_oldest_that_will_do(registry, monkeypatch, versions, said):
    monkeypatch.setattr(checkup, "versions", lambda _connection: versions)
    assert told(registry, "database") == (False, f"{said} or newer is needed")


@pytest.mark.parametrize(
    "versions",
    [
        {"PostgreSQL": "15.0", "PostGIS": "3.3.0"},
        {"PostgreSQL": "18beta1", "PostGIS": "3.10.0"},  # ten is more than three
        {"SQLite": "3.39.0", "SpatiaLite": "5.0.0"},
    ],
)
def test_the_oldest_that_will_do_and_all_that_are_newer_are_well(registry, monkeypatch, versions):
    monkeypatch.setattr(checkup, "versions", lambda _connection: versions)
    assert told(registry, "database")[0]


@pytest.mark.parametrize("extensions", [0, 1])
def test_postgresql_needs_its_geography(monkeypatch, extensions):
    answers = {"SHOW server_version": "17.2", "SELECT extversion": "3.5.0", "SELECT count(*)": extensions}

    def one(_connection, query):
        return next(answer for asked, answer in answers.items() if query.startswith(asked))

    monkeypatch.setattr(checkup, "_one", one)
    server = SimpleNamespace(dialect=SimpleNamespace(name="postgresql"))
    if extensions:
        assert checkup.versions(server) == {"PostgreSQL": "17.2", "PostGIS": "3.5.0"}
        return
    with pytest.raises(Wrong, match="no PostGIS"):
        checkup.versions(server)


# Letters ------------------------------------------------------------------------------------------------------------


def test_a_mail_server_that_does_not_answer_is_said_with_the_setting_to_look_at(registry, monkeypatch):
    monkeypatch.setattr(registry, "post", Smtp(f"smtp://127.0.0.1:{free_port()}", "communs.example.bzh"))
    well, words = told(registry, "mail")
    assert not well
    assert words.startswith("no letter can leave: ConnectionRefusedError")
    assert words.endswith("; see portal.smtp_url")


def test_a_mail_server_that_hangs_up_is_said_too(registry, monkeypatch):
    server = create_autospec(Smtp, instance=True)
    server.check.side_effect = SMTPServerDisconnected("please run connect() first")
    monkeypatch.setattr(registry, "post", server)
    well, words = told(registry, "mail")
    assert not well
    assert "SMTPServerDisconnected" in words


def test_letters_that_only_become_files_are_well(registry):
    assert told(registry, "mail") == (True, f"letters are written to files in {registry.portal_settings.data / 'mail'}")


# The background work ------------------------------------------------------------------------------------------------


def test_somebody_at_work_is_well(house):
    keep(house, at_work(), job(run_at=NOW - timedelta(minutes=15)))
    assert told(house.registry, "worker") == (True, "1 at work, 1 jobs waiting")


def test_a_worker_that_was_not_seen_for_two_minutes_is_gone(house):
    keep(house, at_work(NOW - timedelta(minutes=2)))
    well, words = told(house.registry, "worker")
    assert not well
    assert words.startswith("none has been seen for two minutes")


def test_work_that_was_given_up_is_counted(house):
    keep(house, at_work(), job(given_up_at=NOW), job(given_up_at=NOW), job(given_up_at=NOW, finished_at=NOW))
    assert told(house.registry, "worker") == (False, "2 jobs were given up: see /admin/jobs")


def test_a_worker_that_cannot_keep_up_is_late(house):
    keep(house, at_work(), job(run_at=NOW - timedelta(minutes=15, seconds=1)), job(run_at=NOW + timedelta(days=1)))
    assert told(house.registry, "worker") == (
        False,
        "what is due has been waiting for 0:15:01: run more of portal work",
    )


# The disk -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("free", "words", "status"),
    [
        (1024 * MEGABYTE, "1 GB are left under {data}", 200),
        (1024 * MEGABYTE - 1, "1023 MB are left under {data}: make room", 200),
        (100 * MEGABYTE, "100 MB are left under {data}: make room", 200),
        (100 * MEGABYTE - 1, "99 MB are left under {data}: make room", 503),
    ],
)
def test_a_disk_that_fills_is_said_before_nothing_can_be_served(registry, wsgi_app, left, free, words, status):
    left(free)
    well = free >= 1024 * MEGABYTE
    assert told(registry, "disk") == (well, words.format(data=registry.portal_settings.data))
    assert readiness(wsgi_app, status) == ("ok\n" if status == 200 else "less than 100 MB of disk left\n")


def test_a_folder_that_went_away_is_said_as_such(registry, wsgi_app, monkeypatch):
    def gone(_folder):
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(shutil, "disk_usage", gone)
    assert told(registry, "disk") == (False, f"{registry.portal_settings.data}: No such file or directory")
    assert readiness(wsgi_app, 503) == "data folder out of reach\n"
