"""What people send us on the pages of trails and places: well formed or not. What may be published, rules say.

Forms that change something carry ``base``, the number of the revision that they were filled in from.
"""

from typing import Any

import colander

from maps.rules.limits import (
    LEAST_RADIUS,
    LONGEST,
    MOST_MINUTES,
    MOST_RADIUS,
    NARROWEST_CM,
    STEEPEST_PERCENT,
    WIDEST_CM,
)
from maps.schemas.positions import HOW, Line, Where
from maps.terms import USUAL_RADIUS
from portal.forms.types import MEBIBYTE, Upload
from portal.forms.widgets import (
    Checkbox,
    EmailInput,
    FileUpload,
    Hidden,
    NumberInput,
    RadioChoice,
    Select,
    TextArea,
    TextInput,
)
from portal.i18n import _

MOST_TRACK_MEBIBYTES = 15


def _text(name: str, title: str, longest: int, *, rows: int = 0, **given: Any) -> colander.SchemaNode:
    return colander.SchemaNode(
        colander.String(),
        name=name,
        title=title,
        widget=TextArea(rows=rows) if rows else TextInput(),
        validator=colander.Length(max=longest),
        **given,
    )


def _number(
    name: str, title: str, least: int, most: int, *, missing: int | None = None, **given: Any
) -> colander.SchemaNode:
    """Return a node for a whole number, which need not be said."""
    return colander.SchemaNode(
        colander.Integer(),
        name=name,
        title=title,
        missing=missing,
        widget=NumberInput(least=least, most=most),
        validator=colander.Range(least, most),
        **given,
    )


def _chosen(
    name: str, title: str, bound: str, *, blank: str | None = None, radio: bool = False, **given
) -> colander.SchemaNode:
    """Return a field whose answers are ``(value, words)`` pairs, given under the name ``bound`` when it is bound."""

    @colander.deferred
    def widget(_node, kw):
        return RadioChoice(values=kw[bound]) if radio else Select(values=kw[bound], blank=blank)

    return colander.SchemaNode(colander.String(), name=name, title=title, widget=widget, **given)


def _base() -> colander.SchemaNode:
    return colander.SchemaNode(
        colander.Integer(), name="base", title=_("Revision"), widget=Hidden(), validator=colander.Range(min=1)
    )


def _comment() -> colander.SchemaNode:
    return _text(
        "comment",
        _("What did you change?"),
        LONGEST["comment"],
        description=_("A few words for the history, which everybody can read."),
        missing="",
    )


def _where(**given: Any) -> colander.SchemaNode:
    return colander.SchemaNode(
        Where(), name="where", title=_("Where it is"), description=HOW, widget=TextInput(css_class="position"), **given
    )


class NewTrailSchema(colander.Schema):
    """A trail that begins. Bound with ``themes``, ``languages`` and ``licences``, as (value, words) pairs."""

    title = _text("title", _("Title"), LONGEST["title"])
    summary = _text(
        "summary", _("In one or two sentences"), LONGEST["summary"], rows=3, missing="", description=_("For the lists.")
    )
    theme = _chosen("theme", _("Theme"), "themes")
    language = _chosen("language", _("In which language it is told"), "languages", blank=None)
    licence = _chosen(
        "licence",
        _("Licence"),
        "licences",
        radio=True,
        description=_("Under which others may use the texts and the line of the trail. Each sound has its own."),
    )


def most_is_more(node, sent) -> None:
    """Raise `colander.Invalid` where a trail is said to take no longer at most than it takes, or that alone is said."""
    least, most = sent["minutes"], sent["minutes_most"]
    wrong = colander.Invalid(node)
    if most is not None and least is None:
        wrong["minutes"] = _("Say this, too, where you say how many at most.")
        raise wrong
    if most is not None and most <= least:
        wrong["minutes_most"] = _("Here goes more than the minutes it takes, or nothing.")
        raise wrong


class AboutSchema(NewTrailSchema):
    """What a trail says of itself. Bound like the new one, and with ``modes`` and ``difficulties``."""

    base = _base()
    text = _text("text", _("What there is to know"), LONGEST["text"], rows=8, missing="")
    mode = _chosen("mode", _("How it is followed"), "modes", radio=True)
    minutes = _number("minutes", _("How many minutes it takes, listening included"), 1, MOST_MINUTES)
    minutes_most = _number(
        "minutes_most",
        _("How many minutes at most"),
        1,
        MOST_MINUTES,
        description=_("For those who take their time, if it is not the same."),
    )
    difficulty = _chosen("difficulty", _("How hard it is"), "difficulties", blank=_("Not said"), missing=None)
    comment = _comment()

    def validator(self, node, sent) -> None:
        most_is_more(node, sent)


class AccessSchema(colander.Schema):
    """Who gets there. Bound with ``levels`` and ``surfaces``."""

    base = _base()
    level = _chosen("level", _("Who can go there"), "levels", radio=True)
    surface = _chosen("surface", _("Ground"), "surfaces", blank=_("Not known"), missing=None)
    slope_percent = _number("slope_percent", _("Steepest slope, in percent"), 0, STEEPEST_PERCENT)
    width_cm = _number(
        "width_cm",
        _("Narrowest passage, in centimetres"),
        NARROWEST_CM,
        WIDEST_CM,
        description=_("A wheelchair needs about 90 cm."),
    )
    obstacles = _text(
        "obstacles",
        _("Obstacles"),
        LONGEST["obstacles"],
        rows=4,
        missing="",
        description=_("Kerbs, gates, roots, a crossing without lights: where, and how to get round them."),
    )
    comment = _comment()


