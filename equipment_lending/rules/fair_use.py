"""Article 6: fair use. Nobody keeps a sought-after thing to themselves, however the loans are cut."""

from collections.abc import Collection, Mapping
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
    starts = range(min(wished).toordinal() - length + 1, max(wished).toordinal() + 1)
    stretches = [_within(date.fromordinal(start), length, wished, others) for start in starts]
    return max((found for found in stretches if found[0]), key=lambda found: found[0] + found[1])


def _within(
    first: date, length: int, wished: Collection[date], others: Mapping[Loan, Collection[date]]
) -> tuple[int, int, list[Loan]]:
    last = first + timedelta(days=length - 1)
    used = {loan: sum(first <= day <= last for day in days) for loan, days in others.items()}
    asked = sum(first <= day <= last for day in wished)
    return asked, sum(used.values()), [loan for loan, days in used.items() if days]
