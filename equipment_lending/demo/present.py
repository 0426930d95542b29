"""The present of the demo city, whatever day it is: what is out, late, in part back, waiting for an answer, at risk."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from equipment_lending.demo.plan import A_DAY, QUARTER, Counter, Plan, Return
from equipment_lending.terms import Period, Wish, WishedLine

HALF_AN_HOUR = timedelta(minutes=30)
LATE_SINCE = 3
ASKED = timedelta(days=5, hours=3)
ASKED_AND_WAITING = timedelta(hours=20)

Told = Mapping[str, Any]


@dataclass(frozen=True)
class Present:
    """The plans that make the present what ``present.yaml`` says. Somebody's plan that no day allows is left out."""

    now: datetime
    told: Mapping[str, list[Told]]
    counters: Mapping[str, Counter]
    people: Mapping[str, UUID]
    organisations: Mapping[str, UUID]

    @property
    def kept_free(self) -> frozenset[tuple[str, str]]:
        """Return the stocks of which a unit is missing, so that ordinary loans do not suffer from it."""
        broken = {(told["point"], told["model"]) for told in self.told["out_of_service"]}
        return frozenset(broken | {(told["point"], slug) for told in self.told["late"] for slug in told["lines"]})

    @property
    def people_in_it(self) -> frozenset[UUID]:
        """Return who plays a part."""
        told = (one for loans in self.told.values() for one in loans if "who" in one)
        return frozenset(self.people[one["who"]] for one in told)

    @property
    def expected(self) -> frozenset[tuple[str, datetime]]:
        """Return where and when those in line mean to come."""
        return frozenset((wish.point, end) for _who, wish in self.waits() for end in (wish.pickup_at, wish.return_at))

    def plans(self) -> Iterator[Plan]:
        yield from self._today()
        for kind, planned in (
            ("out", self._out),
            ("late", self._late),
            ("in_part_back", self._in_part_back),
            ("waiting", self._waiting),
            ("ahead", self._ahead),
            ("before", self._before),
        ):
            for told in self.told[kind]:
                if (plan := planned(told)) is not None:
                    yield plan

    def waits(self) -> Iterator[tuple[UUID, Wish]]:
        """Yield who waits for what is promised to somebody else: at that time, and more of it than is left."""
        for told in self.told["waiting"]:
            if (plan := self._waiting(told)) is not None:
                for one in told.get("in_line", ()):
                    yield self.people[one["who"]], self._more(plan.wish, one)

    def _more(self, wish: Wish, told: Told) -> Wish:
        """Return the wish for more of the same, for oneself."""
        (line,) = wish.lines
        lines = (replace(line, units=told["units"]),)
        return replace(wish, lines=lines, organisation_id=None, project=None, purpose=told["purpose"])

    # Today, or the next day there is -------------------------------------------------------------------------------

    def _today(self) -> Iterator[Plan]:
        visits = [(told, True) for told in self.told["pickups"]] + [(told, False) for told in self.told["returns"]]
        for slug in sorted({told["point"] for told, _ in visits}):
            here = [visit for visit in visits if visit[0]["point"] == slug]
            for (told, fetched), instant in zip(here, self._spread(self.counters[slug], len(here)), strict=True):
                plan = self._fetched(told, instant) if fetched else self._brought_back(told, instant)
                if plan is not None:
                    yield plan

    def _spread(self, counter: Counter, number: int) -> list[datetime]:
        """Return so many quarters of an hour in what is left of the next day on which the desk is open."""
        windows = self._rest_of_the_day(counter)
        quarters = [
            window.start + n * QUARTER
            for window in windows
            for n in range(window.length // QUARTER)
            if window.start + n * QUARTER > self.now + QUARTER / 2
        ]
        return [quarters[(n + 1) * len(quarters) // (number + 1)] for n in range(number)]

    def _rest_of_the_day(self, counter: Counter) -> list[Period]:
        soon = self.now + HALF_AN_HOUR
        day = counter.calendar.day_of(max(soon, next(counter.calendar.windows_after(soon)).start))
        return [window for window in counter.calendar.windows_on(day) if window.end > soon]

    def _fetched(self, told: Told, pickup: datetime) -> Plan | None:
        return self._plan(told, pickup, self._return(told, pickup), decided_at=self.now - A_DAY)

    def _brought_back(self, told: Told, back: datetime) -> Plan | None:
        return self._in_hand(told, self._pickup(told, back), back)

    # Before and after -----------------------------------------------------------------------------------------------

    def _out(self, told: Told) -> Plan | None:
        counter = self._counter(told)
        tomorrow = self._rest_of_the_day(counter)[-1].end
        window = next(window for window in counter.calendar.windows_after(tomorrow) if window.start > tomorrow)
        return self._brought_back(told, window.start + 2 * QUARTER)

    def _late(self, told: Told) -> Plan | None:
        counter = self._counter(told)
        latest = counter.calendar.day_of(self.now) - LATE_SINCE * A_DAY
        due = [w for w in counter.windows(self.now - 21 * A_DAY, self.now) if counter.calendar.day_of(w.end) <= latest]
        return self._brought_back(told, due[-1].end - QUARTER)

    def _in_part_back(self, told: Told) -> Plan | None:
        """Let the last opening have seen all come back but one; the last is due at the next."""
        counter = self._counter(told)
        seen = list(counter.windows(self.now - 14 * A_DAY, self.now - HALF_AN_HOUR))[-1]
        brought = min(seen.end, self.now) - QUARTER
        due = next(counter.calendar.windows_after(self.now + 2 * HALF_AN_HOUR))
        quarters = (due.start + n * QUARTER for n in range(due.length // QUARTER))
        back = next(quarter for quarter in quarters if quarter > self.now + HALF_AN_HOUR)
        units = sum(told["lines"].values())
        return self._in_hand(told, self._pickup(told, back, before=brought), back, Return(brought, units - 1))

    def _waiting(self, told: Told) -> Plan | None:
        return self._coming(told, asked_at=self.now - ASKED_AND_WAITING)

    def _ahead(self, told: Told) -> Plan | None:
        return self._coming(told, decided_at=self.now - A_DAY)

    def _coming(self, told: Told, **more: Any) -> Plan | None:
        pickup = next(self._counter(told).windows(self.now + told["in_days"] * A_DAY, self.now + 60 * A_DAY)).start
        return self._plan(told, pickup + QUARTER, self._return(told, pickup + QUARTER), **more)

    def _before(self, told: Told) -> Plan | None:
        start = self.now - told["ago"] * A_DAY
        pickup = next(self._counter(told).windows(start, self.now)).start + QUARTER
        back = self._return(told, pickup)
        if back is None:
            return None
        asked = start - ASKED
        return self._in_hand(told, pickup, back, Return(back), asked_at=asked, decided_at=asked + HALF_AN_HOUR)

    # Plans ----------------------------------------------------------------------------------------------------------

    def _return(self, told: Told, pickup: datetime) -> datetime | None:
        """Return when it comes back: an opening about so many days later that the rules allow."""
        windows = self._counter(told).windows(pickup + HALF_AN_HOUR, pickup + 21 * A_DAY)
        return self._nearest(told, [(pickup, edge) for w in windows for edge in (w.start, w.end - QUARTER)])[1]

    def _pickup(self, told: Told, back: datetime, before: datetime | None = None) -> datetime | None:
        """Return when it was fetched: a past opening about so many days earlier that the rules allow."""
        latest = (before or self.now) - HALF_AN_HOUR
        windows = self._counter(told).windows(back - 21 * A_DAY, latest)
        edges = [edge for w in windows for edge in (w.start, w.end - QUARTER) if edge < latest]
        return self._nearest(told, [(edge, back) for edge in edges])[0]

    def _nearest(
        self, told: Told, stays: list[tuple[datetime, datetime]]
    ) -> tuple[datetime, datetime] | tuple[None, None]:
        counter = self._counter(told)
        policies = [counter.shelves[slug].policy for slug in told["lines"]]
        allowed = [stay for stay in stays if counter.allows(*stay, policies)]
        return min(allowed, key=lambda s: abs(s[1] - s[0] - told["days"] * A_DAY), default=(None, None))

    def _in_hand(
        self, told: Told, pickup: datetime | None, back: datetime, *returns: Return, **more: Any
    ) -> Plan | None:
        if pickup is None:
            return None
        when = {"asked_at": pickup - ASKED, "decided_at": pickup - ASKED + HALF_AN_HOUR} | more
        return self._plan(told, pickup, back, fetched_at=pickup + timedelta(minutes=6), returns=returns, **when)

    def _plan(self, told: Told, pickup: datetime, back: datetime | None, **more: Any) -> Plan | None:
        if back is None:
            return None
        wish = Wish(
            point=told["point"],
            pickup_at=pickup,
            return_at=back,
            lines=tuple(WishedLine(slug, units) for slug, units in told["lines"].items()),
            organisation_id=self.organisations[told["for"]] if "for" in told else None,
            project=told.get("project"),
            purpose=told["purpose"],
        )
        when = {"asked_at": self.now - ASKED} | more
        return Plan(borrower=self.people[told["who"]], wish=wish, first=True, **when)

    def _counter(self, told: Told) -> Counter:
        return self.counters[told["point"]]
