"""What happens at the counter: items leave, items come back."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from equipment_lending.models import Claim, Custody, Item, Loan, LoanLine, Stock
from equipment_lending.queries import loans
from equipment_lending.queries.calendars import policies
from equipment_lending.queries.desk import HandOut
from equipment_lending.queries.occupation import stock_uses
from equipment_lending.rules.claims import after_check_in, after_check_out, whole_minute
from equipment_lending.rules.condition import condition_after, noted
from equipment_lending.rules.handing_out import allotted
from equipment_lending.rules.policy import Policy
from equipment_lending.services.fleet import open_maintenance, postpone_maintenance, settle, stock_at
from equipment_lending.services.turns import look_who_waits
from equipment_lending.terms import (
    NOT_LENDABLE,
    Condition,
    LoanState,
    Refusal,
    RefusalCode,
    Refused,
    ServiceState,
)
from portal.audit.services import Audit
from portal.clock import Clock
from portal.db import lock
from portal.people.queries import may_act
from portal.ports.certifications import Certifications


@dataclass(frozen=True, slots=True)
class Returned:
    """An item as it came back: its tag, its state, which accessories are missing, and whether it can be lent on.

    ``units`` is how many of a lot; None means all that is out.
    """

    asset_tag: str
    condition: Condition = Condition.GOOD
    missing: tuple[str, ...] = ()
    note: str = ""
    keep_lending: bool = False
    units: int | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """An item that does not come back, by its tag; ``units`` is how many of a lot, None all that is out."""

    asset_tag: str
    units: int | None = None


class Desk:
    """Check out, check in and write off, each in parts if need be. Whoever serves is named on every custody."""

    def __init__(self, session: Session, clock: Clock, certifications: Certifications, audit: Audit) -> None:
        self._session = session
        self._clock = clock
        self._certifications = certifications
        self._audit = audit

    # Check-out ------------------------------------------------------------------------------------------------------

    def check_out(
        self, loan_id: UUID, asset_tags: Sequence[str], by: UUID, note: str = "", override: str = ""
    ) -> list[Custody]:
        """Hand the tagged items out for a loan and return their custodies; the loan is ``OUT`` from then on.

        Items are bound here and not before. A lot hands out as many units as the loan still has coming beside the items
        chosen with it, as far as the lot has them at hand. With a written reason in ``override``, a borrower who lacks
        a required achievement, or no longer acts for the organisation, is served all the same: the audit trail says
        that, and the custodies why. Raises :class:`Refused` with every reason, and records nothing.
        """
        with self._session.begin_nested():
            loan = self._locked(loan_id)
            now = self._clock.now()
            reasons = _not_in(loan, (LoanState.CONFIRMED, LoanState.OUT))
            items, unmet = self._items(asset_tags, reasons), self._unmet(loan, now)
            if loan.return_at <= now:
                reasons.append(Refusal(RefusalCode.IN_THE_PAST))
            if not reasons:
                self._turned_around(items, now)
                if not override.strip():
                    reasons += unmet
                units_of = self._leaving(loan, items, now, reasons)
            if reasons or not items:
                raise Refused(reasons or [Refusal(RefusalCode.NOTHING_CHOSEN)])
            told = noted([override] if unmet else [], note)
            given = [self._hand_out(loan, item, units_of[item.id], by, told, now) for item in items]
            loan.state = LoanState.OUT
            loan.revision += 1
        tags = [item.asset_tag for item in items]
        self._audit.record(
            "lending.check_out", "loan", loan.id, loan=loan.number, items=tags, overridden=bool(unmet) or None
        )
        return given

    def _turned_around(self, items: Sequence[Item], now: datetime) -> None:
        """Whoever hands an item out says that it is ready: what was left of the time to turn it around is over.

        Of a lot nobody can say which units that are, so all of them rest as long as they should.
        """
        resting = self._session.scalars(
            select(Claim)
            .join(Custody, Custody.claim_id == Claim.id)
            .where(
                Claim.item_id.in_([item.id for item in items if item.units == 1]),
                Custody.in_at.is_not(None),
                Claim.live,
                Claim.ends_at > now,
            )
        )
        for claim in resting:
            left = after_check_out(claim.period, now)
            claim.live = claim.starts_at < left.start
            claim.ends_at = left.start if claim.live else claim.ends_at
        self._session.flush()

    def _unmet(self, loan: Loan, now: datetime) -> list[Refusal]:
        """Return what was asked of the borrower and does not hold now, though the desk may serve them all the same."""
        needed = frozenset().union(*(policy.requires for policy in self._policies(loan).values()))
        lacking = sorted(a for a in needed if not self._certifications.holds(loan.borrower_id, a, now))
        unmet = [Refusal(RefusalCode.NOT_CERTIFIED, {"missing": lacking})] if lacking else []
        today = loan.point.day_of(now)
        if loan.organisation and not may_act(self._session, loan.borrower_id, loan.organisation_id, today):
            unmet.append(Refusal(RefusalCode.NOT_OFFICER, {"organisation": loan.organisation.name}))
        return unmet

    def _leaving(self, loan: Loan, items: Sequence[Item], now: datetime, reasons: list[Refusal]) -> dict[Hashable, int]:
        """Return how many units each of the items gives; adds every reason why some of them cannot leave."""
        lines = {line.stock_id: line for line in loan.lines}
        given: dict[Hashable, int] = {}
        for stock_id in {item.stock_id for item in items}:
            chosen = [item for item in items if item.stock_id == stock_id]
            line = lines.get(stock_id)
            if line is None:
                reasons += [_about(RefusalCode.NOT_IN_LOAN, item) for item in chosen]
            elif not loans.units_to_hand_out(line):
                reasons += [_about(RefusalCode.MORE_THAN_AGREED, item, left=0) for item in chosen]
            else:
                given |= self._leaving_for(line, chosen, now, reasons)
        return given

    def _leaving_for(
        self, line: LoanLine, chosen: Sequence[Item], now: datetime, reasons: list[Refusal]
    ) -> dict[Hashable, int]:
        """Return what :meth:`_leaving` does for one line, all items chosen for it considered together."""
        left, coming = loans.units_to_hand_out(line), _unbound(line).period
        use = stock_uses(self._session, [line.stock_id], after_check_out(coming, now), now)[line.stock_id]
        hand_out = HandOut(use, line.loan_id, coming, now)
        here = hand_out.at_hand()
        given: dict[Hashable, int] = allotted({item.id: here[item.id] for item in chosen}, left)
        out = self._in_custody(chosen)
        for item in chosen:
            if not here[item.id]:
                reasons.append(_about(RefusalCode.ITEM_OUT if item.id in out else RefusalCode.ITEM_NOT_FREE, item))
            elif not given[item.id]:
                reasons.append(_about(RefusalCode.MORE_THAN_AGREED, item, left=left))
        if all(given.values()):
            spared = hand_out.spared(given)
            kept = [item for item in chosen if item.id not in spared]
            if not kept and not hand_out.spared_together(given):
                kept = list(chosen)
            reasons += [_about(RefusalCode.ITEM_NOT_FREE, item) for item in kept]
        return given

    def _hand_out(self, loan: Loan, item: Item, units: int, by: UUID, note: str | None, now: datetime) -> Custody:
        line = next(line for line in loan.lines if line.stock_id == item.stock_id)
        claim = self._bound_claim(line, item, units, now)
        custody = Custody(
            line=line,
            claim=claim,
            item=item,
            lot=item.units > 1,
            units=units,
            out_at=now,
            due_at=loan.return_at,
            out_by_id=by,
            out_note=note,
            condition_out=item.condition,
        )
        self._session.add(custody)
        return custody

    def _bound_claim(self, line: LoanLine, item: Item, units: int, now: datetime) -> Claim:
        """Return a claim of ``units`` bound to the item, split off from what the line claims unbound."""
        unbound = _unbound(line)
        occupied = after_check_out(unbound.period, now)
        if unbound.units == units:
            bound = unbound
        else:
            unbound.units -= units
            bound = Claim(line=line, stock_id=line.stock_id, kind=unbound.kind, units=units)
            self._session.add(bound)
        bound.item, bound.lot = item, item.units > 1
        bound.starts_at, bound.ends_at = occupied.start, occupied.end
        return bound

    # Check-in -------------------------------------------------------------------------------------------------------

    def check_in(
        self, loan_id: UUID, returned: Sequence[Returned], by: UUID, point_id: UUID | None = None
    ) -> list[Custody]:
        """Take items back and return their custodies; the loan is ``CLOSED`` once nothing of it is out any more.

        Each is free again once its time to turn around has passed. One that came back damaged or incomplete is put
        out of service, unless ``keep_lending``; of a lot only so many units as came back so, and the lot itself is not
        noted to be damaged. At another point than the item's own, the item stays there, but units of a lot go home.
        Rights do not matter: whoever brings something back may. Raises :class:`Refused` with every reason, and records
        nothing.
        """
        with self._session.begin_nested():
            loan = self._locked(loan_id, point_id)
            now = self._clock.now()
            reasons = _not_in(loan, (LoanState.OUT,))
            out = _out(loan)
            reasons += _not_out(out, returned)
            if reasons or not returned:
                raise Refused(reasons or [Refusal(RefusalCode.NOTHING_CHOSEN)])
            policy_of = self._policies(loan)
            taken = [
                self._take_in(custody, back, by, point_id or loan.return_point_id, policy_of, now)
                for back in returned
                for custody in self._of(out[_tag(back)], back.units)
            ]
            if not loans.open_custodies(loan):
                self._close(loan)
            loan.revision += 1
        freed = {custody.item.stock_id for custody in taken} | {line.stock_id for line in loan.lines}
        look_who_waits(self._session, self._clock, freed)
        self._audit.record(
            "lending.check_in", "loan", loan.id, loan=loan.number, items=[back.asset_tag for back in returned]
        )
        return taken

    def _of(self, away: loans.Away, units: int | None) -> list[Custody]:
        """Return custodies of so many of the units that are still out, of all if None: none where all are back already.

        Where some of those that left together stay out, the others get a custody of their own.
        """
        still_out = {custody: custody.units for custody in away.custodies if custody.in_at is None}
        given = allotted(still_out, sum(still_out.values()) if units is None else units)
        return [
            custody if number == custody.units else self._split(custody, number)
            for custody, number in given.items()
            if number
        ]

    def _split(self, custody: Custody, units: int) -> Custody:
        """Return a custody of so many of the units, with a claim of its own; the old one stays for the others."""
        claim = custody.claim
        custody.units -= units
        claim.units -= units
        part = Custody(
            line=custody.line,
            claim=Claim(
                line=claim.line,
                stock=claim.stock,
                item=claim.item,
                lot=claim.lot,
                kind=claim.kind,
                units=units,
                starts_at=claim.starts_at,
                ends_at=claim.ends_at,
            ),
            item=custody.item,
            lot=custody.lot,
            units=units,
            out_at=custody.out_at,
            due_at=custody.due_at,
            out_by_id=custody.out_by_id,
            out_note=custody.out_note,
            condition_out=custody.condition_out,
        )
        self._session.add(part)
        self._session.flush()
        return part

    def _take_in(
        self,
        custody: Custody,
        back: Returned,
        by: UUID,
        point_id: UUID,
        policy_of: Mapping[UUID, Policy],
        now: datetime,
    ) -> Custody:
        item, claim = custody.item, custody.claim
        custody.in_at, custody.in_by_id, custody.in_point_id = max(now, custody.out_at), by, point_id
        custody.condition_in, custody.missing, custody.in_note = back.condition, list(back.missing), back.note or None
        occupied = after_check_in(
            claim.period, custody.in_at, policy_of[custody.line.stock_id], ZoneInfo(custody.line.stock.point.zone)
        )
        free_from = occupied.end if occupied else now
        if not custody.lot:
            postpone_maintenance(self._session, item, custody.out_at, free_from)
        if occupied is None:
            claim.live = False
        else:
            claim.starts_at, claim.ends_at = occupied.start, occupied.end
        condition, note = condition_after(back.condition, back.missing), noted(back.missing, back.note)
        if not custody.lot:
            item.condition, item.condition_note = condition, note
            if point_id != item.stock.point_id:
                self._stays_at(item, point_id)
        self._session.flush()
        if condition in NOT_LENDABLE and not back.keep_lending:
            units = custody.units if custody.lot else None
            open_maintenance(self._session, item, free_from, None, note or condition.value, units)
        return custody

    def _stays_at(self, item: Item, point_id: UUID) -> None:
        """Let an item that came back elsewhere count there."""
        stock = stock_at(self._session, item.stock.model_id, point_id)
        lock(self._session, Stock, [stock.id])  # which is new, or held already
        settle(self._session, item, stock)

    def _close(self, loan: Loan) -> None:
        """Everything that left is back: what was never fetched is not claimed any longer."""
        loan.state = LoanState.CLOSED
        for line in loan.lines:
            for claim in line.claims:
                if claim.item_id is None:
                    claim.live = False

    # Write-off ------------------------------------------------------------------------------------------------------

    def write_off(self, loan_id: UUID, lost: Sequence[Lost], reason: str, by: UUID) -> list[Custody]:
        """Give up on items that do not come back and return their custodies; the loan is ``CLOSED`` once none is out.

        Each leaves the fleet as lost, with the reason; of a lot, as many units as are lost. Raises :class:`Refused`
        with every reason, among them a missing one, and records nothing.
        """
        with self._session.begin_nested():
            loan = self._locked(loan_id)
            now = self._clock.now()
            reasons = _not_in(loan, (LoanState.OUT,))
            out = _out(loan)
            reasons += _not_out(out, lost)
            if not reason.strip():
                reasons.append(Refusal(RefusalCode.REASON_MISSING))
            if reasons or not lost:
                raise Refused(reasons or [Refusal(RefusalCode.NOTHING_CHOSEN)])
            given_up = [
                self._give_up(custody, reason.strip(), by, now)
                for one in lost
                for custody in self._of(out[_tag(one)], one.units)
            ]
            if not loans.open_custodies(loan):
                self._close(loan)
            loan.revision += 1
        look_who_waits(self._session, self._clock, [line.stock_id for line in loan.lines])
        items = [custody.item.asset_tag for custody in given_up]
        self._audit.record("lending.write_off", "loan", loan.id, loan=loan.number, items=items)
        return given_up

    def _give_up(self, custody: Custody, reason: str, by: UUID, now: datetime) -> Custody:
        item, claim = custody.item, custody.claim
        custody.in_at, custody.in_by_id, custody.in_note = max(now, custody.out_at), by, reason
        ends = min(claim.ends_at, whole_minute(now))
        claim.live = claim.starts_at < ends
        claim.ends_at = ends if claim.live else claim.ends_at
        if custody.units < item.units:
            item.units -= custody.units
        else:
            item.service_state, item.state_reason = ServiceState.LOST, reason
        self._session.flush()
        return custody

    # Gathering ------------------------------------------------------------------------------------------------------

    def _locked(self, loan_id: UUID, point_id: UUID | None = None) -> Loan:
        """Return the loan, alone with it, its stocks and those where it comes back, until the transaction ends."""
        lock(self._session, Loan, [loan_id])
        lined = select(LoanLine.stock_id).where(LoanLine.loan_id == loan_id)
        models = select(Stock.model_id).where(Stock.id.in_(lined))
        back_at = point_id or select(Loan.return_point_id).where(Loan.id == loan_id).scalar_subquery()
        elsewhere = (Stock.point_id == back_at) & Stock.model_id.in_(models)
        lock(self._session, Stock, self._session.scalars(select(Stock.id).where(Stock.id.in_(lined) | elsewhere)).all())
        self._session.expire_all()
        loan = loans.loan(self._session, loan_id)
        if loan is None:
            raise LookupError(f"there is no loan {loan_id}")
        return loan

    def _items(self, asset_tags: Sequence[str], reasons: list[Refusal]) -> list[Item]:
        """Return the items with the tags; adds a reason for each tag that names none, or nothing that can be lent."""
        wanted = {tag.strip().lower(): tag.strip() for tag in asset_tags if tag.strip()}
        found = {
            item.asset_tag.lower(): item
            for item in self._session.scalars(
                select(Item).options(joinedload(Item.stock)).where(func.lower(Item.asset_tag).in_(wanted))
            )
        }
        reasons += [Refusal(RefusalCode.NO_SUCH_ITEM, {"item": tag}) for low, tag in wanted.items() if low not in found]
        for item in found.values():
            if item.service_state is not ServiceState.IN_SERVICE or item.parent_id is not None:
                reasons.append(_about(RefusalCode.ITEM_NOT_LENT, item))
        return [found[low] for low in wanted if low in found]

    def _in_custody(self, items: Sequence[Item]) -> set[UUID]:
        ids = [item.id for item in items]
        return set(
            self._session.scalars(select(Custody.item_id).where(Custody.item_id.in_(ids), Custody.in_at.is_(None)))
        )

    def _policies(self, loan: Loan) -> dict[UUID, Policy]:
        return policies(self._session, [line.stock for line in loan.lines])


def _not_in(loan: Loan, states: Sequence[LoanState]) -> list[Refusal]:
    return [] if loan.state in states else [Refusal(RefusalCode.WRONG_STATE, {"state": loan.state})]


def _tag(said: Returned | Lost) -> str:
    return said.asset_tag.strip().lower()


def _out(loan: Loan) -> dict[str, loans.Away]:
    """Return what of a loan is out, by tag in small letters."""
    return {away.item.asset_tag.lower(): away for away in loans.away(loan)}


def _not_out(out: Mapping[str, loans.Away], said: Sequence[Returned] | Sequence[Lost]) -> list[Refusal]:
    """Return why what is said to be back, or lost, cannot be: it is not out, or not so many units of it."""
    tags = dict.fromkeys(map(_tag, said))
    reasons = [Refusal(RefusalCode.NOT_OUT, {"item": tag}) for tag in tags if tag not in out]
    for tag in tags:
        units = sum(one.units or 0 for one in said if _tag(one) == tag)
        if tag in out and units > out[tag].units:
            reasons.append(_about(RefusalCode.MORE_THAN_OUT, out[tag].item, out=out[tag].units))
    return reasons


def _unbound(line: LoanLine) -> Claim:
    """Return the claim of what a line still has coming."""
    return next(claim for claim in line.claims if claim.item_id is None and claim.live)


def _about(code: RefusalCode, item: Item, **values: object) -> Refusal:
    return Refusal(code, {"item": item.asset_tag} | values)
