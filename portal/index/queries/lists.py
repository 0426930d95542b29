"""Lists of the public index: what answers a question, what is new, what there is. Only what is visible, ever."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, literal, select
from sqlalchemy.orm import Session, defer, joinedload

from portal.db import Found
from portal.index.models import IndexEntry
from portal.index.queries.filtering import Filter, conditions, facets
from portal.index.queries.questions import Term, holds, presence, terms, times
from portal.places.models import Place


@dataclass(frozen=True, slots=True)
class Answer(Found[IndexEntry]):
    """One page of the ``total`` entries found. Without ``every_word``, they hold only some of the words asked for."""

    every_word: bool = True


def search(
    session: Session,
    question: str,
    kinds: Sequence[str] | None = None,
    language: str | None = None,
    limit: int = 20,
    offset: int = 0,
) -> Answer:
    """Return what holds every word of ``question``, or where nothing does, some of them; the same on both databases.

    First what holds more of the words, then more of them in its title, then more often; then the newest. ``kinds``
    (None: all) and ``language`` (of what is found, not of the reader) narrow it. Without a question everything is
    found, newest first.
    """
    asked = terms(question)
    if not asked:
        return listing(session, kinds, language, limit, offset) if not question.strip() else Answer((), 0)
    found, total, every_word = _holding(session, asked, kinds, language)
    return Answer(_page(session, found.order_by(*_best(asked)), limit, offset), total, every_word)


def filtered(session: Session, wanted: Filter, limit: int = 20, offset: int = 0) -> Answer:
    """Return what is as wanted: with a question what answers it best first, else the newest first."""
    found = select(IndexEntry).where(*conditions(session, wanted))
    best = _best(terms(wanted.q)) if wanted.q.strip() else []
    return Answer(_page(session, found.order_by(*best), limit, offset), _count(session, found))


def _best(asked: list[Term]) -> list[ColumnElement[int]]:
    """Return the order of what answers a question."""
    matched = sum((presence(IndexEntry.words, term, whole=1) for term in asked), start=literal(0))
    in_title = sum((presence(IndexEntry.title_words, term, whole=2) for term in asked), start=literal(0))
    often = sum((times(IndexEntry.words, term) for term in asked), start=literal(0))
    return [matched.desc(), in_title.desc(), often.desc()]


def _holding(
    session: Session, asked: list[Term], kinds: Sequence[str] | None, language: str | None
) -> tuple[Select, int, bool]:
    """Return ``(entries, how many, True)`` with every term, or where there are none, with some of them and False."""
    for condition, every_word in ((" & ", True), (" | ", False)):
        found = select(IndexEntry).where(
            *facets(session, Filter(kinds, language=language)), holds(session, asked, condition)
        )
        total = _count(session, found)
        if total:
            return found, total, every_word
    return found, 0, True


def listing(
    session: Session, kinds: Sequence[str] | None = None, language: str | None = None, limit: int = 20, offset: int = 0
) -> Answer:
    """Return everything there is, newest first."""
    there = select(IndexEntry).where(*facets(session, Filter(kinds, language=language)))
    return Answer(_page(session, there, limit, offset), _count(session, there))


def latest(session: Session, kinds: Sequence[str] | None = None, limit: int = 30) -> Sequence[IndexEntry]:
    """Return the newest entries."""
    return _page(session, select(IndexEntry).where(*facets(session, Filter(kinds))), limit, 0)


def addresses(
    session: Session, kinds: Sequence[str] | None = None, limit: int = 50_000, offset: int = 0
) -> Sequence[tuple[str, datetime]]:
    """Return path and last change of each entry, in the order in which they came."""
    rows = select(IndexEntry.path, IndexEntry.updated_at).where(*facets(session, Filter(kinds))).order_by(IndexEntry.id)
    return [(path, at) for path, at in session.execute(rows.limit(limit).offset(offset))]


def size(session: Session, kinds: Sequence[str] | None = None) -> int:
    """Return how many entries there are."""
    return _count(session, select(IndexEntry).where(*facets(session, Filter(kinds))))


def _page(session: Session, entries: Select, limit: int, offset: int) -> Sequence[IndexEntry]:
    shown = entries.order_by(IndexEntry.created_at.desc(), IndexEntry.id).limit(limit).offset(offset)
    return session.scalars(
        shown.options(
            defer(IndexEntry.words),
            defer(IndexEntry.title_words),
            defer(IndexEntry.told),
            joinedload(IndexEntry.place).defer(Place.geometry),
        )
    ).all()


def _count(session: Session, entries: Select) -> int:
    return session.scalar(select(func.count()).select_from(entries.subquery())) or 0
