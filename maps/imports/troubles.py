"""Why a file cannot be read, as values; ``sentence`` puts one into words to be translated."""

from collections.abc import Mapping
from enum import StrEnum

from portal.i18n import _


class Trouble(StrEnum):
    """Every reason why a file is not read."""

    TOO_LARGE = "too_large"
    EMPTY = "empty"
    NEITHER = "neither"
    NOT_XML = "not_xml"
    FORBIDDEN = "forbidden"
    NOT_GPX = "not_gpx"
    NOT_JSON = "not_json"
    NOT_GEOJSON = "not_geojson"
    NOT_A_TABLE = "not_a_table"
    TOO_DEEP = "too_deep"
    TOO_MANY_POINTS = "too_many_points"
    TOO_MANY_PLACES = "too_many_places"
    BAD_POSITION = "bad_position"
    NOTHING = "nothing"
    CHOOSE = "choose"
    NO_SUCH_LINE = "no_such_line"


class Unreadable(ValueError):
    """A file that cannot be read; ``trouble`` says why, ``values`` with what."""

    def __init__(self, trouble: Trouble, **values: object) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble
        self.values = values


SENTENCES: Mapping[Trouble, str] = {
    Trouble.TOO_LARGE: _("The file is larger than ${most} MB."),
    Trouble.EMPTY: _("The file is empty."),
    Trouble.NEITHER: _("This is neither a GPX nor a GeoJSON file, nor a table with columns latitude and longitude."),
    Trouble.NOT_XML: _("The file cannot be read: it is not well-formed on line ${line}."),
    Trouble.FORBIDDEN: _("The file defines abbreviations of its own (a DTD or entities), which we do not read."),
    Trouble.NOT_GPX: _("The file is XML, but not GPX."),
    Trouble.NOT_JSON: _("The file begins like JSON, but cannot be read as such."),
    Trouble.NOT_GEOJSON: _("The file is JSON, but not GeoJSON."),
    Trouble.NOT_A_TABLE: _("The table cannot be read from line ${line} on."),
    Trouble.TOO_DEEP: _("The file is nested too deep to be read."),
    Trouble.TOO_MANY_POINTS: _("The file has more than ${most} points."),
    Trouble.TOO_MANY_PLACES: _("The file has more than ${most} places. Send it in parts."),
    Trouble.BAD_POSITION: _("A position cannot be used (line ${line}): “${text}”."),
    Trouble.NOTHING: _("There is neither a line nor a point in the file."),
    Trouble.CHOOSE: _("There are ${count} lines in the file. Say which one is meant."),
    Trouble.NO_SUCH_LINE: _("There is no line ${line} in the file."),
}


def sentence(no: Unreadable) -> str:
    """Return what is wrong, as a message to translate."""
    return SENTENCES[no.trouble] % no.values
