"""Article 12: who waits for what, and whose turn it is when something becomes free.

There is one line for each model at each point. Whoever joined first comes first, and nothing changes that: a place in
line is the instant of joining, and the id where two are the same. When units become free, the line is gone through from
its head, and whoever's *whole* wish fits beside all that is promised has it held for them for a day. Whoever needs more
than what is free is passed over this time and keeps their place, so that a big wish does not keep everybody else from
units that would stay on the shelf; it comes first again as soon as anything changes. What is held for somebody is not
taken from them for somebody who joined earlier. Whoever lets an offer pass, or declines it, leaves the line.

Source: the field's rule for places (skipped for this one, rank kept), applied to units and periods.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from equipment_lending.rules.assignment import free_units
from equipment_lending.terms import Claimed, ItemUse, Period, Refusal, RefusalCode, WaitlistState

OFFER_LASTS = timedelta(hours=24)
"""How long something is held for whoever's turn it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A place in line: what it would occupy, buffers included, and whether that is ``offered`` already."""

    id: Hashable
    joined_at: datetime
    wanted: Period
    units: int
    offered: bool = False

    @property
    def turn(self) -> tuple[datetime, str]:
        return self.joined_at, str(self.id)


def turns(
    items: Sequence[ItemUse],
    promised: Iterable[Claimed],
    line: Iterable[Waiting],
    may: Callable[[Hashable], bool] = lambda _id: True,
    *,
    once_back: Sequence[ItemUse] | None = None,
) -> list[Hashable]:
    """Return for whom units are to be held now: those they are held for already come first, then in turn.

    ``promised`` are the loans, from now on as all of this is. ``may`` says whether somebody could borrow at all; it is
    asked only about those for whom there is enough. ``once_back`` are the items as if nothing were late: what is late
    is offered to nobody, and taken from nobody whom it was offered to. Whoever had an offer and is not returned cannot
    be served any more: something went out of service.
    """
    taken, found = list(promised), []
    for one in sorted(line, key=lambda one: (not one.offered, one.turn)):
        shelf = once_back if one.offered and once_back is not None else items
        if free_units(shelf, taken, one.wanted) >= one.units and (one.offered or may(one.id)):
            taken.append((one.wanted.start, one.wanted.end, one.units))
            found.append(one.id)
    return found


def ahead(one: Waiting, line: Iterable[Waiting]) -> int:
    """Return how many wait ahead of somebody for a period that meets theirs."""
    return sum(other.turn < one.turn and other.wanted.overlaps(one.wanted) for other in line)


def offer_ends(now: datetime, pickup_at: datetime) -> datetime:
    """Return until when units are held: a day, but not beyond the pick-up."""
    return min(now + OFFER_LASTS, pickup_at)


def standing(state: WaitlistState, pickup_at: datetime, offer_until: datetime | None, now: datetime) -> WaitlistState:
    """Return how somebody stands at ``now`` who stood so before: offers end, and so does waiting, with the pick-up."""
    if state is WaitlistState.OFFERED and offer_until is not None and offer_until <= now:
        return WaitlistState.EXPIRED
    if state is WaitlistState.WAITING and pickup_at <= now:
        return WaitlistState.LAPSED
    return state


def cannot_wait(reasons: Collection[Refusal], units: int, capacity: int) -> list[Refusal]:
    """Return why there is no point in waiting for what was refused for ``reasons``; the empty list means one may.

    Units become free, rules do not change by waiting. Nobody waits for more than there is, nor for what is free.
    """
    lacking = [reason for reason in reasons if reason.code is RefusalCode.NOT_ENOUGH]
    forbidden = [reason for reason in reasons if reason.code is not RefusalCode.NOT_ENOUGH]
    if forbidden or units > capacity:
        return [*lacking, *forbidden] if units > capacity else forbidden
    return [] if lacking else [Refusal(RefusalCode.FREE_NOW)]
