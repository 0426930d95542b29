"""Short names that nobody else has, also when two ask for one at the same moment."""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from maps.models import MapPlace, Trail

Named = TypeVar("Named", Trail, MapPlace)


def named(session: Session, kind: type[Named], slugs: Iterator[str], made: Callable[[str], Named]) -> Named:
    """Add what is ``made`` with the first of the short names that is free, and return it.

    Who is slower than somebody else gets the next one: the database decides.
    """
    first = next(slugs)
    like_it = (kind.slug == first) | kind.slug.startswith(f"{first}-", autoescape=True)
    taken = set(session.scalars(select(kind.slug).where(like_it)))
    for slug in chain([first], slugs):
        if slug in taken:
            continue
        try:
            with session.begin_nested():
                row = made(slug)
                session.add(row)
                session.flush()
        except IntegrityError:
            if session.scalar(select(kind.id).where(kind.slug == slug)) is None:
                raise  # it was not the name
            continue
        return row
    raise AssertionError("there is always another name")
