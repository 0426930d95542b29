"""Positions as people have them: copied from a map, from an address, from a phone. Kept as longitude and latitude."""

import math
import re

from colander import Invalid, SchemaType, null

from maps.rules.content import DECIMALS
from maps.rules.limits import HIGHEST
from maps.terms import Position, Vertex
from portal.i18n import _

_SIDE = r"\s*°?\s*([NSEWO])?"
_WAYS = [
    re.compile(rf"({number}){_SIDE}(?:{gap})({number}){_SIDE}", re.IGNORECASE)
    for number, gap in (
        (r"[-+]?\d{1,3}(?:\.\d{1,15})?", r"\s*[,;/]\s*|\s+"),
        (r"[-+]?\d{1,3},\d{1,15}", r"\s*[;/]\s*|\s*,?\s+"),  # a decimal comma, as French has it
    )
]
_ONE_NUMBER = re.compile(r"\d+,\d+")
_ADDRESS = re.compile(r"(?:geo:|[?&]q=|@|#map=\d{1,2}(?:\.\d+)?/)(-?\d{1,3}\.\d+)[,/](-?\d{1,3}\.\d+)")
_MARKED = re.compile(r"[?&]mlat=(-?\d{1,3}\.\d+)&(?:amp;)?mlon=(-?\d{1,3}\.\d+)")
LONGEST = 500
EAST_OR_WEST, NORTH_OR_SOUTH = ("E", "W", "O"), ("N", "S")

HOW = _("Write latitude and longitude, such as 48.3904, -4.4861, or paste the address of a map that shows the place.")


def read_position(written: str) -> Position | None:
    """Return the longitude and latitude that were written, latitude first as everybody writes them; None if neither.

    >>> read_position("48.3904, -4.4861"), read_position("48,3904 -4,4861"), read_position("48.3904 N 4.4861 W")
    ((-4.4861, 48.3904), (-4.4861, 48.3904), (-4.4861, 48.3904))
    >>> read_position("https://www.openstreetmap.org/#map=18/48.3904/-4.4861")
    (-4.4861, 48.3904)
    """
    text = written.strip()[:LONGEST]
    for pattern in (_MARKED, _ADDRESS):
        if found := pattern.search(text):
            return _on_the_globe(float(found[2]), float(found[1]))
    return _of_two(text)


def write_position(position: Position) -> str:
    """Return a position as it is shown in a field, and as :func:`read_position` reads it."""
    longitude, latitude = position
    return f"{_shortest(latitude)}, {_shortest(longitude)}"


def read_line(written: str) -> tuple[Vertex, ...] | int:
    """Return the line whose points were written one under the other, with their heights where these are given.

    What cannot be read is answered with the number of its line, counted from 1.
    """
    vertices: list[Vertex] = []
    for number, row in enumerate(written.splitlines(), start=1):
        if not row.strip():
            continue
        vertex = _vertex(row)
        if vertex is None:
            return number
        vertices.append(vertex)
    return tuple(vertices)


def write_line(line: tuple[Vertex, ...]) -> str:
    """Return a line as it is shown in a field, and as :func:`read_line` reads it."""
    return "\n".join(
        ", ".join([write_position((one[0], one[1])), *(_shortest(height) for height in one[2:])]) for one in line
    )


class Where(SchemaType):
    """A position, ``(longitude, latitude)``."""

    def serialize(self, node, appstruct):
        return null if appstruct is null or appstruct is None else write_position(appstruct)

    def deserialize(self, node, cstruct):
        if cstruct is null or not cstruct:
            return null
        position = read_position(str(cstruct))
        if position is None:
            raise Invalid(node, HOW)
        return position


class Line(SchemaType):
    """A line, a point each row."""

    def serialize(self, node, appstruct):
        return null if appstruct is null or appstruct is None else write_line(appstruct)

    def deserialize(self, node, cstruct):
        if cstruct is null or not cstruct:
            return null
        line = read_line(str(cstruct))
        if isinstance(line, int):
            raise Invalid(
                node,
                _(
                    "Row ${row} is not a point. Write latitude and longitude, such as 48.3904, -4.4861.",
                    mapping={"row": line},
                ),
            )
        if len(line) == 1:
            raise Invalid(node, _("One point is not a line. Add where it leads, or leave this empty."))
        return line


def _of_two(text: str) -> Position | None:
    found = None if _ONE_NUMBER.fullmatch(text) else next((m for way in _WAYS if (m := way.fullmatch(text))), None)
    if found is None:
        return None
    one, other = _degrees(found[1], found[2]), _degrees(found[3], found[4])
    if (found[2] or "").upper() in EAST_OR_WEST or (found[4] or "").upper() in NORTH_OR_SOUTH:
        one, other = other, one
    return _on_the_globe(other, one)


def _degrees(number: str, side: str | None) -> float:
    degrees = float(number.replace(",", "."))
    return -degrees if (side or "").upper() in ("S", "W", "O") else degrees


def _vertex(row: str) -> Vertex | None:
    parts = [part for part in re.split(r"[,;\s]+", row.strip()) if part]
    if len(parts) not in (2, 3) or not all(re.fullmatch(r"[-+]?\d{1,5}(\.\d{1,12})?", part) for part in parts):
        return None
    position = _on_the_globe(float(parts[1]), float(parts[0]))
    if position is None:
        return None
    if len(parts) == 2:
        return position
    height = round(float(parts[2]), 1)
    return (*position, height) if abs(height) <= HIGHEST else None


def _on_the_globe(longitude: float, latitude: float) -> Position | None:
    there = math.isfinite(longitude + latitude) and abs(longitude) <= 180 and abs(latitude) <= 90
    return (round(longitude, DECIMALS), round(latitude, DECIMALS)) if there else None


def _shortest(number: float) -> str:
    return f"{number:.{DECIMALS}f}".rstrip("0").rstrip(".")
