"""What the counter needs to see: what can be handed out for a loan, where an item is, what a point holds."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from equipment_lending.models import Claim, Custody, EquipmentModel, Item, LendingPoint, Loan, LoanLine, Stock
from equipment_lending.queries.loans import CURRENT, Found, loans_of, units_to_hand_out, whole_loans
from equipment_lending.queries.occupation import StockUse, stock_uses
from equipment_lending.queries.risk import loans_at_risk
from equipment_lending.rules.assignment import Others, free_together, items_free
from equipment_lending.rules.claims import after_check_out, remaining
from equipment_lending.rules.handing_out import allotted, at_hand
from equipment_lending.terms import ClaimKind, LoanState, Period, ServiceState
from portal.people.models import Person

_DAY = timedelta(days=1)


def civil_day(day: date, zone: str) -> Period:
    """Return a civil day of a place, from its midnight to the next; 23 or 25 hours when the clocks change."""
    start, end = (datetime.combine(midnight, time.min, ZoneInfo(zone)) for midnight in (day, day + _DAY))
    return Period(start, end)


# For a check-out ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HandOut:
    """What is asked before something leaves for a loan: how its stock is used, and what the loan has coming.

    ``coming`` is the period that is claimed for the units of the loan that have not left yet.
    """

    use: StockUse
    loan_id: UUID
    coming: Period
    now: datetime

    @property
    def wanted(self) -> Period:
        return after_check_out(self.coming, self.now)

    @property
    def promised(self) -> Period:
        """What was promised to the borrower of all that is :attr:`wanted`: less than that if they come early."""
        return Period(max(self.coming.start, self.wanted.start), self.coming.end)

    def at_hand(self) -> dict[Hashable, int]:
        """Return how many units of each item nothing binds until the claim of the loan ends."""
        return {item.id: at_hand(item, self.wanted) for item in self.use.items}

    def spared(self, given: Mapping[Hashable, int]) -> set[Hashable]:
        """Return which of the items can each give so many units at nobody else's expense."""
        found: set[Hashable] = set()
        for units in set(given.values()) - {0}:
            free = items_free(self.use.items, self._others(units), self.promised, self.wanted, units)
            found |= {item for item in free if given.get(item) == units}
        return found

    def spared_together(self, given: Mapping[Hashable, int]) -> bool:
        """Can all of the items give so many units at once at nobody else's expense?"""
        others = self._others(sum(given.values()))
        return free_together(self.use.items, given, others, self.promised, self.wanted)

    def _others(self, units: int) -> Others:
        older, newer = self.use.beside(self.loan_id, units)
        return Others(list(remaining(older, self.now)), list(remaining(newer, self.now)))


@dataclass(frozen=True, slots=True)
class Shelved:
    """An item on the shelf, and how many ``units`` of it are at hand for a line: none where another promise needs them.

    ``resting`` is one that just came back; of a kit, ``unfit`` are the parts that are lost, retired or out of service.
    """

    item: Item
    units: int
    resting: bool
    unfit: Sequence[Item] = ()

    @property
    def free(self) -> bool:
        return self.units > 0


@dataclass(frozen=True, slots=True)
class LineToGo:
    """A line of a loan with the units that have not left yet, and what is on the shelf for it, free items first."""

    line: LoanLine
    left: int
    shelf: tuple[Shelved, ...]

    @property
    def free(self) -> list[Shelved]:
        return [shelved for shelved in self.shelf if shelved.free]

    def beyond(self, tags: Sequence[str]) -> list[Item]:
        """Return which of the free items with these tags give nothing any more, as check-out will count them."""
        order = {tag: number for number, tag in enumerate(dict.fromkeys(tag.lower() for tag in tags))}
        chosen = [one for one in self.free if one.item.asset_tag.lower() in order]
        chosen.sort(key=lambda one: order[one.item.asset_tag.lower()])
        given = allotted({one.item: one.units for one in chosen}, self.left)
        return [item for item, units in given.items() if not units]

    def picks(self, without: Collection[UUID] = ()) -> list[Item]:
        """Return free items that suffice for what has not left yet; ``without`` those with some ids."""
        free = {shelved.item: shelved.units for shelved in self.free if shelved.item.id not in without}
        return [item for item, units in allotted(free, self.left).items() if units]


def lines_to_go(session: Session, loan: Loan, now: datetime) -> list[LineToGo]:
    """Return what of a loan has not left yet, with the items that could be handed out."""
    return all_lines_to_go(session, [loan], now)[loan.id]


def all_lines_to_go(session: Session, loans: Sequence[Loan], now: datetime) -> dict[UUID, list[LineToGo]]:
    """Return what :func:`lines_to_go` does for each loan, in as many statements as for one."""
    waiting = [(line, left) for loan in loans for line in loan.lines if (left := units_to_hand_out(line))]
    stock_ids = {line.stock_id for line, _ in waiting}
    shelf, resting = _on_the_shelf(session, stock_ids), _resting(session, stock_ids, now)
    free, unfit = _free(session, waiting, resting, now), unfit_parts(session, shelf, now)
    found: dict[UUID, list[LineToGo]] = {loan.id: [] for loan in loans}
    for line, left in sorted(waiting, key=lambda one: one[0].stock.model.slug):
        items = [
            Shelved(item, free.get(line.id, {}).get(item.id, 0), item.id in resting, unfit.get(item.id, ()))
            for item in shelf
            if item.stock_id == line.stock_id
        ]
        items.sort(key=lambda it: (not it.free, it.resting, it.item.asset_tag))
        found[line.loan_id].append(LineToGo(line, left, tuple(items)))
    return found


