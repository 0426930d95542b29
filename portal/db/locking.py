"""One decision at a time on a row, on both databases."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.db.row import Row


def lock(session: Session, kind: type[Row], ids: Iterable[UUID]) -> None:
    """Hold the rows of ``kind`` with ``ids`` until the transaction ends; waits for whoever holds them.

    Must be the first thing a deciding transaction does, before it reads what it decides on; whoever may have read some
    of that already forgets it once all locks are held, by ``session.expire_all()``. Writing, rather than ``SELECT … FOR
    UPDATE``, holds on SQLite too, where that clause is silently dropped. Rows are taken in the order of their ids, and
    tables in the order person, point, loan, stock, so that two decisions never wait for each other.
    """
    for row_id in sorted(set(ids)):
        session.execute(
            update(kind).where(kind.id == row_id).values(lock_version=kind.lock_version + 1),  # type: ignore[attr-defined]
            execution_options={"synchronize_session": False},
        )
