"""A calendar month as a page shows it: each day says in words how it stands, its kind only colours that."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from babel import dates

from portal.i18n import Words


@dataclass(frozen=True, slots=True)
class Cell:
    """What is known of a day: ``words`` («3 libres»), the page behind it, and a ``kind`` for the eye.

    Kinds: "" (open), full, closed, past, mine; " edge" added marks the first and last day of a stretch.
    """

    words: str
    kind: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the month as drawn; ``label`` is its full name, for those who hear it."""

    number: int
    label: str
    words: str
    kind: str
    url: str | None
    today: bool


@dataclass(frozen=True, slots=True)
class Month:
    """Seven columns that start on Monday; a day of another month is None."""

    caption: str
    weekdays: list[tuple[str, str]]
    weeks: list[list[Day | None]]
    previous_url: str | None
    previous_label: str
    next_url: str | None
    next_label: str


def month_of(
    first: date,
    cells: Mapping[date, Cell],
    words: Words,
    *,
    place: str = "",
    today: date | None = None,
    previous_url: str | None = None,
    next_url: str | None = None,
) -> Month:
    """Return the month that begins on ``first``; a day without a cell says nothing."""
    following = (first + timedelta(days=31)).replace(day=1)
    blank = Cell("")

    def day_of(day: date) -> Day | None:
        if day.month != first.month:
            return None
        cell = cells.get(day, blank)
        kind = f"{cell.kind} today".strip() if day == today else cell.kind
        return Day(day.day, words.day(day), cell.words, kind, cell.url, day == today)

    monday = first - timedelta(days=first.weekday())
    weeks = range((following - monday + timedelta(days=6)).days // 7)
    return Month(
        caption=", ".join(filter(None, (_capital(words.month(first)), place))),
        weekdays=_weekdays(words.language),
        weeks=[[day_of(monday + timedelta(days=7 * week + n)) for n in range(7)] for week in weeks],
        previous_url=previous_url,
        previous_label=_capital(words.month(first - timedelta(days=1))),
        next_url=next_url,
        next_label=_capital(words.month(following)),
    )


def _weekdays(language: str) -> list[tuple[str, str]]:
    short = dates.get_day_names("abbreviated", context="stand-alone", locale=language)
    long = dates.get_day_names("wide", context="stand-alone", locale=language)
    return [(short[n].rstrip("."), long[n]) for n in range(7)]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
