"""When points are open, and which rules hold for a model at a point: rows become the values the charter takes."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from equipment_lending.models import LendingPoint, OpeningException, OpeningWindow, PolicyLayer, Stock
from equipment_lending.queries.timetables import exceptions_of, week_of
from equipment_lending.rules.opening import OpeningCalendar
from equipment_lending.rules.policy import SETTINGS, Policy, effective
from equipment_lending.rules.public_holidays import PUBLIC_HOLIDAYS


def calendars(session: Session, points: Iterable[LendingPoint]) -> dict[UUID, OpeningCalendar]:
    """Return each point's calendar: its usual week, its exceptions, the French public holidays."""
    points = list(points)
    ids = [point.id for point in points]
    windows: dict[UUID, list[OpeningWindow]] = defaultdict(list)
    for window in session.scalars(select(OpeningWindow).where(OpeningWindow.point_id.in_(ids))):
        windows[window.point_id].append(window)
    exceptions: dict[UUID, list[OpeningException]] = defaultdict(list)
    for exception in session.scalars(select(OpeningException).where(OpeningException.point_id.in_(ids))):
        exceptions[exception.point_id].append(exception)
    return {
        point.id: OpeningCalendar(
            ZoneInfo(point.zone),
            week_of(windows[point.id]),
            exceptions_of(exceptions[point.id]),
            PUBLIC_HOLIDAYS if point.observes_holidays else frozenset(),
        )
        for point in points
    }


def calendar(session: Session, point: LendingPoint) -> OpeningCalendar:
    """Return one point's calendar."""
    return calendars(session, [point])[point.id]


class Shelf(NamedTuple):
    """What settles which rules hold for a stock: its category, model and point, and the point's own lead time."""

    category_id: UUID
    model_id: UUID
    point_id: UUID
    lead_days: int


def policies(session: Session, stocks: Collection[Stock]) -> dict[UUID, Policy]:
    """Return the policy that holds for each stock. Lead time is the point's, unless its own rules settle it."""
    policy_of = policies_by_shelf(session, {stock.model_id for stock in stocks})
    return {
        stock.id: policy_of(Shelf(stock.model.category_id, stock.model_id, stock.point_id, stock.point.lead_days))
        for stock in stocks
    }


_Subject = tuple[UUID | None, UUID | None, UUID | None]
"""Category, model and point that rules are written for, as far as they name one."""


def policies_by_shelf(session: Session, models: Collection[UUID] | Select[UUID]) -> Callable[[Shelf], Policy]:
    """Return what tells the policy of each shelf of these models, of which there may be thousands, in one statement.

    ``models`` are their ids, or a query for them.
    """
    layers = session.scalars(
        select(PolicyLayer).where(or_(PolicyLayer.model_id.is_(None), PolicyLayer.model_id.in_(models)))
    )
    written = {(layer.category_id, layer.model_id, layer.point_id): _settings(layer) for layer in layers}
    of_their_own = {model_id for _category, model_id, _point in written}

    @cache  # most share their rules: few models have any of their own
    def settled(category: UUID, model: UUID | None, point: UUID, lead_days: int) -> Policy:
        wider: list[_Subject] = [(None, None, None), (category, None, None)]
        nearer: list[_Subject] = [(None, None, point)]
        if model:
            wider.append((None, model, None))
            nearer.append((None, model, point))
        said, nearest = ([written[subject] for subject in found if subject in written] for found in (wider, nearer))
        return effective([*said, {"lead_days": lead_days}, *nearest])

    def policy_of(shelf: Shelf) -> Policy:
        category, model, point, lead_days = shelf
        return settled(category, model if model in of_their_own else None, point, lead_days)

    return policy_of


def _settings(layer: PolicyLayer) -> dict[str, Any]:
    return {name: getattr(layer, name) for name in SETTINGS}
