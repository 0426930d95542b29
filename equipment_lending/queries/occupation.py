"""What occupies equipment, and how much of it there is: the numbers every decision about availability starts from."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Select, func, literal, select
from sqlalchemy.orm import Session

from equipment_lending.models import Claim, Custody, Item, LendingPoint, Loan, LoanLine, Stock
from equipment_lending.rules.assignment import Others, bound
from equipment_lending.rules.availability import levels, offered
from equipment_lending.terms import FOREVER, Claimed, ClaimKind, ItemUse, Period, ServiceState, Step
from portal.db.epoch import epoch, instant_of, second_of


@dataclass(frozen=True, slots=True)
class Occupied:
    """Units occupied for a period, bound to an item or not. ``start`` is included, ``end`` is not."""

    start: datetime
    end: datetime
    units: int
    item_id: UUID | None = None
    loan_id: UUID | None = None
    promised_at: datetime | None = None

    @property
    def claimed(self) -> Claimed:
        return self.start, self.end, self.units


Stocks = Collection[UUID] | Select[UUID]
"""Stocks by their ids, or by a query for their ids where there may be many."""


_COUNTED = Item.parent_id.is_(None) & (Item.service_state == ServiceState.IN_SERVICE)
"""Which items' units count; what keeps any other out of service takes none of them."""


def capacities(session: Session, stocks: Stocks) -> dict[UUID, int]:
    """Return the units in service of each stock that has any; parts of a sealed kit do not count."""
    rows = session.execute(
        select(Item.stock_id, func.sum(Item.units)).where(Item.stock_id.in_(stocks), _COUNTED).group_by(Item.stock_id)
    )
    return {stock_id: int(units) for stock_id, units in rows}


Seconds = tuple[int, int, int]
"""What :data:`~equipment_lending.terms.Claimed` is, with seconds since 1970 for its two instants."""


def occupied_seconds(session: Session, stocks: Stocks, period: Period, now: datetime) -> dict[UUID, list[Seconds]]:
    """Return what :func:`occupations` does, as bare numbers: for lists and calendars that go through thousands."""
    found: dict[UUID, list[Seconds]] = defaultdict(list)
    for query in _in_seconds(stocks, period, now):
        for start, end, units, stock_id in session.execute(query.add_columns(Claim.stock_id)):
            found[stock_id].append((start, end, units))
    return found | _bound_twice(session, stocks, period, now)


def _bound_twice(session: Session, stocks: Stocks, period: Period, now: datetime) -> dict[UUID, list[Seconds]]:
    """Return exactly what occupies the few stocks of which an item is away and out of service at once.

    To add up the reasons, as is right for all the others, would count that item twice.
    """
    twice = session.scalars(
        select(Claim.stock_id)
        .join(Custody, Custody.item_id == Claim.item_id)
        .where(Custody.in_at.is_(None), Claim.kind == ClaimKind.MAINTENANCE, Claim.stock_id.in_(stocks))
        .where(Claim.live, Claim.ends_at > period.start, Claim.starts_at < period.end)
        .distinct()
    ).all()
    uses = stock_uses(session, twice, period, now) if twice else {}
    return {
        stock_id: [(second_of(start), second_of(end), units) for start, end, units in use.occupied]
        for stock_id, use in uses.items()
    }


def _in_seconds(stocks: Stocks, period: Period, now: datetime) -> tuple[Select[int, int, int], ...]:
    """Return the queries for what is claimed at some instant of ``period``, and for what is overdue.

    The last gives back what is claimed of items that do not count. To ask of each claim whether its item does would
    cost more than all the rest: claims alone are read off an index.
    """
    meets = Claim.live, Claim.ends_at > period.start, Claim.starts_at < period.end
    return (
        select(epoch(Claim.starts_at), epoch(Claim.ends_at), Claim.units).where(Claim.stock_id.in_(stocks), *meets),
        select(epoch(Claim.ends_at), literal(second_of(FOREVER), BigInteger), Custody.units)
        .join(Custody.claim)
        .where(Custody.in_at.is_(None), Custody.due_at < now, Claim.stock_id.in_(stocks), Claim.ends_at < period.end),
        select(epoch(Claim.starts_at), epoch(Claim.ends_at), -Claim.units)
        .join(Claim.item)
        .where(Item.stock_id.in_(stocks), ~_COUNTED, *meets),
    )


def occupations(
    session: Session,
    stock_ids: Collection[UUID],
    period: Period,
    now: datetime,
    *,
    without_loan: UUID | None = None,
    without_overdue: bool = False,
) -> dict[UUID, list[Occupied]]:
    """Return what occupies each stock at some instant of ``period``, in two statements.

    What is overdue at ``now`` occupies from the end of its claim until further notice: no claim is rewritten for that,
    and once it is back everything follows. ``without_overdue`` tells it as if it were back; ``without_loan`` leaves one
    loan's own claims out.
    """
    found: dict[UUID, list[Occupied]] = defaultdict(list)
    for stock_id, occupied in _claims(session, stock_ids, period):
        found[stock_id].append(occupied)
    for stock_id, occupied in () if without_overdue else _overdue(session, stock_ids, period, now):
        found[stock_id].append(occupied)
    if without_loan is not None:
        return {stock: [o for o in taken if o.loan_id != without_loan] for stock, taken in found.items()}
    return found


