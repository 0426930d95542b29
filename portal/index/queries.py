"""Reading the public index: what answers a question, what is new, what there is. Only what is visible, ever."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, TextClause, and_, case, false, func, literal, select, text
from sqlalchemy.orm import Session, defer, joinedload

from portal.index.models import IndexEntry
from portal.index.words import folded, stem
from portal.places.models import Place

MOST_TERMS = 12


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a question: found by its ``stem`` or, when it is the last one, by what begins with ``beginning``."""

    stem: str
    beginning: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One page of the ``total`` entries found. Without ``every_word``, they hold only some of the words asked for."""

    rows: Sequence[IndexEntry]
    total: int
    every_word: bool = True


def search(
    session: Session,
    question: str,
    kinds: Sequence[str] | None = None,
    language: str | None = None,
    limit: int = 20,
    offset: int = 0,
) -> Found:
    """Return what holds every word of ``question``, or where nothing does, some of them; the same on both databases.

    First what holds more of the words, then more of them in its title, then more often; then the newest. ``kinds``
    (None: all) and ``language`` (of what is found, not of the reader) narrow it. Without a question everything is
    found, newest first.
    """
    asked = terms(question)
    if not asked:
        return listing(session, kinds, language, limit, offset) if not question.strip() else Found((), 0)
    found, total, every_word = _holding(session, asked, kinds, language)
    matched = sum((_in(IndexEntry.words, term, whole=1) for term in asked), start=literal(0))
    in_title = sum((_in(IndexEntry.title_words, term, whole=2) for term in asked), start=literal(0))
    often = sum((_times(IndexEntry.words, term) for term in asked), start=literal(0))
    return Found(
        _page(session, found.order_by(matched.desc(), in_title.desc(), often.desc()), limit, offset), total, every_word
    )


def _holding(
    session: Session, asked: list[Term], kinds: Sequence[str] | None, language: str | None
) -> tuple[Select, int, bool]:
    """Return ``(entries, how many, True)`` with every term, or where there are none, with some of them and False."""
    for condition, every_word in ((" & ", True), (" | ", False)):
        found = select(IndexEntry).where(*_public(kinds, language), _holds(session, asked, condition))
        total = _count(session, found)
        if total:
            return found, total, every_word
    return found, 0, True


def listing(
    session: Session, kinds: Sequence[str] | None = None, language: str | None = None, limit: int = 20, offset: int = 0
) -> Found:
    """Return everything there is, newest first."""
    there = select(IndexEntry).where(*_public(kinds, language))
    return Found(_page(session, there, limit, offset), _count(session, there))


def latest(session: Session, kinds: Sequence[str] | None = None, limit: int = 30) -> Sequence[IndexEntry]:
    """Return the newest entries."""
    return _page(session, select(IndexEntry).where(*_public(kinds, None)), limit, 0)


def addresses(
    session: Session, kinds: Sequence[str] | None = None, limit: int = 50_000, offset: int = 0
) -> Sequence[tuple[str, datetime]]:
    """Return path and last change of each entry, in the order in which they came."""
    rows = select(IndexEntry.path, IndexEntry.updated_at).where(*_public(kinds, None)).order_by(IndexEntry.id)
    return [(path, at) for path, at in session.execute(rows.limit(limit).offset(offset))]


def size(session: Session, kinds: Sequence[str] | None = None) -> int:
    """Return how many entries there are."""
    return _count(session, select(IndexEntry).where(*_public(kinds, None)))


def matching(session: Session, question: str) -> ColumnElement[bool]:
    """Return the condition that an entry is visible and holds every word of ``question``, for a list of one's own."""
    asked = terms(question)
    return and_(IndexEntry.visible, _holds(session, asked, " & ")) if asked else false()


def terms(question: str) -> list[Term]:
    """Return what a question looks for: its first words, each once, the last of them also as a beginning."""
    words = list(dict.fromkeys(folded(question[:1000])))[:MOST_TERMS]
    return [Term(stem(word), word if word == words[-1] and len(word) > 1 else None) for word in words]


def _public(kinds: Sequence[str] | None, language: str | None) -> list[ColumnElement[bool]]:
    narrowed: list[ColumnElement[bool]] = [IndexEntry.visible.is_(True)]
    if kinds is not None:
        narrowed.append(IndexEntry.kind.in_(kinds))
    if language:
        narrowed.append(IndexEntry.language == language)
    return narrowed


def _holds(session: Session, asked: list[Term], joined: str) -> TextClause:
    """Return the condition that the full-text index answers, the terms joined by `` & `` or `` | ``.

    Stems are letters and figures only: nothing in them needs quoting.
    """
    if session.get_bind().dialect.name == "postgresql":
        sought = [f"('{t.stem}'" + (f" | '{t.beginning}':*)" if t.beginning else ")") for t in asked]
        matches = "array_to_tsvector(string_to_array(index_entry.words, ' ')) @@ CAST(:sought AS tsquery)"
        return text(matches).bindparams(sought=joined.join(sought))
    sought = [f'("{t.stem}"' + (f' OR "{t.beginning}" *)' if t.beginning else ")") for t in asked]
    matches = "index_entry.id IN (SELECT rowid FROM index_words WHERE index_words MATCH :sought)"
    return text(matches).bindparams(sought={" & ": " AND ", " | ": " OR "}[joined].join(sought))


def _in(words, term: Term, whole: int) -> ColumnElement[int]:
    """Return ``whole`` where ``words`` hold the term's stem, 1 where only what begins with it, else 0."""
    spaced = literal(" ") + words + literal(" ")
    held = [(spaced.like(f"% {term.stem} %"), whole)]
    if term.beginning:
        held.append((spaced.like(f"% {term.beginning}%"), 1))
    return case(*held, else_=0)


def _times(words, term: Term) -> ColumnElement[int]:
    """Return how often ``words`` hold the term's stem."""
    # Two spaces between words, so that each has its own and neighbours that are the same are both counted.
    spaced, sought = literal(" ") + func.replace(words, " ", "  ") + literal(" "), f" {term.stem} "
    return (func.length(spaced) - func.length(func.replace(spaced, sought, ""))) // len(sought)


def _page(session: Session, entries: Select, limit: int, offset: int) -> Sequence[IndexEntry]:
    shown = entries.order_by(IndexEntry.created_at.desc(), IndexEntry.id).limit(limit).offset(offset)
    return session.scalars(
        shown.options(
            defer(IndexEntry.words),
            defer(IndexEntry.title_words),
            joinedload(IndexEntry.place).defer(Place.geometry),
        )
    ).all()


def _count(session: Session, entries: Select) -> int:
    return session.scalar(select(func.count()).select_from(entries.subquery())) or 0
