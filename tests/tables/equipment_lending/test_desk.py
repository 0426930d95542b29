"""The counter: what may leave, what comes back, and what both leave behind, on both databases."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from equipment_lending.models import Claim, Custody, Item, Stock
from equipment_lending.queries.desk import lines_to_go
from equipment_lending.queries.loans import open_custodies
from equipment_lending.queries.occupation import occupations
from equipment_lending.queries.risk import loans_at_risk
from equipment_lending.services.desk import Desk, Lost, Returned
from equipment_lending.services.fleet import Fleet
from equipment_lending.services.requests import LoanRequests
from equipment_lending.terms import ClaimKind, Condition, LoanState, RefusalCode, Refused, ServiceState
from portal.audit.models import AuditEntry
from portal.audit.services import Audit
from portal.ports.certifications import NobodyIsCertified
from tests.factories import lending, people
from tests.whole.invariants import broken


@pytest.fixture
def desk(session, clock):
    clock.at = lending.instant("2026-10-22T14:00")
    return Desk(session, clock, NobodyIsCertified(), Audit(session, clock, None))


@pytest.fixture
def clerk(session):
    return people.person(session, name="Soizic")


@pytest.fixture(autouse=True)
def nothing_broken(session, clock):
    """Whatever a test did, every invariant holds at the end of it."""
    yield
    session.expire_all()
    assert broken(session, clock.now()) == []


def tags(stock: Stock) -> list[str]:
    return sorted(item.asset_tag for item in stock.items)


def codes(no) -> set[RefusalCode]:
    return {reason.code for reason in no.value.reasons}


def claims(session, loan) -> list[Claim]:
    return list(session.scalars(select(Claim).where(Claim.line == loan.lines[0]).order_by(Claim.ends_at)))


def test_an_item_is_bound_when_it_is_handed_out_and_not_before(session, desk, clerk):
    stock = lending.stock(session, units=2)
    loan = lending.loan(session, stock, "2026-10-22T14:00", "2026-10-24T12:00")
    assert [claim.item_id for claim in claims(session, loan)] == [None]

    (custody,) = desk.check_out(loan.id, [tags(stock)[0]], clerk.id)

    assert loan.state is LoanState.OUT
    assert custody.due_at == lending.instant("2026-10-24T12:00")
    assert [claim.item_id for claim in claims(session, loan)] == [custody.item_id]


def test_a_tag_is_found_whatever_its_case(session, desk, clerk):
    stock = lending.stock(session)
    loan = lending.loan(session, stock, "2026-10-22T14:00", "2026-10-24T12:00")
    assert desk.check_out(loan.id, [f" {tags(stock)[0].lower()} "], clerk.id)


def test_part_of_a_loan_can_be_handed_out_and_the_rest_later(session, desk, clerk, clock):
    stock = lending.stock(session, units=3)
    loan = lending.loan(session, stock, "2026-10-22T14:00", "2026-10-24T12:00", units=3)

    desk.check_out(loan.id, tags(stock)[:1], clerk.id)
    assert sorted((claim.item_id is None, claim.units) for claim in claims(session, loan)) == [(False, 1), (True, 2)]

    clock.at += timedelta(hours=2)
    desk.check_out(loan.id, tags(stock)[1:], clerk.id)
    assert [claim.units for claim in claims(session, loan)] == [1, 1, 1]


def test_more_than_was_agreed_is_not_handed_out(session, desk, clerk):
    stock = lending.stock(session, units=2)
    loan = lending.loan(session, stock, "2026-10-22T14:00", "2026-10-24T12:00", units=1)
    with pytest.raises(Refused) as no:
        desk.check_out(loan.id, tags(stock), clerk.id)
    assert codes(no) == {RefusalCode.MORE_THAN_AGREED}
    assert session.scalars(select(Custody)).all() == []


def test_an_unknown_tag_and_a_tag_of_something_else_are_both_named(session, desk, clerk):
    stock, other = lending.stock(session), lending.stock(session)
    loan = lending.loan(session, stock, "2026-10-22T14:00", "2026-10-24T12:00")
    with pytest.raises(Refused) as no:
        desk.check_out(loan.id, ["NO-SUCH"], clerk.id)
    assert codes(no) == {RefusalCode.NO_SUCH_ITEM}
    with pytest.raises(Refused) as no:
        desk.check_out(loan.id, tags(other), clerk.id)
    assert codes(no) == {RefusalCode.NOT_IN_LOAN}


def test_an_item_in_somebodys_hands_cannot_be_handed_out_again(session, desk, clerk):
    stock = lending.stock(session, units=2)
    first = lending.loan(session, stock, "2026-10-22T14:00", "2026-10-24T12:00")
    second = lending.loan(session, stock, "2026-10-22T14:00", "2026-10-24T12:00")
    desk.check_out(first.id, tags(stock)[:1], clerk.id)
    with pytest.raises(Refused) as no:
        desk.check_out(second.id, tags(stock)[:1], clerk.id)
    assert codes(no) == {RefusalCode.ITEM_OUT}


def test_what_a_loan_has_in_hand_already_cannot_be_spared_for_others(session, desk, clerk):
    stock = lending.stock(session, units=2)
    loan = lending.loan(session, stock, "2026-10-24T10:00", "2026-10-26T12:00", units=2)
    lending.loan(session, stock, "2026-10-23T10:00", "2026-10-23T12:00")
    desk.check_out(loan.id, [tags(stock)[0]], clerk.id)  # two days early: the other one serves who comes before

    (to_go,) = lines_to_go(session, loan, lending.instant("2026-10-22T14:00"))
    assert (to_go.left, to_go.free) == (1, [])
    with pytest.raises(Refused) as no:
        desk.check_out(loan.id, [tags(stock)[1]], clerk.id)
    assert codes(no) == {RefusalCode.ITEM_NOT_FREE}


def test_items_that_leave_together_early_leave_enough_for_who_comes_before(session, desk, clerk):
    stock = lending.stock(session, units=3)
    loan = lending.loan(session, stock, "2026-10-24T10:00", "2026-10-26T12:00", units=3)
    lending.loan(session, stock, "2026-10-23T10:00", "2026-10-23T12:00")
    with pytest.raises(Refused) as no:
        desk.check_out(loan.id, tags(stock), clerk.id)
    assert codes(no) == {RefusalCode.ITEM_NOT_FREE}
    assert len(desk.check_out(loan.id, tags(stock)[:2], clerk.id)) == 2


def test_an_item_with_planned_maintenance_before_the_return_is_not_handed_out(session, desk, clerk):
    stock = lending.stock(session, units=2)
    loan = lending.loan(session, stock, "2026-10-22T14:00", "2026-10-24T12:00")
    planned = session.scalars(select(Item).where(Item.asset_tag == tags(stock)[0])).one()
    lending.maintenance(session, planned, "2026-10-23T09:00", "2026-10-26T09:00")
    with pytest.raises(Refused) as no:
        desk.check_out(loan.id, [planned.asset_tag], clerk.id)
    assert codes(no) == {RefusalCode.ITEM_NOT_FREE}
    assert desk.check_out(loan.id, tags(stock)[1:], clerk.id)


def test_a_missing_certificate_blocks_at_the_counter_unless_the_desk_says_why_not(session, desk, clerk):
    stock = lending.stock(session)
    lending.policy(session, model_id=stock.model_id, requires=["velo-cargo"])
    loan = lending.loan(session, stock, "2026-10-22T14:00", "2026-10-24T12:00")
    with pytest.raises(Refused) as no:
        desk.check_out(loan.id, tags(stock), clerk.id)
    assert codes(no) == {RefusalCode.NOT_CERTIFIED}
    (custody,) = desk.check_out(loan.id, tags(stock), clerk.id, note="scratched", override="trained on the spot")
    assert custody.out_note == "trained on the spot; scratched"


@pytest.mark.parametrize(("until", "served"), [(None, True), (date(2026, 10, 22), True), (date(2026, 10, 21), False)])
def test_whoever_borrows_for_an_organisation_still_acts_for_it_on_the_day_of_the_pick_up(
    session, desk, clerk, until, served
):
    stock = lending.stock(session)
    membership = people.membership(session, until=until)
    loan = lending.loan(
        session,
        stock,
        "2026-10-22T14:00",
        "2026-10-24T12:00",
        borrower=membership.person,
        organisation_id=membership.organisation_id,
    )
    if not served:
        with pytest.raises(Refused) as no:
            desk.check_out(loan.id, tags(stock), clerk.id)
        assert [(reason.code, reason.values) for reason in no.value.reasons] == [
            (RefusalCode.NOT_OFFICER, {"organisation": membership.organisation.name})
        ]
    (custody,) = desk.check_out(loan.id, tags(stock), clerk.id, override="the president called")
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.act == "lending.check_out"))
    told = (None, None) if served else ("the president called", True)
    assert (custody.out_note, entry.detail["overridden"]) == told


def test_nothing_is_overridden_where_nothing_was_asked_for(session, desk, clerk):
    stock = lending.stock(session)
    loan = lending.loan(session, stock, "2026-10-22T14:00", "2026-10-24T12:00")
    (custody,) = desk.check_out(loan.id, tags(stock), clerk.id, override="trained on the spot")
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.act == "lending.check_out"))
    assert (custody.out_note, entry.detail["overridden"]) == (None, None)


def test_a_lot_hands_out_as_many_units_as_were_agreed(session, desk, clerk):
    stock = lending.stock(session, units=40, lot=True)
    loan = lending.loan(session, stock, "2026-10-22T14:00", "2026-10-24T12:00", units=12)
    other = lending.loan(session, stock, "2026-10-22T14:00", "2026-10-24T12:00", units=20)
    (custody,) = desk.check_out(loan.id, tags(stock), clerk.id)
    assert (custody.units, custody.lot) == (12, True)
    (custody,) = desk.check_out(other.id, tags(stock), clerk.id)
    assert custody.units == 20


@pytest.fixture
def lots(session):
    """A stock of chairs under two tags, ``few`` 2 and ``many`` 10."""
    stock = lending.stock(session, units=0)
    for tag, units in (("few", 2), ("many", 10)):
        lending.item(session, stock, asset_tag=tag, units=units)
    session.refresh(stock)
    return stock


def test_two_lots_together_give_what_one_of_them_could_not(session, desk, clerk, lots):
    loan = lending.loan(session, lots, "2026-10-22T14:00", "2026-10-24T12:00", units=3)
    given = desk.check_out(loan.id, ["few", "many"], clerk.id)
    assert {custody.item.asset_tag: custody.units for custody in given} == {"few": 2, "many": 1}
    assert sorted(claim.units for claim in claims(session, loan)) == [1, 2]


def test_a_lot_that_is_not_needed_any_more_is_refused_by_its_name(session, desk, clerk, lots):
    loan = lending.loan(session, lots, "2026-10-22T14:00", "2026-10-24T12:00", units=4)
    with pytest.raises(Refused) as no:
        desk.check_out(loan.id, ["many", "few"], clerk.id)
    assert [(reason.code, reason.values["item"]) for reason in no.value.reasons] == [
        (RefusalCode.MORE_THAN_AGREED, "few")
    ]
    assert session.scalars(select(Custody)).all() == []


def test_a_single_item_beside_a_lot_gives_one_and_the_lot_the_rest(session, desk, clerk, lots):
    lending.item(session, lots, asset_tag="one")
    loan = lending.loan(session, lots, "2026-10-22T14:00", "2026-10-24T12:00", units=2)
    given = desk.check_out(loan.id, ["many", "one"], clerk.id)
    assert {custody.item.asset_tag: custody.units for custody in given} == {"many": 1, "one": 1}


def test_a_lot_gives_what_is_left_of_it_and_the_rest_is_still_to_be_fetched(session, desk, clerk, lots):
    first = lending.loan(session, lots, "2026-10-22T14:00", "2026-10-24T12:00", units=7)
    second = lending.loan(session, lots, "2026-10-22T14:00", "2026-10-24T12:00", units=5)
    desk.check_out(first.id, ["many"], clerk.id)
    (custody,) = desk.check_out(second.id, ["many"], clerk.id)
    assert custody.units == 3
    with pytest.raises(Refused) as no:
        desk.check_out(second.id, ["many"], clerk.id)
    assert codes(no) == {RefusalCode.ITEM_OUT}
    (custody,) = desk.check_out(second.id, ["few"], clerk.id)
    assert custody.units == 2


def test_whoever_comes_early_does_not_take_the_last_one_from_whoever_it_was_promised_to_before(
    session, desk, clerk, clock
):
    stock = lending.stock(session, units=2)
    older = lending.loan(session, stock, "2026-10-23T10:00", "2026-10-25T12:00")
    newer = lending.loan(
        session, stock, "2026-10-24T10:00", "2026-10-26T12:00", requested_at=lending.instant("2026-10-02T12:00")
    )
    at_the_repairer, left = stock.items
    lending.maintenance(session, at_the_repairer, "2026-10-22T14:00", "2026-11-22T14:00")
    (to_go,) = lines_to_go(session, newer, clock.now())
    assert to_go.free == []
    with pytest.raises(Refused) as no:
        desk.check_out(newer.id, [left.asset_tag], clerk.id)
    assert codes(no) == {RefusalCode.ITEM_NOT_FREE}
    assert desk.check_out(older.id, [left.asset_tag], clerk.id)


@pytest.mark.parametrize(
    ("said", "missing", "afterwards"),
    [
        (Condition.GOOD, ("dragonne",), Condition.GOOD),
        (Condition.WORN, ("dragonne",), Condition.WORN),
        (Condition.DAMAGED, (), Condition.WORN),
        (Condition.DAMAGED, ("dragonne",), Condition.WORN),
    ],
)
def test_what_is_complete_again_is_as_good_as_it_came_back_and_what_was_mended_is_worn(
    session, desk, clerk, clock, said, missing, afterwards
):
    loan = lending.loan(session, lending.stock(session), "2026-10-22T14:00", "2026-10-24T12:00")
    (custody,) = desk.check_out(loan.id, tags(loan.lines[0].stock)[:1], clerk.id)
    desk.check_in(loan.id, [Returned(custody.item.asset_tag, said, missing)], clerk.id)
    Fleet(session, clock, Audit(session, clock, None)).in_service(custody.item)
    assert custody.item.condition is afterwards


def test_a_returned_item_is_free_at_once_after_its_buffer(session, desk, clerk, clock):
    stock = lending.stock(session)
    lending.policy(session, model_id=stock.model_id, buffer_after_minutes=30)
    loan = lending.loan(session, stock, "2026-10-22T14:00", "2026-10-24T12:00")
    desk.check_out(loan.id, tags(stock), clerk.id)
    clock.at = lending.instant("2026-10-23T10:00")

    desk.check_in(loan.id, [Returned(tags(stock)[0])], clerk.id)

    assert loan.state is LoanState.CLOSED
    assert claims(session, loan)[0].ends_at == lending.instant("2026-10-23T10:30")


def test_a_partial_return_leaves_the_rest_out(session, desk, clerk, clock):
    stock = lending.stock(session, units=2)
    loan = lending.loan(session, stock, "2026-10-22T14:00", "2026-10-24T12:00", units=2)
    desk.check_out(loan.id, tags(stock), clerk.id)
    clock.at = lending.instant("2026-10-23T10:00")
    desk.check_in(loan.id, [Returned(tags(stock)[0])], clerk.id)
    assert loan.state is LoanState.OUT
    desk.check_in(loan.id, [Returned(tags(stock)[1])], clerk.id)
    assert loan.state is LoanState.CLOSED


def test_what_was_never_fetched_is_released_when_the_rest_is_back(session, desk, clerk, clock):
    stock = lending.stock(session, units=2)
    loan = lending.loan(session, stock, "2026-10-22T14:00", "2026-10-24T12:00", units=2)
    desk.check_out(loan.id, tags(stock)[:1], clerk.id)
    clock.at = lending.instant("2026-10-23T10:00")
    desk.check_in(loan.id, [Returned(tags(stock)[0])], clerk.id)
    period = lending.period("2026-10-23T11:00", "2026-10-24T12:00")
    assert occupations(session, [stock.id], period, clock.now()).get(stock.id, []) == []


def test_a_damaged_item_goes_out_of_service_unless_the_desk_keeps_lending_it(session, desk, clerk, clock):
    stock = lending.stock(session, units=2)
    loan = lending.loan(session, stock, "2026-10-22T14:00", "2026-10-24T12:00", units=2)
    desk.check_out(loan.id, tags(stock), clerk.id)
    clock.at = lending.instant("2026-10-23T10:00")
    broken_one, scratched = tags(stock)
    desk.check_in(
        loan.id,
        [
            Returned(broken_one, Condition.DAMAGED, note="écran fendu"),
            Returned(scratched, Condition.GOOD, missing=("bonnette",), keep_lending=True),
        ],
        clerk.id,
    )
    out = session.scalars(select(Claim).where(Claim.kind == ClaimKind.MAINTENANCE)).all()
    assert [(claim.item.asset_tag, claim.reason) for claim in out] == [(broken_one, "écran fendu")]
    assert {item.asset_tag: item.condition for item in stock.items} == {
        broken_one: Condition.DAMAGED,
        scratched: Condition.INCOMPLETE,
    }


# Lots ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def chairs(session):
    """A lot of forty chairs under one tag."""
    (lot,) = lending.stock(session, units=40, lot=True).items
    return lot


@pytest.fixture
def lent(session, desk, clerk, chairs):
    """A loan of twenty of them, which have left."""
    loan = lending.loan(session, chairs.stock, "2026-10-22T14:00", "2026-10-24T12:00", units=20)
    desk.check_out(loan.id, [chairs.asset_tag], clerk.id)
    return loan


def units(custodies) -> list[tuple[int, bool]]:
    """Return of how many units each custody is, and whether they are still out."""
    return sorted((custody.units, custody.in_at is None) for custody in custodies)


def test_a_part_of_a_lot_comes_back_and_the_rest_stays_out(session, desk, clerk, clock, chairs, lent):
    (left,) = lent.lines[0].custodies
    clock.at = lending.instant("2026-10-23T10:00")
    (back,) = desk.check_in(lent.id, [Returned(chairs.asset_tag, units=18)], clerk.id)
    assert (back.units, back.out_at, back.claim.units, back.claim.ends_at) == (18, left.out_at, 18, clock.at)
    assert (left.units, left.in_at, left.claim.units, left.claim.ends_at) == (2, None, 2, lent.return_at)
    assert lent.state is LoanState.OUT
    desk.check_in(lent.id, [Returned(chairs.asset_tag)], clerk.id)
    assert units(lent.lines[0].custodies) == [(2, False), (18, False)]
    assert lent.state is LoanState.CLOSED


def test_one_damaged_chair_puts_one_chair_out_of_service(session, desk, clerk, clock, chairs, lent):
    broken = Returned(chairs.asset_tag, Condition.DAMAGED, note="pied cassé", units=1)
    desk.check_in(lent.id, [broken, Returned(chairs.asset_tag, units=19)], clerk.id)
    (out,) = session.scalars(select(Claim).where(Claim.kind == ClaimKind.MAINTENANCE))
    assert (out.units, out.lot, out.reason) == (1, True, "pied cassé")
    assert (chairs.condition, chairs.condition_note) == (Condition.GOOD, None)
    assert [(one.units, one.condition_in) for one in lent.lines[0].custodies if one.in_note] == [(1, Condition.DAMAGED)]
    loan = lending.loan(session, chairs.stock, "2026-10-22T14:00", "2026-10-24T12:00", units=39)
    (custody,) = desk.check_out(loan.id, [chairs.asset_tag], clerk.id)
    assert custody.units == 39


def test_what_is_damaged_of_a_lot_later_comes_beside_what_is_out_of_service_already(
    session, desk, clerk, clock, chairs, lent
):
    for _ in range(2):
        desk.check_in(lent.id, [Returned(chairs.asset_tag, Condition.DAMAGED, units=2)], clerk.id)
    desk.check_in(lent.id, [Returned(chairs.asset_tag)], clerk.id)
    loan = lending.loan(session, chairs.stock, "2026-10-23T14:00", "2026-10-24T12:00", units=40)
    clock.at = loan.pickup_at
    (custody,) = desk.check_out(loan.id, [chairs.asset_tag], clerk.id)
    assert custody.units == 36
    desk.check_in(loan.id, [Returned(chairs.asset_tag)], clerk.id)
    Fleet(session, clock, Audit(session, clock, None)).in_service(chairs)
    assert loans_at_risk(session, [chairs.stock_id], clock.now()) == []


def test_a_lot_of_which_a_part_is_away_can_be_put_aside_whole(session, desk, clerk, clock, chairs, lent):
    desk.check_in(lent.id, [Returned(chairs.asset_tag, Condition.DAMAGED, units=2)], clerk.id)
    desk.check_in(lent.id, [Returned(chairs.asset_tag)], clerk.id)
    fleet = Fleet(session, clock, Audit(session, clock, None))
    fleet.out_of_service(chairs, clock.now(), None, "révision")
    away = select(Claim.units).where(Claim.kind == ClaimKind.MAINTENANCE, Claim.live)
    assert session.scalars(away).all() == [chairs.units]
    with pytest.raises(Refused):
        fleet.out_of_service(chairs, clock.now(), None, "révision")


def test_units_that_left_one_after_another_come_back_under_one_tag(session, desk, clerk, clock, chairs, lent):
    other = lending.loan(session, chairs.stock, "2026-10-22T14:00", "2026-10-24T12:00", units=25)
    desk.check_out(other.id, [chairs.asset_tag], clerk.id)
    desk.check_in(lent.id, [Returned(chairs.asset_tag)], clerk.id)
    clock.at += timedelta(minutes=5)
    desk.check_out(other.id, [chairs.asset_tag], clerk.id)
    assert units(other.lines[0].custodies) == [(5, True), (20, True)]
    desk.check_in(other.id, [Returned(chairs.asset_tag, units=22)], clerk.id)
    assert sum(custody.units for custody in open_custodies(other)) == 3
    desk.check_in(other.id, [Returned(chairs.asset_tag)], clerk.id)
    assert other.state is LoanState.CLOSED


def test_units_that_left_one_after_another_all_count_where_the_loan_is_to_last_longer(
    session, desk, clerk, clock, chairs, lent
):
    requests = LoanRequests(session, clock, NobodyIsCertified(), Audit(session, clock, None), None)
    other = lending.loan(session, chairs.stock, "2026-10-22T14:00", "2026-10-24T12:00", units=40)
    desk.check_out(other.id, [chairs.asset_tag], clerk.id)
    desk.check_in(lent.id, [Returned(chairs.asset_tag)], clerk.id)
    clock.at += timedelta(minutes=5)
    desk.check_out(other.id, [chairs.asset_tag], clerk.id)
    lending.loan(session, chairs.stock, "2026-10-25T10:00", "2026-10-26T12:00", units=20)
    with pytest.raises(Refused) as no:
        requests.extend(other.id, lending.instant("2026-10-25T12:00"), clerk.id)
    assert RefusalCode.NOT_ENOUGH in codes(no)


@pytest.mark.parametrize("said", [[21], [18, 3], [40]])
def test_no_more_comes_back_of_a_lot_than_is_out(session, desk, clerk, chairs, lent, said):
    with pytest.raises(Refused) as no:
        desk.check_in(lent.id, [Returned(chairs.asset_tag, units=number) for number in said], clerk.id)
    assert [(reason.code, reason.values) for reason in no.value.reasons] == [
        (RefusalCode.MORE_THAN_OUT, {"item": chairs.asset_tag, "out": 20})
    ]
    assert units(lent.lines[0].custodies) == [(20, True)]


def test_what_is_lost_of_a_lot_is_written_off_and_the_rest_comes_back(session, desk, clerk, chairs, lent):
    (lost,) = desk.write_off(lent.id, [Lost(chairs.asset_tag, 2)], "washed away", clerk.id)
    assert (lost.units, lost.is_lost, chairs.units, chairs.service_state) == (2, True, 38, ServiceState.IN_SERVICE)
    assert lent.state is LoanState.OUT
    with pytest.raises(Refused) as no:
        desk.write_off(lent.id, [Lost(chairs.asset_tag, 19)], "washed away", clerk.id)
    assert codes(no) == {RefusalCode.MORE_THAN_OUT}
    (back,) = desk.check_in(lent.id, [Returned(chairs.asset_tag)], clerk.id)
    assert (back.units, lent.state) == (18, LoanState.CLOSED)


def test_what_is_planned_for_a_lot_waits_for_none_of_its_units(session, desk, clerk, clock, chairs, lent):
    planned = lending.maintenance(session, chairs, "2026-10-26T09:00", "2026-10-28T09:00")
    clock.at = lending.instant("2026-10-27T10:00")
    desk.check_in(lent.id, [Returned(chairs.asset_tag)], clerk.id)
    assert planned.period == lending.period("2026-10-26T09:00", "2026-10-28T09:00")


def test_maintenance_that_was_done_before_a_loan_stays_in_the_record(session, desk, clerk, clock):
    stock = lending.stock(session)
    done = lending.maintenance(session, stock.items[0], "2026-10-01T10:00", "2026-10-08T10:00")
    loan = lending.loan(session, stock, "2026-10-22T14:00", "2026-10-24T12:00")
    desk.check_out(loan.id, tags(stock), clerk.id)
    desk.check_in(loan.id, [Returned(tags(stock)[0])], clerk.id)
    assert done.live
    assert done.period == lending.period("2026-10-01T10:00", "2026-10-08T10:00")


def test_a_late_return_pushes_planned_maintenance_back(session, desk, clerk, clock):
    stock = lending.stock(session)
    loan = lending.loan(session, stock, "2026-10-22T14:00", "2026-10-24T12:00")
    desk.check_out(loan.id, tags(stock), clerk.id)
    maintenance = lending.maintenance(session, stock.items[0], "2026-10-26T09:00", "2026-10-28T09:00")
    clock.at = lending.instant("2026-10-26T15:00")
    desk.check_in(loan.id, [Returned(tags(stock)[0])], clerk.id)
    assert maintenance.starts_at == clock.at
    assert maintenance.live


def test_an_item_brought_back_elsewhere_counts_there(session, desk, clerk, clock):
    stock, elsewhere = lending.stock(session), lending.point(session)
    loan = lending.loan(session, stock, "2026-10-22T14:00", "2026-10-24T12:00")
    desk.check_out(loan.id, tags(stock), clerk.id)
    tag = tags(stock)[0]
    clock.at = lending.instant("2026-10-23T10:00")
    desk.check_in(loan.id, [Returned(tag)], clerk.id, point_id=elsewhere.id)
    item = session.scalars(select(Item).where(Item.asset_tag == tag)).one()
    assert item.stock.point_id == elsewhere.id
    assert item.service_state is ServiceState.IN_SERVICE


def test_an_item_can_leave_again_before_its_buffer_is_over(session, desk, clerk, clock):
    stock = lending.stock(session)
    lending.policy(session, model_id=stock.model_id, buffer_after_minutes=60)
    first = lending.loan(session, stock, "2026-10-22T14:00", "2026-10-22T16:00")
    second = lending.loan(session, stock, "2026-10-22T17:00", "2026-10-23T12:00")
    desk.check_out(first.id, tags(stock), clerk.id)
    clock.at = lending.instant("2026-10-22T16:50")
    desk.check_in(first.id, [Returned(tags(stock)[0])], clerk.id)
    clock.at = lending.instant("2026-10-22T17:00")
    assert desk.check_out(second.id, tags(stock), clerk.id)


def test_an_item_that_came_back_late_can_leave_within_the_minute(session, desk, clerk, clock):
    stock = lending.stock(session)
    first = lending.loan(session, stock, "2026-10-22T14:00", "2026-10-22T16:00")
    second = lending.loan(session, stock, "2026-10-22T16:00", "2026-10-23T12:00")
    desk.check_out(first.id, tags(stock), clerk.id)
    clock.at = lending.instant("2026-10-22T16:10") + timedelta(seconds=10)
    desk.check_in(first.id, [Returned(tags(stock)[0])], clerk.id)
    clock.at += timedelta(seconds=20)
    assert desk.check_out(second.id, tags(stock), clerk.id)


def test_nothing_is_handed_out_for_a_loan_that_is_over(session, desk, clerk, clock):
    stock = lending.stock(session)
    loan = lending.loan(session, stock, "2026-10-22T14:00", "2026-10-24T12:00")
    clock.at = lending.instant("2026-10-24T12:00")
    with pytest.raises(Refused) as no:
        desk.check_out(loan.id, tags(stock), clerk.id)
    assert codes(no) == {RefusalCode.IN_THE_PAST}


def test_what_is_not_out_cannot_come_back(session, desk, clerk):
    stock = lending.stock(session, units=2)
    loan = lending.loan(session, stock, "2026-10-22T14:00", "2026-10-24T12:00")
    desk.check_out(loan.id, tags(stock)[:1], clerk.id)
    with pytest.raises(Refused) as no:
        desk.check_in(loan.id, [Returned(tags(stock)[1])], clerk.id)
    assert codes(no) == {RefusalCode.NOT_OUT}


# Kits -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def kit(session):
    """A kit with a tripod and a lamp."""
    (kit,) = lending.stock(session).items
    for tag in ("TRIPOD", "LAMP"):
        lending.item(session, lending.stock(session, units=0, at=kit.stock.point), asset_tag=tag, parent_id=kit.id)
    session.refresh(kit)
    return kit


def test_a_part_of_a_kit_does_not_move_alone(session, clock, kit):
    there, part = lending.point(session), kit.parts[0]
    fleet = Fleet(session, clock, Audit(session, clock, None))
    with pytest.raises(Refused) as no:
        fleet.move(part, there)
    assert [(reason.code, reason.values["kit"]) for reason in no.value.reasons] == [
        (RefusalCode.PART_OF_KIT, kit.asset_tag)
    ]
    fleet.move(kit, there)
    assert part.stock.point == there


def test_the_desk_sees_which_parts_of_a_kit_are_not_fit_to_leave(session, clock, kit):
    lamp, tripod = sorted(kit.parts, key=lambda part: part.asset_tag)
    loan = lending.loan(session, kit.stock, "2026-10-22T14:00", "2026-10-24T12:00")

    def unfit():
        (to_go,) = lines_to_go(session, loan, clock.now())
        return [part.asset_tag for part in to_go.shelf[0].unfit]

    assert unfit() == []
    lamp.service_state = ServiceState.LOST
    lending.maintenance(session, tripod, "2026-10-22T10:00", "2026-10-26T10:00")
    assert unfit() == ["LAMP", "TRIPOD"]
    clock.at = lending.instant("2026-10-22T09:00")
    assert unfit() == ["LAMP"]


# Write off ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def away(session, desk, clerk):
    """A loan of two recorders that were due days ago and are not back."""
    stock = lending.stock(session, units=3)
    loan = lending.loan(session, stock, "2026-10-22T14:00", "2026-10-24T12:00", units=2)
    desk.check_out(loan.id, tags(stock)[:2], clerk.id)
    return loan


def test_what_never_comes_back_is_written_off_and_the_loan_ends_with_the_last_of_it(session, desk, clerk, away, clock):
    clock.at = lending.instant("2026-11-20T14:00")
    first, other = (custody.item for custody in away.lines[0].custodies)
    (custody,) = desk.write_off(away.id, [Lost(first.asset_tag)], " stolen ", clerk.id)
    assert (custody.is_lost, custody.in_at, custody.condition_in) == (True, clock.at, None)
    assert (first.service_state, first.state_reason) == (ServiceState.LOST, "stolen")
    assert away.state is LoanState.OUT
    desk.check_in(away.id, [Returned(other.asset_tag)], clerk.id)
    assert away.state is LoanState.CLOSED
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.act == "lending.write_off"))
    assert entry.detail == {"loan": away.number, "items": [first.asset_tag]}


def test_what_was_written_off_occupies_nothing_and_is_found_again_as_any_lost_item(session, desk, clerk, away, clock):
    tag = away.lines[0].custodies[0].item.asset_tag
    clock.at = lending.instant("2026-10-23T10:00")
    (custody,) = desk.write_off(away.id, [Lost(tag)], "fell off the pier", clerk.id)
    assert custody.claim.ends_at == clock.at
    Fleet(session, clock, Audit(session, clock, None)).restore(custody.item)
    loan = lending.loan(session, custody.item.stock, "2026-10-23T10:00", "2026-10-24T12:00")
    assert desk.check_out(loan.id, [tag], clerk.id)


def test_of_a_lot_only_the_units_that_were_out_are_written_off(session, desk, clerk):
    stock = lending.stock(session, units=40, lot=True)
    loan = lending.loan(session, stock, "2026-10-22T14:00", "2026-10-24T12:00", units=12)
    desk.check_out(loan.id, tags(stock), clerk.id)
    (custody,) = desk.write_off(loan.id, [Lost(*tags(stock))], "washed away", clerk.id)
    assert (custody.item.units, custody.item.service_state) == (28, ServiceState.IN_SERVICE)
    assert loan.state is LoanState.CLOSED


def test_what_is_not_out_is_not_written_off_nor_anything_without_a_reason(session, desk, clerk, away):
    out, shelved = away.lines[0].custodies[0].item, tags(away.lines[0].stock)[2]
    with pytest.raises(Refused) as no:
        desk.write_off(away.id, [Lost(shelved)], " ", clerk.id)
    assert codes(no) == {RefusalCode.NOT_OUT, RefusalCode.REASON_MISSING}
    with pytest.raises(Refused) as no:
        desk.write_off(away.id, [], "stolen", clerk.id)
    assert codes(no) == {RefusalCode.NOTHING_CHOSEN}
    desk.check_in(away.id, [Returned(custody.item.asset_tag) for custody in away.lines[0].custodies], clerk.id)
    with pytest.raises(Refused) as no:
        desk.write_off(away.id, [Lost(out.asset_tag)], "stolen", clerk.id)
    assert codes(no) == {RefusalCode.WRONG_STATE, RefusalCode.NOT_OUT}
