"""When points are open, and which rules hold for a model at a point: rows become the values the charter takes."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import holidays
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from equipment_lending.models import LendingPoint, OpeningException, OpeningWindow, PolicyLayer, Stock
from equipment_lending.rules.opening import OpeningCalendar
from equipment_lending.rules.policy import SETTINGS, Policy, effective
from equipment_lending.terms import DayException, Hours, WeeklyWindow


def calendars(session: Session, points: Iterable[LendingPoint], today: date) -> dict[UUID, OpeningCalendar]:
    """Return each point's calendar around ``today``: its usual week, its exceptions, the French public holidays."""
    points = list(points)
    ids = [point.id for point in points]
    weekly: dict[UUID, list[WeeklyWindow]] = defaultdict(list)
    for window in session.scalars(select(OpeningWindow).where(OpeningWindow.point_id.in_(ids))):
        weekly[window.point_id].append(WeeklyWindow(window.weekday, Hours(window.opens, window.closes)))
    exceptions: dict[UUID, list[DayException]] = defaultdict(list)
    for row in session.scalars(select(OpeningException).where(OpeningException.point_id.in_(ids))):
        exceptions[row.point_id].append(_exception(row))
    return {
        point.id: OpeningCalendar(
            ZoneInfo(point.zone),
            tuple(sorted(weekly[point.id])),
            tuple(exceptions[point.id]),
            public_holidays(today.year) if point.observes_holidays else frozenset(),
        )
        for point in points
    }


def calendar(session: Session, point: LendingPoint, today: date) -> OpeningCalendar:
    """Return one point's calendar around ``today``."""
    return calendars(session, [point], today)[point.id]


def _exception(row: OpeningException) -> DayException:
    hours = (Hours(row.opens, row.closes),) if row.opens is not None and row.closes is not None else ()
    return DayException(row.first_day, row.last_day, row.kind, hours)


@lru_cache(maxsize=8)
def public_holidays(year: int) -> frozenset[date]:
    """Return the French public holidays from the year before to two years after. Brittany has no others."""
    return frozenset(holidays.country_holidays("FR", years=range(year - 1, year + 3)))


def policies(session: Session, stocks: Collection[Stock]) -> dict[UUID, Policy]:
    """Return the policy that holds for each stock. Lead time is the point's, unless its own rules settle it."""
    layers = session.scalars(
        select(PolicyLayer).where(
            or_(PolicyLayer.model_id.is_(None), PolicyLayer.model_id.in_({stock.model_id for stock in stocks}))
        )
    ).all()
    return {stock.id: effective(_layers_for(stock, layers)) for stock in stocks}


def _layers_for(stock: Stock, layers: Iterable[PolicyLayer]) -> list[dict[str, Any]]:
    """Return the layers that concern a stock, least specific first."""
    by_subject = {(layer.category_id, layer.model_id, layer.point_id): _settings(layer) for layer in layers}
    return [
        by_subject.get((None, None, None), {}),
        by_subject.get((stock.model.category_id, None, None), {}),
        by_subject.get((None, stock.model_id, None), {}),
        {"lead_days": stock.point.lead_days},
        by_subject.get((None, None, stock.point_id), {}),
        by_subject.get((None, stock.model_id, stock.point_id), {}),
    ]


def _settings(layer: PolicyLayer) -> dict[str, Any]:
    return {name: getattr(layer, name) for name in SETTINGS}
