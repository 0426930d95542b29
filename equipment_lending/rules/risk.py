"""Article 10: which loans are at risk when there is less equipment than was promised.

Nothing is cancelled for that: the loans keep their claims and are shown to the desk, which finds another unit or point.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from equipment_lending.rules.assignment import fitting
from equipment_lending.terms import Claimed, ItemUse


@dataclass(frozen=True, slots=True)
class Promise:
    """What a loan still has coming of one stock: its claims that no item is bound to yet."""

    loan: Hashable
    promised_at: datetime
    claims: tuple[Claimed, ...]


def at_risk(items: Sequence[ItemUse], promises: Iterable[Promise]) -> list[Hashable]:
    """Return the loans that no longer fit, the newest first.

    The oldest promise is honoured first, so the newest of those that compete are at risk, and no others: all that are
    not named fit together, and none of those named fits beside the older ones. Of promises made at the same instant,
    the one whose loan sorts first counts as the older.
    """
    by_age = sorted(promises, key=lambda promise: (promise.promised_at, str(promise.loan)))
    fits = fitting(items, [promise.claims for promise in by_age])
    return [promise.loan for promise, fit in zip(by_age, fits, strict=True) if not fit][::-1]
