"""What programs send the map: well formed or not. Whether it may be published is for the rules."""

from typing import Any
from uuid import UUID, uuid4

import colander

from maps.rules.content import place_from_json, trail_from_json
from maps.rules.limits import (
    HIGHEST,
    LEAST_RADIUS,
    LONGEST,
    MOST_MEDIA,
    MOST_MINUTES,
    MOST_RADIUS,
    MOST_STOPS,
    NARROWEST_CM,
    STEEPEST_PERCENT,
    WIDEST_CM,
)
from maps.schemas.boxes import BoxText
from maps.schemas.contributing import most_is_more
from maps.terms import AccessLevel, Difficulty, Mode, PlaceContent, Surface, Theme, TrailContent
from portal.i18n import SPOKEN, _
from portal.licences import LICENCES

MOST_ACCEPTED = 10_000
"""How many points a line may have that is sent; it is kept with fewer."""

NOT_A_POSITION = _("Give a longitude between -180 and 180, and a latitude between -90 and 90.")


def _word(vocabulary: Any, name: str, **given: Any) -> colander.SchemaNode:
    return colander.SchemaNode(colander.String(), name=name, validator=colander.OneOf(list(vocabulary)), **given)


def _whole(name: str, low: int, high: int) -> colander.SchemaNode:
    return colander.SchemaNode(colander.Integer(), name=name, missing=None, validator=colander.Range(low, high))


def _texts(name: str, **given: Any) -> colander.SchemaNode:
    """Return a node for a text in several languages; one that is empty is left out."""
    fits = colander.Length(max=LONGEST[name])
    languages = [
        colander.SchemaNode(colander.String(), name=code, missing=colander.drop, validator=fits) for code in SPOKEN
    ]
    return colander.SchemaNode(colander.Mapping(), *languages, name=name, **given)


def _ids(name: str, most: int) -> colander.SchemaNode:
    one = colander.SchemaNode(colander.String(), validator=colander.uuid)
    return colander.SchemaNode(colander.Sequence(), one, name=name, missing=(), validator=colander.Length(max=most))


def _one_line(node: colander.SchemaNode, text: str) -> None:
    if not text.isprintable():
        raise colander.Invalid(node, _("This is not written in the expected way."))


def _on_the_globe(node: colander.SchemaNode, value: Any) -> None:
    if len(value) != 2 or not (-180 <= value[0] <= 180 and -90 <= value[1] <= 90):
        raise colander.Invalid(node, NOT_A_POSITION)


def _position() -> colander.SchemaNode:
    number = colander.SchemaNode(colander.Float())
    return colander.SchemaNode(colander.Sequence(), number, name="position", validator=_on_the_globe)


class Vertices(colander.Sequence):
    """A line as a list of ``[longitude, latitude]`` or ``[longitude, latitude, height]``, looked at in one go."""

    def deserialize(self, node: colander.SchemaNode, cstruct: Any, accept_scalar: bool | None = None) -> Any:
        if cstruct is colander.null:
            return colander.null
        if not isinstance(cstruct, list):
            raise colander.Invalid(node, NOT_A_POSITION)
        if len(cstruct) > MOST_ACCEPTED:
            raise colander.Invalid(node, _("Too long: at most ${max} are possible.", mapping={"max": MOST_ACCEPTED}))
        if len(cstruct) == 1:
            raise colander.Invalid(node, _("One point is not a line. Add where it leads, or leave this empty."))
        if not all(map(_is_vertex, cstruct)):
            raise colander.Invalid(node, NOT_A_POSITION)
        return [[float(number) for number in vertex] for vertex in cstruct]


def _is_vertex(told: Any) -> bool:
    return (
        isinstance(told, list)
        and len(told) in (2, 3)
        and all(type(number) in (int, float) for number in told)
        and -180 <= told[0] <= 180
        and -90 <= told[1] <= 90
        and (len(told) == 2 or abs(told[2]) <= HIGHEST)
    )


