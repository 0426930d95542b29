"""Decisions that meet: each waits for the others, in one order, and believes nothing that it read before it waited."""

import re
from contextlib import contextmanager

import pytest
from sqlalchemy import delete, event, insert, update

from equipment_lending.models import Claim, Custody, Item, LendingPoint, Loan, LoanLine, OpeningWindow
from equipment_lending.services.catalogue import Catalogue
from equipment_lending.services.desk import Desk, Returned
from equipment_lending.services.fleet import Fleet
from equipment_lending.services.inventory import InventoryImport
from equipment_lending.services.requests import LoanRequests
from equipment_lending.terms import (
    ClaimKind,
    Condition,
    Hours,
    LoanState,
    RefusalCode,
    Refused,
    ServiceState,
    WeeklyWindow,
    Wish,
    WishedLine,
)
from portal.people.models import Person
from tests.factories import desk, lending, people
from tests.whole.invariants import broken

ORDER = ("person", "lending_point", "lending_loan", "lending_stock")


@pytest.fixture(autouse=True)
def nothing_broken(session, clock):
    clock.at = lending.instant("2026-10-22T14:00")
    yield
    session.expire_all()
    assert broken(session, clock.now()) == []


def meanwhile(session, change):
    """Let somebody else change rows while we wait: the session does not know."""
    session.execute(change, execution_options={"synchronize_session": False})


@contextmanager
def locks(session):
    """Write down which tables' rows are held, in the order in which they are taken."""
    taken: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        taken.extend(re.findall(r"^UPDATE (\w+) SET lock_version=", statement))

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    try:
        yield taken
    finally:
        event.remove(connection, "before_cursor_execute", note)


@pytest.fixture
def town(session):
    """A desk that counts its visits, with a loan in each state, and what can be done there."""
    return Town(session)


class Town:
    def __init__(self, session):
        self.here, self.there = (lending.point(session, max_visits=9) for _ in range(2))
        self.stock, self.other = (lending.stock(session, units=6, at=self.here) for _ in range(2))
        self.by = people.staff(session)
        times = ("2026-10-22T14:00", "2026-10-24T12:00")
        self.asked = lending.loan(session, self.stock, *times, state=LoanState.REQUESTED)
        self.agreed = lending.loan(session, self.stock, *times)
        self.missed = [
            lending.loan(session, stock, "2026-10-20T10:00", "2026-10-24T12:00") for stock in (self.other, self.stock)
        ]
        self.out = lending.loan(session, self.stock, *times)
        desk.handed_out(session, self.out)
        self.tag = self.out.lines[0].custodies[0].item.asset_tag
        self.shelved = next(item for item in self.stock.items if item.asset_tag != self.tag)

    wished = lending.period("2026-10-26T10:00", "2026-10-27T10:00")

    def wish(self) -> Wish:
        lines = (WishedLine(self.stock.model.slug, 1), WishedLine(self.other.model.slug, 1))
        return Wish(self.here.slug, self.wished.start, self.wished.end, lines, return_point=self.there.slug)


