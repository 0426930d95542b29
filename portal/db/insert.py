"""Inserts that say what happens when the row is there already, which each engine's dialect spells for itself."""

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.db.row import Row

Insert = postgresql.Insert | sqlite.Insert


def insert_into(session: Session, kind: type[Row]) -> Insert:
    """Return an insert into the table of ``kind`` that has ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
    return sqlite.insert(kind) if session.get_bind().dialect.name == "sqlite" else postgresql.insert(kind)
