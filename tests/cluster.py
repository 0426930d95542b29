"""A PostgreSQL with PostGIS of the tests' own: made when they start, gone when they end, however they end."""

import atexit
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from functools import cache
from types import TracebackType

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from portal.install import OLDEST_POSTGRESQL, postgresql

EXTENSIONS = ("postgis", "btree_gist", "unaccent")
UNPRIVILEGED = ("postgres", "nobody")
HANDED_DOWN = "PORTAL_TEST_CLUSTER"

# Nothing here is kept, so nothing has to reach a disk.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "unix_socket_directories": "",
    "timezone": "UTC",
}

# `read` ends at the latest when the process that started us is gone, for then its end of the pipe is closed.
SUPERVISOR = """
folder=$1 options=$2
cd "$folder"
if initdb --pgdata=data --username=portal --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync > log 2>&1 &&
   pg_ctl start --pgdata=data --log=log --options="$options" >> log 2>&1
then
    echo ready
    while read -r asked
    do
        case $asked in
            halt) pg_ctl stop --pgdata=data --mode=fast >> log 2>&1 ;;
            resume) pg_ctl start --pgdata=data --log=log --options="$options" >> log 2>&1 ;;
            *) break ;;
        esac
        echo done
    done
    pg_ctl stop --pgdata=data --mode=immediate >> log 2>&1
else
    cat log
fi
cd / && rm -rf "$folder"
"""


class NoCluster(Exception):
    """There can be no PostgreSQL here; the message says what to install, or what PostgreSQL said."""


class Cluster:
    """A running server on a free loopback port, with every database made from a template that has our extensions.

    A supervising shell of its own session stops it and removes its files when this process closes it or is killed.
    PostgreSQL refuses to run as root, so root lends it to another user. Raises :class:`NoCluster`.
    """

    def __init__(self, settings: Mapping[str, str] | None = None):
        self._port = free_port()
        self._supervisor = supervise(self._port, {**SETTINGS, **(settings or {})})
        with psycopg.connect(self.url("template1"), autocommit=True) as connection:
            for extension in EXTENSIONS:
                connection.execute(SQL("CREATE EXTENSION {}").format(Identifier(extension)))

    def url(self, database: str) -> str:
        return f"postgresql://portal@127.0.0.1:{self._port}/{database}"

    def halt(self) -> None:
        """Let the server be away, as when its machine restarts: whoever is connected is thrown out."""
        self._ask("halt")

    def resume(self) -> None:
        """Let it be back, with all it had."""
        self._ask("resume")

    def _ask(self, what: str) -> None:
        self._supervisor.stdin.write(f"{what}\n")
        self._supervisor.stdin.flush()
        assert self._supervisor.stdout.readline() == "done\n"

    def stop(self) -> None:
        self._supervisor.communicate("stop\n", timeout=60)

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None):
        self.stop()


def supervise(port: int, settings: Mapping[str, str]) -> "subprocess.Popen[str]":
    """Start the server and return the shell that watches over it. Raises :class:`NoCluster`."""
    programs = postgresql()
    if programs is None:
        raise NoCluster(
            f"The tests need PostgreSQL {OLDEST_POSTGRESQL} or newer with PostGIS: run `make test`, "
            "or `sudo apt-get install postgresql-postgis`."
        )
    folder = tempfile.mkdtemp(prefix="portal-postgresql-")
    user = unprivileged_user()
    if user:
        shutil.chown(folder, user.pw_uid, user.pw_gid)
    settings = {**settings, "port": str(port), "listen_addresses": "127.0.0.1"}
    supervisor = subprocess.Popen(
        ["/bin/sh", "-c", SUPERVISOR, "sh", folder, " ".join(f"-c {name}='{settings[name]}'" for name in settings)],
        env={"PATH": f"{programs}:{os.defpath}", "LC_ALL": "C.UTF-8"},
        user=user and user.pw_uid,
        group=user and user.pw_gid,
        extra_groups=[] if user else None,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for us; the shell must live to clear up
        text=True,
    )
    if supervisor.stdout.readline() != "ready\n":
        raise NoCluster(supervisor.communicate()[0])
    return supervisor


def unprivileged_user() -> pwd.struct_passwd | None:
    """Return who runs the server in root's place, or None for whoever we are."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name: user for user in pwd.getpwall()}
    return next(known[name] for name in UNPRIVILEGED if name in known)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def create_database(server: str, name: str) -> str:
    """Make an empty database with our extensions, in place of one of that name, and return its URL.

    ``server`` is the URL of any other database of the same server.
    """
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
    return f"{server.rpartition('/')[0]}/{name}"


def drop_database(url: str) -> None:
    """Remove a database and whoever is still connected to it."""
    server, _, name = url.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


# For conftest: one cluster for a run, shared by all its workers.


def start_for(config: pytest.Config) -> None:
    """Start the run's cluster and tell its workers, who inherit our environment; where it cannot, the run ends."""
    if HANDED_DOWN in os.environ:
        return
    try:
        cluster = Cluster()
    except NoCluster as why:
        raise pytest.UsageError(str(why)) from None
    os.environ[HANDED_DOWN] = cluster.url("postgres")
    config.add_cleanup(cluster.stop)


def database_for(worker: str) -> str:
    """Return the URL of an empty database for one of the run's workers."""
    return create_database(os.environ.get(HANDED_DOWN) or own_server(), f"portal_test_{worker}")


@cache
def own_server() -> str:
    """Return the URL of a server for a run that was not told to test on PostgreSQL but has a test that needs it."""
    cluster = Cluster()
    atexit.register(cluster.stop)
    return cluster.url("postgres")
