"""Article 6: fair use. Nobody keeps a sought-after thing to themselves, however the loans are cut."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import TypeVar

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


def _within(
    first: date, length: int, wished: Sequence[date], others: Mapping[Loan, Sequence[date]]
) -> tuple[int, int, list[Loan]]:
    last = first + timedelta(days=length - 1)
    used = {loan: _count(days, first, last) for loan, days in others.items()}
    return _count(wished, first, last), sum(used.values()), [loan for loan, days in used.items() if days]


def _count(days: Sequence[date], first: date, last: date) -> int:
    """Return how many of some days in order are from ``first`` to ``last``."""
    return bisect_right(days, last) - bisect_left(days, first)
