"""Article 1: how many units are free, and when."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from equipment_lending.terms import Claimed, Period, Step

Instant = TypeVar("Instant", datetime, int)
"""An instant: a ``datetime``, or where there are thousands, seconds since 1970."""


def steps(capacity: int, claims: Iterable[Claimed], period: Period) -> list[Step]:
    """Return how many of ``capacity`` units are free at each instant of ``period``.

    The steps are half-open, adjacent and cover the period exactly; neighbours differ. ``free`` is signed: below zero,
    more is promised than there is. Claims may come in any order and reach beyond the period.
    """
    return [Step(*level) for level in levels(capacity, claims, period.start, period.end)]


def levels(
    capacity: int, claims: Iterable[tuple[Instant, Instant, int]], start: Instant, end: Instant
) -> list[tuple[Instant, Instant, int]]:
    """Return what :func:`steps` does, as plain tuples, for instants of either kind."""
    free, changes = capacity, dict[Instant, int]()
    for since, until, units in claims:
        if until <= start or since >= end:
            continue
        if since <= start:
            free -= units
        else:
            changes[since] = changes.get(since, 0) - units
        if until < end:
            changes[until] = changes.get(until, 0) + units
    found: list[tuple[Instant, Instant, int]] = []
    begun = start
    for instant in sorted(changes):
        if change := changes[instant]:
            found.append((begun, instant, free))
            begun, free = instant, free + change
    found.append((begun, end, free))
    return found


def offered(found: list[tuple[Instant, Instant, int]]) -> list[tuple[Instant, Instant, int]]:
    """Return the levels as the public sees them: where more is promised than there is, nothing is free.

    Neighbours still differ.
    """
    if min(free for _, _, free in found) >= 0:
        return found
    merged: list[tuple[Instant, Instant, int]] = []
    for start, end, free in found:
        if free <= 0 and merged and merged[-1][2] == 0:
            merged[-1] = merged[-1][0], end, 0
        else:
            merged.append((start, end, max(0, free)))
    return merged


def free_throughout(capacity: int, claims: Iterable[Claimed], period: Period) -> int:
    """Return how many units are free at every instant of ``period``, by count; negative where too much is promised."""
    return least(capacity, claims, period.start, period.end)


def least(capacity: int, claims: Iterable[tuple[Instant, Instant, int]], start: Instant, end: Instant) -> int:
    """Return what :func:`free_throughout` does, for instants of either kind."""
    return min(free for _, _, free in levels(capacity, claims, start, end))
