"""Article 1: how many units are free, and when."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from equipment_lending.terms import Claimed, Period, Step

_instant = itemgetter(0)


def steps(capacity: int, claims: Iterable[Claimed], period: Period) -> list[Step]:
    """Return how many of ``capacity`` units are free at each instant of ``period``.

    The steps are half-open, adjacent and cover the period exactly; neighbours differ. ``free`` is signed: below zero,
    more is promised than there is. Claims may come in any order and reach beyond the period.
    """
    free, changes = capacity, []
    for starts_at, ends_at, units in claims:
        if ends_at <= period.start or starts_at >= period.end:
            continue
        if starts_at <= period.start:
            free -= units
        else:
            changes.append((starts_at, -units))
        if ends_at < period.end:
            changes.append((ends_at, units))
    return _walk(free, sorted(changes, key=_instant), period)


def _walk(free: int, changes: list[tuple[datetime, int]], period: Period) -> list[Step]:
    found, since = [], period.start
    for instant, together in groupby(changes, key=_instant):
        change = sum(units for _, units in together)
        if change:
            found.append(Step(since, instant, free))
            since, free = instant, free + change
    return [*found, Step(since, period.end, free)]


def offered(found: Iterable[Step]) -> list[Step]:
    """Return the steps as the public sees them: where more is promised than there is, nothing is free.

    Neighbours still differ.
    """
    merged: list[Step] = []
    for step in found:
        free = max(0, step.free)
        if merged and merged[-1].free == free:
            merged[-1] = Step(merged[-1].start, step.end, free)
        else:
            merged.append(Step(step.start, step.end, free))
    return merged


def peak(claims: Iterable[Claimed], period: Period) -> int:
    """Return the most units claimed at any one instant of ``period``."""
    return -free_throughout(0, claims, period)


def free_throughout(capacity: int, claims: Iterable[Claimed], period: Period) -> int:
    """Return how many units are free at every instant of ``period``, by count; negative where too much is promised."""
    return min(step.free for step in steps(capacity, claims, period))
