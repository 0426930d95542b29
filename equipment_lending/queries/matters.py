"""What cannot be as it was agreed, for which loans: whom to tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from equipment_lending.models import Loan
from equipment_lending.queries.changed_hours import closed_cases
from equipment_lending.queries.risk import Risks, promised_stocks, risks
from equipment_lending.terms import Matter


@dataclass(frozen=True, slots=True)
class Concern:
    """A loan that cannot be as it was agreed, and why; ``about`` tells one such case from another."""

    loan_id: UUID
    matter: Matter
    about: str = ""


def concerns(session: Session, now: datetime) -> list[Concern]:
    """Return every concern of every loan as things stand."""
    return _told(closed_cases(session, now), risks(session, promised_stocks(session, now), now))


def concerns_of(session: Session, loan: Loan, now: datetime) -> list[Concern]:
    """Return every concern of one loan as things stand."""
    stock_ids = [line.stock_id for line in loan.lines]
    found = _told(closed_cases(session, now, Loan.id == loan.id), risks(session, stock_ids, now))
    return [one for one in found if one.loan_id == loan.id]


def _told(closed: Mapping[UUID, str], at_risk: Risks) -> list[Concern]:
    return [
        *(Concern(loan_id, Matter.CLOSED, case) for loan_id, case in closed.items()),
        *(Concern(loan_id, Matter.AT_RISK) for loan_id in at_risk.at_risk),
        *(Concern(loan_id, Matter.AWAITED) for loan_id in at_risk.awaited),
    ]
