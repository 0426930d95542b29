"""Waiting for what is not free: join the line, leave it, take what is offered."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from equipment_lending.models import LendingPoint, Loan, Stock, WaitlistEntry
from equipment_lending.queries import waiting
from equipment_lending.queries.occupation import capacities
from equipment_lending.rules.charter import refusals
from equipment_lending.rules.waiting import cannot_wait
from equipment_lending.services.requests import LoanRequests
from equipment_lending.services.turns import Turns, look_who_waits
from equipment_lending.terms import Refusal, RefusalCode, Refused, WaitlistState, Wish
from portal.clock import Clock
from portal.db import lock
from portal.people.models import Person

AFTER = timedelta(microseconds=1)
"""By how much two who join at the same instant are told apart."""


class Waitlist:
    """The line of those who wait. What is offered to whom is up to :class:`Turns`."""

    def __init__(self, session: Session, clock: Clock, requests: LoanRequests, turns: Turns) -> None:
        self._session = session
        self._clock = clock
        self._requests = requests
        self._turns = turns

    def join(self, wish: Wish, person_id: UUID) -> WaitlistEntry:
        """Put somebody in line for one model, and return their place; whoever asks twice has one.

        Raises :class:`Refused` where there is no point in waiting: for what the charter forbids, what is free, or more
        than there is; and where they wait for it at a time that meets this one.
        """
        with self._session.begin_nested():
            gathered = self._requests.decided_on(wish, person_id)
            ((stock, units),) = gathered.lines or ((None, 0),)
            if stock is None:
                raise Refused(refusals(gathered.application))
            line = waiting.lines(self._session, [stock.id])
            mine = [one for one in line if one.person_id == person_id]
            for one in mine:
                if (one.period, one.units) == (gathered.application.period, units):
                    return one
            reasons = cannot_wait(refusals(gathered.application), units, self._in_service(stock))
            if any(one.period.overlaps(gathered.application.period) for one in mine):
                reasons.append(Refusal(RefusalCode.ALREADY_WAITING))
            if reasons:
                raise Refused(reasons)
            entry = WaitlistEntry(
                stock=stock,
                person_id=person_id,
                organisation_id=wish.organisation_id,
                return_point=gathered.return_point,
                units=units,
                pickup_at=gathered.application.period.start,
                return_at=gathered.application.period.end,
                purpose=wish.purpose,
                project=wish.project,
                joined_at=max([gathered.application.now, *(one.joined_at + AFTER for one in line)]),
            )
            self._session.add(entry)
        return entry

    def leave(self, entry_id: UUID) -> None:
        """End somebody's wait, or decline what is offered: it goes to whoever is next. Nothing, where that is over."""
        one = self._locked(entry_id)
        if one.state in waiting.IN_LINE:
            self._end([one])

    def leave_all(self, person_id: UUID) -> None:
        """End all that somebody waits for or is offered, as :meth:`leave` does. Needs the person locked."""
        stock_ids = waiting.waited_for(self._session, person_id)
        lock(self._session, Stock, stock_ids)
        self._session.expire_all()
        self._end([one for one in waiting.lines(self._session, stock_ids) if one.person_id == person_id])

    def accept(self, entry_id: UUID, by: UUID) -> Loan:
        """Turn an offer into a loan, as any request would be decided, and return it.

        Raises :class:`Refused` where nothing is offered any more, or with every reason of the charter; the offer stands
        then as it did.
        """
        with self._session.begin_nested():
            one = self._locked(entry_id)
            if waiting.state_at(one, self._clock.now()) is not WaitlistState.OFFERED:
                raise Refused([Refusal(RefusalCode.NOT_OFFERED)])
            return self._requests.request(waiting.wish_of(one), one.person_id, by)

    def _end(self, places: Collection[WaitlistEntry]) -> None:
        for one in places:
            self._turns.settle(one, WaitlistState.LEFT)
        look_who_waits(self._session, self._clock, {one.stock_id for one in places})

    def _in_service(self, stock: Stock) -> int:
        return capacities(self._session, [stock.id]).get(stock.id, 0)

    def _locked(self, entry_id: UUID) -> WaitlistEntry:
        """Return a place in line, alone with all that a request of it would lock."""
        one = waiting.entry(self._session, entry_id)
        if one is None:
            raise LookupError(f"nobody waits as {entry_id}")
        ends = {one.stock.point, one.return_point}
        lock(self._session, Person, [one.person_id])
        lock(self._session, LendingPoint, [point.id for point in ends if point.max_visits is not None])
        lock(self._session, Stock, [one.stock_id])
        self._session.expire_all()
        return one
