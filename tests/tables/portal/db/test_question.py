"""A question asked straight of the driver has the answer that a session gives, whatever became of the connection."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from sqlalchemy import Boolean, Date, LargeBinary, Text, Uuid, bindparam, column, event, select, table, text
from sqlalchemy.exc import OperationalError, ProgrammingError
from structlog.testing import capture_logs

from portal.db.engine import create_engine, reading
from portal.db.question import Question
from portal.db.row import UtcMoment
from portal.people.terms import Role
from portal.security.identify import BY_COOKIE, BY_TOKEN, secret_hash
from tests.conftest import NOW
from tests.factories import people

NUMBER, AT, DAY, BYTES = uuid4(), datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2027, 3, 28), b"\x00\xff"
VALUES = {"number": NUMBER, "at": AT, "day": DAY, "bytes": BYTES, "yes": True, "nothing": None}
ROW = tuple(VALUES.values())


def echoed():
    """Return a question for the values that it is asked with; it is another one each time."""
    types = {
        "number": Uuid(), "at": UtcMoment(), "day": Date(), "bytes": LargeBinary(), "yes": Boolean(), "nothing": Text()
    }  # fmt: skip
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
    assert question.answered(reader, VALUES) == [ROW]


def test_a_connection_that_was_lost_is_another_one_from_then_on(reader):
    question = echoed()
    question.answered(reader, VALUES)
    lent = reader.raw_connection()
    lost = lent.dbapi_connection
    lent.close()
    lost.close()
    with capture_logs() as said:
        assert [question.answered(reader, VALUES) for _ in range(2)] == [[ROW]] * 2
    assert [line["event"] for line in said] == ["asked once more"]
    lent = reader.raw_connection()
    assert lent.dbapi_connection is not lost
    lent.close()


def test_what_is_wrong_is_said_as_any_other_question_says_it(reader):
    lacking = Question(select(text("1 FROM no_such_table")))
    with pytest.raises((OperationalError, ProgrammingError)):
        lacking.answered(reader, {})
    assert echoed().answered(reader, VALUES)


@pytest.mark.parametrize("alone", [True, False])
def test_postgresql_plans_a_question_once_and_behind_a_pooler_each_time(postgresql_url, alone):
    engine = create_engine(postgresql_url)
    reader, question, planned = (
        reading(engine),
        echoed(),
        Question(select(column("name")).select_from(table("pg_prepared_statements"))),
    )
    lent = reader.raw_connection()
    if not alone:
        lent.driver_connection.prepare_threshold = None
    lent.close()
    assert [question.answered(reader, VALUES) for _ in range(3)] == [[ROW]] * 3
    assert len(planned.answered(reader, {})) == (2 if alone else 0)  # itself among them
    engine.dispose()


def test_a_plan_for_a_table_as_it_was_is_made_again(postgresql_url):
    engine = create_engine(postgresql_url)
    reader, question = reading(engine), Question(select(column("one")).select_from(table("altered")))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE altered AS SELECT 1 AS one"))
    assert question.answered(reader, {}) == [(1,)]
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE altered ALTER one TYPE text"))
    with capture_logs() as said:
        assert [question.answered(reader, {}) for _ in range(2)] == [[("1",)]] * 2
    assert [line["event"] for line in said] == ["asked once more"]
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE altered"))
    engine.dispose()


def test_a_database_that_is_away_is_asked_once(tmp_path):
    away, asked = create_engine(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}"), []
    event.listen(away, "do_connect", lambda *_given: asked.append(1))
    with pytest.raises(OperationalError):
        echoed().answered(away, VALUES)
    assert len(asked) == 1


class Lent:
    """A session's own connection, for what takes one from an engine."""

    def __init__(self, session) -> None:
        self.dialect, lent = session.get_bind().dialect, session.connection().connection
        self.cursor, self.driver_connection, self.info = lent.cursor, lent.driver_connection, lent.info

    def raw_connection(self) -> "Lent":
        return self

    def close(self) -> None:
        pass


@pytest.mark.parametrize("question", [BY_COOKIE, BY_TOKEN])
def test_who_is_asking_is_the_same_asked_either_way(session, question):
    """Straight of the driver, without what is done where that fails."""
    who = people.staff(session, Role.DESK, "lambezellec", language="br")
    house = people.membership(session, person=who).organisation
    secrets = {BY_COOKIE: people.sign_in(session, who, house), BY_TOKEN: people.token(session, who)}
    values = {"hashed": secret_hash(secrets[question]), "now": NOW, "today": NOW.date()}
    session.flush()
    engine = Lent(session)
    found = question.written(engine.dialect).asked(engine, values)
    assert found == [tuple(row) for row in session.connection().execute(question.query, values)]
    assert found[0][:5] == (who.id, who.name, "br", Role.DESK, "lambezellec")
    assert question is BY_TOKEN or found[0][8:] == (house.id, house.name)
