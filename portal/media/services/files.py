"""Who may touch which files of the store: whoever keeps one and whoever lets it go wait for each other."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.media.queries import still_named
from portal.media.store import Store


def hold(session: Session, names: Iterable[str]) -> None:
    """Hold the names of files until the transaction ends.

    Without that, a file that one media lets go could be removed just after another found it there already. On SQLite
    there is one writer at a time anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        for name in sorted(set(names)):
            session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def let_go(session: Session, store: Store, names: Iterable[str]) -> None:
    """Remove those files that no media needs any more."""
    unsure = set(names)
    hold(session, unsure)
    for name in unsure - still_named(session, unsure):
        store.remove(name)
