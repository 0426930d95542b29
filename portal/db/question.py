"""A question that each page asks before anything else, asked straight of the driver."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import structlog
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult
from sqlalchemy import Dialect, Engine, PoolProxiedConnection, Select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError

from portal.logs import described

Turn = Callable[[Any], Any] | None
"""How a value is turned into what the driver takes, or what it gives into a value; None where it stays as it is."""


class Question:
    """A query for a few rows that nobody keeps, put together once.

    SQLAlchemy writes it and knows how its values are turned; of its session and its connection only the pool is used.
    Those take twice as long as the question itself on PostgreSQL, and five times as long on SQLite.
    """

    def __init__(self, query: Select) -> None:
        self.query = query
        self._known: dict[str, Written] = {}

    def answered(self, engine: Engine, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """Return the rows, in a transaction of their own.

        Where the driver cannot, because the connection was lost or its plan is for tables as they were, the question is
        asked once more as any other is. Raises ``sqlalchemy.exc.DBAPIError``, as that does.
        """
        try:
            return self.written(engine.dialect).asked(engine, values)
        except engine.dialect.loaded_dbapi.Error as wrong:
            structlog.get_logger().warning("asked once more", error=described(wrong))
            with engine.connect() as connection:
                return connection.execute(self.query, values).all()

    def written(self, dialect: Dialect) -> "Written":
        """Return the query as this kind of database takes it."""
        if dialect.name not in self._known:
            self._known[dialect.name] = _compiled(self.query, dialect)
        return self._known[dialect.name]


@dataclass(frozen=True, slots=True)
class Written:
    """The query as one driver takes it, with the names of its values in the order in which it takes them."""

    ask: Callable[[PoolProxiedConnection, str, list[Any]], Sequence[Sequence[Any]]]
    statement: str
    sent: tuple[tuple[str, Turn], ...]
    found: tuple[Turn, ...]

    def asked(self, engine: Engine, values: Mapping[str, Any]) -> list[tuple]:
        """Return the rows. Raises the driver's own error, and SQLAlchemy's where there is no connection to be had."""
        sent = [turn(values[name]) if turn else values[name] for name, turn in self.sent]
        connection = _connected(engine)
        try:
            rows = self.ask(connection, self.statement, sent)
        except engine.dialect.loaded_dbapi.Error as wrong:
            connection.invalidate(wrong)
            raise
        finally:
            connection.close()
        return [
            tuple(turn(value) if turn else value for turn, value in zip(self.found, row, strict=True)) for row in rows
        ]


def _connected(engine: Engine) -> PoolProxiedConnection:
    try:
        return engine.raw_connection()
    except engine.dialect.loaded_dbapi.Error as wrong:  # to try again would keep the reader waiting twice as long
        base = engine.dialect.loaded_dbapi.Error
        raise DBAPIError.instance(None, None, wrong, base, dialect=engine.dialect) from wrong


def _compiled(query: Select, dialect: Dialect) -> Written:
    by_libpq = dialect.driver == "psycopg"
    writing = PGDialect_psycopg(paramstyle="numeric_dollar") if by_libpq else dialect
    compiled = query.compile(dialect=writing)
    sent = tuple(
        (name, compiled.binds[name].type.dialect_impl(writing).bind_processor(writing))
        for name in compiled.positiontup or ()
    )
    found = tuple(
        column.type.dialect_impl(writing).result_processor(writing, None) for column in query.selected_columns
    )
    return Written(_by_libpq if by_libpq else _by_cursor, str(compiled), sent, found)


def _by_cursor(connection: PoolProxiedConnection, statement: str, sent: list[Any]) -> Sequence[Sequence[Any]]:
    cursor = connection.cursor()
    cursor.execute(statement, sent)
    return cursor.fetchall()


def _by_libpq(connection: PoolProxiedConnection, statement: str, sent: list[Any]) -> Sequence[Sequence[Any]]:
    """Return the rows that PostgreSQL has: one call of its own library, where a cursor of psycopg's takes a hundred.

    It is planned once for each connection, unless there is a pooler (``portal.db.engine``).
    """
    driver: Any = connection.driver_connection
    server, known = driver.pgconn, connection.info
    turning = known.get("turning") or known.setdefault("turning", Transformer(driver))
    values = turning.dump_sequence(sent, [PyFormat.TEXT] * len(sent))
    if driver.prepare_threshold is None:
        result = server.exec_params(statement.encode(), values, turning.types)
    else:
        planned = statement, turning.types
        if planned not in known:
            name = b"portal_" + sha256(repr(planned).encode()).hexdigest().encode()[:16]
            _checked(server.prepare(name, statement.encode(), turning.types), ExecStatus.COMMAND_OK)
            known[planned] = name
        result = server.exec_prepared(known[planned], values)
    turning.set_pgresult(_checked(result, ExecStatus.TUPLES_OK))
    return turning.load_rows(0, result.ntuples, tuple)


def _checked(result: PGresult, wanted: ExecStatus) -> PGresult:
    """Return the result. Raises the error of psycopg's that it stands for."""
    if result.status != wanted:
        raise error_from_result(result)
    return result
