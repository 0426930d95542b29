"""Requests that only read have an engine of their own, through which nothing can be written."""

from unittest.mock import Mock

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.db import create_engine
from portal.db.engine import PREPARED_AFTER, _prepare_if_alone, reading


@pytest.fixture
def reader(database_url):
    engine = create_engine(database_url)
    yield reading(engine)
    engine.dispose()  # and the other with it: a connection that is left open fails the test


def test_what_is_written_by_a_reader_is_refused_or_forgotten(reader, config):
    """PostgreSQL refuses it; on SQLite what no commit follows never was."""
    change = text("UPDATE index_version SET version = version WHERE kind = 'nothing'")
    with reader.connect() as connection:
        if reader.dialect.name == "postgresql":
            with pytest.raises(DBAPIError, match="read-only"):
                connection.execute(change)
        else:
            connection.execute(text("INSERT INTO index_version (kind, version) VALUES ('trial', 1)"))
    with reader.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM index_version WHERE kind = 'trial'")).scalar() == 0


@pytest.mark.parametrize("process", [4711, 4712])
def test_nothing_is_prepared_behind_a_pooler(process):
    """PgBouncer, of which a client knows no process: it invents a number (tried with 1.18, in transaction mode)."""
    connection = Mock(prepare_threshold=None)
    connection.execute.return_value.fetchone.return_value = (4711,)
    connection.info.backend_pid = process
    _prepare_if_alone(connection, None)
    assert connection.prepare_threshold == (PREPARED_AFTER if process == 4711 else None)


def test_postgresql_plans_once_what_is_asked_often(postgresql_url):
    engine = create_engine(postgresql_url)
    with engine.connect() as connection:
        for number in range(2 * PREPARED_AFTER):
            connection.execute(text("SELECT 1 + :number"), {"number": number})
        assert connection.scalar(text("SELECT count(*) FROM pg_prepared_statements")) == 1
    engine.dispose()
