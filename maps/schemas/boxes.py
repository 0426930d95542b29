"""A part of the map as addresses say it: ``bbox`` of OGC API - Features - Part 1, wherever it is asked for."""

import re
from typing import Any

import colander

from portal.i18n import _
from portal.places.grid import Box

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)


class NoBox(Exception):
    """It is no box; ``message`` says what to write instead, to be translated."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def read_box(text: str) -> Box:
    """Return the box that ``west,south,east,north`` means, in degrees, or six numbers with heights, which nothing has.

    Raises :class:`NoBox`.
    """
    numbers = text.split(",")
    if len(numbers) not in (4, 6) or not all(NUMBER.fullmatch(number) for number in numbers):
        raise NoBox(_("Give four numbers with commas between them: west, south, east, north."))
    values = [float(number) for number in numbers]
    if len(values) == 6:
        if values[2] > values[5]:
            raise NoBox(_("The lower height comes first."))
        values = [values[0], values[1], values[3], values[4]]
    try:
        return Box(*values)
    except ValueError:
        message = _("Longitudes are from -180 to 180, latitudes from -90 to 90, the southern one first.")
        raise NoBox(message) from None


class BoxText(colander.SchemaType):
    """A box in a form or an address; ``message`` is said of what is none, instead of what to write."""

    def __init__(self, message: str | None = None) -> None:
        self._message = message

    def serialize(self, _node: colander.SchemaNode, box: Any) -> Any:
        if box in (None, colander.null):
            return colander.null
        return f"{box.west},{box.south},{box.east},{box.north}"

    def deserialize(self, node: colander.SchemaNode, text: Any) -> Any:
        if text in (colander.null, ""):
            return colander.null
        try:
            return read_box(text)
        except NoBox as wrong:
            raise colander.Invalid(node, self._message or wrong.message) from None
