"""The catalogue: what is lent, where, and how many are free for a whole period. A constant number of statements."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from equipment_lending.models import Category, EquipmentModel, Item, LendingPoint, Stock
from equipment_lending.queries.application import free_for
from equipment_lending.queries.calendars import Shelf, policies_by_shelf
from equipment_lending.queries.occupation import capacities, occupied_seconds, planned, stock_uses
from equipment_lending.rules.availability import least
from equipment_lending.rules.claims import claimed
from equipment_lending.rules.policy import Policy
from equipment_lending.terms import Period, ServiceState
from portal.db.epoch import second_of
from portal.index.models import IndexEntry
from portal.index.queries import matching

KIND = "equipment"
"""What the public index calls a model."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What somebody looks for: words, a category, a point (slugs), and a period through which it must be free.

    ``closed`` are points at which it cannot be fetched when the period begins, or not be brought back when it ends.
    """

    text: str = ""
    category: str | None = None
    point: str | None = None
    period: Period | None = None
    closed: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Offer:
    """A model at one point: units in service there, and how many could be promised for the period asked for, if any."""

    stock_id: UUID
    point: LendingPoint
    units: int
    free: int | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A model of the catalogue with where it is lent."""

    model: EquipmentModel
    offers: tuple[Offer, ...]

    @property
    def units(self) -> int:
        return sum(offer.units for offer in self.offers)

    @property
    def free(self) -> int | None:
        """The most units one point could lend for the whole period; None when no period was asked for."""
        known = [offer.free for offer in self.offers if offer.free is not None]
        return max(known) if known else None


def categories(session: Session) -> list[Category]:
    """Return every category, in the catalogue's order."""
    return list(session.scalars(select(Category).order_by(Category.position, Category.slug)))


def models(session: Session) -> list[EquipmentModel]:
    """Return every model, by category and short name."""
    in_order = (Category.position, Category.slug, EquipmentModel.slug)
    return list(
        session.scalars(
            select(EquipmentModel)
            .join(EquipmentModel.category)
            .options(contains_eager(EquipmentModel.category))
            .order_by(*in_order)
        )
    )


def points(session: Session) -> list[LendingPoint]:
    """Return every lending point by name, with its place."""
    return list(
        session.scalars(select(LendingPoint).options(joinedload(LendingPoint.place)).order_by(LendingPoint.name))
    )


def sheets(
    session: Session, wanted: Filter, now: datetime, *, limit: int | None = None, offset: int = 0
) -> tuple[list[Sheet], int]:
    """Return ``(the page of sheets that match, how many match in all)``, by category and slug.

    A model without units in service is in the list only where nothing narrows it to a point or a period. With a
    period, models of which no point has a unit free throughout are left out; points that are closed do not count.
    """
    matching_stocks = _matching_stocks(session, wanted)
    rows = session.execute(matching_stocks).all()
    units = capacities(session, matching_stocks.with_only_columns(Stock.id).order_by(None))
    lent = [row for row in rows if units.get(row.id)]
    free = _free_throughout(session, matching_stocks, lent, units, wanted.period, now) if wanted.period else {}
    held: dict[UUID, list[tuple[UUID, UUID]]] = {row.model_id: [] for row in rows}
    for row in lent:
        held[row.model_id].append((row.id, row.point_id))
    found = [model_id for model_id, stocks in held.items() if _is_wanted(wanted, stocks, free)]
    end = None if limit is None else offset + limit
    models, points = _models(session, found[offset:end]), {point.id: point for point in _points(session)}
    return [
        Sheet(
            model,
            tuple(Offer(stock, points[point], units[stock], free.get(stock)) for stock, point in held[model.id]),
        )
        for model in models
    ], len(found)


def _is_wanted(wanted: Filter, stocks: Sequence[tuple[UUID, UUID]], free: Mapping[UUID, int]) -> bool:
    if wanted.period:
        return any(free[stock_id] for stock_id, point_id in stocks if point_id not in wanted.closed)
    return bool(stocks) or not wanted.point


