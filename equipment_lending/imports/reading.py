"""From bytes to rows: what a spreadsheet saved, checked cell by cell. Every trouble is found in one go.

Commas and semicolons both separate; a byte order mark is forgiven. Text stays text, also where it looks like a formula.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from equipment_lending.imports.rows import FILES, Inventory, Line, columns
from equipment_lending.imports.troubles import Trouble, TroubleCode
from equipment_lending.opening_hours import Timetable, UnreadableHours
from equipment_lending.opening_hours import read as read_hours
from equipment_lending.rules.naming import LONGEST_SLUG, RESERVED_POINTS, SLUG, TAG
from equipment_lending.terms import Approval, Condition
from portal.forms.text import cleaned, has_unseen

MOST_MEGABYTES = 8
MOST_LINES = 20_000
LONGEST_TEXT = 10_000
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Reading:
    """What the files say, as far as it could be read, and everything that is wrong with them."""

    inventory: Inventory = field(default_factory=Inventory)
    troubles: tuple[Trouble, ...] = ()


class Unreadable(ValueError):
    """A cell, or from some line on a file, that cannot be read; ``code`` says why, ``values`` with what."""

    def __init__(self, code: TroubleCode, line: int | None = None, **values: object) -> None:
        super().__init__(code.value)
        self.code = code
        self.line = line
        self.values = values


Wrong = Callable[..., None]


def read(files: Mapping[str, bytes]) -> Reading:
    """Return what the files say; those of the three that are not given are taken as empty."""
    if not any(name in files for name in FILES):
        return Reading(troubles=(Trouble("", None, None, TroubleCode.NO_FILE),))
    troubles: list[Trouble] = []
    rows = [_rows(name, kind, files[name], troubles) if name in files else {} for name, kind in FILES.items()]
    return Reading(Inventory(*rows), tuple(troubles))  # type: ignore[arg-type]  # one mapping of each kind, in order


def _rows(name: str, kind: type[Line], content: bytes, troubles: list[Trouble]) -> dict[str, Any]:
    """Return a file's rows by key; adds what is wrong with it to ``troubles``."""

    def wrong(line: int | None, column: str | None, code: TroubleCode, **values: object) -> None:
        troubles.append(Trouble(name, line, column, code, values))

    try:
        lines = _cells(content)
        first, header = next(lines)
        names = _header(first, header, kind, wrong)
        found: dict[str, Any] = {}
        for number, cells in lines:
            row = _row(number, cells, names, kind, wrong) if names else None
            if row is not None and row.key in found:
                wrong(number, columns(kind)[0], TroubleCode.REPEATED, key=row.key, first=found[row.key].line)
            elif row is not None:
                found[row.key] = row
        return found
    except Unreadable as broken:
        wrong(broken.line, None, broken.code, **broken.values)
        return {}


# The file -------------------------------------------------------------------------------------------------------------


