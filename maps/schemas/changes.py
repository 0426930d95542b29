"""What an answered form makes of a trail or a place: the content there was, with the answers in it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from maps.terms import (
    Access,
    AccessLevel,
    Difficulty,
    Mode,
    PlaceContent,
    StopContent,
    Surface,
    Texts,
    Theme,
    TrailContent,
    Vertex,
)


def said(text: Texts, language: str, words: str) -> dict[str, str]:
    """Return a text that says ``words`` in a language; without words it does not speak it any more."""
    others = {code: other for code, other in text.items() if code != language}
    if not words:
        return others
    return {code: (words if code == language else text[code]) for code in text} | {language: words}


def begun(sent: Mapping[str, Any]) -> TrailContent:
    """Return the first content of a trail."""
    language = sent["language"]
    return TrailContent(
        title={language: sent["title"]},
        summary=said({}, language, sent["summary"]),
        language=language,
        licence=sent["licence"],
        theme=Theme(sent["theme"]),
    )


def described(content: TrailContent, sent: Mapping[str, Any]) -> TrailContent:
    """Return the trail with what it says of itself, in the language that it is told in."""
    if sent["language"] != content.language:
        content = retold(content, sent["language"])
    language = content.language
    return replace(
        content,
        title=said(content.title, language, sent["title"]),
        summary=said(content.summary, language, sent["summary"]),
        text=said(content.text, language, sent["text"]),
        theme=Theme(sent["theme"]),
        mode=Mode(sent["mode"]),
        licence=sent["licence"],
        minutes=sent["minutes"],
        minutes_most=sent["minutes_most"],
        difficulty=Difficulty(sent["difficulty"]) if sent["difficulty"] else None,
    )


def retold(content: TrailContent, language: str) -> TrailContent:
    """Return the trail with its language corrected: what passed for one was the other all along, and the reverse."""
    renamed = _renaming(content.language, language)
    return replace(
        content,
        language=language,
        title=renamed(content.title),
        summary=renamed(content.summary),
        text=renamed(content.text),
        access=replace(content.access, obstacles=renamed(content.access.obstacles)),
        stops=tuple(
            replace(one, title=renamed(one.title), text=renamed(one.text), directions=renamed(one.directions))
            for one in content.stops
        ),
    )


def retold_place(content: PlaceContent, language: str) -> PlaceContent:
    """Return the place with its language corrected, as :func:`retold` does with trails."""
    renamed = _renaming(content.language, language)
    access = replace(content.access, obstacles=renamed(content.access.obstacles))
    return replace(content, language=language, title=renamed(content.title), text=renamed(content.text), access=access)


def _renaming(was: str, language: str) -> Callable[[Texts], dict[str, str]]:
    """Return what makes of a text in one of the two languages one in the other."""
    other = {was: language, language: was}
    return lambda text: {other.get(code, code): words for code, words in text.items()}


def accessed(content: TrailContent, sent: Mapping[str, Any]) -> TrailContent:
    """Return the trail with what is known of who gets there."""
    access = Access(
        AccessLevel(sent["level"]),
        sent["slope_percent"],
        sent["width_cm"],
        Surface(sent["surface"]) if sent["surface"] else None,
        said(content.access.obstacles, content.language, sent["obstacles"]),
    )
    return replace(content, access=access)


def with_line(content: TrailContent, line: tuple[Vertex, ...]) -> TrailContent:
    return replace(content, line=line)


def with_stop(content: TrailContent, stop_id: UUID, sent: Mapping[str, Any]) -> TrailContent:
    """Return the trail with a stop as it was sent; one that it did not have yet comes last."""
    before = content.stop(stop_id)
    language = content.language
    longitude, latitude = sent["where"]
    stop = StopContent(
        id=stop_id,
        label=sent["label"],
        title=said(before.title if before else {}, language, sent["title"]),
        text=said(before.text if before else {}, language, sent["text"]),
        directions=said(before.directions if before else {}, language, sent["directions"]),
        longitude=longitude,
        latitude=latitude,
        media=before.media if before else (),
        radius=sent["radius"],
        optional=sent["optional"],
    )
    if before is None:
        return replace(content, stops=(*content.stops, stop))
    return replace(content, stops=tuple(stop if one.id == stop_id else one for one in content.stops))


def without_stop(content: TrailContent, stop_id: UUID) -> TrailContent:
    return replace(content, stops=tuple(one for one in content.stops if one.id != stop_id))


def moved(content: TrailContent, stop_id: UUID, by: int) -> TrailContent:
    """Return the trail with a stop so many places further on (less than none: earlier), within its ends."""
    stops = list(content.stops)
    at = next((at for at, one in enumerate(stops) if one.id == stop_id), None)
    if at is None:
        return content
    stop = stops.pop(at)
    stops.insert(min(max(at + by, 0), len(stops)), stop)
    return replace(content, stops=tuple(stops))


def with_media(content: TrailContent, stop_id: UUID, media_id: UUID) -> TrailContent:
    """Return the trail with a sound heard last at a stop; where it is heard already, nothing changes."""
    return _at_stop(content, stop_id, lambda media: media if media_id in media else (*media, media_id))


def without_media(content: TrailContent, stop_id: UUID, media_id: UUID) -> TrailContent:
    return _at_stop(content, stop_id, lambda media: tuple(one for one in media if one != media_id))


def first_media(content: TrailContent, stop_id: UUID, media_id: UUID) -> TrailContent:
    """Return the trail with a sound of a stop heard before its others."""
    return _at_stop(content, stop_id, lambda media: tuple(sorted(media, key=lambda one: one != media_id)))


def _at_stop(content: TrailContent, stop_id: UUID, change) -> TrailContent:
    return replace(
        content,
        stops=tuple(replace(one, media=change(one.media)) if one.id == stop_id else one for one in content.stops),
    )


def next_label(content: TrailContent) -> str:
    """Return the number that the next stop would have: 03 after 01 and 02, whatever the detours are called."""
    numbers = [int(one.label) for one in content.stops if one.label.isascii() and one.label.isdigit()]
    return f"{max(numbers, default=0) + 1:02d}"


def placed(sent: Mapping[str, Any], before: PlaceContent | None = None) -> PlaceContent:
    """Return the content of a place as it was sent; what the form does not ask stays as it was."""
    language = sent["language"]
    longitude, latitude = sent["where"]
    if before is not None and before.language != language:
        before = retold_place(before, language)
    access = before.access if before else Access()
    return PlaceContent(
        title=said(before.title if before else {}, language, sent["title"]),
        text=said(before.text if before else {}, language, sent["text"]),
        language=language,
        licence=sent["licence"],
        longitude=longitude,
        latitude=latitude,
        theme=Theme(sent["theme"]),
        access=replace(access, level=AccessLevel(sent["level"])),
        address=sent["address"],
        media=before.media if before else (),
    )


def shown_at(content: PlaceContent, media_id: UUID) -> PlaceContent:
    """Return the place with one more sound or picture; one that it has already changes nothing."""
    return content if media_id in content.media else replace(content, media=(*content.media, media_id))


def not_shown_at(content: PlaceContent, media_id: UUID) -> PlaceContent:
    return replace(content, media=tuple(one for one in content.media if one != media_id))
