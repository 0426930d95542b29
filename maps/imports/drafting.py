"""What can be made of a file: the draft of a trail, or places."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from maps.imports.brought import Brought, Point
from maps.imports.troubles import Trouble, Unreadable
from maps.rules.limits import MOST_STOPS
from maps.rules.lines import simplified
from maps.terms import PlaceContent, StopContent, Texts, Theme, TrailContent
from portal.forms.text import cleaned

MOST_PLACES = 5_000


@dataclass(frozen=True, slots=True)
class Drafted:
    """The draft of a trail, of how many points its line was, and how many waypoints found no room as stops."""

    content: TrailContent
    points: int
    within: float
    left_out: int = 0


def drafted(
    brought: Brought, title: str, language: str, licence: str, ids: Iterator[UUID], line: int | None = None
) -> Drafted:
    """Return the draft of a trail with a file's line and its points as stops, in the order of the file.

    ``line`` is the number of the one chosen, from 1; 0 is none. Raises :class:`Unreadable` where there are several and
    none is chosen. ``title`` is what it is called unless the file says so.
    """
    if line is None and len(brought.lines) > 1:
        raise Unreadable(Trouble.CHOOSE, count=len(brought.lines))
    number = line if line is not None else len(brought.lines)
    if not 0 <= number <= len(brought.lines):
        raise Unreadable(Trouble.NO_SUCH_LINE, line=number)
    chosen = brought.lines[number - 1] if number else None
    found = simplified(chosen.vertices) if chosen else simplified(())
    name = brought.name or (chosen.name if chosen else "") or title
    content = TrailContent(
        title={language: cleaned(name) or title},
        language=language,
        licence=licence,
        line=found.line,
        stops=tuple(
            _stop(point, number, language, next(ids)) for number, point in enumerate(brought.points[:MOST_STOPS], 1)
        ),
    )
    content = _with_labels_of_their_own(content)
    return Drafted(
        content, len(chosen.vertices) if chosen else 0, found.within, max(0, len(brought.points) - MOST_STOPS)
    )


def places_of(brought: Brought, language: str, licence: str, title: str) -> list[PlaceContent]:
    """Return a place for each point of a file. Raises :class:`Unreadable` for too many."""
    if len(brought.points) > MOST_PLACES:
        raise Unreadable(Trouble.TOO_MANY_PLACES, most=MOST_PLACES)
    return [_place(point, language, licence, title) for point in brought.points]


def _stop(point: Point, number: int, language: str, stop_id: UUID) -> StopContent:
    return StopContent(
        id=stop_id,
        label=cleaned(point.label)[:12] or f"{number:02}",
        title=_texts(point.title, language),
        longitude=point.position[0],
        latitude=point.position[1],
        text=_texts(point.text, language, lines=True),
    )


def _with_labels_of_their_own(content: TrailContent) -> TrailContent:
    """Return the draft with its labels, or, where two are alike, with the numbers of the stops instead."""
    labels = {stop.label for stop in content.stops}
    if len(labels) == len(content.stops):
        return content
    stops = tuple(replace(stop, label=f"{number:02}") for number, stop in enumerate(content.stops, 1))
    return replace(content, stops=stops)


def _place(point: Point, language: str, licence: str, title: str) -> PlaceContent:
    told = point.properties.get("theme")
    theme = Theme(told) if isinstance(told, str) and told in list(Theme) else Theme.HERITAGE
    address = point.properties.get("address")
    return PlaceContent(
        title=_texts(point.title, language) or {language: title},
        language=language,
        licence=licence,
        longitude=point.position[0],
        latitude=point.position[1],
        text=_texts(point.text, language, lines=True),
        theme=theme,
        address=cleaned(address)[:200] if isinstance(address, str) else "",
    )


def _texts(told: Texts, language: str, lines: bool = False) -> Texts:
    """Return texts whose language the file did not say in the one given."""
    found = {code or language: cleaned(text, lines) for code, text in told.items()}
    return {code: text for code, text in found.items() if text}
