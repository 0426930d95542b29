"""Every invariant of lending, derived again from the rows by other means than the portal's own, plainly."""

from collections import defaultdict
from datetime import datetime
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from equipment_lending.models import Claim, Custody, Item, Loan, LoanLine, WaitlistEntry
from equipment_lending.terms import FOREVER, ClaimKind, LoanState, ServiceState, WaitlistState

LIVING = (LoanState.REQUESTED, LoanState.CONFIRMED, LoanState.OUT)


def broken(session: Session, now: datetime) -> list[str]:
    """Return a line for each invariant that does not hold; ``now`` is when nothing moved any more."""
    claims = session.scalars(select(Claim)).all()
    loans = session.scalars(select(Loan)).all()
    return [
        *_items_promised_twice(claims),
        *_more_promised_than_there_is(session, claims, now),
        *_not_whole_minutes(claims, loans),
        *_claims_without_a_reason(session, claims),
        *_claims_elsewhere(claims),
        *_custody_and_claim_disagree(session),
        *_states_that_lie(loans),
        *_holds_and_offers_disagree(session, claims),
    ]


def _items_promised_twice(claims) -> list[str]:
    """1: per tagged item and instant at most one live bound claim."""
    by_item = defaultdict(list)
    for claim in claims:
        if claim.live and claim.item_id is not None and not claim.lot:
            by_item[claim.item_id].append((claim.starts_at, claim.ends_at))
    found = []
    for item_id, periods in by_item.items():
        periods.sort()
        found += [
            f"item {item_id} is claimed twice from {later[0]}"
            for earlier, later in pairwise(periods)
            if later[0] < earlier[1]
        ]
    return found


def _more_promised_than_there_is(session: Session, claims, now: datetime) -> list[str]:
    """2: at every instant from now on, a stock promises no more units than it has in service.

    Only where nothing was taken out of service or came back late, which may leave promises at risk.
    """
    held = defaultdict(int)
    for item in session.scalars(select(Item)):
        if item.parent_id is None and item.service_state is ServiceState.IN_SERVICE:
            held[item.stock_id] += item.units
    by_stock = defaultdict(list)
    for claim in claims:
        if claim.live and claim.kind is not ClaimKind.MAINTENANCE and claim.ends_at > now:
            by_stock[claim.stock_id].append(claim)
    found = []
    for stock_id, live in by_stock.items():
        for instant in {claim.starts_at for claim in live}:
            units = sum(claim.units for claim in live if claim.starts_at <= instant < claim.ends_at)
            if units > held[stock_id]:
                found.append(f"stock {stock_id} promises {units} of {held[stock_id]} units at {instant}")
    return found


def _not_whole_minutes(claims, loans) -> list[str]:
    """4: whatever occupies or was agreed begins and ends with a whole minute."""
    told = [(f"claim {claim.id}", claim.starts_at, claim.ends_at) for claim in claims if claim.ends_at < FOREVER]
    told += [(f"loan {loan.number}", loan.pickup_at, loan.return_at) for loan in loans]
    return [f"{what} is not of whole minutes" for what, *ends in told if any(e.second or e.microsecond for e in ends)]


def _claims_without_a_reason(session: Session, claims) -> list[str]:
    """9: every live claim of a loan belongs to a living loan, and a living loan's claims add up to its lines."""
    lines = {line.id: line for line in session.scalars(select(LoanLine))}
    states = dict(session.execute(select(Loan.id, Loan.state)).all())
    found, units = [], defaultdict(int)
    for claim in claims:
        if claim.line_id is None:
            continue
        units[claim.line_id] += claim.units
        state = states[lines[claim.line_id].loan_id]
        if claim.live and claim.item_id is None and state not in LIVING:
            found.append(f"claim {claim.id} still occupies for a loan that is {state}")
        if not claim.live and state in (LoanState.REQUESTED, LoanState.CONFIRMED):
            found.append(f"claim {claim.id} of a {state} loan is not live")
    found += [
        f"line {line.id} is for {line.units} units and claims {units[line.id]}"
        for line in lines.values()
        if units[line.id] != line.units
    ]
    return found


def _claims_elsewhere(claims) -> list[str]:
    """A live claim bound to an item counts in the stock that the item is in."""
    bound = [claim for claim in claims if claim.live and claim.item is not None]
    return [
        f"claim {claim.id} counts elsewhere than its item" for claim in bound if claim.stock_id != claim.item.stock_id
    ]


def _custody_and_claim_disagree(session: Session) -> list[str]:
    """10: an item in open custody has exactly one bound claim of the same loan line, and nobody else has the item."""
    found, held = [], defaultdict(list)
    for custody in session.scalars(select(Custody)):
        if custody.claim.item_id != custody.item_id or custody.claim.line_id != custody.line_id:
            found.append(f"custody {custody.id} and its claim name different things")
        if custody.in_at is None:
            held[custody.item_id].append(custody)
            if not custody.claim.live:
                found.append(f"custody {custody.id} is open and its claim is not live")
    found += [
        f"item {item_id} is in {len(open_)} hands at once"
        for item_id, open_ in held.items()
        if len(open_) > 1 and not open_[0].lot
    ]
    return found


def _states_that_lie(loans) -> list[str]:
    """The stored state of a loan is what its custodies say."""
    found = []
    for loan in loans:
        custodies = [custody for line in loan.lines for custody in line.custodies]
        out = any(custody.in_at is None for custody in custodies)
        if out and loan.state is not LoanState.OUT:
            found.append(f"loan {loan.number} is {loan.state} with items out")
        if loan.state is LoanState.OUT and not out:
            found.append(f"loan {loan.number} is out with nothing out")
        if loan.state is LoanState.CLOSED and not custodies:
            found.append(f"loan {loan.number} is closed and nothing ever left")
        for line in loan.lines:
            if sum(custody.units for custody in line.custodies) > line.units:
                found.append(f"loan {loan.number} handed out more than was agreed")
    return found


def _holds_and_offers_disagree(session: Session, claims) -> list[str]:
    """Exactly what is offered to somebody who waits is held, in one piece."""
    held = defaultdict(list)
    for claim in claims:
        if claim.live and claim.kind is ClaimKind.HOLD:
            held[claim.entry_id].append((claim.stock_id, claim.units))
    return [
        f"place {one.id} in line is {one.state} and holds {held[one.id]}"
        for one in session.scalars(select(WaitlistEntry))
        if held[one.id] != ([(one.stock_id, one.units)] if one.state is WaitlistState.OFFERED else [])
    ]
