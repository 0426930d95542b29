"""What people of the demo city mean to do, before it meets the rules: loans drawn by chance, alike for a given seed."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile
from random import Random
from typing import Any
from uuid import UUID

from equipment_lending.models import LendingPoint, Stock
from equipment_lending.rules.closed_days import counted_days
from equipment_lending.rules.opening import OpeningCalendar
from equipment_lending.rules.policy import Policy
from equipment_lending.terms import Approval, Condition, Period, Wish, WishedLine

BEFORE_ALL, PAST, AHEAD = timedelta(days=205), timedelta(days=182), timedelta(days=28)
LOANS_PAST, LOANS_AHEAD = 570, 115
"""How many are drawn; a few of them meet a refusal."""

NEAR = timedelta(days=35)
QUARTER = timedelta(minutes=15)
A_DAY = timedelta(days=1)
SEASON = {1: 0.7, 2: 0.7, 3: 0.9, 4: 1.0, 5: 1.3, 6: 1.7, 7: 1.1, 8: 0.5, 9: 1.6, 10: 1.1, 11: 0.9, 12: 0.8}
WEEKDAY = (0.8, 0.9, 1.2, 1.1, 1.8, 1.2, 0.6)
LENGTHS = {0: 2, 1: 5, 2: 6, 3: 6, 4: 3, 6: 3, 7: 3, 13: 1}
"""Days that people mean to keep something, and how often."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a thing that comes back."""

    condition: Condition
    note: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Return:
    """So many of the items (None: all that are left) come back at an instant, one of them perhaps not as it left."""

    at: datetime
    items: int | None = None
    flaw: Flaw | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A loan as it is going to be, if the rules allow it.

    Plans that come ``first`` are promised before all others, whenever they were asked for. ``decided_at`` matters where
    somebody has to approve, ``declined`` is why they do not. What is neither called off nor fetched, nobody came for.
    """

    asked_at: datetime
    borrower: UUID
    wish: Wish
    at_desk: bool = False
    first: bool = False
    decided_at: datetime | None = None
    declined: str = ""
    called_off: tuple[datetime, str] | None = None
    fetched_at: datetime | None = None
    returns: tuple[Return, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A stock as those see it who want something of it."""

    stock: Stock
    policy: Policy
    items: int
    units: int

    @property
    def category(self) -> str:
        return str(self.stock.model.category.slug)


@dataclass(frozen=True, slots=True)
class Counter:
    """A lending point with its hours and its shelves."""

    point: LendingPoint
    calendar: OpeningCalendar
    shelves: Mapping[str, Shelf]

    def windows(self, start: datetime, end: datetime) -> Iterator[Period]:
        """Yield the opening windows that begin at ``start`` or later and before ``end``."""
        ahead = takewhile(lambda window: window.start < end, self.calendar.windows_after(start))
        return (window for window in ahead if window.start >= start)

    def allows(self, pickup: datetime, back: datetime, policies: Iterable[Policy]) -> bool:
        """Is this not too long, as the rules count days?"""
        zone, closed = self.calendar.zone, self.calendar.is_closed
        return pickup < back and all(
            counted_days(Period(pickup, back), zone, closed, policy.closed_days) <= policy.max_days
            for policy in policies
        )


@dataclass(frozen=True, slots=True)
class Borrower:
    """Somebody who borrows, for themselves or in the name of an organisation."""

    person: UUID
    organisation: UUID | None = None
    projects: tuple[str, ...] = ()
    online: bool = True


