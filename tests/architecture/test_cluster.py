import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests import cluster
from tests.cluster import Cluster, create_database, drop_database

LONG_ENOUGH = 20

A_RUN_OF_ITS_OWN = """
from tests.cluster import Cluster
print(Cluster().url("postgres"), flush=True)
input()
"""


@pytest.fixture(scope="module")
def server():
    with Cluster() as running:
        yield running.url("postgres")


def answer(url, question):
    with psycopg.connect(url) as connection:
        return connection.execute(question).fetchone()[0]


def is_there(url):
    try:
        return answer(url, "SELECT true")
    except psycopg.OperationalError:
        return False


def test_a_new_database_is_empty_and_knows_places_and_periods(server):
    url = create_database(server, "a_new_one")

    assert answer(url, "SELECT postgis_lib_version()") >= "3.3"
    assert answer(url, "SELECT daterange('2026-10-01', '2026-10-02') && daterange('2026-10-02', '2026-10-03')") is False
    assert answer(url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 1  # PostGIS's own


def test_a_database_of_the_same_name_takes_the_place_of_the_old_one(server):
    url = create_database(server, "twice")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE loan ()")

    assert answer(create_database(server, "twice"), "SELECT to_regclass('loan')") is None


def test_a_database_is_dropped_under_whoever_is_still_connected(server):
    url = create_database(server, "crowded")
    with psycopg.connect(url):
        drop_database(url)

    assert not is_there(url)


def test_a_closed_cluster_leaves_nothing_behind():
    with Cluster() as running:
        url = running.url("postgres")
        files = Path(answer(url, "SHOW data_directory"))
        assert files.exists()

    assert not is_there(url)
    assert not files.parent.exists()


def test_a_killed_run_leaves_nothing_behind():
    run = subprocess.Popen([sys.executable, "-c", A_RUN_OF_ITS_OWN], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with run:
        url = run.stdout.readline().decode().strip()
        files = Path(answer(url, "SHOW data_directory"))
        run.kill()

    until = time.monotonic() + LONG_ENOUGH
    while files.parent.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not files.parent.exists()
    assert not is_there(url)


def test_without_postgresql_the_run_ends_and_says_what_to_install(monkeypatch, pytestconfig):
    monkeypatch.delenv(cluster.HANDED_DOWN, raising=False)
    monkeypatch.setattr(cluster, "postgresql", lambda: None)

    with pytest.raises(pytest.UsageError, match="sudo apt-get install postgresql-postgis"):
        cluster.start_for(pytestconfig)
