"""A question asked straight of the driver has the answer that a session gives, whatever became of the connection."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from sqlalchemy import Date, Uuid, bindparam, select, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from portal.db.engine import create_engine, reading
from portal.db.question import Question
from portal.db.row import UtcMoment

NUMBER, AT, DAY = uuid4(), datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2027, 3, 28)
VALUES = {"number": NUMBER, "at": AT, "day": DAY}


def echoed():
    """Return a question for the values that it is asked with; it is another one each time."""
    types = {"number": Uuid(), "at": UtcMoment(), "day": Date()}
    return Question(select(*(bindparam(name, type_=kind).label(f"the_{name}") for name, kind in types.items())))


@pytest.fixture
def reader(database_url):
    """The engine of requests that only read."""
    engine = create_engine(database_url)
    yield reading(engine)
    engine.dispose()


def test_values_are_turned_as_a_session_turns_them(reader):
    question = echoed()
    with reader.connect() as connection:
        assert question.answered(reader, VALUES) == [tuple(row) for row in connection.execute(question.query, VALUES)]
    assert question.answered(reader, VALUES) == [(NUMBER, AT, DAY)]


def test_a_connection_that_was_lost_is_another_one_the_next_time(reader):
    question = echoed()
    question.answered(reader, VALUES)
    lent = reader.raw_connection()
    kept = lent.dbapi_connection
    lent.close()
    kept.close()
    for _ in range(2):
        assert question.answered(reader, VALUES) == [(NUMBER, AT, DAY)]


def test_what_is_wrong_is_said_as_any_other_question_says_it(reader):
    lacking = Question(select(text("1 FROM no_such_table")))
    with pytest.raises((OperationalError, ProgrammingError)):
        lacking.answered(reader, {})
    assert echoed().answered(reader, VALUES)


def test_a_database_that_is_away_is_said_to_be(tmp_path):
    away = create_engine(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}")
    with pytest.raises(OperationalError):
        echoed().answered(away, VALUES)
