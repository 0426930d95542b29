"""Where the schema stands, for processes that only ask: Alembic is loaded by those that move it."""

from importlib.resources import files

from sqlalchemy import Engine, column, inspect, select, table

_TOLD = table("alembic_version", column("version_num"))


def standing(engine: Engine) -> tuple[str | None, str]:
    """Return ``(revision of the database, newest revision)``; the first is None where there is no schema yet."""
    with engine.execution_options(readonly=True).connect() as connection:
        told = inspect(connection).has_table(_TOLD.name)
        return connection.scalar(select(_TOLD.c.version_num)) if told else None, newest()


def newest() -> str:
    """Return the newest revision: each is named by the four digits that its file begins with, and none branches off."""
    return max(file.name[:4] for file in files("portal.migrations.versions").iterdir() if file.name[:4].isdigit())
