"""What somebody asks of the map, in the words of an address: a box, dates, kinds, a question; as values.

The names and forms of ``bbox``, ``datetime`` and ``limit`` are those of OGC API - Features - Part 1.
"""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from dateutil.relativedelta import relativedelta
from webob.multidict import MultiDict

from maps.schemas.boxes import NoBox, read_box
from portal.api import Problem
from portal.i18n import _
from portal.index.queries import WHEELCHAIR, Filter
from portal.places.grid import Box

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)
LENGTH = re.compile(
    r"P(?=[\dT])(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,6})D)?"
    r"(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,8})S)?)?",
    re.ASCII,
)
FACETS = ("theme", "licence", "language", "access", "q")
LONGEST = 200
NO_INSTANT = _("Give a day such as 2026-10-22, or an instant with its offset, such as 2026-10-22T14:00:00+02:00.")
OPEN = ("", "..")

Bound = datetime | None


class Unreadable(Exception):
    """A parameter that cannot be used: its ``name``, and what to write instead, a message to translate."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = message


def only(given: MultiDict, known: Collection[str]) -> dict[str, str]:
    """Return the parameters as a dictionary. Raises :class:`Unreadable` for one that is not known, or there twice."""
    for name in given:
        if name not in known:
            raise Unreadable(name, _("There is no such parameter here."))
        if len(given.getall(name)) > 1:
            raise Unreadable(name, _("Give this once."))
    return dict(given)


def box(text: str) -> Box:
    """Return the box that ``bbox`` means."""
    try:
        return read_box(text)
    except NoBox as wrong:
        raise Unreadable("bbox", wrong.message) from None


def period(text: str) -> tuple[Bound, Bound]:
    """Return the first and the last instant that ``datetime`` means; None for one that is left open.

    It is an instant, a day, or two of them with a slash between them, of which the second may be a length of time.
    """
    first, slash, second = text.partition("/")
    if not slash:
        return _first(first), _last(first)
    if first in OPEN and second in OPEN:
        return None, None
    begins = None if first in OPEN else _first(first)
    if second in OPEN:
        return begins, None
    ends = _after(begins, second) if second.startswith("P") and begins is not None else _last(second)
    if begins is not None and begins > ends:
        raise Unreadable("datetime", _("It ends before it begins."))
    return begins, ends


def instant(name: str, text: str, zone: tzinfo) -> datetime:
    """Return an instant, or the beginning of a day in a zone."""
    try:
        return _first(text, zone)
    except Unreadable as wrong:
        raise Unreadable(name, wrong.message) from None


def last_instant(name: str, text: str, zone: tzinfo) -> datetime:
    """Return an instant, or the end of a day in a zone."""
    try:
        return _last(text, zone)
    except Unreadable as wrong:
        raise Unreadable(name, wrong.message) from None


def _first(text: str, zone: tzinfo = UTC) -> datetime:
    at = _read(text)
    return at if isinstance(at, datetime) else _in_utc(datetime.combine(at, time(), zone))


def _last(text: str, zone: tzinfo = UTC) -> datetime:
    at = _read(text)
    return at if isinstance(at, datetime) else _in_utc(datetime.combine(at, time.max, zone))


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise Unreadable("datetime", NO_INSTANT) from None


def _read(text: str) -> date | datetime:
    try:
        if DAY.fullmatch(text):
            return date.fromisoformat(text)
        if INSTANT.fullmatch(text):
            return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Unreadable("datetime", NO_INSTANT)


def _after(begins: datetime, length: str) -> datetime:
    found = LENGTH.fullmatch(length)
    if found is None:
        raise Unreadable("datetime", _("Give a length of time such as P2D or PT6H."))
    years, months, weeks, days, hours, minutes, seconds = (int(number or 0) for number in found.groups())
    try:
        later = begins + relativedelta(years=years, months=months)
        return later + timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    except (ValueError, OverflowError):
        raise Unreadable("datetime", _("Give a length of time such as P2D or PT6H.")) from None


def whole(name: str, text: str, low: int, high: int) -> int:
    """Return a whole number from ``low`` on, ``high`` for what is more."""
    if not re.fullmatch(r"\d{1,30}", text, re.ASCII) or int(text) < low:
        raise Unreadable(name, _("Give a whole number."))
    return min(int(text), high)


def facets(given: Mapping[str, str]) -> dict[str, Any]:
    """Return what a filter's own words say; an empty one says nothing, as in the address that a form makes."""
    said = {name: given[name] for name in FACETS if given.get(name)}
    for name, text in said.items():
        if len(text) > LONGEST and name != "q":
            raise Unreadable(name, _("This is too long."))
    if said.get("access", WHEELCHAIR) != WHEELCHAIR:
        raise Unreadable("access", _("Say “wheelchair”, or leave it out."))
    return said


def some(name: str, text: str, known: Collection[str]) -> tuple[str, ...]:
    """Return the kinds named, with commas between them; all that are known for none."""
    named = dict.fromkeys(kind for kind in text.split(",") if kind)
    if not named.keys() <= set(known):
        raise Unreadable(name, _("There is no such kind."))
    return tuple(named or known)


def or_problem(request, read: Callable[[], Filter]) -> Filter:
    """Return what ``read`` makes of the address. Raises a problem of status 422 that names what cannot be used."""
    try:
        return read()
    except Unreadable as wrong:
        raise Problem(422, errors={wrong.name: request.localizer.translate(wrong.message)}) from None


def wanted(given: Mapping[str, str], known: Collection[str], zone: tzinfo, **more: Any) -> Filter:
    """Return the filter that ``kinds``, the facets, ``since`` and ``until`` say; a day is one in ``zone``."""
    since, until = given.get("since"), given.get("until")
    said: dict[str, Any] = {
        "kinds": some("kinds", given.get("kinds", ""), known),
        "since": instant("since", since, zone) if since else None,
        "until": last_instant("until", until, zone) if until else None,
    }
    if said["since"] and said["until"] and said["since"] > said["until"]:
        raise Unreadable("until", _("It ends before it begins."))
    return Filter(**said, **facets(given), **more)
