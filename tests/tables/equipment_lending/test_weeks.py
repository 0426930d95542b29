"""Three weeks of a small shelf, lived through at random: whatever people do, in whatever order, all invariants hold."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from equipment_lending.models import Custody, Item, Loan
from equipment_lending.queries.desk import lines_to_go
from equipment_lending.queries.loans import away
from equipment_lending.services.desk import Desk, Returned
from equipment_lending.services.fleet import Fleet
from equipment_lending.services.requests import LoanRequests
from equipment_lending.terms import LoanState, Period, Refused, ServiceState, Wish, WishedLine
from portal.audit.services import Audit
from portal.ports.certifications import NobodyIsCertified
from tests.factories import lending, people
from tests.whole.invariants import broken

ACTS = 150


class Neighbourhood:
    """People who borrow, change their minds, come early, keep things longer, and bring everything back in time."""

    def __init__(self, session, clock, seed: int) -> None:
        self.session, self.clock, self.chance = session, clock, random.Random(seed)
        audit = Audit(session, clock, None)
        self.requests = LoanRequests(session, clock, NobodyIsCertified(), audit, None)
        self.desk = Desk(session, clock, NobodyIsCertified(), audit)
        self.fleet = Fleet(session, clock, audit)
        point = lending.point(session, windows=lending.ROUND_THE_CLOCK)
        self.stocks = [lending.stock(session, units=units, at=point) for units in (1, 2, 3, 1)]
        for units in (2, 4):
            lending.item(session, self.stocks[3], units=units)
        session.refresh(self.stocks[3])
        lending.policy(session, model_id=self.stocks[1].model_id, buffer_after_minutes=60, buffer_before_minutes=30)
        lending.policy(session, model_id=self.stocks[2].model_id, max_units_per_person=2, max_days_in_period=6)
        elsewhere = lending.point(session, windows=lending.ROUND_THE_CLOCK)
        self.stocks.append(lending.stock(session, units=2, at=elsewhere, of=self.stocks[2].model))
        self.points = [point.slug, elsewhere.slug]
        self.people = [people.person(session).id for _ in range(3)]
        self.done: set[str] = set()

    def live(self) -> None:
        acts = (
            self.borrow,
            self.borrow,
            self.borrow,
            self.fetch,
            self.fetch,
            self.cancel,
            self.change,
            self.extend,
            self.bring_back,
            self.plan_repairs,
            self.retire_or_restore,
            self.wait,
        )
        for _ in range(ACTS):
            act = self.chance.choice(acts)
            try:
                with self.session.begin_nested():
                    act()
                self.done.add(act.__name__)
            except Refused:
                self.done.add(f"{act.__name__} refused")
            self.session.expire_all()
            assert broken(self.session, self.clock.now()) == [], act.__name__

    def hours(self, most: int) -> timedelta:
        return timedelta(hours=self.chance.randint(1, most))

    def one_of(self, *states: LoanState) -> Loan:
        found = self.session.scalars(select(Loan).where(Loan.state.in_(states)).order_by(Loan.requested_at)).all()
        if not found:
            raise Refused([])
        return self.chance.choice(found)

    def borrow(self) -> None:
        stock, who = self.chance.choice(self.stocks), self.chance.choice(self.people)
        start = self.clock.now() + self.hours(72)
        most = max(1, sum(item.units for item in stock.items))
        lines = (WishedLine(stock.model.slug, self.chance.randint(1, most)),)
        self.requests.request(Wish(stock.point.slug, start, start + self.hours(48), lines, purpose="vivre"), who, who)

    def cancel(self) -> None:
        self.requests.cancel(self.one_of(LoanState.CONFIRMED).id, "", self.people[0])

    def change(self) -> None:
        loan, start = self.one_of(LoanState.CONFIRMED), self.clock.now() + self.hours(72)
        point = self.chance.choice(self.points)  # there and back: what comes back elsewhere stays there (E12)
        self.requests.change(loan.id, Period(start, start + self.hours(48)), point, point)

    def extend(self) -> None:
        loan = self.one_of(LoanState.CONFIRMED, LoanState.OUT)
        self.requests.extend(loan.id, loan.return_at + self.hours(40), self.people[0])

    def fetch(self) -> None:
        """Early or not: what the desk's own page proposes must be what the desk may hand out."""
        loan = self.one_of(LoanState.CONFIRMED, LoanState.OUT)
        for to_go in lines_to_go(self.session, loan, self.clock.now()):
            proposed = {shelved.item.asset_tag: shelved.free for shelved in to_go.shelf}
            if not proposed:
                continue
            tag = self.chance.choice(sorted(proposed))
            assert proposed[tag] == self._hands_out(loan, tag)

    def _hands_out(self, loan: Loan, tag: str) -> bool:
        try:
            self.desk.check_out(loan.id, [tag], self.people[0])
        except Refused:
            return False
        return True

    def bring_back(self) -> None:
        loan = self.one_of(LoanState.OUT)
        some = self.chance.choice(away(loan))
        back = Returned(some.item.asset_tag, units=self.chance.randint(1, some.units))
        self.desk.check_in(loan.id, [back], self.people[0])

    def plan_repairs(self) -> None:
        item, since = self._some_item(), self.clock.now() + self.hours(72)
        if self.chance.random() < 0.3:
            self.fleet.in_service(item)
        elif self.fleet.out_of_service(item, since, since + self.hours(24), "révision"):
            raise Refused([])  # somebody would be let down, so it waits

    def retire_or_restore(self) -> None:
        item = self._some_item()
        if item.service_state is ServiceState.RETIRED:
            self.fleet.restore(item)
        elif self.fleet.retire(item, "usé"):
            raise Refused([])  # somebody would be let down, so it stays

    def _some_item(self) -> Item:
        return self.chance.choice(sorted((i for s in self.stocks for i in s.items), key=lambda item: item.asset_tag))

    def wait(self) -> None:
        """Time passes, and nobody is late."""
        then = self.clock.now() + self.hours(6)
        due = self.session.scalars(select(Custody).where(Custody.in_at.is_(None), Custody.due_at <= then))
        for custody in due.all():
            self.clock.at = max(self.clock.at, custody.due_at - timedelta(minutes=1))
            self.desk.check_in(custody.line.loan_id, [Returned(custody.item.asset_tag)], self.people[0])
        self.clock.at = then
        self.requests.expire()


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_whatever_people_do_in_whatever_order_every_invariant_holds(session, clock, seed):
    clock.at = lending.instant("2026-10-12T10:00")
    there = Neighbourhood(session, clock, seed)
    there.live()
    acts = ("borrow", "cancel", "change", "extend", "fetch", "bring_back", "plan_repairs", "wait")
    assert there.done >= {*acts, "borrow refused"}
