"""Databases for benchmarks: PostgreSQL as durable as in production, SQLite as embedded, both migrated and empty."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from sqlalchemy import Engine

from portal.db import create_engine
from portal.migrations import history
from tests.cluster import Cluster, create_database

DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@contextmanager
def postgresql() -> Iterator[str]:
    """The URL of an empty, migrated database in a cluster of its own."""
    with Cluster(settings=DURABLE) as cluster:
        url = create_database(cluster.url("postgres"), "bench")
        migrated(url)
        yield url


@contextmanager
def postgresql_by_socket() -> Iterator[str]:
    """The same, reached as on the machine it runs on."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755 if os.geteuid() else 0o777)  # root lends the server to another user
        with Cluster(settings=DURABLE | {"unix_socket_directories": folder}) as cluster:
            url = create_database(cluster.url("postgres"), "bench")
            migrated(url)
            yield f"postgresql://portal@/bench?host={folder}&port={urlsplit(url).port}"


@contextmanager
def sqlite() -> Iterator[str]:
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        migrated(url)
        yield url


KINDS = {"postgresql": postgresql, "sqlite": sqlite}


@contextmanager
def engines() -> Iterator[Iterator[tuple[str, Engine]]]:
    """Each kind of database in turn: its name and an engine on it."""

    def each() -> Iterator[tuple[str, Engine]]:
        for name, made in KINDS.items():
            with made() as url:
                engine = create_engine(url)
                yield name, engine
                engine.dispose()

    yield each()


def migrated(url: str) -> None:
    """Make the tables of an empty database."""
    engine = create_engine(url)
    history.upgrade(engine)
    engine.dispose()
