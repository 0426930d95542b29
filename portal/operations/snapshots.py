"""A database as files, all of one instant, and back again. Neither needs a program besides the portal.

On SQLite it is one file, copied page by page through SQLite itself, so that nobody who uses the database is in the way
or is harmed. On PostgreSQL it is the rows of each table in COPY's text format; the tables themselves come from our
migrations, so that no privileges beyond our own are needed and the version of neither server nor tools matters.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString

from alembic import command
from alembic.script import ScriptDirectory
from psycopg import sql
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.pool import PoolProxiedConnection

from portal.db import create_engine
from portal.db.engine import sqlite
from portal.migrations import history
from portal.migrations.standing import standing
from portal.operations.archive import PIECE, BadArchive, Progress
from portal.operations.stale import Forgotten, let_go

FILE = "portal.db"
PASSING = frozenset({"alembic_version", "job", "worker_pulse", "attempts"})
"""Tables whose rows come by themselves: a portal that has no others is empty."""


class NotEmpty(Exception):
    """There is a portal in this database already."""


def take(engine: Engine, folder: Path, each: Progress) -> str:
    """Write the database into ``folder`` and return its revision. Raises :class:`BadArchive` when there is none."""
    revision, _newest = standing(engine)
    if revision is None:
        raise BadArchive("the database is empty: there is nothing to back up")
    take_sqlite(engine, folder) if engine.dialect.name == "sqlite" else take_postgresql(engine, folder, each)
    return revision


def put_back(
    engine: Engine,
    folder: Path,
    revision: str,
    each: Progress,
    forgotten: Forgotten,
    before_commit: Callable[[], None],
) -> None:
    """Make the database what the files in ``folder`` say, at ``revision``, then bring it to the newest one.

    What must not come back to life does not, nor what is ``forgotten``, see ``stale``. All or nothing;
    ``before_commit`` is called when all else has succeeded. Raises :class:`BadArchive` for a revision that this version
    does not know.
    """
    known = {script.revision for script in ScriptDirectory.from_config(history.script_config()).walk_revisions()}
    if revision not in known:
        raise BadArchive("this backup was made by a newer version of the portal: install that one first")
    if engine.dialect.name == "sqlite":
        put_back_sqlite(engine, folder, forgotten, before_commit)
    else:
        put_back_postgresql(engine, folder, revision, each, forgotten, before_commit)


def is_empty(engine: Engine) -> bool:
    """Is there no portal in the database, or one in which nothing has happened yet?"""
    with engine.execution_options(readonly=True).connect() as connection:
        return not any(_has_rows(connection, name) for name in _our_tables(connection) if name not in PASSING)


def _our_tables(connection: Connection) -> list[str]:
    """Return our tables, those first that others refer to. Raises ``BadArchive`` when they refer in a circle."""
    ordered = []
    for name, keys in inspect(connection).get_sorted_table_and_fkc_names():
        if name is None and keys:
            raise BadArchive(f"tables refer to each other in a circle: {sorted(table for table, _key in keys)}")
        if name is not None and history.include_object(None, name, "table", True, None):
            ordered.append(name)
    return ordered


def _has_rows(connection: Connection, name: str) -> bool:
    return connection.execute(text(f'SELECT 1 FROM "{name}" LIMIT 1')).first() is not None  # noqa: S608 our own names


def _driver(connection: PoolProxiedConnection) -> Any:
    """Return the driver's own connection, for what SQLAlchemy has no words for."""
    return connection.driver_connection


# SQLite


def take_sqlite(engine: Engine, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    raw = engine.raw_connection()
    copy = sqlite.connect(str(folder / FILE))
    try:
        _driver(raw).backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, whole in itself
    finally:
        copy.close()
        raw.close()


def put_back_sqlite(engine: Engine, folder: Path, forgotten: Forgotten, before_commit: Callable[[], None]) -> None:
    """Copy the pages over the database's own, in one transaction: whoever has it open sees the old or the new."""
    with _healthy(folder / FILE, forgotten) as copy:
        before_commit()
        raw = engine.raw_connection()
        try:
            copy.backup(_driver(raw))
        finally:
            raw.close()
            engine.dispose()


@contextmanager
def _healthy(file: Path, forgotten: Forgotten) -> Iterator:
    """Open a copy, brought to the newest revision, without what is stale. Raises :class:`BadArchive` when damaged."""
    engine = create_engine(f"sqlite:///{file}")
    try:
        with engine.connect() as connection:
            if connection.exec_driver_sql("PRAGMA integrity_check").scalar() != "ok":
                raise BadArchive("the database in this backup is damaged")
        history.upgrade(engine)
        with engine.begin() as connection:
            let_go(connection, forgotten)
    finally:
        engine.dispose()
    copy = sqlite.connect(str(file))
    try:
        yield copy
    finally:
        copy.close()


# PostgreSQL


def take_postgresql(engine: Engine, folder: Path, each: Progress) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    steady = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with steady.begin() as connection:
        for name in each(_our_tables(connection), "database"):
            _copy_out(connection, name, folder / f"{name}.copy")


def put_back_postgresql(
    engine: Engine,
    folder: Path,
    revision: str,
    each: Progress,
    forgotten: Forgotten,
    before_commit: Callable[[], None],
) -> None:
    history.upgrade(engine)  # what only makes room: extensions, and tables to take away again
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL lock_timeout = '60s'"))
        config = history.alembic_config(connection)
        command.downgrade(config, "base")
        command.upgrade(config, revision)
        connection.execute(text("DELETE FROM alembic_version"))
        tables = _our_tables(connection)
        if set(tables) != {file.stem for file in folder.glob("*.copy")}:
            raise BadArchive("this backup has other tables than its version of the portal")
        for name in each(tables, "database"):
            _copy_in(connection, name, folder / f"{name}.copy")
            _set_sequence(connection, name)
        command.upgrade(config, "head")
        let_go(connection, forgotten)
        before_commit()


def _copy_out(connection: Connection, name: str, file: Path) -> None:
    """Write a table's rows, after a line that names its columns."""
    columns = [column["name"] for column in inspect(connection).get_columns(name) if not column.get("computed")]
    cursor = _driver(connection.connection).cursor()
    with file.open("wb") as out, cursor.copy(_copy(name, columns, "TO STDOUT")) as rows:
        out.write(f"{','.join(columns)}\n".encode())
        for piece in rows:
            out.write(piece)


def _copy_in(connection: Connection, name: str, file: Path) -> None:
    cursor = _driver(connection.connection).cursor()
    with file.open("rb") as source:
        columns = source.readline().decode().strip().split(",")
        with cursor.copy(_copy(name, columns, "FROM STDIN")) as rows:
            while piece := source.read(PIECE):
                rows.write(piece)


def _copy(name: str, columns: list[str], direction: LiteralString) -> sql.Composed:
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("COPY {} ({}) " + direction).format(sql.Identifier(name), listed)


def _set_sequence(connection: Connection, name: str) -> None:
    """Let numbers go on after the largest, where a table counts by itself."""
    counted = text(
        "SELECT attname FROM pg_attribute WHERE attrelid = CAST(:t AS regclass) AND attnum > 0 AND NOT attisdropped"
    )
    for (column,) in connection.execute(counted, {"t": f'"{name}"'}).all():
        sequence = connection.execute(
            text("SELECT pg_get_serial_sequence(:t, :c)"), {"t": f'"{name}"', "c": column}
        ).scalar()
        if sequence is not None:
            largest = text(f'SELECT setval(:s, coalesce(max("{column}"), 0) + 1, false) FROM "{name}"')  # noqa: S608
            connection.execute(largest, {"s": sequence})
