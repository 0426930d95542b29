"""Article 10: which loans are at risk when there is less equipment than was promised.

Nothing is cancelled for that: the loans keep their claims and are shown to the desk, which finds another unit or point.
Their borrowers are told.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from equipment_lending.rules.assignment import fitting
from equipment_lending.terms import Claimed, ItemUse

LoanId = TypeVar("LoanId", bound=Hashable)

SOON = timedelta(days=2)
"""How long before their pick-up borrowers are told that what they are to have is late."""


@dataclass(frozen=True, slots=True)
class Promise(Generic[LoanId]):
    """What a loan still has coming of one stock: its claims that no item is bound to yet."""

    loan: LoanId
    promised_at: datetime
    claims: tuple[Claimed, ...]


def at_risk(items: Sequence[ItemUse], promises: Iterable[Promise[LoanId]]) -> list[LoanId]:
    """Return the loans that no longer fit, the newest first.

    The oldest promise is honoured first, so the newest of those that compete are at risk, and no others: all that are
    not named fit together, and none of those named fits beside the older ones. Of promises made at the same instant,
    the one whose loan sorts first counts as the older.
    """
    by_age = sorted(promises, key=lambda promise: (promise.promised_at, str(promise.loan)))
    fits = fitting(items, [promise.claims for promise in by_age])
    return [promise.loan for promise, fit in zip(by_age, fits, strict=True) if not fit][::-1]


def to_be_told(
    risky: Collection[LoanId], once_back: Collection[LoanId], pickups: Mapping[LoanId, datetime], now: datetime
) -> set[LoanId]:
    """Return those of the loans at risk whose borrowers are told at ``now``.

    ``once_back`` are those that would be at risk even if all that is late were back: they are told at once. Of the
    others, what is late mostly comes back in time; they are told when their pick-up is two days away.
    """
    return {loan for loan in risky if loan in once_back or pickups[loan] <= now + SOON}
