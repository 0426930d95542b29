"""The fleet: where items are, whether they can be lent, and which promises suffer when they cannot."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from equipment_lending.models import Claim, Custody, EquipmentModel, Item, LendingPoint, Loan, Stock
from equipment_lending.queries.risk import loans_at_risk
from equipment_lending.rules.claims import whole_minute
from equipment_lending.services.turns import look_who_waits
from equipment_lending.terms import (
    FOREVER,
    NOT_LENDABLE,
    ClaimKind,
    Condition,
    Refusal,
    RefusalCode,
    Refused,
    ServiceState,
)
from portal.audit.services import Audit
from portal.clock import Clock
from portal.db import lock
from portal.db.insert import insert_into


class Fleet:
    """Put items in and out of service, retire them, move them. Every act is in the audit trail."""

    def __init__(self, session: Session, clock: Clock, audit: Audit) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit

    def add_item(
        self,
        model: EquipmentModel,
        point: LendingPoint,
        asset_tag: str,
        *,
        owner: str,
        insurer: str,
        maintainer: str,
        units: int = 1,
        serial: str | None = None,
        condition: Condition = Condition.GOOD,
        parent: Item | None = None,
    ) -> Item:
        """Add an item to what a point lends and return it. Raises ``IntegrityError`` if its tag exists already."""
        stock = stock_at(self._session, model.id, point.id)
        lock(self._session, Stock, [stock.id])
        item = Item(
            asset_tag=asset_tag,
            stock=stock,
            parent=parent,
            units=units,
            serial=serial,
            condition=condition,
            service_state=ServiceState.IN_SERVICE,
            owner=owner,
            insurer=insurer,
            maintainer=maintainer,
        )
        self._session.add(item)
        self._session.flush()
        look_who_waits(self._session, self._clock, [stock.id])
        self._audit.record("lending.item_added", "item", item.id, item=asset_tag)
        return item

    def out_of_service(self, item: Item, since: datetime, until: datetime | None, reason: str) -> Sequence[Loan]:
        """Take an item out of service, until further notice if ``until`` is None; return the loans now at risk.

        While it is in a borrower's hands this begins when it comes back. Raises :class:`Refused` without a reason, for
        a stretch that is over, upside down or ends before that, and where the item is out of service then already.
        """
        self._alone_with(item)
        now = self._clock.now()
        since = whole_minute(max(since, now))
        back = self._back_from(item, since)
        reasons = _reason_missing(reason)
        if until is not None and until <= since:
            reasons.append(Refusal(RefusalCode.IN_THE_PAST))
        elif until is not None and until <= back:
            reasons.append(Refusal(RefusalCode.ITEM_OUT, {"item": item.asset_tag}))
        away = sum(claim.units for claim in maintained(self._session, item, since, until or FOREVER))
        if away >= item.units:  # of a lot, a part of it may be away already
            reasons.append(Refusal(RefusalCode.ITEM_NOT_FREE, {"item": item.asset_tag}))
        if reasons:
            raise Refused(reasons)
        open_maintenance(self._session, item, back, until, reason)
        self._audit.record("lending.out_of_service", "item", item.id, item=item.asset_tag)
        return loans_at_risk(self._session, [item.stock_id], now)

    def in_service(self, item: Item) -> Sequence[Loan]:
        """Put an item back in service, now and for what was planned; return the loans still at risk.

        One that was lost is found again. Raises :class:`Refused` for one that has left for good: it is restored.
        """
        self._alone_with(item)
        if item.service_state is ServiceState.RETIRED:
            raise Refused([Refusal(RefusalCode.ITEM_NOT_LENT, {"item": item.asset_tag})])
        if item.service_state is ServiceState.LOST:
            self.restore(item)
        now = self._clock.now()
        ends = whole_minute(now)
        for claim in maintained(self._session, item, now, FOREVER):
            claim.live = claim.starts_at < ends
            claim.ends_at = ends if claim.live else claim.ends_at
        if item.condition is not Condition.GOOD:
            item.condition, item.condition_note = self._put_right(item), None
        self._session.flush()
        self._audit.record("lending.in_service", "item", item.id, item=item.asset_tag)
        return loans_at_risk(self._session, [item.stock_id], now)

    def _put_right(self, item: Item) -> Condition:
        """Return the condition of what was mended: worn; or is complete again: what was said when it came back."""
        if item.condition is not Condition.INCOMPLETE:
            return Condition.WORN
        latest = select(Custody.condition_in).where(Custody.item_id == item.id, Custody.in_at.is_not(None))
        said = self._session.scalar(latest.order_by(Custody.in_at.desc()).limit(1))
        return Condition.WORN if said is None or said in NOT_LENDABLE else said

    def retire(self, item: Item, reason: str) -> Sequence[Loan]:
        """Take an item out of the fleet for good; return the loans now at risk.

        Raises :class:`Refused` without a written reason, and while the item is in somebody's hands.
        """
        return self._leave(item, ServiceState.RETIRED, reason)

    def lose(self, item: Item, reason: str) -> Sequence[Loan]:
        """Note an item on the shelf as lost; return the loans now at risk. Raises as :meth:`retire` does."""
        return self._leave(item, ServiceState.LOST, reason)

    def restore(self, item: Item) -> None:
        """Bring a retired or lost item back into the fleet."""
        self._alone_with(item)
        item.service_state, item.state_reason = ServiceState.IN_SERVICE, None
        self._session.flush()
        self._audit.record("lending.restore", "item", item.id, item=item.asset_tag)

    def move(self, item: Item, point: LendingPoint) -> Sequence[Loan]:
        """Let an item on the shelf be lent at another point; return the loans now at risk at the old one.

        Its parts move with it. Raises :class:`Refused` while it is in somebody's hands, and for a part of a kit.
        """
        stock = stock_at(self._session, item.stock.model_id, point.id)
        self._alone_with(item, stock.id)
        old = item.stock_id
        if item.parent is not None:
            raise Refused([Refusal(RefusalCode.PART_OF_KIT, {"item": item.asset_tag, "kit": item.parent.asset_tag})])
        if self._in_custody(item):
            raise Refused([Refusal(RefusalCode.ITEM_OUT, {"item": item.asset_tag})])
        settle(self._session, item, stock)
        self._audit.record("lending.move", "item", item.id, item=item.asset_tag, point=point.slug)
        return loans_at_risk(self._session, [old], self._clock.now())

    def _leave(self, item: Item, state: ServiceState, reason: str) -> Sequence[Loan]:
        self._alone_with(item)
        reasons = _reason_missing(reason)
        if self._in_custody(item):
            reasons.append(Refusal(RefusalCode.ITEM_OUT, {"item": item.asset_tag}))
        if reasons:
            raise Refused(reasons)
        item.service_state, item.state_reason = state, reason.strip()
        self._session.flush()
        self._audit.record(f"lending.{state}", "item", item.id, item=item.asset_tag)
        return loans_at_risk(self._session, [item.stock_id], self._clock.now())

    def _alone_with(self, item: Item, *more: UUID) -> None:
        """Hold the stock an item is in, and ``more`` of them, until the transaction ends; after that, see who waits."""
        held: set[UUID] = set()
        while item.stock_id not in held:  # again if it was moved while we waited
            held = {item.stock_id, *more}
            lock(self._session, Stock, held)
            self._session.expire_all()
        look_who_waits(self._session, self._clock, held)

    def _in_custody(self, item: Item) -> bool:
        held = select(Custody.id).where(Custody.item_id == item.id, Custody.in_at.is_(None)).limit(1)
        return self._session.scalar(held) is not None

    def _back_from(self, item: Item, since: datetime) -> datetime:
        """Return when maintenance can begin: ``since``, or when the claim of whoever has the item ends, if later."""
        ends = select(func.max(Claim.ends_at)).where(
            Claim.item_id == item.id, Claim.live, Claim.kind == ClaimKind.LOAN, Claim.ends_at > since, ~Claim.lot
        )
        return max(since, self._session.scalar(ends) or since)


def _reason_missing(reason: str) -> list[Refusal]:
    return [] if reason.strip() else [Refusal(RefusalCode.REASON_MISSING)]


def stock_at(session: Session, model_id: UUID, point_id: UUID) -> Stock:
    """Return the stock of a model at a point, made if there was none; two who ask at once get the same."""
    values = {"model_id": model_id, "point_id": point_id}
    session.execute(insert_into(session, Stock).values(**values).on_conflict_do_nothing())
    return session.scalars(select(Stock).filter_by(**values)).one()


def settle(session: Session, item: Item, stock: Stock) -> None:
    """Let an item, all that still occupies it, and the parts it holds count where another stock is from now on."""
    for part in item.parts:
        settle(session, part, stock_at(session, part.stock.model_id, stock.point_id))
    item.stock = stock
    for claim in session.scalars(select(Claim).where(Claim.item_id == item.id, Claim.live)):
        claim.stock = stock
    session.flush()


def maintained(session: Session, item: Item, since: datetime, until: datetime) -> Sequence[Claim]:
    """Return what keeps an item out of service at some instant of a stretch."""
    return session.scalars(
        select(Claim).where(
            Claim.item_id == item.id,
            Claim.kind == ClaimKind.MAINTENANCE,
            Claim.live,
            Claim.starts_at < until,
            Claim.ends_at > since,
        )
    ).all()


def open_maintenance(
    session: Session, item: Item, since: datetime, until: datetime | None, reason: str, units: int | None = None
) -> Claim:
    """Occupy an item for maintenance, until further notice if ``until`` is None, and return the claim.

    What was planned for that time becomes part of it. Of a lot it may be so many ``units`` alone: then what else of it
    is out of service stays so.
    """
    for planned in maintained(session, item, since, until or FOREVER) if units is None else ():
        planned.live = False
    session.flush()
    claim = Claim(
        stock_id=item.stock_id,
        item=item,
        lot=item.units > 1,
        kind=ClaimKind.MAINTENANCE,
        units=units or item.units,
        starts_at=since,
        ends_at=until or FOREVER,
        reason=reason.strip(),
    )
    session.add(claim)
    session.flush()
    return claim


def postpone_maintenance(session: Session, item: Item, since: datetime, until: datetime) -> None:
    """Let planned maintenance of an item away ``since`` then begin at ``until``; what would be over is dropped.

    What was done before the item left stays in its record.
    """
    for claim in maintained(session, item, since, until):
        claim.live = claim.ends_at > until
        claim.starts_at = until if claim.live else claim.starts_at
    session.flush()
