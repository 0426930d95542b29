"""Instants as whole seconds since 1970, for the few readings that go through thousands of them.

Making a ``datetime`` of every row costs more than everything else such a reading does.
"""

from datetime import UTC, datetime

from sqlalchemy import BigInteger
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class epoch(FunctionElement[int]):  # noqa: N801 (an SQL function)
    """``epoch(column)``: the whole second of an instant. What is below a second is cut off."""

    type = BigInteger()
    inherit_cache = True


@compiles(epoch, "postgresql")
def _on_postgresql(element: epoch, compiler, **options) -> str:
    return f"CAST(floor(date_part('epoch', {compiler.process(element.clauses, **options)})) AS bigint)"


@compiles(epoch, "sqlite")
def _on_sqlite(element: epoch, compiler, **options) -> str:
    return f"unixepoch({compiler.process(element.clauses, **options)})"


def second_of(instant: datetime) -> int:
    """Return the whole second of an aware instant."""
    return int(instant.timestamp())


def instant_of(second: int) -> datetime:
    """Return the instant of a second, in UTC."""
    return datetime.fromtimestamp(second, UTC)
