"""Is the installation well? A line for each part, with what to do about it when it is not."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from portal.audit.models import AuditEntry
from portal.db.engine import WAL_IS_SAFE
from portal.db.session import is_schema_missing
from portal.jobs.queries import state_of_work
from portal.logs import described
from portal.media.store import OutOfReach, Store
from portal.migrations.standing import standing

OLDEST = {"PostgreSQL": (15,), "PostGIS": (3, 3), "SQLite": (3, 39), "SpatiaLite": (5,)}
LEAST_FREE = 1024**3
MOST_DRIFT = timedelta(seconds=30)
LATE = timedelta(minutes=15)


class Wrong(Exception):
    """Something is not as it must be; the message says what, and what to do."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one part: its state, or what is wrong with it and what to do."""

    part: str
    well: bool
    words: str


def findings(registry) -> Iterator[Finding]:
    """Look at every part, one after another."""
    for part, look in PARTS.items():
        try:
            yield Finding(part, True, look(registry))
        except Wrong as wrong:
            yield Finding(part, False, str(wrong))
        except SQLAlchemyError as error:
            missing = isinstance(error, DBAPIError) and is_schema_missing(error)
            words = "the tables are missing: run portal init" if missing else f"no answer: {described(error)}"
            yield Finding(part, False, words)


def database(registry) -> str:
    with registry.reading_engine.connect() as connection:
        found = versions(connection)
    for name, version in found.items():
        if numbers(version) < OLDEST[name]:
            raise Wrong(f"{name} {version} is too old: {'.'.join(map(str, OLDEST[name]))} or newer is needed")
    words = ", ".join(f"{name} {version}" for name, version in found.items())
    return words if "SQLite" not in found or WAL_IS_SAFE else f"{words} (without WAL, which is not safe before 3.51.3)"


def versions(connection: Connection) -> dict[str, str]:
    """Return the versions of the database and of its geography. Raises :class:`Wrong` when it has none."""
    if connection.dialect.name == "sqlite":
        return {"SQLite": _one(connection, "SELECT sqlite_version()"), "SpatiaLite": _one(connection, SPATIALITE)}
    if not _one(connection, "SELECT count(*) FROM pg_extension WHERE extname = 'postgis'"):
        raise Wrong("the database has no PostGIS: install it, then run portal init as a user who may CREATE EXTENSION")
    return {
        "PostgreSQL": _one(connection, "SHOW server_version"),
        "PostGIS": _one(connection, "SELECT extversion FROM pg_extension WHERE extname = 'postgis'"),
    }


SPATIALITE = "SELECT spatialite_version()"


def _one(connection: Connection, query: str):
    return connection.execute(text(query)).scalar()


def numbers(version: str) -> tuple[int, ...]:
    """Return ``(15, 4)`` of ``15.4 (Debian 15.4-1)``."""
    parts = version.split()[0].split(".")
    return tuple(int("".join(filter(str.isdigit, part)) or 0) for part in parts)


def migrations(registry) -> str:
    current, newest = standing(registry.engine)
    if current is None:
        raise Wrong("the database has no tables yet: run portal init")
    if current != newest:
        raise Wrong(f"the database is at revision {current}, this version needs {newest}: run portal init")
    return f"at revision {current}, the newest"


def media(registry) -> str:
    store: Store = registry.media_store
    try:
        store.try_out()
    except (OutOfReach, FileNotFoundError) as error:
        raise Wrong(f"nothing can be written to {store.place}: {error}; see portal.media_url") from error
    return f"{store.place} can be written to"


def mail(registry) -> str:
    settings = registry.portal_settings
    try:
        registry.post.check()
    except (OSError, SMTPException) as error:
        raise Wrong(f"no letter can leave: {described(error)}; see portal.smtp_url") from error
    if not settings.smtp_url:
        if settings.production:
            raise Wrong(f"letters are only written to files in {settings.data / 'mail'}: set portal.smtp_url")
        return f"letters are written to files in {settings.data / 'mail'}"
    return "the mail server takes letters"


def clock(registry) -> str:
    """Compare our clock with the database server's, and with the latest thing that is known to have happened."""
    if registry.portal_settings.now is not None:
        return f"set by portal.now; it is {registry.clock.now():%Y-%m-%d %H:%M} here"
    with Session(registry.reading_engine) as session:
        theirs = _server_time(session)
        latest = session.scalar(select(func.max(AuditEntry.at)))
    now = registry.clock.now()
    if theirs is not None and abs(now - theirs) > MOST_DRIFT:
        raise Wrong(f"it is {now:%H:%M:%S} here, {theirs:%H:%M:%S} on the database server: run an NTP client")
    if latest is not None and latest > now + MOST_DRIFT:
        raise Wrong(f"it is {now:%Y-%m-%d %H:%M} here, but something was recorded at {latest:%Y-%m-%d %H:%M}")
    return f"{now:%Y-%m-%d %H:%M:%S} UTC"


def _server_time(session: Session) -> datetime | None:
    return session.scalar(text("SELECT clock_timestamp()")) if session.get_bind().dialect.name == "postgresql" else None


def worker(registry) -> str:
    with Session(registry.reading_engine) as session:
        work = state_of_work(session, registry.clock.now())
    alive = sum(pulse.alive for pulse in work.workers)
    if not alive:
        raise Wrong("none has been seen for two minutes, so no letter leaves: run portal work, or portal serve")
    if work.given_up_total:
        raise Wrong(f"{work.given_up_total} jobs were given up: see /admin/jobs")
    if work.late is not None and work.late > LATE:
        raise Wrong(f"what is due has been waiting for {work.late}: run more of portal work")
    return f"{alive} at work, {work.waiting_total} jobs waiting"


def disk(registry) -> str:
    folder = registry.portal_settings.data
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise Wrong(f"{folder}: {error.strerror}") from error
    if free < LEAST_FREE:
        raise Wrong(f"{free // 1024**2} MB are left under {folder}: make room")
    return f"{free // 1024**3} GB are left under {folder}"


PARTS: dict[str, Callable[..., str]] = {
    "database": database,
    "migrations": migrations,
    "media": media,
    "mail": mail,
    "clock": clock,
    "worker": worker,
    "disk": disk,
}