def _free_throughout(
    session: Session,
    matching_stocks: Select,
    lent: Sequence[Row],
    units: Mapping[UUID, int],
    period: Period,
    now: datetime,
) -> dict[UUID, int]:
    """Return how many units of each stock could be promised for the whole period, as a request of it is decided.

    So the time around a loan counts, too. Counting is exact but where an item is bound for a stretch that is still to
    come; the few stocks of which one is are gone through as the decision does.
    """
    if not lent:
        return {}
    ids = matching_stocks.with_only_columns(Stock.id).order_by(None)
    wanted = _occupied_by(session, matching_stocks, lent, period)
    around = Period(min(one.whole.start for one in wanted.values()), max(one.whole.end for one in wanted.values()))
    taken, this_second = occupied_seconds(session, ids, around, now), second_of(now)

    def counted(stock: UUID, stretch: _Stretch) -> int:
        if stretch.until <= this_second:
            return 0
        if stock not in taken:
            return units[stock]
        return max(0, least(units[stock], taken[stock], max(stretch.since, this_second), stretch.until))

    free = {stock: counted(stock, stretch) for stock, stretch in wanted.items()}
    if bound_later := [stock for stock in planned(session, ids, now) if free.get(stock)]:
        uses = stock_uses(session, bound_later, around, now)
        free |= {stock: max(0, free_for(uses[stock], wanted[stock].whole, now)) for stock in bound_later}
    return free


class _Stretch(NamedTuple):
    """A period, and its two instants as seconds."""

    whole: Period
    since: int
    until: int


def _occupied_by(
    session: Session, matching_stocks: Select, lent: Sequence[Row], period: Period
) -> dict[UUID, _Stretch]:
    """Return what a loan of each stock from pick-up to return would occupy, by the rules that hold for it."""
    policy_of = policies_by_shelf(session, matching_stocks.with_only_columns(Stock.model_id).order_by(None))

    @cache  # most stocks share their rules
    def occupied(policy: Policy, zone: str) -> _Stretch:
        whole = claimed(period, policy, ZoneInfo(zone))
        return _Stretch(whole, second_of(whole.start), second_of(whole.end))

    return {
        stock: occupied(policy_of(Shelf(category, model, point, lead_days)), zone)
        for stock, model, point, category, zone, lead_days in lent
    }


def _models(session: Session, ids: Sequence[UUID]) -> list[EquipmentModel]:
    """Return the models with their categories, in the order of ``ids``."""
    query = select(EquipmentModel).options(joinedload(EquipmentModel.category)).where(EquipmentModel.id.in_(ids))
    models = {model.id: model for model in session.scalars(query)}
    return [models[model_id] for model_id in ids]


def _points(session: Session) -> Iterable[LendingPoint]:
    return session.scalars(select(LendingPoint))


def _matching_stocks(session: Session, wanted: Filter) -> Select:
    query = (
        select(
            Stock.id,
            Stock.model_id,
            Stock.point_id,
            EquipmentModel.category_id,
            LendingPoint.zone,
            LendingPoint.lead_days,
        )
        .join(Stock.model)
        .join(EquipmentModel.category)
        .join(Stock.point)
        .order_by(Category.position, Category.slug, EquipmentModel.slug, LendingPoint.name)
    )
    if wanted.text:
        query = query.where(
            EquipmentModel.id.in_(
                select(IndexEntry.source_id).where(IndexEntry.kind == KIND, matching(session, wanted.text))
            )
        )
    if wanted.category:
        query = query.where(Category.slug == wanted.category)
    if wanted.point:
        query = query.where(LendingPoint.slug == wanted.point)
    return query


def offers(session: Session, model: EquipmentModel) -> list[Offer]:
    """Return where a model is lent, by the point's name; points that hold none in service are left out."""
    stocks = session.scalars(
        select(Stock)
        .join(Stock.point)
        .options(contains_eager(Stock.point).joinedload(LendingPoint.place))
        .where(Stock.model_id == model.id)
        .order_by(LendingPoint.name)
    ).all()
    units = capacities(session, [stock.id for stock in stocks])
    return [Offer(stock.id, stock.point, units[stock.id], None) for stock in stocks if units.get(stock.id)]


@dataclass(frozen=True, slots=True)
class Guardianship:
    """Who owns, insures and repairs items of a model at a point, and how many units that concerns."""

    owner: str
    insurer: str
    maintainer: str
    units: int


def guardianships(session: Session, stock_ids: Collection[UUID]) -> dict[UUID, list[Guardianship]]:
    """Return for each stock who owns, insures and repairs what it holds, largest share first."""
    rows = session.execute(
        select(Item.stock_id, Item.owner, Item.insurer, Item.maintainer, Item.units).where(
            Item.stock_id.in_(stock_ids), Item.parent_id.is_(None), Item.service_state == ServiceState.IN_SERVICE
        )
    )
    shares: dict[UUID, dict[tuple[str, str, str], int]] = defaultdict(lambda: defaultdict(int))
    for stock_id, owner, insurer, maintainer, units in rows:
        shares[stock_id][owner, insurer, maintainer] += units
    return {
        stock_id: [
            Guardianship(*who, units) for who, units in sorted(held.items(), key=lambda pair: (-pair[1], pair[0]))
        ]
        for stock_id, held in shares.items()
    }
