"""Tables (CSV): a point each row, by columns named as people name them; those of our own exports among them."""

import csv
from collections.abc import Mapping
from io import StringIO

from maps.imports.brought import LONGEST_NAME, LONGEST_TEXT, Brought, Point
from maps.imports.troubles import Trouble, Unreadable
from maps.rules.limits import LONGEST

MOST_ROWS = 100_000
LONGITUDES, LATITUDES = ("longitude", "lon", "lng", "long", "x"), ("latitude", "lat", "y")
LABELS = ("label", "number", "numéro", "numero")
TITLES, TEXTS = ("title", "name", "titre", "nom"), ("text", "description", "texte", "summary")
DELIMITERS = ",;\t"


def is_table(content: bytes) -> bool:
    """Does its first line name a column for the latitude and one for the longitude?"""
    header = _header(_text(content[:10_000]))
    return _column(header, LATITUDES) is not None and _column(header, LONGITUDES) is not None


def read_table(content: bytes) -> Brought:
    """Return the points of a table, in its order. Raises :class:`Unreadable`."""
    text = _text(content)
    header = _header(text)
    columns = {
        what: _column(header, names)
        for what, names in (
            ("lon", LONGITUDES),
            ("lat", LATITUDES),
            ("label", LABELS),
            ("title", TITLES),
            ("text", TEXTS),
        )
    }
    points: list[Point] = []
    rows = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        next(rows)
        for row in rows:
            if any(cell.strip() for cell in row):
                points.append(_point(row, columns, rows.line_num))
            if len(points) > MOST_ROWS:
                raise Unreadable(Trouble.TOO_MANY_POINTS, most=MOST_ROWS)
    except csv.Error as wrong:
        raise Unreadable(Trouble.NOT_A_TABLE, line=rows.line_num) from wrong
    return Brought(points=tuple(points))


def _point(row: list[str], columns: Mapping[str, int | None], line: int) -> Point:
    def cell(what: str, longest: int) -> str:
        at = columns[what]
        text = row[at].strip() if at is not None and at < len(row) else ""
        return text.removeprefix("'")[:longest]  # spreadsheets put it before what might be a formula

    position = _degrees(cell("lon", 40)), _degrees(cell("lat", 40))
    if position[0] is None or position[1] is None or abs(position[0]) > 180 or abs(position[1]) > 90:
        raise Unreadable(Trouble.BAD_POSITION, line=line, text=f"{cell('lat', 25)}, {cell('lon', 25)}")
    title, text = cell("title", LONGEST_NAME), cell("text", LONGEST_TEXT)
    return Point(
        (position[0], position[1]),
        {"": title} if title else {},
        {"": text} if text else {},
        cell("label", LONGEST["label"]),
    )


def _degrees(written: str) -> float | None:
    """Return a number, also with a decimal comma; None for what is none."""
    try:
        degrees = float(written.replace(",", "."))
    except ValueError:
        return None
    return degrees if abs(degrees) <= 180 else None


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")  # as spreadsheets on Windows write where nobody asks them not to


def _delimiter(text: str) -> str:
    first = next(iter(text[:10_000].splitlines()), "")
    return max(DELIMITERS, key=first.count)


def _header(text: str) -> list[str]:
    try:
        first = next(csv.reader(StringIO(text[:10_000], newline=""), delimiter=_delimiter(text)), [])
    except csv.Error:
        return []
    return [name.strip().casefold() for name in first]


def _column(header: list[str], names: tuple[str, ...]) -> int | None:
    return next((header.index(name) for name in names if name in header), None)
