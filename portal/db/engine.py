"""One engine for either database, with the traps of both closed.

On SQLite the driver would open its transaction at the first write, outside which a check-then-insert double-books;
so SQLAlchemy says BEGIN itself, and IMMEDIATE unless the connection is marked ``readonly``.
"""

import os

from geoalchemy2.admin.dialects.sqlite import load_spatialite_driver
from sqlalchemy import Engine, event
from sqlalchemy import create_engine as create_sqlalchemy_engine

try:
    import pysqlite3.dbapi2 as sqlite
except ImportError:  # no wheel for this platform: the distribution's own
    import sqlite3 as sqlite

WAL_IS_SAFE = sqlite.sqlite_version_info >= (3, 51, 3)  # 3.7.0 to 3.51.2 can corrupt a WAL that is reset
BUSY_SECONDS = 15


def create_engine(url: str, **options) -> Engine:
    """Return an engine for ``url``, either ``sqlite:///…`` or ``postgresql://…``. Opens no connection yet."""
    if url.startswith("sqlite"):
        return _sqlite(url, **options)
    # PgBouncer in transaction mode cannot keep prepared statements apart, hence prepare_threshold.
    connect = {"prepare_threshold": None, "options": "-c timezone=UTC", "connect_timeout": 5}
    return create_sqlalchemy_engine(
        url, pool_pre_ping=True, pool_size=8, max_overflow=8, connect_args=connect, **options
    )


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
    connection.execute(f"PRAGMA journal_mode={'WAL' if WAL_IS_SAFE else 'TRUNCATE'}")
    connection.execute("PRAGMA synchronous=FULL")  # what was acknowledged survives a power cut


def _on_begin(connection) -> None:
    readonly = connection.get_execution_options().get("readonly")
    connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")