def _on_the_shelf(session: Session, stock_ids: Collection[UUID]) -> Sequence[Item]:
    out = select(Custody.item_id).where(Custody.in_at.is_(None), ~Custody.lot)
    return session.scalars(
        select(Item)
        .options(selectinload(Item.parts).joinedload(Item.stock).joinedload(Stock.model))
        .where(
            Item.stock_id.in_(stock_ids),
            Item.parent_id.is_(None),
            Item.service_state == ServiceState.IN_SERVICE,
            Item.id.not_in(out),
        )
    ).all()


def _free(
    session: Session, waiting: Sequence[tuple[LoanLine, int]], resting: dict[UUID, datetime], now: datetime
) -> dict[UUID, dict[Hashable, int]]:
    """Return, for each line (by its id), how many units are at hand of items that can serve it at nobody's expense.

    As check-out will ask.
    """
    coming = _coming(session, [line for line, _ in waiting if now < line.loan.return_at], now)
    if not coming:
        return {}
    stock_ids = {line.stock_id for line, _ in waiting if line.id in coming}
    uses = stock_uses(session, stock_ids, Period(now, max(claim.end for claim in coming.values())), now)
    found: dict[UUID, dict[Hashable, int]] = {}
    for line, left in waiting:
        if line.id not in coming:
            continue
        hand_out = HandOut(_turned_around(uses[line.stock_id], resting), line.loan_id, coming[line.id], now)
        here = hand_out.at_hand()
        spared = hand_out.spared({item: min(left, units) for item, units in here.items()})
        found[line.id] = {item: here[item] for item in spared}
    return found


def _coming(session: Session, lines: Sequence[LoanLine], now: datetime) -> dict[UUID, Period]:
    """Return, by line, what the units that have not left yet are claimed for; what is over by now is left out."""
    unbound = select(Claim).where(
        Claim.line_id.in_([line.id for line in lines]), Claim.item_id.is_(None), Claim.live, Claim.ends_at > now
    )
    claimed = {claim.line_id: claim.period for claim in session.scalars(unbound)}
    return {line.id: claimed.get(line.id, line.loan.period) for line in lines}


def _resting(session: Session, stock_ids: Collection[UUID], now: datetime) -> dict[UUID, datetime]:
    """Return what came back and is still to be turned around, and until when: the desk may cut that short."""
    rows = session.execute(
        select(Claim.item_id, Claim.ends_at)
        .join(Custody, Custody.claim_id == Claim.id)
        .where(Claim.stock_id.in_(stock_ids), Custody.in_at.is_not(None), Claim.live, Claim.ends_at > now, ~Claim.lot)
    )
    return {item_id: ends_at for item_id, ends_at in rows if item_id is not None}


def _turned_around(use: StockUse, resting: dict[UUID, datetime]) -> StockUse:
    """Return the use of a stock as if everything that is back were ready."""
    items = tuple(
        replace(item, bound=tuple(bound for bound in item.bound if bound[1] != resting.get(item.id)))  # type: ignore[call-overload]
        for item in use.items
    )
    return StockUse(items, use.unbound)


# Kits -----------------------------------------------------------------------------------------------------------------


def unfit_parts(session: Session, kits: Iterable[Item], now: datetime) -> dict[UUID, list[Item]]:
    """Return, by the id of their kit, the parts that are lost, retired or out of service now, by tag."""
    parts = sorted((part for kit in kits for part in kit.parts), key=lambda part: part.asset_tag)
    resting = set(
        session.scalars(
            select(Claim.item_id).where(
                Claim.item_id.in_([part.id for part in parts]),
                Claim.kind == ClaimKind.MAINTENANCE,
                Claim.live,
                Claim.starts_at <= now,
                Claim.ends_at > now,
            )
        )
        if parts
        else ()
    )
    found: dict[UUID, list[Item]] = defaultdict(list)
    for part in parts:
        if part.parent_id and (part.service_state is not ServiceState.IN_SERVICE or part.id in resting):
            found[part.parent_id].append(part)
    return found


def parts_of(session: Session, kits: Iterable[Item]) -> dict[UUID, list[Item]]:
    """Return the parts in service of each kit (by its id), by tag."""
    found: dict[UUID, list[Item]] = defaultdict(list)
    for part in session.scalars(
        select(Item)
        .where(Item.parent_id.in_([kit.id for kit in kits]), Item.service_state == ServiceState.IN_SERVICE)
        .order_by(Item.asset_tag)
    ):
        if part.parent_id:
            found[part.parent_id].append(part)
    return found


