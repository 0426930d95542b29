"""What happens to trails and places alike: alone with one, two changes put together, a no, a revision kept."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from maps.models import MapPlace, MapPlaceRevision, Trail, TrailRevision
from maps.terms import Conflict, Flaw, NoSuchRevision, NotPublishable, PlaceContent, Stale, TrailContent
from portal.db import lock

Whose = TypeVar("Whose", Trail, MapPlace)
Kind = TypeVar("Kind", TrailRevision, MapPlaceRevision)
Content = TypeVar("Content", TrailContent, PlaceContent)
Merge = Callable[[Content, Content, Content], tuple[Content, tuple[Conflict, ...]]]


def alone_with(session: Session, model: type[Whose], whose_id: UUID) -> Whose:
    """Return a trail or a place as it is now, held until the transaction ends."""
    lock(session, model, [whose_id])
    session.expire_all()
    return session.get_one(model, whose_id)


def put_together(
    current: int, base: int, mine: Content, theirs: Content, then: Callable[[int], Content], merge: Merge[Content]
) -> Content:
    """Return what somebody makes of revision ``base``, with what others did up to the ``current`` one, ``theirs``.

    ``then`` returns what a revision said. Raises :class:`NoSuchRevision`, and :class:`Stale` with every conflict.
    """
    if base == current:
        return mine
    if not 1 <= base < current:
        raise NoSuchRevision(base)
    merged, conflicts = merge(then(base), mine, theirs)
    if conflicts:
        raise Stale(current, conflicts, merged)
    return merged


def refuse(flaws: list[Flaw]) -> None:
    """Raise :class:`NotPublishable` where there is any flaw."""
    if flaws:
        raise NotPublishable(flaws)


def keep(
    session: Session,
    kind: type[Kind],
    whose: Trail | MapPlace,
    base: int | None,
    content: dict[str, Any],
    author_id: UUID,
    organisation_id: UUID | None,
    comment: str,
    at: datetime,
) -> Kind:
    """Keep what a trail or a place says as its ``current`` revision, and return it."""
    revision = kind(
        of_id=whose.id,
        number=whose.current,
        base=base,
        content=content,
        comment=comment.strip(),
        author_id=author_id,
        organisation_id=organisation_id,
        created_at=at,
    )
    session.add(revision)
    session.flush()
    return revision