@dataclass
class Draw:
    """Draws the plans of ordinary days.

    ``kept_free`` are stocks that the present needs for itself, ``spoken_for`` the people who play a part in it, and
    ``expected`` says at which point and when some of them mean to come: others come in other openings.
    """

    chance: Random
    now: datetime
    counters: Sequence[Counter]
    borrowers: Sequence[Borrower]
    stories: Mapping[str, Any]
    kept_free: Collection[tuple[str, str]] = field(default=())
    spoken_for: Collection[UUID] = field(default=())
    expected: Collection[tuple[str, datetime]] = field(default=())

    def past(self) -> Iterator[Plan]:
        return self._drawn(list(self._openings(self.now - PAST, self.now)), LOANS_PAST)

    def ahead(self) -> Iterator[Plan]:
        return self._drawn(list(self._openings(self.now, self.now + AHEAD)), LOANS_AHEAD)

    def _openings(self, start: datetime, end: datetime) -> Iterator[tuple[Counter, Period, float]]:
        """Yield every opening window of every point, with how likely somebody fetches something in it."""
        for counter in self.counters:
            for window in counter.windows(start, end):
                day = counter.calendar.day_of(window.start)
                weeks_ahead = max(window.start - self.now, timedelta(0)) / timedelta(weeks=1)
                yield counter, window, SEASON[day.month] * WEEKDAY[day.weekday()] / (1 + weeks_ahead)

    def _drawn(self, openings: Sequence[tuple[Counter, Period, float]], number: int) -> Iterator[Plan]:
        weights = [weight for _, _, weight in openings]
        for counter, window, _ in self.chance.choices(openings, weights, k=number):
            plan = self._plan(counter, window)
            if plan is not None:
                yield plan

    def _plan(self, counter: Counter, window: Period) -> Plan | None:
        shelves = self._wanted(counter, window)
        pickup = self._quarter(window)
        back = self._return(counter, pickup, [shelf.policy for shelf in shelves]) if shelves else None
        who = self._borrower(pickup)
        asked = self._asked(pickup, max((shelf.policy.lead_days for shelf in shelves), default=0))
        if not who.online:
            asked = self._next_opening(counter, asked)
        if back is None or not asked < min(pickup, self.now) or self._is_expected(counter, pickup, back):
            return None
        wish = Wish(
            point=counter.point.slug,
            pickup_at=pickup,
            return_at=back,
            lines=tuple(WishedLine(shelf.stock.model.slug, self._units(shelf)) for shelf in shelves),
            organisation_id=who.organisation,
            project=self.chance.choice(who.projects) if who.projects and self.chance.random() < 0.6 else None,
            purpose=self.chance.choice(self.stories["purposes"][shelves[0].category]),
        )
        return self._fate(counter, who, wish, asked, shelves)

    def _borrower(self, pickup: datetime) -> Borrower:
        near = abs(pickup - self.now) < NEAR
        return self.chance.choice([one for one in self.borrowers if not (near and one.person in self.spoken_for)])

    def _is_expected(self, counter: Counter, pickup: datetime, back: datetime) -> bool:
        window_at = counter.calendar.window_at
        kept = [window_at(instant) for slug, instant in self.expected if slug == counter.point.slug]
        return window_at(pickup) in kept or window_at(back) in kept

    # What, and for how long -----------------------------------------------------------------------------------------

    def _wanted(self, counter: Counter, window: Period) -> list[Shelf]:
        """Return one thing, or two of a kind that go together."""
        near = abs(window.start - self.now) < NEAR
        open_to_all = [
            shelf
            for slug, shelf in counter.shelves.items()
            if not shelf.policy.requires and not (near and (counter.point.slug, slug) in self.kept_free)
        ]
        if not open_to_all:
            return []
        (first,) = self.chance.choices(open_to_all, [self._sought(shelf) for shelf in open_to_all])
        beside = [s for s in open_to_all if s.category == first.category and s is not first]
        if beside and first.policy.approval is Approval.AUTO and self.chance.random() < 0.25:
            second = self.chance.choice(beside)
            if second.policy.approval is Approval.AUTO:
                return [first, second]
        return [first]

    def _sought(self, shelf: Shelf) -> float:
        """Return how much people want it: two of a kind not quite twice as much as one."""
        return float(shelf.items**0.7 * self.stories["sought"].get(shelf.stock.model.slug, 1))

    def _units(self, shelf: Shelf) -> int:
        if shelf.units > shelf.items:  # a lot
            return self.chance.randrange(1, 5) * shelf.units // 5
        most = min(shelf.units, shelf.policy.max_units_per_person or 4)
        return self.chance.choices(range(1, most + 1), [1 / n**2 for n in range(1, most + 1)])[0]

    def _return(self, counter: Counter, pickup: datetime, policies: Sequence[Policy]) -> datetime | None:
        """Return the instant nearest to what people have in mind at which the desk is open and the rules allow it."""
        (meant,) = self.chance.choices(list(LENGTHS), list(LENGTHS.values()))
        windows = counter.windows(pickup + timedelta(hours=1), pickup + timedelta(days=21))
        possible = [back for window in windows for back in (self._quarter(window), window.start, window.end)]
        allowed = [back for back in possible if counter.allows(pickup, back, policies)]
        return min(allowed, key=lambda back: abs(back - pickup - meant * A_DAY), default=None)

    def _quarter(self, window: Period) -> datetime:
        """Return some quarter of an hour of an opening window, its last not included."""
        return window.start + self.chance.randrange(max(1, window.length // QUARTER)) * QUARTER

    def _asked(self, pickup: datetime, lead_days: int) -> datetime:
        """Return when somebody asked: some days before they come, and before now."""
        early = timedelta(days=lead_days * 2.5 + self.chance.expovariate(1 / 4), minutes=self.chance.randrange(600))
        asked = pickup - max(early, timedelta(hours=2))
        lately = self.now - timedelta(minutes=5 + self.chance.randrange(9 * 24 * 60))
        return max(min(asked, lately), self.now - BEFORE_ALL)

    # How it goes on -------------------------------------------------------------------------------------------------

    def _fate(self, counter: Counter, who: Borrower, wish: Wish, asked: datetime, shelves: Sequence[Shelf]) -> Plan:
        says_yes = all(shelf.policy.approval is Approval.AUTO for shelf in shelves)
        decided = None if says_yes else self._decided(counter, wish, asked)
        turn = self.chance.random()
        common: dict[str, Any] = {
            "asked_at": asked,
            "borrower": who.person,
            "wish": wish,
            "at_desk": not who.online,
            "decided_at": decided,
        }
        if decided is not None and turn < 0.25:
            return Plan(**common, declined=self.chance.choice(self.stories["declined"]))
        since = decided or asked
        if turn < 0.10:
            at = since + (wish.pickup_at - since) * self.chance.uniform(0.2, 0.9)
            return Plan(**common, called_off=(at, self.chance.choice(self.stories["called_off"])))
        if turn < 0.13:
            return Plan(**common)
        return Plan(
            **common,
            fetched_at=wish.pickup_at + timedelta(minutes=self.chance.randrange(13)),
            returns=self._returns(counter, wish, shelves),
            note=self.chance.choice(self.stories["notes_out"]) if self.chance.random() < 0.15 else "",
        )

    def _decided(self, counter: Counter, wish: Wish, asked: datetime) -> datetime:
        """Return when somebody at the desk decides: when it opens next, before now and before the pick-up."""
        latest = min(self.now, wish.pickup_at) - timedelta(minutes=2)
        return max(asked, min(self._next_opening(counter, asked), latest))

    def _returns(self, counter: Counter, wish: Wish, shelves: Sequence[Shelf]) -> tuple[Return, ...]:
        due, turn = wish.return_at, self.chance.random()
        last = due - timedelta(minutes=self.chance.randrange(12))
        settled = due < self.now - timedelta(days=30)  # long enough ago for everything to be as it should again
        if turn < 0.06 and settled:
            last = self._next_opening(counter, due + A_DAY * self.chance.uniform(0.2, 3))
        flaw = self._flaw(shelves[0]) if settled and self.chance.random() < 0.06 else None
        units = sum(line.units for line in wish.lines)
        if 1 < units <= 8 and self.chance.random() < 0.15:
            earlier = list(counter.windows(wish.pickup_at + timedelta(hours=1), due - timedelta(hours=3)))
            if earlier:
                return Return(self._quarter(earlier[-1]), units // 2), Return(max(last, due), None, flaw)
        return (Return(last, None, flaw),)

    def _flaw(self, shelf: Shelf) -> Flaw:
        accessories = shelf.stock.model.accessories
        if accessories and self.chance.random() < 0.4:
            return Flaw(Condition.GOOD, missing=(self.chance.choice(accessories),))
        condition = self.chance.choice((Condition.DAMAGED, Condition.DAMAGED, Condition.WORN))
        return Flaw(condition, self.chance.choice(self.stories["damages"]))

    def _next_opening(self, counter: Counter, after: datetime) -> datetime:
        """Return some quarter of an hour of the first window that begins after an instant."""
        window = next(window for window in counter.calendar.windows_after(after) if window.start >= after)
        return self._quarter(window)