def _line() -> colander.SchemaNode:
    vertex = colander.SchemaNode(colander.Sequence(), colander.SchemaNode(colander.Float()))
    return colander.SchemaNode(Vertices(), vertex, name="line", missing=())


class AccessMessage(colander.Schema):
    level = _word(AccessLevel, "level", missing=None)
    slope_percent = _whole("slope_percent", 0, STEEPEST_PERCENT)
    width_cm = _whole("width_cm", NARROWEST_CM, WIDEST_CM)
    surface = _word(Surface, "surface", missing=None)
    obstacles = _texts("obstacles", missing=None)


class StopMessage(colander.Schema):
    id = colander.SchemaNode(colander.String(), missing=None, validator=colander.uuid)
    label = colander.SchemaNode(
        colander.String(), validator=colander.All(colander.Length(max=LONGEST["label"]), _one_line)
    )
    title = _texts("title", missing=None)
    position = _position()
    text = _texts("text", missing=None)
    directions = _texts("directions", missing=None)
    media = _ids("media", MOST_MEDIA)
    radius = _whole("radius", LEAST_RADIUS, MOST_RADIUS)
    optional = colander.SchemaNode(colander.Boolean(), missing=False)


class StopMessages(colander.SequenceSchema):
    stop = StopMessage()


class _Revised(colander.Schema):
    """What trails and places have in common."""

    title = _texts("title")
    language = _word(SPOKEN, "language")
    licence = _word(LICENCES, "licence")
    text = _texts("text", missing=None)
    theme = _word(Theme, "theme", missing=None)
    access = AccessMessage(missing=None)
    comment = colander.SchemaNode(colander.String(), missing="", validator=colander.Length(max=LONGEST["comment"]))


class TrailMessage(_Revised):
    """All that a revision of a trail says, as ``content`` of the trail tells it."""

    summary = _texts("summary", missing=None)
    mode = _word(Mode, "mode", missing=None)
    minutes = _whole("minutes", 1, MOST_MINUTES)
    minutes_most = _whole("minutes_most", 1, MOST_MINUTES)
    difficulty = _word(Difficulty, "difficulty", missing=None)
    line = _line()
    stops = StopMessages(missing=(), validator=colander.Length(max=MOST_STOPS))
    far_on_purpose = _ids("far_on_purpose", MOST_STOPS)

    def validator(self, node, sent) -> None:
        most_is_more(node, sent)


class PlaceMessage(_Revised):
    """All that a revision of a place says, as ``content`` of the place tells it."""

    position = _position()
    address = colander.SchemaNode(colander.String(), missing="", validator=colander.Length(max=LONGEST["address"]))
    media = _ids("media", MOST_MEDIA)


class PublishMessage(colander.Schema):
    far_on_purpose = _ids("far_on_purpose", MOST_STOPS)


class RemixMessage(colander.Schema):
    title = _texts("title")
    licence = _word(LICENCES, "licence")


class EmptyMessage(colander.Schema):
    """Nothing but the act itself."""


class MapCriteria(colander.Schema):
    """Which trails or places are wanted."""

    q = colander.SchemaNode(colander.String(), missing="", validator=colander.Length(max=200))
    theme = _word(Theme, "theme", missing=None)
    language = _word(SPOKEN, "language", missing=None)
    licence = _word(LICENCES, "licence", missing=None)
    access = _word([AccessLevel.WHEELCHAIR], "access", missing=None)
    bbox = colander.SchemaNode(BoxText(), missing=None)


def trail_of(message: dict[str, Any]) -> TrailContent:
    """Return the content that a message tells of; a stop without an id gets a new one."""
    stops = [stop | {"id": stop["id"] or str(uuid4())} for stop in message["stops"]]
    return trail_from_json(message | {"stops": stops})


def place_of(message: dict[str, Any]) -> PlaceContent:
    """Return the content that a message tells of."""
    return place_from_json(message)


def ids_of(told: list[str]) -> list[UUID]:
    return [UUID(one) for one in told]
