"""What a revision says, as JSON and back: the form in which revisions are kept, merged, handed out and taken in.

A stop's place is ``position``, one value, because whoever moves a stop moves both coordinates. Nothing is left out, so
that two revisions can be compared key by key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from maps.terms import (
    USUAL_RADIUS,
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

Json = dict[str, Any]
Word = TypeVar("Word", bound=StrEnum)

DECIMALS = 7
"""Of a degree: a centimetre. What is finer says nothing, and takes room in every export."""

ORDER = "order"
"""The last step of the path to the order in which stops, or the sounds of one, are."""


def trail_as_json(content: TrailContent) -> Json:
    """Return a trail's content as JSON values."""
    return {
        "title": dict(content.title),
        "language": content.language,
        "licence": content.licence,
        "summary": dict(content.summary),
        "text": dict(content.text),
        "theme": content.theme.value,
        "mode": content.mode.value,
        "minutes": content.minutes,
        "minutes_most": content.minutes_most,
        "difficulty": content.difficulty.value if content.difficulty else None,
        "access": _access_as_json(content.access),
        "line": [list(vertex) for vertex in content.line],
        "stops": [stop_as_json(stop) for stop in content.stops],
    }


def stop_as_json(stop: StopContent) -> Json:
    """Return a stop as JSON values."""
    return {
        "id": str(stop.id),
        "label": stop.label,
        "title": dict(stop.title),
        "position": list(stop.position),
        "text": dict(stop.text),
        "directions": dict(stop.directions),
        "media": [str(media_id) for media_id in stop.media],
        "radius": stop.radius,
        "optional": stop.optional,
    }


def place_as_json(content: PlaceContent) -> Json:
    """Return a place's content as JSON values."""
    return {
        "title": dict(content.title),
        "language": content.language,
        "licence": content.licence,
        "position": list(content.position),
        "text": dict(content.text),
        "theme": content.theme.value,
        "access": _access_as_json(content.access),
        "address": content.address,
        "media": [str(media_id) for media_id in content.media],
    }


def trail_from_json(told: Mapping[str, Any]) -> TrailContent:
    """Return the content that JSON values tell of; what is not told is as usual. Raises on what no trail has."""
    return TrailContent(
        title=dict(told["title"]),
        language=told["language"],
        licence=told["licence"],
        summary=_texts(told, "summary"),
        text=_texts(told, "text"),
        theme=Theme(told.get("theme") or Theme.HERITAGE),
        mode=Mode(told.get("mode") or Mode.FOOT),
        minutes=told.get("minutes"),
        minutes_most=told.get("minutes_most"),
        difficulty=_word(Difficulty, told.get("difficulty")),
        access=_access_from_json(told.get("access") or {}),
        line=tuple(_vertex(vertex) for vertex in told.get("line") or ()),
        stops=tuple(stop_from_json(stop) for stop in told.get("stops") or ()),
    )


def stop_from_json(told: Mapping[str, Any]) -> StopContent:
    """Return the stop that JSON values tell of."""
    longitude, latitude = told["position"]
    radius = told.get("radius")
    return StopContent(
        id=UUID(told["id"]),
        label=told["label"],
        title=_texts(told, "title"),
        longitude=longitude,
        latitude=latitude,
        text=_texts(told, "text"),
        directions=_texts(told, "directions"),
        media=tuple(UUID(media_id) for media_id in told.get("media") or ()),
        radius=USUAL_RADIUS if radius is None else radius,
        optional=bool(told.get("optional")),
    )


def place_from_json(told: Mapping[str, Any]) -> PlaceContent:
    """Return the content that JSON values tell of; what is not told is as usual."""
    longitude, latitude = told["position"]
    return PlaceContent(
        title=dict(told["title"]),
        language=told["language"],
        licence=told["licence"],
        longitude=longitude,
        latitude=latitude,
        text=_texts(told, "text"),
        theme=Theme(told.get("theme") or Theme.HERITAGE),
        access=_access_from_json(told.get("access") or {}),
        address=told.get("address") or "",
        media=tuple(UUID(media_id) for media_id in told.get("media") or ()),
    )


def spanned(content: TrailContent) -> TrailContent:
    """Return the content, without the most minutes that it takes where they are no more than what it takes."""
    least, most = content.minutes, content.minutes_most
    return content if most is None or (least is not None and least < most) else replace(content, minutes_most=None)


def tidied(content: TrailContent) -> TrailContent:
    """Return the content as it is kept: coordinates to the centimetre, heights to the decimetre, no empty texts."""
    return replace(
        spanned(content),
        title=_said(content.title),
        summary=_said(content.summary),
        text=_said(content.text),
        access=_tidied_access(content.access),
        line=tuple(_rounded(vertex) for vertex in content.line),
        stops=tuple(_tidied_stop(stop) for stop in content.stops),
    )


def tidied_place(content: PlaceContent) -> PlaceContent:
    """Return the content as it is kept: coordinates to the centimetre, no empty texts, each media once."""
    return replace(
        content,
        title=_said(content.title),
        text=_said(content.text),
        access=_tidied_access(content.access),
        longitude=round(content.longitude, DECIMALS),
        latitude=round(content.latitude, DECIMALS),
        media=tuple(dict.fromkeys(content.media)),
    )


def _tidied_stop(stop: StopContent) -> StopContent:
    return replace(
        stop,
        label=stop.label.strip(),
        title=_said(stop.title),
        text=_said(stop.text),
        directions=_said(stop.directions),
        longitude=round(stop.longitude, DECIMALS),
        latitude=round(stop.latitude, DECIMALS),
        media=tuple(dict.fromkeys(stop.media)),
    )


def _tidied_access(access: Access) -> Access:
    return replace(access, obstacles=_said(access.obstacles))


def _said(texts: Texts) -> Texts:
    return {language: text.strip() for language, text in sorted(texts.items()) if text.strip()}


def _rounded(vertex: Vertex) -> Vertex:
    longitude, latitude = round(vertex[0], DECIMALS), round(vertex[1], DECIMALS)
    return (longitude, latitude, round(vertex[2], 1)) if len(vertex) == 3 else (longitude, latitude)


def _vertex(told: Sequence[float]) -> Vertex:
    return (told[0], told[1], told[2]) if len(told) > 2 else (told[0], told[1])


def _access_as_json(access: Access) -> Json:
    return {
        "level": access.level.value,
        "slope_percent": access.slope_percent,
        "width_cm": access.width_cm,
        "surface": access.surface.value if access.surface else None,
        "obstacles": dict(access.obstacles),
    }


def _access_from_json(told: Mapping[str, Any]) -> Access:
    return Access(
        level=AccessLevel(told.get("level") or AccessLevel.UNKNOWN),
        slope_percent=told.get("slope_percent"),
        width_cm=told.get("width_cm"),
        surface=_word(Surface, told.get("surface")),
        obstacles=_texts(told, "obstacles"),
    )


def _texts(told: Mapping[str, Any], name: str) -> Texts:
    return dict(told.get(name) or {})


def _word(vocabulary: type[Word], told: str | None) -> Word | None:
    return vocabulary(told) if told is not None else None
