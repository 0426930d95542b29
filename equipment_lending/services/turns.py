"""Whose turn it is: what becomes free is held for whoever waits for it, and passed on when they do not want it."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from equipment_lending.models import Claim, Stock, WaitlistEntry
from equipment_lending.queries import waiting
from equipment_lending.queries.application import gather, wished_points
from equipment_lending.queries.occupation import stock_uses
from equipment_lending.rules.charter import refusals
from equipment_lending.rules.claims import remaining
from equipment_lending.rules.waiting import Waiting, offer_ends, turns
from equipment_lending.services.letters import Letters
from equipment_lending.terms import FOREVER, ClaimKind, Period, RefusalCode, WaitlistState, Wish
from portal.clock import Clock
from portal.db import lock
from portal.jobs.services import Jobs
from portal.mail.services import Outbox
from portal.ports.certifications import Certifications


def look_who_waits(session: Session, clock: Clock, stock_ids: Iterable[UUID]) -> None:
    """Ask for a look at the lines of stocks of which something has become free, once this is committed."""
    freed = set(stock_ids) & set(waiting.waited_for(session))
    if freed:
        Jobs(session, clock).add("lending.turns", {"stock_ids": sorted(str(stock_id) for stock_id in freed)})


class Turns:
    """Offer what is free to whoever waits for it, and end what has ended. Needs the stocks locked."""

    def __init__(
        self,
        session: Session,
        clock: Clock,
        certifications: Certifications,
        outbox: Outbox | None,
        base_url: str = "",
    ) -> None:
        self._session = session
        self._clock = clock
        self._certifications = certifications
        self._letters = Letters(session, outbox, base_url)

    def serve_all(self) -> None:
        """Lock the stocks that somebody waits for, and serve their lines."""
        self.serve_alone(waiting.waited_for(self._session))

    def serve_alone(self, stock_ids: Collection[UUID]) -> None:
        """Lock the stocks, and serve their lines."""
        lock(self._session, Stock, stock_ids)
        self._session.expire_all()
        self.serve(stock_ids)

    def serve(self, stock_ids: Collection[UUID]) -> None:
        """Bring the lines of the stocks, which are locked, up to date: end what is over, then offer what is free.

        Computed from the state of things, so it may run at any time, any number of times.
        """
        now = self._clock.now()
        entries = [one for one in waiting.lines(self._session, stock_ids) if self._still_in_line(one, now)]
        rows = {one.id: one for one in waiting.as_waiting(self._session, entries)}
        for stock_id in {one.stock_id for one in entries}:
            line = [one for one in entries if one.stock_id == stock_id]
            served = self._turns(stock_id, [_from(rows[one.id], now) for one in line], now)
            for one in line:
                if one.id not in served and one.state is WaitlistState.OFFERED:
                    self._withdraw(one)
            for one in line:
                if one.id in served and one.state is WaitlistState.WAITING:
                    self._offer(one, rows[one.id], now)

    def take_up(self, person_id: UUID, stock_ids: Collection[UUID], wish: Wish) -> list[WaitlistEntry]:
        """Let go of what is held for somebody who now asks for exactly that, and return their places in line."""
        mine = [
            one
            for one in waiting.lines(self._session, stock_ids)
            if one.person_id == person_id and one.state is WaitlistState.OFFERED and _same(one, wish)
        ]
        for one in mine:
            self.settle(one, WaitlistState.ACCEPTED)
        return mine

    def settle(self, one: WaitlistEntry, state: WaitlistState) -> None:
        """Let somebody's place in line end, and nothing be held for them any more."""
        one.state, one.settled_at = state, self._clock.now()
        self._let_go(one)

    def _still_in_line(self, one: WaitlistEntry, now: datetime) -> bool:
        state = waiting.state_at(one, now)
        if state is one.state:
            return True
        self.settle(one, state)
        if state is WaitlistState.EXPIRED:
            self._letters.about_offer(one, "offer_expired")
        return False

    def _turns(self, stock_id: UUID, line: list[Waiting], now: datetime) -> set[object]:
        read = partial(stock_uses, self._session, [stock_id], Period(now, FOREVER), now)
        use, once_back = read()[stock_id], read(without_overdue=True)[stock_id]
        may = partial(self._may, now=now)
        return set(turns(use.items, list(remaining(use.promised, now)), line, may, once_back=once_back.items))

    def _may(self, entry_id: object, now: datetime) -> bool:
        """Would the charter allow somebody their wish, if only there is enough?"""
        one = self._session.get_one(WaitlistEntry, entry_id)
        wish = waiting.wish_of(one)
        points = wished_points(self._session, wish)
        facts = gather(self._session, wish, points, [one.stock], one.person_id, self._certifications, now)
        return all(reason.code is RefusalCode.NOT_ENOUGH for reason in refusals(facts.application))

    def _offer(self, one: WaitlistEntry, place: Waiting, now: datetime) -> None:
        one.state, one.offer_until = WaitlistState.OFFERED, offer_ends(now, one.pickup_at)
        one.holds.append(
            Claim(
                stock_id=one.stock_id,
                kind=ClaimKind.HOLD,
                units=one.units,
                starts_at=place.wanted.start,
                ends_at=place.wanted.end,
            )
        )
        self._letters.about_offer(one, "offer")

    def _withdraw(self, one: WaitlistEntry) -> None:
        """Something is late or went out of service: what was held cannot be lent. The place in line is kept."""
        one.state, one.offer_until = WaitlistState.WAITING, None
        self._let_go(one)
        self._letters.about_offer(one, "offer_withdrawn")

    def _let_go(self, one: WaitlistEntry) -> None:
        for hold in one.holds:
            hold.live = False
        self._session.flush()


def _from(place: Waiting, now: datetime) -> Waiting:
    """Return a place in line with what of its wish is still ahead."""
    return replace(place, wanted=Period(max(place.wanted.start, now), place.wanted.end))


def _same(one: WaitlistEntry, wish: Wish) -> bool:
    units = wish.units.get(one.stock.model.slug, 0)
    return one.period == Period(wish.pickup_at, wish.return_at) and one.units == units