class StopSchema(colander.Schema):
    """A stop of a trail."""

    base = _base()
    label = _text(
        "label",
        _("Number"),
        LONGEST["label"],
        description=_("As it stands on the post: 01, 02, or S1 for a detour."),
    )
    title = _text("title", _("Title"), LONGEST["title"])
    where = _where()
    text = _text(
        "text",
        _("What there is to see, hear or know here"),
        LONGEST["text"],
        rows=6,
        missing="",
        description=_("It can be read where one cannot listen. A stop needs a text or a sound."),
    )
    directions = _text(
        "directions",
        _("How to get to the next stop"),
        LONGEST["directions"],
        rows=3,
        missing="",
        description=_("For somebody without a map: which side of the street, what to look out for."),
    )
    radius = _number(
        "radius",
        _("From how many metres away it begins by itself"),
        LEAST_RADIUS,
        MOST_RADIUS,
        default=USUAL_RADIUS,
        missing=USUAL_RADIUS,
    )
    optional = colander.SchemaNode(
        colander.Boolean(),
        name="optional",
        title=_("A detour, which one may leave out"),
        missing=False,
        widget=Checkbox(),
    )
    comment = _comment()


class NewStopSchema(StopSchema):
    """A new stop. It has its id from the beginning, so that what is sent twice is there once. Bound with ``media``."""

    id = colander.SchemaNode(
        colander.String(),
        name="id",
        title=_("A stop"),
        widget=Hidden(),
        validator=colander.Regex(r"^[0-9a-f]{32}$", msg=_("This is not written in the expected way.")),
    )
    media = _chosen("media", _("A sound of yours, to be heard here"), "media", blank=_("None yet"), missing=None)

    def after_bind(self, node, kw) -> None:
        """Ask for a sound only where there is one."""
        if not kw["media"]:
            del node["media"]


class SoundSchema(colander.Schema):
    """A sound that joins a stop. Bound with ``stops`` and ``media``, as (id, words) pairs."""

    base = _base()
    stop = _chosen("stop", _("At which stop"), "stops", radio=True)
    media = _chosen("media", _("Which sound"), "media", radio=True)
    comment = _comment()


class PlaceSoundSchema(colander.Schema):
    """A sound or a picture of a place. Bound with ``media``."""

    base = _base()
    media = _chosen("media", _("Which one"), "media", radio=True)


class LineSchema(colander.Schema):
    """The line of a trail, written or drawn."""

    base = _base()
    line = colander.SchemaNode(
        Line(),
        name="line",
        title=_("Points of the line"),
        description=_("One a row, in walking order: latitude, longitude and, where it is known, the height in metres."),
        missing=(),
        widget=TextArea(rows=8),
    )
    comment = _comment()


class TrackFileSchema(colander.Schema):
    """A file from a phone, a watch or a map."""

    file = colander.SchemaNode(
        Upload(MOST_TRACK_MEBIBYTES * MEBIBYTE),
        name="file",
        title=_("File"),
        description=_(
            "GPX, as phones, watches and map sites give it, GeoJSON, or a table of stops (CSV); 15 MB at most."
        ),
        widget=FileUpload(accept=".gpx,.geojson,.json,.csv,application/gpx+xml"),
    )


class AuthorSchema(colander.Schema):
    """Somebody who is to work on a trail as its author."""

    email = colander.SchemaNode(
        colander.String(),
        name="email",
        title=_("Their e-mail address"),
        description=_("The one of their account here."),
        widget=EmailInput(autocomplete="off"),
        validator=colander.All(colander.Email(), colander.Length(max=254)),
    )


class RemixSchema(colander.Schema):
    """A trail that is made of another one. Bound with ``licences``, those that the other one allows."""

    title = _text("title", _("Title of yours"), LONGEST["title"])
    licence = _chosen(
        "licence",
        _("Licence"),
        "licences",
        radio=True,
        description=_("Those that the licence of the other trail allows."),
    )


class PlaceSchema(colander.Schema):
    """A place on the map. Bound with ``themes``, ``languages``, ``licences`` and ``levels``."""

    title = _text("title", _("Name"), LONGEST["title"])
    where = _where()
    address = _text("address", _("Address"), LONGEST["address"], missing="")
    text = _text("text", _("What there is to know"), LONGEST["text"], rows=6, missing="")
    theme = _chosen("theme", _("Theme"), "themes")
    level = _chosen("level", _("Who can go there"), "levels", default="unknown")
    language = _chosen("language", _("In which language it is written"), "languages", blank=None)
    licence = _chosen("licence", _("Licence"), "licences", radio=True)
    # the position of which it was asked whether it is meant to be so far away
    sure = colander.SchemaNode(colander.String(), name="sure", title=_("Position"), missing="", widget=Hidden())


class PlaceChangeSchema(PlaceSchema):
    """A correction to a place."""

    base = _base()
    comment = _comment()


class ListSchema(colander.Schema):
    """Which trails somebody looks for. Bound with ``themes``, ``languages`` and ``lengths``."""

    q = _text("q", _("Words to look for"), 200, missing="")
    theme = _chosen("theme", _("Theme"), "themes", blank=_("All themes"), missing=None)
    language = _chosen("language", _("Told in"), "languages", blank=_("Any language"), missing=None)
    length = _chosen("length", _("Length"), "lengths", blank=_("Any length"), missing=None)
    wheelchair = colander.SchemaNode(
        colander.Boolean(), name="wheelchair", title=_("In a wheelchair"), missing=False, widget=Checkbox()
    )
    page = colander.SchemaNode(
        colander.Integer(),
        name="page",
        title=_("Page"),
        missing=1,
        widget=Hidden(),
        validator=colander.Range(1, 10_000),
    )
