"""Article 2: every promise can keep one item from its start to its end.

Counting free units is exact as long as no item is bound for a stretch that is still to come, which is why items are
bound at check-out only. Where maintenance of a given item is planned, two items may each be free for half of a loan and
none for all of it; then the question is answered by an exact search.

The search rests on one observation. An item that stays free from some instant on can take whatever comes, so those
items are only counted. What remains are *gaps*: stretches after which an item is bound. Only claims made when there are
fewer such lasting items than claims need a gap at all, so only those are searched.

Claims are given as :func:`equipment_lending.rules.claims.remaining` leaves them, from now on.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from equipment_lending.rules.availability import free_throughout, steps
from equipment_lending.terms import Claimed, ItemUse, Period, Step

PATIENCE = 5_000
"""States looked at before a question counts as answered with no. Only pools booked to the last hour, with maintenance
planned for most of their items, come near; and a no never promises one thing to two people."""

Stretch = tuple[datetime, datetime]
Gap = tuple[datetime, datetime, datetime]  # its end, since when it runs, from when it can take a claim


def assignable(items: Iterable[ItemUse], unbound: Iterable[Claimed]) -> bool:
    """Can the units of all ``unbound`` claims be given items, each unit keeping one item throughout?

    A yes is always right, and so is a no that comes within the ``PATIENCE`` of the search. The time it takes grows with
    the number of gaps contended for at one time, and hardly with the number of items or claims.
    """
    return _Fitting(items, unbound).possible()


def fitting(items: Sequence[ItemUse], promises: Sequence[Sequence[Claimed]]) -> list[bool]:
    """Return, for each promise, whether it fits beside those before it that fit.

    ``promises`` come in the order in which they are honoured, the oldest first; each is the claims of one loan.
    """
    whole = _Fitting(items, _all(promises))
    if whole.possible():
        return [True] * len(promises)
    hard = [n for n, promise in enumerate(promises) if any(whole.is_hard(claim) for claim in promise)]
    kept = set(range(len(promises))) - set(hard)  # what needs no gap fits beside anything
    _keep(items, promises, kept, hard)
    return [n in kept for n in range(len(promises))]


def _keep(items: Sequence[ItemUse], promises: Sequence[Sequence[Claimed]], kept: set[int], more: list[int]) -> None:
    """Add to ``kept`` those of ``more`` that fit, in order. As few do not, many are tried at once first."""
    if assignable(items, _all(promises[n] for n in kept.union(more))):
        kept.update(more)
    elif len(more) > 1:
        half = len(more) // 2
        _keep(items, promises, kept, more[:half])
        _keep(items, promises, kept, more[half:])


def free_units(items: Sequence[ItemUse], unbound: Sequence[Claimed], wanted: Period) -> int:
    """Return how many units can be promised for all of ``wanted`` beside what is promised already.

    ``unbound`` claims come oldest first. Negative where more is promised than there is.
    """
    count = free_throughout(sum(item.units for item in items), [*bound(items), *unbound], wanted)
    if count <= 0 or not _bound_later(items, _reach(unbound, wanted)):
        return count
    if assignable(items, [*unbound, (wanted.start, wanted.end, count)]):
        return count
    others = _fitting_only(items, unbound)

    def too_many(units: int) -> bool:
        return not assignable(items, [*others, (wanted.start, wanted.end, units)])

    return bisect_left(range(1, count + 1), True, key=too_many)


def promised_beyond(items: Sequence[ItemUse], unbound: Iterable[Claimed], wanted: Period) -> int:
    """Return how many more units are promised, at the worst instant of ``wanted``, than there are to be had then."""
    return max(0, -free_throughout(sum(item.units for item in items), [*bound(items), *unbound], wanted))


def bound(items: Iterable[ItemUse]) -> list[Claimed]:
    """Return for which stretches how many units of the items are bound.

    Of an item that is bound for two reasons at once, late and in repair, no more is missing than there is.
    """
    return [claim for item in items for claim in (item.bound if len(item.bound) < 2 else _missing(item))]


def _missing(item: ItemUse) -> Iterator[Claimed]:
    whole = Period(min(start for start, _, _ in item.bound), max(end for _, end, _ in item.bound))
    for start, end, free in steps(item.units, item.bound, whole):
        if free < item.units:
            yield start, end, item.units - max(0, free)


class Others(NamedTuple):
    """What else is promised when something of a loan is handed out, oldest first: before that loan, and after it."""

    older: Sequence[Claimed]
    newer: Sequence[Claimed]


def items_free(
    items: Sequence[ItemUse], others: Others, promised: Period, wanted: Period, units: int = 1
) -> list[Hashable]:
    """Return the ids of the items of which ``units`` can be handed out for ``wanted`` at nobody's expense.

    Where more is promised than there is, whoever comes in time has what was ``promised`` to them. Where ``wanted``
    begins before that, what is older goes first: nobody loses by it who would be served if each came in turn.
    """
    beside = _fitting_beside(items, others, promised, wanted, units)
    alike: dict[tuple[int, tuple[Claimed, ...]], bool] = {}
    for item in items:
        use = item.units, item.bound
        if beside is not None and use not in alike:
            alike[use] = _can_bind(items, {item.id: units}, wanted, beside)
    return [item.id for item in items if alike.get((item.units, item.bound))]


def free_together(
    items: Sequence[ItemUse], taken: Mapping[Hashable, int], others: Others, promised: Period, wanted: Period
) -> bool:
    """Can so many units of each of the ``taken`` items be handed out for ``wanted`` at once? See :func:`items_free`."""
    beside = _fitting_beside(items, others, promised, wanted, sum(taken.values()))
    return beside is not None and _can_bind(items, taken, wanted, beside)


def extendable(
    items: Sequence[ItemUse], out: Mapping[Hashable, int], longer: Period, unbound: Sequence[Claimed]
) -> bool:
    """Can the units that are ``out`` stay out for ``longer``, from the end of their claim on, at nobody's expense?

    ``out`` says how many units of which item. Other promises, ``unbound``, may be served by other items.
    """
    return _can_bind(items, out, longer, _fitting_only(items, unbound))


def bind(items: Iterable[ItemUse], taken: Mapping[Hashable, int], period: Period) -> list[ItemUse]:
    """Return the items, those ``taken`` (so many units each) bound for ``period`` too."""
    return [
        replace(item, bound=(*item.bound, (period.start, period.end, taken[item.id]))) if item.id in taken else item
        for item in items
    ]


def _can_bind(items: Sequence[ItemUse], taken: Mapping[Hashable, int], period: Period, others: list[Claimed]) -> bool:
    """Are the items free for ``period``, and if they are bound for it, can the others still be served?"""
    chosen = [item for item in items if item.id in taken]
    free = all(free_throughout(item.units, item.bound, period) >= taken[item.id] for item in chosen)
    return free and assignable(bind(items, taken, period), others)


def _fitting_beside(
    items: Sequence[ItemUse], others: Others, promised: Period, wanted: Period, units: int
) -> list[Claimed] | None:
    """Return the promises that fit beside so many units as ``promised``; None where those do not fit themselves."""
    mine = (promised.start, promised.end, units)
    early = wanted.start < promised.start
    order = [*others.older, mine, *others.newer] if early else [mine, *others.older, *others.newer]
    fitted = fitting(items, [[claim] for claim in order])
    kept = [claim for claim, fits in zip(order, fitted, strict=True) if fits]
    if not fitted[len(others.older) if early else 0]:
        return None
    kept.remove(mine)
    return kept


def _fitting_only(items: Sequence[ItemUse], unbound: Sequence[Claimed]) -> list[Claimed]:
    fits = fitting(items, [[claim] for claim in unbound])
    return [claim for claim, fit in zip(unbound, fits, strict=True) if fit]


def _all(promises: Iterable[Sequence[Claimed]]) -> list[Claimed]:
    return [claim for promise in promises for claim in promise]


def _reach(unbound: Iterable[Claimed], wanted: Period) -> Period:
    """Return the stretch in which the claims, and the wish, can compete for items."""
    claims = [*unbound, (wanted.start, wanted.end, 1)]
    return Period(min(start for start, _, _ in claims), max(end for _, end, _ in claims))


def _bound_later(items: Iterable[ItemUse], reach: Period) -> bool:
    return any(reach.start < start < reach.end for item in items for start, _, _ in item.bound)


class _Fitting:
    """The question whether claims can be served by items, prepared: what is lasting, what are gaps, who needs one."""

    def __init__(self, items: Iterable[ItemUse], unbound: Iterable[Claimed]) -> None:
        self.claims = sorted(unbound)
        self.tight: list[Step] = []
        if not self.claims:
            return
        self.hull = Period(self.claims[0][0], max(end for _, end, _ in self.claims))
        units = [stretch for item in items for stretch in _units(item)]
        self.lasting = [_last_end(bound, self.hull) for bound in units]
        self.gaps = [gap for bound in units for gap in _gaps(bound, self.hull)]
        self.tight = [step for step in self._lasting_free(self.claims) if step.free < 0]

    def possible(self) -> bool:
        if not self.tight:
            return True
        gaps = [(start, end, -1) for start, end in self.gaps]
        if min(step.free for step in self._lasting_free([*self.claims, *gaps])) < 0:
            return False
        hard = [claim for claim in self.claims if self.is_hard(claim)]
        easy = [claim for claim in self.claims if not self.is_hard(claim)]
        return _search(hard, self.gaps, self._lasting_free(easy))

    def is_hard(self, claim: Claimed) -> bool:
        """Is there an instant of the claim with more claims than lasting items, so that it may need a gap?"""
        nearest = bisect_right(self.tight, claim[0], key=lambda step: step.end)
        return nearest < len(self.tight) and self.tight[nearest].start < claim[1]

    def _lasting_free(self, claims: Iterable[Claimed]) -> list[Step]:
        """Return how many lasting items are left beside the claims; one counts from the instant it is free for good."""
        waiting = [(self.hull.start, since, 1) for since in self.lasting if since > self.hull.start]
        return steps(len(self.lasting), [*waiting, *claims], self.hull)


def _search(hard: Sequence[Claimed], gaps: Sequence[Stretch], lasting: Sequence[Step]) -> bool:
    """Can every unit of the ``hard`` claims be put into a gap or onto a lasting item?

    Depth first over the claims by start. A state is the claim in hand and, for each gap that is not over, since when it
    runs, from when it can take a claim, and when it ends. How many lasting items are taken follows from it: each claim
    under way that is in no gap is on one.
    """
    units = [(start, end) for start, end, number in hard for _ in range(number)]
    under_way = list(_under_way(units))
    room = [lasting[bisect_right(lasting, start, key=lambda step: step.end)].free for start, _ in units]
    seen: set[tuple[int, tuple[Gap, ...]]] = set()
    todo = [(0, tuple((end, start, start) for start, end in gaps))]
    while todo and len(seen) < PATIENCE:
        n, all_gaps = todo.pop()
        if n == len(units):
            return True
        start, end = units[n]
        open_gaps = tuple(sorted((e, max(s, start), max(f, start)) for e, s, f in all_gaps if e > start))
        if (n, open_gaps) in seen:
            continue
        seen.add((n, open_gaps))
        in_gaps = sum(free > since for _, since, free in open_gaps)
        if under_way[n] - in_gaps < room[n]:
            todo.append((n + 1, open_gaps))
        todo.extend((n + 1, after) for after in _placements(open_gaps, start, end))
    return False


def _placements(gaps: tuple[Gap, ...], start: datetime, end: datetime) -> Iterator[tuple[Gap, ...]]:
    """Yield the gaps after a claim has gone into one of them: the longest first, so that the tightest is tried first.

    Gaps that end together are the same from here on, so one of them stands for all.
    """
    fits = {until: n for n, (until, _, free) in enumerate(gaps) if free <= start and until >= end}
    for until in sorted(fits, reverse=True):
        n = fits[until]
        yield *gaps[:n], (until, start, end), *gaps[n + 1 :]


def _under_way(units: Sequence[Stretch]) -> Iterator[int]:
    """Yield, for each unit in order of start, how many of those before it have not ended when it starts."""
    ends: list[datetime] = []
    for start, end in units:
        yield len(ends) - bisect_right(ends, start)
        insort(ends, end)


def _units(item: ItemUse) -> list[list[Stretch]]:
    """Return, for each unit under the tag, the stretches for which it is bound, merged and in order.

    Units of a lot are not told apart: a new stretch goes to the unit that became free last before it.
    """
    units: list[list[Stretch]] = [[] for _ in range(item.units)]
    for start, end, number in sorted(item.bound):
        for _ in range(min(number, item.units)):
            _least_idle(units, start).append((start, end))
    return [_merged(stretches) for stretches in units]


def _least_idle(units: list[list[Stretch]], start: datetime) -> list[Stretch]:
    """Return the unit that became free last before ``start``; one that never was bound after all others."""
    free = [unit for unit in units if not unit or unit[-1][1] <= start]
    if not free:
        return min(units, key=lambda unit: unit[-1][1])
    return max(free, key=lambda unit: (bool(unit), unit[-1:]))


def _merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    merged: list[Stretch] = []
    for start, end in stretches:
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _last_end(bound: Sequence[Stretch], hull: Period) -> datetime:
    """Return since when a unit is free for the rest of the hull, at the earliest its start, at the latest its end."""
    ends = [min(end, hull.end) for start, end in bound if start < hull.end]
    return max(hull.start, *ends) if ends else hull.start


def _gaps(bound: Sequence[Stretch], hull: Period) -> Iterator[Stretch]:
    """Yield the stretches in which a unit is free before it is bound again, within the hull."""
    since = hull.start
    for start, end in bound:
        if since < start < hull.end:
            yield since, start
        since = max(since, end)
