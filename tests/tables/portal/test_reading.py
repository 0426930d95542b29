"""Requests that only read have an engine of their own, through which nothing can be written."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.db import create_engine
from portal.db.engine import reading


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
