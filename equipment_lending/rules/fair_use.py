"""Article 6: fair use. Nobody keeps a sought-after thing to themselves, however the loans are cut."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar

from equipment_lending.rules.lateness import overdue
from equipment_lending.terms import FOREVER, Claimed, Period

Loan = TypeVar("Loan")


def busiest_stretch(
    wished: Collection[date], others: Mapping[Loan, Collection[date]], length: int
) -> tuple[int, int, list[Loan]]:
    """Return the days wished for, the days of other loans, and those loans, in the stretch where the sum is greatest.

    A stretch is ``length`` civil days in a row that hold at least one day wished for; the earliest wins a tie.
    Days of loans that overlap count each.
    """
    days, loans = sorted(wished), {loan: sorted(had) for loan, had in others.items()}
    starts = range(days[0].toordinal() - length + 1, days[-1].toordinal() + 1)
    stretches = [_within(date.fromordinal(start), length, days, loans) for start in starts]
    return max((found for found in stretches if found[0]), key=lambda found: found[0] + found[1])


def kept(agreed: Period, coming: int, out: Iterable[tuple[datetime, int]], now: datetime) -> list[Claimed]:
    """Return from when to when somebody has how many units of a loan, as things stand at ``now``.

    What is still ``coming`` they have as ``agreed``; what is ``out`` (due when, how many units) until it is due, or
    until further notice once it is late. What is back they have no more, whatever was agreed.
    """
    found = [(agreed.start, agreed.end, coming)] if coming else []
    ends = ((FOREVER if overdue(due_at, now) else due_at, units) for due_at, units in out)
    return found + [(now, end, units) for end, units in ends if now < end]


def _within(
    first: date, length: int, wished: Sequence[date], others: Mapping[Loan, Sequence[date]]
) -> tuple[int, int, list[Loan]]:
    last = first + timedelta(days=length - 1)
    used = {loan: _count(days, first, last) for loan, days in others.items()}
    return _count(wished, first, last), sum(used.values()), [loan for loan, days in used.items() if days]


def _count(days: Sequence[date], first: date, last: date) -> int:
    """Return how many of some days in order are from ``first`` to ``last``."""
    return bisect_right(days, last) - bisect_left(days, first)
