"""The invariants say so when they are broken: a proof that cannot fail proves nothing. The rows go past the rules."""

import pytest

from equipment_lending.models import Claim
from equipment_lending.terms import ClaimKind
from tests.factories import lending, people
from tests.whole.invariants import broken

NOW = lending.instant("2026-10-22T14:00")
FROM, TO = "2026-10-24T10:00", "2026-10-26T10:00"


def promised_beyond_the_items(session):
    """Each of two items is free for half of it, by two bindings still to come that no rule would allow."""
    stock = lending.stock(session, units=2)
    halves = (FROM, "2026-10-25T10:00"), ("2026-10-25T10:00", TO)
    for item, half in zip(stock.items, halves, strict=True):
        loan = lending.loan(session, stock, *half)
        loan.lines[0].claims[0].item = item
    lending.loan(session, stock, FROM, TO)


def more_than_one_person_may_have(session):
    stock, who = lending.stock(session, units=2), people.person(session)
    lending.policy(session, model_id=stock.model_id, max_units_per_person=1)
    lending.loan(session, stock, FROM, TO, borrower=who)
    lending.offer(session, stock, "2026-10-25T10:00", "2026-10-27T10:00", who=who)


def another_while_one_is_late(session):
    stock, who = lending.stock(session, units=2), people.person(session)
    lending.policy(session, model_id=stock.model_id, max_units_per_person=1)
    late = lending.loan(session, stock, "2026-09-20T10:00", "2026-09-21T10:00", borrower=who, state="out")
    late.requested_at = lending.instant("2026-09-19T10:00")
    lending.custody(session, late.lines[0])
    lending.loan(session, stock, FROM, TO, borrower=who)


def more_days_than_one_person_may_have(session):
    stock, who = lending.stock(session), people.person(session)
    lending.policy(session, point_id=stock.point_id, max_days_in_period=3)
    lending.loan(session, stock, FROM, TO, borrower=who)
    lending.loan(session, stock, "2026-11-10T10:00", "2026-11-12T10:00", borrower=who)


def a_part_of_a_kit_lent_alone(session):
    kit = lending.stock(session)
    lenses = lending.stock(session, units=2, at=kit.point)
    loan = lending.loan(session, lenses, "2026-10-22T10:00", TO)
    custody = lending.custody(session, loan.lines[0])
    custody.item.parent = kit.items[0]


def bound_without_having_left(session):
    stock = lending.stock(session)
    loan = lending.loan(session, stock, "2026-10-22T10:00", TO)
    loan.lines[0].claims[0].item = stock.items[0]


def bound_twice_since_it_left(session):
    stock = lending.stock(session)
    loan = lending.loan(session, stock, "2026-10-22T10:00", "2026-10-23T10:00")
    lending.custody(session, loan.lines[0])
    later = lending.period("2026-10-23T10:00", "2026-10-24T10:00")
    line, item = loan.lines[0], stock.items[0]
    session.add(
        Claim(stock=stock, line=line, item=item, kind=ClaimKind.LOAN, units=1, starts_at=later.start, ends_at=later.end)
    )


def left_within_a_minute(session):
    loan = lending.loan(session, lending.stock(session), "2026-10-22T10:00:20", TO)
    lending.custody(session, loan.lines[0])


def more_of_a_lot_out_than_it_has(session):
    stock = lending.stock(session, units=10, lot=True)
    loan = lending.loan(session, stock, "2026-10-22T10:00", TO, units=11)
    lending.custody(session, loan.lines[0], units=11, lot=True)


def fewer_claimed_than_left(session):
    stock = lending.stock(session, units=10, lot=True)
    loan = lending.loan(session, stock, "2026-10-22T10:00", TO, units=6)
    lending.custody(session, loan.lines[0], units=5, lot=True)


def a_unit_neither_out_nor_to_come(session):
    stock = lending.stock(session, units=10, lot=True)
    loan = lending.loan(session, stock, "2026-10-22T10:00", TO, units=6)
    lending.custody(session, loan.lines[0], units=5, lot=True).claim.units = 5


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (promised_beyond_the_items, "no choice of items can keep"),
        (more_than_one_person_may_have, "2 units at 2026-10-25"),
        (another_while_one_is_late, "1 units asked for while 1 were late, 1 allowed"),
        (more_days_than_one_person_may_have, "4 days in 30, 3 allowed"),
        (a_part_of_a_kit_lent_alone, "part of a kit and was lent alone"),
        (bound_without_having_left, "bound, and nothing left"),
        (bound_twice_since_it_left, "bound 2 times since it left"),
        (left_within_a_minute, "begins within a minute"),
        (more_of_a_lot_out_than_it_has, "has 10 units, and more were out"),
        (fewer_claimed_than_left, "is of 5 units and its claim of 6"),
        (a_unit_neither_out_nor_to_come, "has lost some of its 6 units"),
    ],
)
def test_what_no_rule_allows_is_found_in_the_rows(session, clock, wrong, said):
    wrong(session)
    session.flush()
    session.expire_all()
    assert [line for line in broken(session, NOW) if said in line]
