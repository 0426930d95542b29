"""Which promises no longer hold: loans that are not fetched yet and for which too little equipment is left."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from equipment_lending.models import Claim, Custody, Loan, LoanLine
from equipment_lending.queries.loans import whole_loans
from equipment_lending.queries.occupation import StockUse, stock_uses
from equipment_lending.rules.assignment import promised_beyond
from equipment_lending.rules.risk import Promise, at_risk, to_be_told
from equipment_lending.terms import FOREVER, Claimed, Period


def loans_at_risk(session: Session, stock_ids: Collection[UUID], now: datetime) -> list[Loan]:
    """Return the loans that some of the stocks can no longer serve, soonest pick-up first. Five statements at most."""
    suffering = {loan_id for loans in _suffering(session, stock_ids, now).values() for loan_id in loans}
    if not suffering:
        return []
    return list(session.scalars(whole_loans().where(Loan.id.in_(suffering)).order_by(Loan.pickup_at, Loan.id)))


def overpromised(session: Session, stock_ids: Collection[UUID], now: datetime) -> dict[UUID, int]:
    """Return how many more units are promised to loans, at the worst instant from now on, than a stock has then.

    In four statements; stocks that have enough are not among them.
    """
    ahead = Period(now, FOREVER)
    found = {
        stock_id: promised_beyond(use.items, use.promised, ahead)
        for stock_id, use in stock_uses(session, stock_ids, ahead, now).items()
    }
    return {stock_id: units for stock_id, units in found.items() if units}


@dataclass(frozen=True, slots=True)
class Risks:
    """Loans (by their ids) whose borrowers are to know that they are at risk, and loans which others wait for."""

    at_risk: frozenset[UUID] = frozenset()
    awaited: frozenset[UUID] = frozenset()


def risks(session: Session, stock_ids: Collection[UUID], now: datetime) -> Risks:
    """Return who is to know what about the loans of some stocks. A constant number of statements, few without risk."""
    risky = _suffering(session, stock_ids, now)
    if not risky:
        return Risks()
    once_back = _suffering(session, list(risky), now, without_overdue=True)
    everybody = {loan_id for loans in risky.values() for loan_id in loans}
    pickups = dict(session.execute(select(Loan.id, Loan.pickup_at).where(Loan.id.in_(everybody))).all())
    told, short = set[UUID](), set[UUID]()
    for stock_id, loans in risky.items():
        still = once_back.get(stock_id, set())
        here = {loan_id for loan_id in loans if loan_id in to_be_told(loans, still, pickups, now)}
        told |= here
        if here - still:
            short.add(stock_id)
    late = select(LoanLine.loan_id).join(LoanLine.custodies).join(Custody.claim)
    late = late.where(Custody.in_at.is_(None), Custody.due_at < now, Claim.stock_id.in_(short))
    return Risks(frozenset(told), frozenset(session.scalars(late)))


class Shortage(Enum):
    """Why a loan is at risk."""

    LATE = auto()  # all would be well if what is late were back
    TOO_FEW = auto()


def shortage(session: Session, loan: Loan, now: datetime) -> Shortage | None:
    """Return why a loan is at risk; None where it can be served. A constant number of statements."""
    stock_ids = [line.stock_id for line in loan.lines]
    if not any(loan.id in suffering for suffering in _suffering(session, stock_ids, now).values()):
        return None
    once_back = _suffering(session, stock_ids, now, without_overdue=True)
    return Shortage.TOO_FEW if any(loan.id in still for still in once_back.values()) else Shortage.LATE


def promised_stocks(session: Session, now: datetime) -> list[UUID]:
    """Return the stocks of which something is promised that has not left yet."""
    promised = Claim.live & Claim.line_id.is_not(None) & Claim.item_id.is_(None) & (Claim.ends_at > now)
    return list(session.scalars(select(Claim.stock_id).where(promised).distinct()))


def _suffering(
    session: Session, stock_ids: Collection[UUID], now: datetime, *, without_overdue: bool = False
) -> dict[UUID, set[UUID]]:
    """Return, by stock, the loans that it can no longer serve."""
    uses = stock_uses(session, stock_ids, Period(now, FOREVER), now, without_overdue=without_overdue)
    found = {stock_id: set(at_risk(use.items, _promises(use, now))) for stock_id, use in uses.items()}
    return {stock_id: loans for stock_id, loans in found.items() if loans}


def _promises(use: StockUse, now: datetime) -> list[Promise[UUID]]:
    claims: dict[UUID, list[Claimed]] = defaultdict(list)
    promised: dict[UUID, datetime] = {}
    for occupied in use.unbound:
        if occupied.loan_id is not None and occupied.promised_at is not None:
            claims[occupied.loan_id].append((max(now, occupied.start), occupied.end, occupied.units))
            promised[occupied.loan_id] = occupied.promised_at
    return [Promise(loan_id, promised[loan_id], tuple(claimed)) for loan_id, claimed in claims.items()]
