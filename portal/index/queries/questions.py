"""The words of a question against those of the index: what matches, how well. The same on both databases."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, TextClause, and_, case, false, func, literal, text
from sqlalchemy.orm import Session

from portal.index.models import IndexEntry
from portal.index.words import folded, stem

MOST_TERMS = 12


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a question: found by its ``stem`` or, when it is the last one, by what begins with ``beginning``."""

    stem: str
    beginning: str | None = None


def terms(question: str) -> list[Term]:
    """Return what a question looks for: its first words, each once, the last of them also as a beginning."""
    words = list(dict.fromkeys(folded(question[:1000])))[:MOST_TERMS]
    return [Term(stem(word), word if word == words[-1] and len(word) > 1 else None) for word in words]


def matching(session: Session, question: str) -> ColumnElement[bool]:
    """Return the condition that an entry is visible and holds every word of ``question``, for a list of one's own."""
    asked = terms(question)
    return and_(IndexEntry.visible, holds(session, asked, " & ")) if asked else false()


def holds(session: Session, asked: list[Term], joined: str) -> TextClause:
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


def presence(words, term: Term, whole: int) -> ColumnElement[int]:
    """Return ``whole`` where ``words`` hold the term's stem, 1 where only what begins with it, else 0."""
    spaced = literal(" ") + words + literal(" ")
    held = [(spaced.like(f"% {term.stem} %"), whole)]
    if term.beginning:
        held.append((spaced.like(f"% {term.beginning}%"), 1))
    return case(*held, else_=0)


def times(words, term: Term) -> ColumnElement[int]:
    """Return how often ``words`` hold the term's stem."""
    # Two spaces between words, so that each has its own and neighbours that are the same are both counted.
    spaced, sought = literal(" ") + func.replace(words, " ", "  ") + literal(" "), f" {term.stem} "
    return (func.length(spaced) - func.length(func.replace(spaced, sought, ""))) // len(sought)