LATER = lending.instant("2026-10-25T12:00")
ACTS = {
    "request": lambda ask, t: ask(LoanRequests).request(t.wish(), t.by.id, t.by.id),
    "confirm": lambda ask, t: ask(LoanRequests).confirm(t.asked.id, t.by.id),
    "reject": lambda ask, t: ask(LoanRequests).reject(t.asked.id, "not this week", t.by.id),
    "cancel": lambda ask, t: ask(LoanRequests).cancel(t.agreed.id, "", t.by.id),
    "no-show": lambda ask, t: ask(LoanRequests).no_show(t.missed[0].id, t.by.id),
    "change": lambda ask, t: ask(LoanRequests).change(t.agreed.id, t.wished, t.here.slug, t.there.slug),
    "keep": lambda ask, t: ask(LoanRequests).keep(t.agreed.id),
    "extend": lambda ask, t: ask(LoanRequests).extend(t.out.id, LATER, t.by.id),
    "expire": lambda ask, _: ask(LoanRequests).expire(),
    "check out": lambda ask, t: ask(Desk).check_out(t.agreed.id, [t.shelved.asset_tag], t.by.id),
    "check in": lambda ask, t: ask(Desk).check_in(t.out.id, [Returned(t.tag)], t.by.id),
    "check in elsewhere": lambda ask, t: ask(Desk).check_in(t.out.id, [Returned(t.tag)], t.by.id, t.there.id),
    "out of service": lambda ask, t: ask(Fleet).out_of_service(t.shelved, LATER, None, "repair"),
    "in service": lambda ask, t: ask(Fleet).in_service(t.shelved),
    "retire": lambda ask, t: ask(Fleet).retire(t.shelved, "worn out"),
    "restore": lambda ask, t: ask(Fleet).restore(t.shelved),
    "move": lambda ask, t: ask(Fleet).move(t.shelved, t.there),
    "import": lambda ask, _: ask(InventoryImport).alone(),
}


@pytest.mark.parametrize("act", ACTS)
def test_every_act_takes_its_locks_in_the_same_order_so_that_none_waits_in_a_circle(session, asking, town, act):
    with locks(session) as taken:
        ACTS[act](asking.find_service, town)
    assert taken
    assert taken == sorted(taken, key=ORDER.index)


@pytest.mark.parametrize("act", ["request", "change", "extend"])
def test_what_counts_against_a_person_and_a_desk_is_decided_alone_with_both(session, asking, town, act):
    with locks(session) as taken:
        ACTS[act](asking.find_service, town)
    assert {"person", "lending_point", "lending_stock"} <= set(taken)


def test_nothing_is_promised_to_somebody_who_was_erased_meanwhile(session, asking, town):
    who = people.person(session)
    assert who.erased_at is None
    forgotten = {"name": "", "email": None, "phone": None, "password_hash": None, "erased_at": LATER}
    meanwhile(session, update(Person).where(Person.id == who.id).values(forgotten))
    with pytest.raises(Refused) as no:
        asking.find_service(LoanRequests).request(town.wish(), who.id, who.id)
    assert {reason.code for reason in no.value.reasons} == {RefusalCode.NO_SUCH_BORROWER}


def test_a_loan_that_was_cancelled_or_moved_meanwhile_is_changed_as_it_is_by_then(session, asking, town):
    there = lending.stock(session, units=6, at=town.there, of=town.stock.model)
    line, change = town.agreed.lines[0], (town.agreed.id, town.wished, town.here.slug, town.here.slug)
    assert line.stock.point is town.here
    meanwhile(session, update(LoanLine).where(LoanLine.id == line.id).values(stock_id=there.id))
    meanwhile(session, update(Claim).where(Claim.line_id == line.id).values(stock_id=there.id))
    asking.find_service(LoanRequests).change(*change)
    assert (line.stock, line.claims[0].stock) == (town.stock, town.stock)
    meanwhile(session, update(Claim).where(Claim.line_id == line.id).values(live=False))
    meanwhile(session, update(Loan).where(Loan.id == town.agreed.id).values(state=LoanState.CANCELLED))
    with pytest.raises(Refused) as no:
        asking.find_service(LoanRequests).change(*change)
    assert [reason.code for reason in no.value.reasons] == [RefusalCode.WRONG_STATE]


def test_the_visits_that_a_desk_can_take_are_those_of_when_it_is_decided(session, asking, town):
    lending.loan(session, town.stock, "2026-10-26T10:00", "2026-10-28T10:00")
    assert town.here.max_visits == 9
    meanwhile(session, update(LendingPoint).where(LendingPoint.id == town.here.id).values(max_visits=1))
    with pytest.raises(Refused) as no:
        asking.find_service(LoanRequests).request(town.wish(), town.by.id, town.by.id)
    assert {reason.code for reason in no.value.reasons} == {RefusalCode.PICKUP_FULL}


