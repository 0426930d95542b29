"""What must never happen is refused by the database itself, on both engines, whatever the services decided before."""

import pytest
from sqlalchemy.exc import IntegrityError

from equipment_lending.models import Claim, Custody
from equipment_lending.terms import ClaimKind
from portal.db.session import is_conflict
from tests.factories import lending

FROM, TO = "2026-10-24T10:00", "2026-10-26T10:00"


@pytest.fixture
def stock(session):
    return lending.stock(session)


@pytest.fixture
def taken(session, stock):
    """A loan that the only item is bound to."""
    loan = lending.loan(session, stock, FROM, TO, state="out")
    lending.custody(session, loan.lines[0])
    return loan


def bound(session, stock, start, end, **given):
    """A loan's claim bound to the first item of a stock, past all rules."""
    claim = lending.loan(session, stock, start, end).lines[0].claims[0]
    for name, value in {"item": stock.items[0], **given}.items():
        setattr(claim, name, value)
    session.flush()
    return claim


@pytest.mark.parametrize(
    ("start", "end"),
    [(FROM, TO), ("2026-10-24T11:00", "2026-10-25T10:00"), ("2026-10-23T10:00", "2026-10-24T10:01")],
)
def test_one_item_is_not_bound_twice_at_one_instant(session, stock, taken, start, end):
    with pytest.raises(IntegrityError, match="lending_claim_item_taken"), session.begin_nested():
        bound(session, stock, start, end)


@pytest.mark.parametrize(("start", "end"), [("2026-10-23T10:00", FROM), (TO, "2026-10-28T10:00")])
def test_one_may_begin_in_the_instant_in_which_another_ends(session, stock, taken, start, end):
    assert bound(session, stock, start, end).live


def test_what_is_over_or_of_a_lot_stands_in_nobodys_way(session, stock, taken):
    assert not bound(session, stock, FROM, TO, live=False).live
    lot = lending.stock(session, units=4, lot=True)
    assert bound(session, lot, FROM, TO, lot=True).item == bound(session, lot, FROM, TO, lot=True).item


def test_what_is_over_does_not_come_back_where_another_one_is(session, stock, taken):
    over = bound(session, stock, FROM, TO, live=False)
    with pytest.raises(IntegrityError, match="lending_claim_item_taken"), session.begin_nested():
        over.live = True


def test_what_lasts_longer_does_not_reach_into_the_next(session, stock, taken):
    (claim,) = taken.lines[0].claims
    bound(session, stock, TO, "2026-10-28T10:00")
    with pytest.raises(IntegrityError, match="lending_claim_item_taken") as no, session.begin_nested():
        claim.ends_at = lending.instant("2026-10-26T10:01")
    assert is_conflict(no.value) == (session.get_bind().dialect.name == "postgresql")  # on SQLite nobody came between


def test_one_item_is_not_in_two_hands(session, stock, taken):
    later = bound(session, stock, "2026-10-28T10:00", "2026-10-30T10:00")
    (earlier,) = taken.lines[0].custodies

    def another():
        same = {name: getattr(earlier, name) for name in ("item_id", "units", "out_by_id", "condition_out")}
        times = {"out_at": later.starts_at, "due_at": later.ends_at}
        session.add(Custody(line_id=later.line_id, claim_id=later.id, **same, **times))
        session.flush()

    with pytest.raises(IntegrityError), session.begin_nested():
        another()
    earlier.in_at = lending.instant(TO)
    another()


@pytest.mark.parametrize(
    "wrong",
    [
        {"starts_at": lending.instant(TO), "ends_at": lending.instant(FROM)},
        {"starts_at": lending.instant(FROM), "ends_at": lending.instant(FROM)},
        {"units": 0},
        {"kind": ClaimKind.MAINTENANCE},  # of no item
        {"kind": ClaimKind.HOLD},  # for nobody
        {"kind": ClaimKind.LOAN},  # of no loan
    ],
)
def test_a_claim_has_a_length_units_and_an_owner(session, stock, wrong):
    right = {
        "stock_id": stock.id,
        "kind": ClaimKind.MAINTENANCE,
        "item_id": stock.items[0].id,
        "units": 1,
        "starts_at": lending.instant(FROM),
        "ends_at": lending.instant(TO),
    }
    if wrong.get("kind") is ClaimKind.MAINTENANCE:
        wrong = wrong | {"item_id": None}
    with pytest.raises(IntegrityError), session.begin_nested():
        session.add(Claim(**right | wrong))
    session.add(Claim(**right))
    session.flush()
