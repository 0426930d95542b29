"""Under which conditions stocks are lent."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from equipment_lending.models import Stock
from equipment_lending.queries.calendars import policies
from equipment_lending.rules.policy import Policy


def conditions(session: Session, stock_ids: Collection[UUID]) -> dict[UUID, Policy]:
    """Return the policy of each stock, in two statements."""
    stocks = session.scalars(
        select(Stock).options(joinedload(Stock.model), joinedload(Stock.point)).where(Stock.id.in_(stock_ids))
    ).all()
    return policies(session, stocks)
