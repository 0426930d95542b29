"""Translating: the texts of a trail or a place one by one, and the form that asks for each in another language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar
from uuid import UUID

import colander

from maps.schemas.changes import said
from maps.terms import PlaceContent, StopContent, Texts, TrailContent
from portal.forms.widgets import Hidden, TextArea, TextInput
from portal.i18n import _

LONG = {"summary": 400, "text": 20_000, "directions": 2000, "obstacles": 2000}
TITLES = {
    "title": _("Title"),
    "summary": _("In one or two sentences"),
    "text": _("What there is to know"),
    "directions": _("How to get to the next stop"),
    "obstacles": _("Obstacles"),
}
Content = TypeVar("Content", TrailContent, PlaceContent)


@dataclass(frozen=True, slots=True)
class Piece:
    """A text to translate: ``what`` it is of the whole, or of a stop; ``name`` is that of its field."""

    what: str
    text: Texts
    stop: StopContent | None = None

    @property
    def name(self) -> str:
        return f"{self.what}_{self.stop.id.hex}" if self.stop else self.what

    @property
    def is_long(self) -> bool:
        return self.what in LONG


def pieces(content: TrailContent | PlaceContent) -> list[Piece]:
    """Return the texts that there are in the language of the content, in reading order."""
    return [piece for piece in _all(content) if piece.text.get(content.language)]


def share(content: TrailContent | PlaceContent, language: str) -> tuple[int, int]:
    """Return how many of the texts there are in a language, and how many there are."""
    there = pieces(content)
    return sum(1 for piece in there if piece.text.get(language)), len(there)


def languages_of(content: TrailContent | PlaceContent) -> list[str]:
    """Return the languages in which something is said: the content's own first, then by how much is said in them."""
    counts: dict[str, int] = {}
    for piece in _all(content):
        for code in piece.text:
            counts[code] = counts.get(code, 0) + 1
    return sorted(counts, key=lambda code: (code != content.language, -counts[code], code))


def readable(content: TrailContent | PlaceContent) -> list[str]:
    """Return the languages in which a content can be read: in which it has a title at least."""
    return [code for code in languages_of(content) if code in content.title]


def translation(content: TrailContent | PlaceContent) -> colander.Schema:
    """Return the schema of the form in which a content is translated; every text may be left for others."""
    schema = colander.Schema(name="translation")
    schema.add(colander.SchemaNode(colander.Integer(), name="base", title=_("Revision"), widget=Hidden()))
    schema.add(colander.SchemaNode(colander.String(), name="language", title=_("Language"), widget=Hidden()))
    for piece in pieces(content):
        longest = LONG.get(piece.what, 120)
        schema.add(
            colander.SchemaNode(
                colander.String(),
                name=piece.name,
                title=TITLES[piece.what],
                missing="",
                validator=colander.Length(max=longest),
                widget=TextArea(rows=6 if longest > 2000 else 3) if piece.is_long else TextInput(),
            )
        )
    schema.add(
        colander.SchemaNode(
            colander.String(),
            name="comment",
            title=_("What did you change?"),
            missing="",
            validator=colander.Length(max=200),
            widget=TextInput(),
        )
    )
    return schema


def filled_in(content: TrailContent | PlaceContent, language: str) -> dict[str, str]:
    """Return what the form is filled in with: what is said in the language already."""
    return {piece.name: piece.text[language] for piece in pieces(content) if piece.text.get(language)}


def translated(content: Content, language: str, sent: Mapping[str, str]) -> Content:
    """Return the content with the texts that were sent in a language; what was not asked stays as it was."""

    def told(what: str, text: Texts, stop_id: UUID | None = None) -> Texts:
        name = f"{what}_{stop_id.hex}" if stop_id else what
        return said(text, language, sent[name]) if name in sent else text

    title, text = told("title", content.title), told("text", content.text)
    access = replace(content.access, obstacles=told("obstacles", content.access.obstacles))
    if isinstance(content, PlaceContent):
        return replace(content, title=title, text=text, access=access)
    stops = tuple(
        replace(
            one,
            title=told("title", one.title, one.id),
            text=told("text", one.text, one.id),
            directions=told("directions", one.directions, one.id),
        )
        for one in content.stops
    )
    return replace(
        content, title=title, text=text, access=access, summary=told("summary", content.summary), stops=stops
    )


def _all(content: TrailContent | PlaceContent) -> Iterator[Piece]:
    yield Piece("title", content.title)
    if isinstance(content, TrailContent):
        yield Piece("summary", content.summary)
    yield Piece("text", content.text)
    yield Piece("obstacles", content.access.obstacles)
    for stop in content.stops if isinstance(content, TrailContent) else ():
        yield Piece("title", stop.title, stop)
        yield Piece("text", stop.text, stop)
        yield Piece("directions", stop.directions, stop)
