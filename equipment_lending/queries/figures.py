"""A few numbers for the home page."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from equipment_lending.models import Item, Loan
from equipment_lending.terms import LoanState, ServiceState


def units_lent(session: Session) -> int:
    """Return how many units the lending points hold that can be borrowed; parts of a kit do not count."""
    held = select(func.sum(Item.units)).where(Item.parent_id.is_(None), Item.service_state == ServiceState.IN_SERVICE)
    return int(session.scalar(held) or 0)


def loans_so_far(session: Session) -> int:
    """Return how many loans were picked up."""
    picked_up = select(func.count(Loan.id)).where(Loan.state.in_((LoanState.OUT, LoanState.CLOSED)))
    return session.scalar(picked_up) or 0
