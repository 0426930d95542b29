"""Opening hours as OpenStreetMap writes them, ``Tu-Sa 10:00-18:00; PH off; 2026 Aug 1-2026 Aug 31 off``.

Our rows remain the truth; this reads and writes the part of the syntax that says what they can say: a week, public
holidays, dated exceptions. https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from itertools import combinations, groupby, pairwise

from opening_hours import OpeningHours, ParserError  # type: ignore[attr-defined]

from equipment_lending.terms import DayException, DayKind, Hours, WeeklyWindow

WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
PREPARING = "preparing"
"""The comment that tells a day on which orders are prepared from one that is simply closed; OSM has no word for it."""

_HOURS = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
_DATE = re.compile(r"(\d{4}) ([A-Z][a-z]{2}) (\d{1,2})")
_RULE = re.compile(
    r"(?P<days>.*?) ?(?P<hours>\d\d:\d\d-\d\d:\d\d(,\d\d:\d\d-\d\d:\d\d)*)?(?P<closed>closed)?"
    r"( \"(?P<comment>[^\"]*)\")?"
)
_NEXT_RULE = re.compile(r"; |, (?=[A-Z]|\d{4} )")


class UnreadableHours(ValueError):
    """Opening hours that we cannot keep: ``part`` is the piece meant, ``known`` where it is OSM syntax all the same."""

    def __init__(self, part: str, *, known: bool) -> None:
        super().__init__(part)
        self.part = part
        self.known = known


@dataclass(frozen=True, slots=True)
class Timetable:
    """What opening hours say: a usual week, dated exceptions, and whether public holidays are closed."""

    weekly: tuple[WeeklyWindow, ...] = ()
    exceptions: tuple[DayException, ...] = ()
    observes_holidays: bool = False


# Writing --------------------------------------------------------------------------------------------------------------


def written(timetable: Timetable) -> str:
    """Return the timetable in OSM syntax; later rules override earlier ones, so the shortest exception comes last.

    Raises ``ValueError`` for an exceptional opening that names no hours: OSM would read it as open day and night.
    """
    rules = list(_written_week(timetable.weekly))
    if timetable.observes_holidays:
        rules.append("PH off")
    rules += [_written_exception(exception) for exception in _by_rank(timetable.exceptions)]
    return "; ".join(rules) or "off"


def _written_week(weekly: Iterable[WeeklyWindow]) -> Iterator[str]:
    for hours, days in days_by_hours(weekly).items():
        yield f"{_written_weekdays(days)} {_written_hours(hours)}"


def days_by_hours(weekly: Iterable[WeeklyWindow]) -> dict[tuple[Hours, ...], list[int]]:
    """Return the open weekdays by their hours, in the order of the week."""
    hours_of: dict[int, list[Hours]] = {}
    for window in sorted(weekly):
        hours_of.setdefault(window.weekday, []).append(window.hours)
    found: dict[tuple[Hours, ...], list[int]] = {}
    for day, hours in hours_of.items():
        found.setdefault(tuple(hours), []).append(day)
    return found


def _written_weekdays(days: list[int]) -> str:
    return ",".join(WEEKDAYS[a] if a == b else f"{WEEKDAYS[a]}-{WEEKDAYS[b]}" for a, b in runs(days))


def runs(days: Iterable[int]) -> list[tuple[int, int]]:
    """Return ascending numbers as ``(first, last)`` of each unbroken run."""
    found = []
    for _, run in groupby(enumerate(days), key=lambda pair: pair[1] - pair[0]):
        numbers = [day for _, day in run]
        found.append((numbers[0], numbers[-1]))
    return found


def _written_hours(hours: Iterable[Hours]) -> str:
    return ",".join(f"{one.opens:%H:%M}-{_written_closing(one.closes)}" for one in hours)


def _written_closing(closes: time) -> str:
    return "24:00" if closes == time.min else f"{closes:%H:%M}"


def _by_rank(exceptions: Iterable[DayException]) -> list[DayException]:
    """Return one exception for each stretch and kind, the one that wins where they meet last."""
    merged: dict[tuple[timedelta, date, bool, DayKind], DayException] = {}
    for exception in exceptions:
        before = merged.get(_rank(exception))
        hours = {*exception.hours, *(before.hours if before else ())}
        merged[_rank(exception)] = replace(exception, hours=tuple(sorted(hours)))
    return [merged[rank] for rank in sorted(merged, reverse=True)]


def _rank(exception: DayException) -> tuple[timedelta, date, bool, DayKind]:
    return *exception.precedence, exception.kind


def _written_exception(exception: DayException) -> str:
    days = _written_date(exception.first)
    if exception.last != exception.first:
        days += f"-{_written_date(exception.last)}"
    if exception.kind is DayKind.OPEN:
        return f"{days} {_written_hours(exception.hours)}"
    return f'{days} off "{PREPARING}"' if exception.kind is DayKind.PREPARING else f"{days} off"


def _written_date(day: date) -> str:
    return f"{day.year:04} {MONTHS[day.month - 1]} {day.day:02}"


# Reading --------------------------------------------------------------------------------------------------------------


def read(text: str) -> Timetable:
    """Return what opening hours in OSM syntax say.

    Raises :class:`UnreadableHours` for what is not OSM syntax, and for what a desk's rows cannot say: seasons, every
    second Tuesday, hours past midnight, school holidays, rules in an order that gives another one the last word.
    """
    try:
        plain = str(OpeningHours(text.strip().rstrip("; ")))
    except ParserError as wrong:
        raise UnreadableHours(text.strip(), known=False) from wrong
    rules = [_rule(rule, adds) for rule, adds in _parted(plain)]
    _in_order(rules)
    week: dict[int, set[Hours]] = {day: set() for day in range(7)}
    for rule in rules:
        for day in rule.weekdays:
            week[day] = week[day] | set(rule.hours) if rule.adds else set(rule.hours)
    return Timetable(
        tuple(WeeklyWindow(day, one) for day in range(7) for one in sorted(week[day])),
        tuple(_by_rank(exception for rule in rules for exception in rule.exceptions)),
        any(rule.holidays and not rule.hours for rule in rules),
    )


@dataclass(frozen=True, slots=True)
class _Rule:
    """One rule: the weekdays or dates it is about, whether public holidays too; its hours, none where it closes."""

    text: str
    adds: bool
    hours: tuple[Hours, ...]
    weekdays: tuple[int, ...] = ()
    holidays: bool = False
    exceptions: tuple[DayException, ...] = ()

    @property
    def storey(self) -> int:
        """The usual week comes first, then the public holidays, then dates."""
        return 2 if self.exceptions else 1 if self.holidays and not self.hours else 0


def _parted(plain: str) -> Iterator[tuple[str, bool]]:
    """Yield each rule, and whether it adds to the one before it rather than overriding it."""
    start, adds = 0, False
    for separator in _NEXT_RULE.finditer(plain):
        yield plain[start : separator.start()], adds
        start, adds = separator.end(), separator[0] == ", "
    yield plain[start:], adds


def _rule(text: str, adds: bool) -> _Rule:
    found = _RULE.fullmatch(text)
    if found is None or (found["comment"] and not found["closed"]):  # «by appointment» is not what a row can say
        raise UnreadableHours(text, known=True)
    try:
        hours = tuple(_read_span(*map(int, span)) for span in _HOURS.findall(found["hours"] or ""))
        if not hours and not found["closed"]:
            hours = (Hours(time.min, time.min),)  # «Mo-Fr» alone is day and night
        if found["days"][:1].isdigit() and found["days"] != "24/7":
            return _Rule(text, adds, hours, exceptions=tuple(_read_exceptions(found["days"], hours, found["comment"])))
        weekdays, holidays = _read_days(found["days"])
        if holidays and hours and len(weekdays) < len(WEEKDAYS):
            raise ValueError("hours of their own on public holidays")
    except ValueError as unknown:
        raise UnreadableHours(text, known=True) from unknown
    return _Rule(text, adds, hours, weekdays, holidays)


def _in_order(rules: list[_Rule]) -> None:
    """Raise :class:`UnreadableHours` where the last word, which OSM leaves to the later rule, would not be ours."""
    for last, rule in pairwise(rules):
        if rule.storey < last.storey or (rule.adds and rule.storey):
            raise UnreadableHours(rule.text, known=True)
    dated = [(rule, exception) for rule in rules for exception in rule.exceptions]
    for (_, before), (rule, exception) in combinations(dated, 2):
        if before.first <= exception.last and exception.first <= before.last and _rank(before) <= _rank(exception):
            raise UnreadableHours(rule.text, known=True)


def _read_span(from_hour: int, from_minute: int, to_hour: int, to_minute: int) -> Hours:
    closes = time.min if (to_hour, to_minute) == (24, 0) else time(to_hour, to_minute)
    return Hours(time(from_hour, from_minute), closes)


def _read_days(text: str) -> tuple[tuple[int, ...], bool]:
    """Return the weekdays that a rule names, all where it names none, and whether it names public holidays."""
    if text in ("", "24/7"):
        return tuple(range(7)), False
    parts = text.split(",")
    weekdays: list[int] = []
    for first, dash, last in (part.partition("-") for part in parts if part != "PH"):
        start, end = WEEKDAYS.index(first), WEEKDAYS.index(last if dash else first)
        weekdays += [day % 7 for day in range(start, (end if start <= end else end + 7) + 1)]
    return tuple(weekdays), "PH" in parts


def _read_exceptions(days: str, hours: tuple[Hours, ...], comment: str | None) -> Iterator[DayException]:
    kind = DayKind.OPEN if hours else DayKind.PREPARING if comment == PREPARING else DayKind.CLOSED
    for part in days.split(","):
        first, dash, last = part.partition("-")
        yield DayException(_read_date(first), _read_date(last if dash else first), kind, hours)


def _read_date(text: str) -> date:
    found = _DATE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text} is not a date with its year")
    return date(int(found[1]), MONTHS.index(found[2]) + 1, int(found[3]))
