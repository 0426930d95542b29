"""Which promises no longer hold: loans that are not fetched yet and for which too little equipment is left."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from equipment_lending.models import Loan
from equipment_lending.queries.loans import whole_loans
from equipment_lending.queries.occupation import StockUse, stock_uses
from equipment_lending.rules.risk import Promise, at_risk
from equipment_lending.terms import FOREVER, Claimed, Period


def loans_at_risk(session: Session, stock_ids: Collection[UUID], now: datetime) -> list[Loan]:
    """Return the loans that some of the stocks can no longer serve, soonest pick-up first. Five statements at most."""
    uses = stock_uses(session, stock_ids, Period(now, FOREVER), now)
    suffering = {loan_id for use in uses.values() for loan_id in at_risk(use.items, _promises(use, now))}
    if not suffering:
        return []
    return list(session.scalars(whole_loans().where(Loan.id.in_(suffering)).order_by(Loan.pickup_at, Loan.id)))


def _promises(use: StockUse, now: datetime) -> list[Promise]:
    claims: dict[UUID, list[Claimed]] = defaultdict(list)
    promised: dict[UUID, datetime] = {}
    for occupied in use.unbound:
        if occupied.loan_id is not None and occupied.promised_at is not None:
            claims[occupied.loan_id].append((max(now, occupied.start), occupied.end, occupied.units))
            promised[occupied.loan_id] = occupied.promised_at
    return [Promise(loan_id, promised[loan_id], tuple(claimed)) for loan_id, claimed in claims.items()]
