"""Every revision of a trail or a place: one by its number, a page of them, who made them."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer, joinedload

from maps.models import MapPlaceRevision, TrailRevision
from maps.rules.content import Json
from maps.rules.differences import Change, changes
from maps.terms import NoSuchRevision
from portal.people.models import Organisation, Person

Kind = TypeVar("Kind", TrailRevision, MapPlaceRevision)


@dataclass(frozen=True, slots=True)
class Credit:
    """Who made something; the name of a former contributor is empty. ``organisation`` is whom they acted for."""

    person_id: UUID
    name: str
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A revision: who said what is new in it, when, and why."""

    number: int
    base: int | None
    at: datetime
    author: Credit
    comment: str
    changes: tuple[Change, ...] = ()


def revision(session: Session, kind: type[Kind], of: UUID, number: int) -> Kind:
    """Return the revision of a trail or a place that has a number. Raises :class:`NoSuchRevision`."""
    found = session.scalar(select(kind).where(kind.of_id == of, kind.number == number))
    if found is None:
        raise NoSuchRevision(number)
    return found


def versions(
    session: Session, kind: type[Kind], of: UUID, *, limit: int, offset: int = 0
) -> tuple[list[HistoryLine], int]:
    """Return a page of revisions, the latest first, without what is new in each, and how many there are."""
    rows, total = _page(session, kind, of, limit, offset, defer(kind.content))
    return [_line(row) for row in rows], total


def history(
    session: Session,
    kind: type[Kind],
    of: UUID,
    *,
    limit: int = 50,
    offset: int = 0,
    seen: Callable[[Sequence[Json]], Sequence[Json]],
) -> tuple[list[HistoryLine], int]:
    """Return a page of revisions, the latest first, each with what is new in it, and how many there are.

    ``seen`` makes of contents what the reader may see of them.
    """
    rows, total = _page(session, kind, of, limit + 1, offset)  # the one before the last is what it is compared with
    told = dict(zip((row.number for row in rows), seen([row.content for row in rows]), strict=True))
    return [_line(row, told.get(row.number - 1), told[row.number]) for row in rows[:limit]], total


def contributors(session: Session, kind: type[Kind], of: Collection[UUID]) -> dict[UUID, tuple[Credit, ...]]:
    """Return everybody who ever said something, each once for each organisation, the first first, by whose it is."""
    who = kind.of_id, kind.author_id, Person.name, Organisation.name
    query = (
        select(*who)
        .join(Person, Person.id == kind.author_id)
        .outerjoin(Organisation, Organisation.id == kind.organisation_id)
        .where(kind.of_id.in_(of))
        .group_by(*who)
        .order_by(func.min(kind.number))
    )
    found: dict[UUID, list[Credit]] = {one: [] for one in of}
    for whose, person_id, name, organisation in session.execute(query):
        found[whose].append(Credit(person_id, name, organisation))
    return {whose: tuple(makers) for whose, makers in found.items()}


def _page(session: Session, kind: type[Kind], of: UUID, limit: int, offset: int, *options) -> tuple[list[Kind], int]:
    total = session.scalar(select(func.count()).select_from(kind).where(kind.of_id == of)) or 0
    query = select(kind).where(kind.of_id == of).order_by(kind.number.desc()).limit(limit).offset(offset)
    makers = joinedload(kind.author), joinedload(kind.organisation)
    return list(session.scalars(query.options(*makers, *options))), total


def _line(
    row: TrailRevision | MapPlaceRevision, before: Json | None = None, content: Json | None = None
) -> HistoryLine:
    organisation = row.organisation.name if row.organisation else None
    return HistoryLine(
        number=row.number,
        base=row.base,
        at=row.created_at,
        author=Credit(row.author_id, row.author.name, organisation),
        comment=row.comment,
        changes=tuple(changes(before, content)) if before is not None and content is not None else (),
    )
