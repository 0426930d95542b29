"""Article 13: what was agreed for a time at which the desk is closed by now, since it has changed its hours.

Nothing is moved for that, and nothing called off: what is lent stays claimed. Whoever comes is told, and chooses with
the desk among the openings nearest to the time agreed; until then a pick-up is waited for until the next opening is
over (article 9).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from equipment_lending.rules.opening import OpeningCalendar
from equipment_lending.terms import End, Period

PROPOSED = 3
"""How many openings are proposed instead."""


@dataclass(frozen=True, slots=True)
class Expected:
    """An end of a loan: when somebody comes for it, and when that desk is open as things are now."""

    end: End
    at: datetime
    calendar: OpeningCalendar


@dataclass(frozen=True, slots=True)
class ClosedEnd:
    """An end of a loan at which the desk is closed, with the openings ``nearest`` to it, in order of time."""

    end: End
    at: datetime
    nearest: tuple[Period, ...]


def in_vain(expected: Iterable[Expected], now: datetime | None = None) -> list[Expected]:
    """Return those at which the desk is closed, soonest first; with ``now``, those still to come then."""
    found = [one for one in expected if not one.calendar.is_open_at(one.at) and (now is None or now < one.at)]
    return sorted(found, key=lambda one: one.at)


def closed_ends(expected: Iterable[Expected], now: datetime) -> tuple[ClosedEnd, ...]:
    """Return those still to come at ``now`` at which the desk is closed, soonest first, with what to propose."""
    return tuple(
        ClosedEnd(one.end, one.at, tuple(one.calendar.nearest_windows(one.at, now, PROPOSED)))
        for one in in_vain(expected, now)
    )