# Where an item is -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Who has an item, or units of a lot; and which loans at a point still wait for one of its kind, soonest first."""

    out: Sequence[Custody]
    waiting: Sequence[Loan]


def whereabouts(session: Session, item: Item, point: LendingPoint, until: datetime) -> Whereabouts:
    """Return where an item is and which pick-ups at ``point`` before ``until`` could take it."""
    loans = list(
        session.scalars(
            whole_loans()
            .where(
                Loan.point_id == point.id,
                Loan.state.in_((LoanState.CONFIRMED, LoanState.OUT)),
                Loan.pickup_at < until,
                Loan.lines.any(LoanLine.stock_id == item.stock_id),
            )
            .order_by(Loan.pickup_at, Loan.id)
        )
    )
    waiting = [
        loan for loan in loans if any(units_to_hand_out(line) for line in loan.lines if line.stock_id == item.stock_id)
    ]
    return Whereabouts(custodies_of(session, item, open_only=True), waiting)


def items_by_tag(session: Session, tags: Collection[str]) -> Sequence[Item]:
    """Return the items with some of the tags; case does not matter."""
    wanted = {tag.lower() for tag in tags}
    return session.scalars(
        select(Item).options(joinedload(Item.stock)).where(func.lower(Item.asset_tag).in_(wanted))
    ).all()


def custodies_of(session: Session, item: Item, *, open_only: bool = False, limit: int = 30) -> Sequence[Custody]:
    """Return in whose hands an item was, newest first."""
    query = (
        select(Custody)
        .join(Custody.line)
        .join(LoanLine.loan)
        .options(contains_eager(Custody.line).contains_eager(LoanLine.loan).joinedload(Loan.borrower))
        .options(contains_eager(Custody.line).contains_eager(LoanLine.loan).joinedload(Loan.organisation))
        .options(contains_eager(Custody.line).contains_eager(LoanLine.loan).joinedload(Loan.return_point))
        .where(Custody.item_id == item.id)
        .order_by(Custody.out_at.desc())
        .limit(limit)
    )
    return session.scalars(query.where(Custody.in_at.is_(None)) if open_only else query).all()


def maintenance_of(session: Session, item: Item, limit: int = 30) -> Sequence[Claim]:
    """Return when an item was or will be out of service, newest first."""
    return session.scalars(
        select(Claim)
        .where(Claim.item_id == item.id, Claim.kind == ClaimKind.MAINTENANCE)
        .order_by(Claim.starts_at.desc())
        .limit(limit)
    ).all()


# What a point holds ---------------------------------------------------------------------------------------------------


def items_at(session: Session, point: LendingPoint) -> Sequence[Item]:
    """Return every item of a point that is not retired, by model and tag."""
    return session.scalars(
        select(Item)
        .join(Item.stock)
        .join(Stock.model)
        .options(contains_eager(Item.stock).contains_eager(Stock.model))
        .where(Stock.point_id == point.id, Item.service_state != ServiceState.RETIRED)
        .order_by(EquipmentModel.slug, Item.asset_tag)
    ).all()


def models_at(session: Session, point: LendingPoint) -> Sequence[EquipmentModel]:
    """Return the models of which a point has something in service, by short name."""
    lent = (
        select(Stock.model_id)
        .join(Stock.items)
        .where(Stock.point_id == point.id, Item.service_state == ServiceState.IN_SERVICE, Item.parent_id.is_(None))
    )
    return session.scalars(
        select(EquipmentModel).where(EquipmentModel.id.in_(lent)).order_by(EquipmentModel.slug)
    ).all()


def items_of(session: Session, model: EquipmentModel) -> Sequence[Item]:
    """Return every item of a model, wherever it is, by point and tag."""
    return session.scalars(
        select(Item)
        .join(Item.stock)
        .join(Stock.point)
        .options(contains_eager(Item.stock).contains_eager(Stock.point), joinedload(Item.parent))
        .where(Stock.model_id == model.id)
        .order_by(LendingPoint.name, Item.asset_tag)
    ).all()


def at_risk(session: Session, point: LendingPoint, now: datetime) -> list[Loan]:
    """Return the loans from a point that what it has can no longer serve, soonest pick-up first."""
    stock_ids = session.scalars(select(Stock.id).where(Stock.point_id == point.id)).all()
    return loans_at_risk(session, stock_ids, now)


# Who stands at it, and who comes to it --------------------------------------------------------------------------------


def points_served(session: Session, slugs: Collection[str] | None) -> Sequence[LendingPoint]:
    """Return lending points by name, all of them or those with the slugs."""
    query = select(LendingPoint).order_by(LendingPoint.name)
    return session.scalars(query if slugs is None else query.where(LendingPoint.slug.in_(slugs))).all()


def found_person(session: Session, person_id: UUID) -> Found:
    """Return somebody with the loans they have now, as if they had been looked for."""
    person = session.get(Person, person_id)
    if person is None or person.erased_at is not None:
        return Found((), (), ())
    current, _total = loans_of(session, person.id, (), CURRENT)
    return Found([person], current, ())
