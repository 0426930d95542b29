"""One engine for either database, with the traps of both closed.

On SQLite the driver would open its transaction at the first write, outside which a check-then-insert double-books;
so SQLAlchemy says BEGIN itself, and IMMEDIATE unless the connection is marked ``readonly``.
"""

import os
from functools import partial
from time import monotonic

import psycopg
from sqlalchemy import URL, Engine, ExceptionContext, event
from sqlalchemy import create_engine as create_sqlalchemy_engine
from sqlalchemy.exc import DisconnectionError

from portal.db.spatial import load_spatialite_driver

try:
    import pysqlite3.dbapi2 as sqlite
except ImportError:  # no wheel for this platform: the distribution's own
    import sqlite3 as sqlite

WAL_IS_SAFE = sqlite.sqlite_version_info >= (3, 51, 3)  # 3.7.0 to 3.51.2 can corrupt a WAL that is reset
BUSY_SECONDS = 15
CACHE_KIB = 1024
"""What a connection to SQLite keeps of the file; the system keeps the rest, for all of them."""
PREPARED_AFTER = 5
"""So often a question is asked before PostgreSQL keeps how it answers it; see :func:`_prepare_if_alone`."""
READS = "-c default_transaction_read_only=on -c max_parallel_workers_per_gather=0 -c jit=off"
"""Nothing is written; helpers and compiled plans take longer to make ready than the questions of a page take."""
IDLE_SECONDS = 2
"""After how long a reader's connection to PostgreSQL is asked whether it is still there, before it is used again."""


def create_engine(url: str, **options) -> Engine:
    """Return an engine for ``url``, either ``sqlite:///…`` or ``postgresql://…``. Opens no connection yet."""
    if url.startswith("sqlite"):
        return _sqlite(url, **options)
    return _postgresql(url, "-c timezone=UTC", pool_pre_ping=True, **options)


def reading(engine: Engine) -> Engine:
    """Return an engine for requests that only read, disposed of together with ``engine``.

    On PostgreSQL it has connections of its own, on which nothing can be written and every statement is a transaction of
    its own: to begin and to end one takes two ways there and back more, and READ COMMITTED sees no more for them. One
    that has just been used is not asked first whether it is still there: who only reads may try again. There is nothing
    to roll back when one is given back.
    """
    if engine.dialect.name == "sqlite":
        return engine.execution_options(readonly=True)
    settings = f"-c timezone=UTC {READS}"
    reader = _postgresql(engine.url, settings, isolation_level="AUTOCOMMIT", pool_reset_on_return=None)
    event.listen(reader, "checkin", _note_idle)
    event.listen(reader, "checkout", partial(_ask_if_idle, reader))
    event.listen(engine, "engine_disposed", lambda _engine: reader.dispose())
    return reader


def _postgresql(url: str | URL, settings: str, **options) -> Engine:
    connect = {"prepare_threshold": None, "options": settings, "connect_timeout": 5}
    engine = create_sqlalchemy_engine(url, pool_size=8, max_overflow=8, connect_args=connect, **options)
    event.listen(engine, "connect", _prepare_if_alone)
    event.listen(engine, "do_execute", _execute_in_binary)
    event.listen(engine, "handle_error", _give_up)
    return engine


def _prepare_if_alone(connection: psycopg.Connection, _record) -> None:
    """Have what is asked often planned once, unless a pooler stands between: PgBouncer may mix our sessions up.

    To plan the question of whose request this is takes three times as long as to answer it. A pooler is known by the
    number of the process behind a connection: it invents one.
    """
    asked = connection.execute("SELECT pg_backend_pid()").fetchone()
    connection.rollback()
    if asked == (connection.info.backend_pid,):
        connection.prepare_threshold = PREPARED_AFTER


def _execute_in_binary(cursor, statement: str, parameters, context) -> bool:
    """Have what asks for it with ``execution_options={"binary": True}`` sent as it is, not as a text twice as long."""
    if context is None or not context.execution_options.get("binary"):
        return False
    cursor.execute(statement, parameters, binary=True)
    return True


def _note_idle(_connection, record) -> None:
    record.info["idle_since"] = monotonic()


def _ask_if_idle(engine: Engine, connection, record, _proxy) -> None:
    if monotonic() - record.info.get("idle_since", monotonic()) > IDLE_SECONDS:
        try:
            engine.dialect.do_ping(connection)
        except psycopg.Error as lost:
            raise DisconnectionError from lost


def _give_up(context: ExceptionContext) -> None:
    """Give a connection up whose server shuts down, or whose plans are for tables as they were before an upgrade."""
    error = context.original_exception
    if isinstance(error, psycopg.errors.AdminShutdown) or "cached plan must not change" in str(error):
        context.is_disconnect = True


def _sqlite(url: str, **options) -> Engine:
    os.environ.setdefault("SPATIALITE_LIBRARY_PATH", "mod_spatialite")
    engine = create_sqlalchemy_engine(url, module=sqlite, connect_args={"timeout": BUSY_SECONDS}, **options)
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection, _record) -> None:
    connection.isolation_level = None  # SQLAlchemy, not the driver, says BEGIN
    load_spatialite_driver(connection)
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA recursive_triggers=ON")  # what INSERT OR REPLACE deletes is deleted for triggers, too
    connection.execute(f"PRAGMA journal_mode={'WAL' if WAL_IS_SAFE else 'TRUNCATE'}")
    connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
    connection.execute("PRAGMA synchronous=FULL")  # what was acknowledged survives a power cut


def _on_begin(connection) -> None:
    readonly = connection.get_execution_options().get("readonly")
    connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")
