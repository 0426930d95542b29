"""A question that each page asks before anything else, asked straight of the driver."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Dialect, Engine, PoolProxiedConnection, Select
from sqlalchemy.exc import DBAPIError

from portal.logs import described

Turn = Callable[[Any], Any] | None
"""How a value is turned into what the driver takes, or what it gives into a value; None where it stays as it is."""


class Question:
    """A query for a few rows that nobody keeps, put together once.

    SQLAlchemy writes it and knows how its values are turned; of its session and its connection only the pool is used.
    They take a session twice as long on PostgreSQL, and five times as long on SQLite, as the question itself.
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
    """The query as one driver takes it. ``names`` are in the order of its question marks, none where it has names."""

    statement: str
    names: Sequence[str]
    turned: tuple[tuple[str, Turn], ...]
    found: tuple[Turn, ...]

    def asked(self, engine: Engine, values: Mapping[str, Any]) -> list[tuple]:
        """Return the rows. Raises the driver's own error, and SQLAlchemy's where there is no connection to be had."""
        sent = {name: turn(values[name]) if turn else values[name] for name, turn in self.turned}
        connection = _connected(engine)
        try:
            cursor = connection.cursor()
            cursor.execute(self.statement, [sent[name] for name in self.names] if self.names else sent)
            rows = cursor.fetchall()
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
    compiled = query.compile(dialect=dialect)
    given = tuple(
        (name, bound.type.dialect_impl(dialect).bind_processor(dialect)) for name, bound in compiled.binds.items()
    )
    found = tuple(
        column.type.dialect_impl(dialect).result_processor(dialect, None) for column in query.selected_columns
    )
    return Written(str(compiled), compiled.positiontup or (), given, found)
