"""Plans lived through in the order of time, by the real services: what the rules refuse does not happen."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count
from random import Random
from uuid import UUID

from sqlalchemy import select

from equipment_lending.demo.plan import Plan, Return
from equipment_lending.demo.staff import Staff
from equipment_lending.models import Item, Loan, Stock
from equipment_lending.queries.desk import lines_to_go
from equipment_lending.rules.condition import condition_after
from equipment_lending.services.desk import Returned
from equipment_lending.terms import NOT_LENDABLE, LoanState, Refused, Wish
from portal.people.models import Person

Act = Callable[[], object]


class Life:
    """What happens when. Only what comes before ``until`` does; the rest is still ahead."""

    def __init__(
        self, staff: Staff, clerks: Mapping[str, Person], chance: Random, late_back: str, until: datetime
    ) -> None:
        self._staff = staff
        self._clerks = clerks
        self._chance = chance
        self._late_back = late_back
        self._until = until
        self._acts: list[tuple[datetime, int, Act]] = []
        self._order = count()

    def at(self, instant: datetime, act: Act) -> None:
        """Let something happen at an instant."""
        heappush(self._acts, (instant, next(self._order), act))

    def plan(self, plan: Plan) -> None:
        """Let somebody ask for a loan, and let it go on as planned."""
        self.at(datetime.min.replace(tzinfo=UTC) if plan.first else plan.asked_at, partial(self._ask, plan))

    def take_out(self, point: str, model: str, since_days: int, for_days: int, reason: str) -> None:
        """Let the first item of a model be out of service."""
        since, until = (self._until + timedelta(days=days) for days in (-since_days, for_days))
        self.at(since, partial(self._take_out, point, model, since, until, reason))

    def wait(self, who: UUID, wish: Wish) -> None:
        """Let somebody get in line, after all else."""
        self.at(self._until, partial(self._wait, who, wish))

    def live(self) -> None:
        """Let everything happen up to now."""
        while self._acts and self._acts[0][0] <= self._until:
            instant, _, act = heappop(self._acts)
            self._staff.clock.at = max(self._staff.clock.at, instant)
            act()

    def _wait(self, who: UUID, wish: Wish) -> None:
        with suppress(Refused):
            self._staff.waitlist().join(wish, who)

    # A loan ---------------------------------------------------------------------------------------------------------

    def _ask(self, plan: Plan) -> None:
        clerk = self._clerks[plan.wish.point]
        try:
            by = clerk.id if plan.at_desk else plan.borrower
            loan = self._staff.requests(clerk).request(plan.wish, plan.borrower, by)
        except Refused:
            return
        loan.requested_at = plan.asked_at
        if loan.state is LoanState.REQUESTED:
            if plan.decided_at is not None:
                self.at(plan.decided_at, partial(self._decide, loan.id, plan))
        else:
            self._go_on(loan.id, plan)

    def _decide(self, loan_id: UUID, plan: Plan) -> None:
        clerk = self._clerks[plan.wish.point]
        requests = self._staff.requests(clerk)
        if plan.declined:
            requests.reject(loan_id, plan.declined, clerk.id)
        else:
            requests.confirm(loan_id, clerk.id)
            self._go_on(loan_id, plan)

    def _go_on(self, loan_id: UUID, plan: Plan) -> None:
        if plan.called_off:
            at, reason = plan.called_off
            self.at(at, partial(self._staff.requests(None).cancel, loan_id, reason, plan.borrower))
        elif plan.fetched_at:
            self.at(plan.fetched_at, partial(self._hand_out, loan_id, plan))
        else:
            self.at(plan.wish.pickup_at + timedelta(hours=9), self._staff.requests(None).expire)

    def _hand_out(self, loan_id: UUID, plan: Plan) -> None:
        """Hand out what is free of what was agreed; where nothing is, the loan is called off."""
        clerk = self._clerks[plan.wish.point]
        loan = self._staff.session.get_one(Loan, loan_id)
        to_go = lines_to_go(self._staff.session, loan, self._staff.clock.now())
        items = [item for line in to_go for item in line.picks()]
        if not items:
            self._staff.requests(clerk).cancel(loan_id, self._late_back, clerk.id)
            return
        self._staff.desk(clerk).check_out(loan_id, [item.asset_tag for item in items], clerk.id, plan.note)
        for back in plan.returns:
            coming, items = items[: back.items], items[back.items :] if back.items else []
            if coming:
                self.at(back.at, partial(self._take_in, loan_id, coming, back, clerk))

    def _take_in(self, loan_id: UUID, items: Sequence[Item], back: Return, clerk: Person) -> None:
        brought = [Returned(item.asset_tag, item.condition) for item in items]
        if back.flaw:
            flawed = Returned(items[0].asset_tag, back.flaw.condition, back.flaw.missing, back.flaw.note, units=1)
            brought.insert(0, flawed)  # the rest of a lot comes back as it left
        custodies = self._staff.desk(clerk).check_in(loan_id, brought, clerk.id)
        for custody in custodies:
            if condition_after(custody.condition_in or custody.condition_out, custody.missing) not in NOT_LENDABLE:
                continue
            mended = self._staff.clock.now() + timedelta(days=self._chance.randrange(2, 20))
            self.at(mended, partial(self._staff.fleet(clerk).in_service, custody.item))

    def _take_out(self, point: str, model: str, since: datetime, until: datetime, reason: str) -> None:
        fleet = self._staff.fleet(self._clerks[point])
        fleet.out_of_service(self._first(point, model), since, until, reason)

    def _first(self, point: str, model: str) -> Item:
        here = (Stock.point.has(slug=point), Stock.model.has(slug=model), Item.parent_id.is_(None))
        first = select(Item).join(Item.stock).where(*here).order_by(Item.asset_tag).limit(1)
        return self._staff.session.scalars(first).one()