def _cells(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of each line that says something, with its cells. Raises :class:`Unreadable`."""
    text = _text(content)
    header = text.lstrip("\n").partition("\n")[0]
    separator = max(",;", key=header.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    before, said = 0, 0
    try:
        for cells in reader:
            number, before = before + 1, reader.line_num  # a text of several lines begins where it is quoted
            if any(cell.strip() for cell in cells):
                said += 1
                if said > MOST_LINES:
                    raise Unreadable(TroubleCode.TOO_MANY_LINES, number, most=MOST_LINES)
                yield number, cells
    except csv.Error as wrong:
        raise Unreadable(TroubleCode.NOT_CSV, before + 1) from wrong
    if not said:
        raise Unreadable(TroubleCode.NO_LINES)


def _text(content: bytes) -> str:
    if len(content) > MOST_MEGABYTES * 1_000_000:
        raise Unreadable(TroubleCode.TOO_LARGE, most=MOST_MEGABYTES)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise Unreadable(TroubleCode.NOT_UTF8, content[: wrong.start].count(b"\n") + 1) from wrong
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        raise Unreadable(TroubleCode.NOT_UTF8, text[: text.index("\0")].count("\n") + 1)
    return text


def _header(line: int, cells: Sequence[str], kind: type[Line], wrong: Wrong) -> list[str] | None:
    """Return the columns in the file's order, or None when they are not those of the contract."""
    names = [cell.strip().lower() for cell in cells]
    known = columns(kind)
    while names and not names[-1]:  # spreadsheets like to save empty columns
        names.pop()
    if len(names) < 2:
        wrong(line, None, TroubleCode.SEPARATOR)
        return None
    missing = [name for name in known if name not in names]
    unknown = [name for name in names if name not in known]
    repeated = sorted({name for name in names if names.count(name) > 1 and name in known})
    for name in missing:
        wrong(line, name, TroubleCode.MISSING_COLUMN)
    for name in unknown:
        wrong(line, cleaned(name)[:40], TroubleCode.UNKNOWN_COLUMN, columns=", ".join(known))
    for name in repeated:
        wrong(line, name, TroubleCode.REPEATED_COLUMN)
    return None if missing or unknown or repeated else names


def _row(number: int, cells: list[str], names: Sequence[str], kind: type[Line], wrong: Wrong) -> Any | None:
    """Return what one line says, or None after saying what is wrong with each of its cells."""
    while len(cells) > len(names) and not cells[-1].strip():
        cells.pop()
    if len(cells) != len(names):
        wrong(number, None, TroubleCode.CELLS, found=len(cells), wanted=len(names))
        return None
    values: dict[str, Any] = {}
    for name, cell in zip(names, cells, strict=True):
        try:
            values[name] = READERS[kind, name](cell)
        except Unreadable as no:
            wrong(number, name, no.code, **no.values)
    return kind(**values, line=number) if len(values) == len(names) else None


# Cells ----------------------------------------------------------------------------------------------------------------

Reader = Callable[[str], Any]


def text(most: int = LONGEST_TEXT, lines: bool = False) -> Reader:
    """Return a reader of text of at most so many signs, blank if need be; ``lines`` keeps line ends."""

    def read_text(cell: str) -> str:
        if has_unseen(cell):
            raise Unreadable(TroubleCode.UNSEEN)
        found = cleaned(cell, lines)
        if len(found) > most:
            raise Unreadable(TroubleCode.TOO_LONG, most=most)
        return found

    return read_text


def required(read_cell: Reader) -> Reader:
    """Return a reader that refuses a blank cell."""

    def read_required(cell: str) -> Any:
        if not cell.strip():
            raise Unreadable(TroubleCode.BLANK)
        return read_cell(cell)

    return read_required


def blank(value: Any, read_cell: Reader) -> Reader:
    """Return a reader to whom a blank cell means ``value``."""
    return lambda cell: read_cell(cell) if cell.strip() else value


def slug(cell: str) -> str:
    """Return a short name as addresses need it."""
    found = text(LONGEST_SLUG)(cell)
    if not SLUG.fullmatch(found):
        raise Unreadable(TroubleCode.NOT_A_SLUG, text=found)
    return str(found)


def point_slug(cell: str) -> str:
    """Return a short name that no page of the desk has."""
    found = slug(cell)
    if found in RESERVED_POINTS:
        raise Unreadable(TroubleCode.RESERVED, text=found)
    return found


def tag(cell: str) -> str:
    """Return what stands on an item's label."""
    found = text()(cell)
    if not TAG.fullmatch(found):
        raise Unreadable(TroubleCode.NOT_A_TAG, text=found[:60])
    return str(found)


def slugs(cell: str) -> frozenset[str]:
    """Return short names separated by blanks."""
    return frozenset(slug(part) for part in cell.split())


def decimal(low: float, high: float) -> Reader:
    """Return a reader of numbers with a point or a comma, both ends of the range included."""

    def read_decimal(cell: str) -> float:
        found = text(40)(cell)
        if not re.fullmatch(r"[+-]?\d{1,12}([.,]\d{1,15})?", found, re.ASCII):
            raise Unreadable(TroubleCode.NOT_A_NUMBER, text=found)
        number = float(found.replace(",", "."))
        if not low <= number <= high:
            raise Unreadable(TroubleCode.OUT_OF_RANGE, text=found, low=low, high=high)
        return number

    return read_decimal


def whole(low: int, high: int) -> Reader:
    """Return a reader of whole numbers, both ends of the range included."""

    def read_whole(cell: str) -> int:
        number = decimal(low, high)(cell)
        if number != int(number):
            raise Unreadable(TroubleCode.NOT_A_NUMBER, text=cell.strip())
        return int(number)

    return read_whole


def minutes_from_hours(cell: str) -> int:
    """Return hours, as 2 or 0.5, in whole minutes."""
    return round(decimal(0, 24 * 365)(cell) * 60)


def cents(cell: str) -> int:
    """Return euros, as 249.90 or «1 234,50 €», in cents."""
    written = re.fullmatch(r"(\d{1,7})(?:[.,](\d{1,2}))?", re.sub(r"[\s€]", "", cell), re.ASCII)
    if written is None:
        raise Unreadable(TroubleCode.NOT_MONEY, text=text()(cell)[:60])
    return int(written[1]) * 100 + int((written[2] or "0").ljust(2, "0"))


def zone(cell: str) -> str:
    """Return the IANA name of a time zone."""
    found = text(60)(cell)
    if found in available_timezones():
        with suppress(ValueError, OSError):  # «posixrules» and the like are files, but not zones
            return ZoneInfo(found).key
    raise Unreadable(TroubleCode.NOT_A_ZONE, text=found)


def opening_hours(cell: str) -> Timetable:
    """Return opening hours in OpenStreetMap syntax, as far as a desk can have them."""
    try:
        return read_hours(text(2_000)(cell))
    except UnreadableHours as no:
        code = TroubleCode.HOURS_NOT_KEPT if no.known else TroubleCode.NOT_HOURS
        raise Unreadable(code, text=no.part[:200]) from no


def one_of(vocabulary: type[StrEnum]) -> Reader:
    """Return a reader of one word of a vocabulary."""

    def read_word(cell: str) -> StrEnum:
        try:
            return vocabulary(cell.strip().lower())
        except ValueError:
            choices = ", ".join(vocabulary)
            raise Unreadable(TroubleCode.NOT_OFFERED, text=text()(cell)[:60], choices=choices) from None

    return read_word


_CELLS: Mapping[str, Mapping[str, Reader]] = {
    "points.csv": {
        "slug": required(point_slug),
        "name": required(text(LONGEST_NAME)),
        "address": required(text(LONGEST_NAME)),
        "latitude": required(decimal(-90, 90)),
        "longitude": required(decimal(-180, 180)),
        "timezone": required(zone),
        "opening_hours": blank(Timetable(), opening_hours),
        "lead_days": blank(0, whole(0, 365)),
        "max_visits": blank(None, whole(1, 10_000)),
    },
    "models.csv": {
        "slug": required(slug),
        "name": required(text(LONGEST_NAME)),
        "category": required(slug),
        "description": text(lines=True),
        "replacement_value": blank(None, cents),
        "buffer_minutes": blank(None, whole(0, 60 * 24 * 60)),
        "min_hours": blank(None, minutes_from_hours),
        "max_days": blank(None, whole(1, 3650)),
        "approval": blank(None, one_of(Approval)),
        "requires": blank(None, slugs),
    },
    "items.csv": {
        "asset_tag": required(tag),
        "model": required(slug),
        "point": required(slug),
        "serial": blank(None, text(LONGEST_NAME)),
        "condition": blank(Condition.GOOD, one_of(Condition)),
        "units": blank(1, whole(1, 100_000)),
        "parent": blank(None, lambda cell: tag(cell).upper()),
    },
}
READERS: Mapping[tuple[type[Line], str], Reader] = {
    (FILES[name], column): read_cell for name, cells in _CELLS.items() for column, read_cell in cells.items()
}


def in_order(troubles: Iterable[Trouble]) -> list[Trouble]:
    """Return troubles as one mends them: file by file, line by line."""
    rank = {name: number for number, name in enumerate(FILES)}
    return sorted(troubles, key=lambda trouble: (rank.get(trouble.file, -1), trouble.line or 0))