def _claims(session: Session, stock_ids: Collection[UUID], period: Period) -> Iterable[tuple[UUID, Occupied]]:
    rows = session.execute(
        select(Claim.stock_id, Claim.starts_at, Claim.ends_at, Claim.units, Claim.item_id, Loan.id, Loan.requested_at)
        .outerjoin(Claim.line)
        .outerjoin(LoanLine.loan)
        .outerjoin(Claim.item)
        .where(Claim.live, Claim.stock_id.in_(stock_ids), Claim.ends_at > period.start, Claim.starts_at < period.end)
        .where(Claim.item_id.is_(None) | _COUNTED)
    )
    return (
        (stock_id, Occupied(start, end, units, item_id, loan_id, promised_at))
        for stock_id, start, end, units, item_id, loan_id, promised_at in rows
    )


def _overdue(
    session: Session, stock_ids: Collection[UUID], period: Period, now: datetime
) -> Iterable[tuple[UUID, Occupied]]:
    rows = session.execute(
        select(Claim.stock_id, Claim.ends_at, Custody.units, Custody.item_id, LoanLine.loan_id)
        .join(Custody.claim)
        .join(Custody.line)
        .where(
            Custody.in_at.is_(None),
            Custody.due_at < now,
            Claim.stock_id.in_(stock_ids),
            Claim.ends_at < period.end,
        )
    )
    return (
        (stock_id, Occupied(ends_at, FOREVER, units, item_id, loan_id))
        for stock_id, ends_at, units, item_id, loan_id in rows
    )


def availability(session: Session, model_id: UUID, point: str, period: Period, now: datetime) -> list[Step] | None:
    """Return how many units of a model a point (its slug) can lend at each instant of ``period``, by count.

    The steps cover the period, and neighbours differ; None if the point does not lend the model.
    """
    stock_id = session.scalar(
        select(Stock.id).join(Stock.point).where(Stock.model_id == model_id, LendingPoint.slug == point)
    )
    if stock_id is None:
        return None
    exactly = _bound_twice(session, [stock_id], period, now).get(stock_id)
    taken = exactly or [row for query in _in_seconds([stock_id], period, now) for row in session.execute(query)]
    capacity = capacities(session, [stock_id]).get(stock_id, 0)
    found = offered(levels(capacity, taken, second_of(period.start), second_of(period.end)))
    edges = [instant_of(start) for start, _, _ in found] + [period.end]
    return list(map(Step, edges, edges[1:], [free for _, _, free in found]))


@dataclass(frozen=True, slots=True)
class StockUse:
    """A stock as the exact rules need it: items with the stretches they are bound for, and unbound promises."""

    items: tuple[ItemUse, ...]
    unbound: tuple[Occupied, ...]

    @property
    def capacity(self) -> int:
        return sum(item.units for item in self.items)

    @property
    def occupied(self) -> list[Claimed]:
        """All that is not free, bound or not."""
        return [*bound(self.items), *self.spoken_for]

    @property
    def spoken_for(self) -> list[Claimed]:
        """The unbound claims, oldest promise first; what is held for the waiting list yields to every loan."""
        return [occupied.claimed for occupied in self.unbound]

    @property
    def promised(self) -> list[Claimed]:
        """The unbound claims of loans alone, oldest first."""
        return [occupied.claimed for occupied in self.unbound if occupied.loan_id is not None]

    def beside(self, loan_id: UUID, units: int) -> Others:
        """Return what is still :attr:`spoken_for` once ``units`` of what that loan has coming are handed out."""
        own = next((n for n, occupied in enumerate(self.unbound) if occupied.loan_id == loan_id), len(self.unbound))
        left = [replace(o, units=o.units - units) if o.loan_id == loan_id else o for o in self.unbound]
        older, newer = ([o.claimed for o in part if o.units > 0] for part in (left[:own], left[own:]))
        return Others(older, newer)


def stock_uses(
    session: Session,
    stock_ids: Collection[UUID],
    period: Period,
    now: datetime,
    *,
    without_loan: UUID | None = None,
    without_overdue: bool = False,
) -> dict[UUID, StockUse]:
    """Return how each stock is used at some instant of ``period``, in four statements.

    Where maintenance is planned, one promise decides which item is left for the next, and that one for the next: then
    all that is still to come is told.
    """
    if planned(session, stock_ids, now):
        period = Period(min(period.start, now), FOREVER)
    taken = occupations(session, stock_ids, period, now, without_loan=without_loan, without_overdue=without_overdue)
    rows = session.execute(
        select(Item.stock_id, Item.id, Item.units)
        .where(Item.stock_id.in_(stock_ids), _COUNTED)
        .order_by(Item.asset_tag)
    ).all()
    held: dict[UUID, list[tuple[UUID, int]]] = defaultdict(list)
    for stock_id, item_id, units in rows:
        held[stock_id].append((item_id, units))
    return {stock_id: _use(held[stock_id], taken.get(stock_id, [])) for stock_id in stock_ids}


def planned(session: Session, stocks: Stocks, now: datetime) -> list[UUID]:
    """Return which of the stocks have an item that is bound for a stretch that is still to come."""
    later = Claim.live & Claim.item_id.is_not(None) & (Claim.starts_at > now)
    return list(session.scalars(select(Claim.stock_id).where(later, Claim.stock_id.in_(stocks)).distinct()))


def _use(held: Iterable[tuple[UUID, int]], taken: list[Occupied]) -> StockUse:
    bound_for: dict[UUID, list[Claimed]] = defaultdict(list)
    for occupied in taken:
        if occupied.item_id is not None:
            bound_for[occupied.item_id].append(occupied.claimed)
    items = tuple(ItemUse(item, units, tuple(bound_for[item])) for item, units in held)
    unbound = sorted((o for o in taken if o.item_id is None), key=lambda o: (o.promised_at or FOREVER, str(o.loan_id)))
    return StockUse(items, tuple(unbound))