def test_a_return_to_the_point_that_was_agreed_waits_for_what_is_decided_there(session, asking, town):
    there = lending.stock(session, at=town.there, of=town.stock.model)
    town.out.return_point_id = town.there.id
    session.flush()
    before = there.lock_version
    asking.find_service(Desk).check_in(town.out.id, [Returned(town.tag)], town.by.id)
    session.refresh(there)
    assert there.lock_version > before


def test_two_counters_that_hand_out_parts_of_one_loan_promise_nothing_twice(session, asking):
    stock = lending.stock(session, units=3)
    loan = lending.loan(session, stock, "2026-10-22T14:00", "2026-10-24T12:00", units=3)
    (line,), (first, second, _) = loan.lines, stock.items
    (claim,) = line.claims
    bound = {"stock_id": stock.id, "line_id": line.id, "kind": ClaimKind.LOAN, "units": 1, "item_id": first.id}
    times = {"starts_at": claim.starts_at, "ends_at": claim.ends_at}
    meanwhile(session, update(Claim).where(Claim.id == claim.id).values(units=2))
    split = session.scalar(insert(Claim).values(**bound, **times).returning(Claim.id))
    handed = {"line_id": line.id, "claim_id": split, "item_id": first.id, "units": 1, "missing": []}
    clerk = {"out_at": claim.starts_at, "due_at": claim.ends_at, "out_by_id": loan.borrower_id}
    meanwhile(session, insert(Custody).values(**handed, **clerk, condition_out=Condition.GOOD))
    meanwhile(session, update(type(loan)).values(state=LoanState.OUT))

    asking.find_service(Desk).check_out(loan.id, [second.asset_tag], loan.borrower_id)

    session.expire_all()
    assert sorted(claim.units for claim in line.claims) == [1, 1, 1]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"service_state": ServiceState.RETIRED}, RefusalCode.ITEM_NOT_LENT),
        ({"stock_id": "elsewhere"}, RefusalCode.NOT_IN_LOAN),
    ],
)
def test_an_item_that_left_the_shelf_since_the_page_was_shown_is_not_handed_out(session, asking, town, change, code):
    elsewhere = lending.stock(session, at=town.there, of=town.stock.model)
    change = {name: elsewhere.id if value == "elsewhere" else value for name, value in change.items()}
    assert town.shelved.service_state is ServiceState.IN_SERVICE
    meanwhile(session, update(Item).where(Item.id == town.shelved.id).values(**change))
    with pytest.raises(Refused) as no:
        asking.find_service(Desk).check_out(town.agreed.id, [town.shelved.asset_tag], town.by.id)
    assert {reason.code for reason in no.value.reasons} == {code}


def test_an_item_that_was_moved_meanwhile_is_retired_alone_with_where_it_is_now(session, asking, town):
    elsewhere = lending.stock(session, at=town.there, of=town.stock.model)
    before = elsewhere.lock_version

    meanwhile(session, update(Item).where(Item.id == town.shelved.id).values(stock_id=elsewhere.id))

    asking.find_service(Fleet).retire(town.shelved, "worn out")

    session.refresh(elsewhere)
    assert (town.shelved.stock_id, elsewhere.lock_version) == (elsewhere.id, before + 1)


def test_of_two_weeks_saved_at_once_the_later_one_holds_and_not_both(session, asking):
    point = lending.point(session, windows=lending.EVERY_DAY)
    assert len(point.windows) == 7
    meanwhile(session, delete(OpeningWindow).where(OpeningWindow.point_id == point.id))
    hours = lending.TUESDAY_TO_SATURDAY[0]
    theirs = {"point_id": point.id, "weekday": hours[0], "opens": hours[1], "closes": hours[2]}
    meanwhile(session, insert(OpeningWindow).values(**theirs))
    ours = WeeklyWindow(5, Hours(hours[1], hours[2]))

    asking.find_service(Catalogue).set_week(session.get_one(LendingPoint, point.id), [ours])

    session.expire_all()
    assert [window.weekday for window in point.windows] == [5]
