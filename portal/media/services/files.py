"""Who may touch which files of the store: whoever keeps one and whoever lets it go wait for each other."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import BinaryIO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.media.models import Upload
from portal.media.store import Store
from portal.ports.file_use import FileUse

LEFT_ALONE = timedelta(days=1)
"""How long a file may wait for the row that names it."""

AT_ONCE = 500
MOST_AT_ONCE = 1_000
"""So many are removed in one go, so that nobody waits long; what is left over is for the next."""


def hold(session: Session, names: Iterable[str]) -> None:
    """Hold the names of files until the transaction ends.

    Without that, a file that one media lets go could be removed just after another found it there already. On SQLite
    there is one writer at a time anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        for name in sorted(set(names)):
            session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


class Files:
    """Keeps files, and lets go of those that nobody of ``users`` needs any more."""

    def __init__(self, session: Session, store: Store, users: Sequence[FileUse]) -> None:
        self._session = session
        self._store = store
        self._users = users

    def keep(self, name: str, content: bytes | BinaryIO) -> None:
        """Keep a file that a row of this transaction will name."""
        hold(self._session, [name])
        self._store.put(name, content)

    def let_go(self, names: Iterable[str]) -> None:
        """Remove those files that nobody needs."""
        unsure = set(names)
        hold(self._session, unsure)
        for name in unsure - self._needed(unsure):
            self._store.remove(name)

    def sweep(self, now: datetime) -> None:
        """Remove files that nobody needs, and pieces of what nobody sends any more, both of more than a day ago.

        They stay where a transaction was rolled back after its files were kept, and where no more than a name is
        forgotten: a photo that is shown no longer, the logo before this one.
        """
        before = now - LEFT_ALONE
        self.let_go(self._unneeded(list(self._store.names(before)))[:MOST_AT_ONCE])
        begun = set(self._store.uploads(before))
        known = select(Upload.id).where(Upload.id.in_(begun))
        for upload_id in begun - set(self._session.scalars(known)):
            self._store.forget_pieces(upload_id)

    def _unneeded(self, names: Sequence[str]) -> list[str]:
        parts = (names[start : start + AT_ONCE] for start in range(0, len(names), AT_ONCE))
        return [name for part in parts for name in set(part) - self._needed(part)]

    def _needed(self, names: Collection[str]) -> set[str]:
        return {name for user in self._users for name in user.needed(names)}
