"""The facts about a wish to borrow: everything the charter asks, read after the locks are held."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session, contains_eager, joinedload

from equipment_lending.models import Custody, EquipmentModel, LendingPoint, Loan, LoanLine, Stock, WaitlistEntry
from equipment_lending.queries.calendars import calendars, policies
from equipment_lending.queries.loans import CURRENT, units_to_hand_out
from equipment_lending.queries.occupation import StockUse, stock_uses
from equipment_lending.queries.waiting import offers_to
from equipment_lending.rules.assignment import free_units
from equipment_lending.rules.charter import Application, Line, Visits
from equipment_lending.rules.claims import claimed, remaining
from equipment_lending.rules.closed_days import loan_days
from equipment_lending.rules.fair_use import kept
from equipment_lending.rules.opening import OpeningCalendar
from equipment_lending.rules.policy import Policy
from equipment_lending.terms import HELD, Claimed, LoanState, Period, Wish, WishedLine
from portal.people.queries import may_act
from portal.ports.certifications import Certifications

COUNTED = (LoanState.REQUESTED, LoanState.CONFIRMED, LoanState.OUT, LoanState.CLOSED)
"""Loans that count towards what a person has had; a request counts as much as a loan."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """A wish with its rows, and the application that the charter decides on.

    ``without`` is the loan that the wish is to replace, by its id; ``taken_up`` are the borrower's places in line of
    which it takes up what was offered.
    """

    wish: Wish
    point: LendingPoint
    return_point: LendingPoint
    lines: tuple[tuple[Stock, int], ...]
    policies: Mapping[UUID, Policy]
    application: Application
    borrower_id: UUID
    certifications: Certifications
    without: UUID | None = None
    taken_up: tuple[WaitlistEntry, ...] = ()

    def occupied(self, stock_id: UUID, period: Period) -> Period:
        """Return what a loan of a stock from pick-up to return occupies."""
        return claimed(period, self.policies[stock_id], self.application.pickup.calendar.zone)


def wish_of(loan: Loan) -> Wish:
    """Return what somebody would ask for who wanted just this loan."""
    return Wish(
        point=loan.point.slug,
        return_point=loan.return_point.slug,
        pickup_at=loan.pickup_at,
        return_at=loan.return_at,
        lines=tuple(WishedLine(line.stock.model.slug, line.units) for line in loan.lines),
        organisation_id=loan.organisation_id,
        project=loan.project,
        purpose=loan.purpose,
    )


def wished_stocks(session: Session, wish: Wish) -> list[Stock]:
    """Return the stocks a wish is about; what the point does not lend is not among them."""
    return list(
        session.scalars(
            select(Stock)
            .join(Stock.point)
            .join(Stock.model)
            .options(contains_eager(Stock.point), contains_eager(Stock.model))
            .where(LendingPoint.slug == wish.point, EquipmentModel.slug.in_(wish.units))
            .order_by(EquipmentModel.slug)
        )
    )


def wished_points(session: Session, wish: Wish) -> dict[str, LendingPoint]:
    """Return the point of the pick-up and that of the return, by slug; one that does not exist is missing."""
    slugs = {wish.point, wish.return_point or wish.point}
    found = session.scalars(select(LendingPoint).where(LendingPoint.slug.in_(slugs)))
    return {point.slug: point for point in found}


def gather(
    session: Session,
    wish: Wish,
    points: Mapping[str, LendingPoint],
    stocks: Sequence[Stock],
    borrower_id: UUID,
    certifications: Certifications,
    now: datetime,
    *,
    without: UUID | None = None,
) -> Gathered:
    """Return the facts about a wish as they stand. Call it with the borrower, the points and the stocks locked.

    ``without`` is a loan that the wish is to replace, by its id: what it occupies and counts for is left out.
    """
    point, return_point = points[wish.point], points[wish.return_point or wish.point]
    calendar_of = calendars(session, points.values())
    policy_of = policies(session, stocks)
    lines = tuple((stock, wish.units[stock.model.slug]) for stock in stocks)
    period = Period(wish.pickup_at, wish.return_at)
    facts = _Facts(session, period, calendar_of[point.id], now, without)
    application = Application(
        now=now,
        period=period,
        pickup=facts.visits(point, calendar_of[point.id], period.start),
        back=facts.visits(return_point, calendar_of[return_point.id], period.end),
        lines=facts.lines(lines, policy_of, borrower_id, certifications),
        not_lent=tuple(sorted(set(wish.units) - {stock.model.slug for stock in stocks})),
        may_act=may_act(session, borrower_id, wish.organisation_id, point.day_of(now)),
        same_desk=point is return_point,
    )
    return Gathered(wish, point, return_point, lines, policy_of, application, borrower_id, certifications, without)


@dataclass(frozen=True, slots=True)
class _Had:
    """What a person has had of a model by one loan: when it was agreed for, and when how many units are theirs."""

    agreed: Period
    kept: Sequence[Claimed]

    def units_in(self, period: Period) -> int:
        """Return how many units they have at some instant of a period."""
        return sum(units for start, end, units in self.kept if start < period.end and period.start < end)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is read for one application: a constant number of statements, whatever it asks for."""

    session: Session
    period: Period
    calendar: OpeningCalendar
    now: datetime
    without: UUID | None

    def visits(self, point: LendingPoint, calendar: OpeningCalendar, instant: datetime) -> Visits:
        window = calendar.window_at(instant)
        if point.max_visits is None or window is None:
            return Visits(calendar=calendar)
        return Visits(calendar=calendar, agreed=self._agreed(point, window), most=point.max_visits)

    def _agreed(self, point: LendingPoint, window: Period) -> int:
        comes = (Loan.point_id == point.id) & Loan.pickup_at.between(window.start, window.end)
        returns = (Loan.return_point_id == point.id) & Loan.return_at.between(window.start, window.end)
        expected = Loan.state.in_(CURRENT) & (Loan.id != self.without if self.without else true())
        return sum(
            self.session.scalar(select(func.count()).select_from(Loan).where(expected, visit)) or 0
            for visit in (comes, returns)
        )

    def lines(
        self,
        wished: Sequence[tuple[Stock, int]],
        policy_of: Mapping[UUID, Policy],
        borrower_id: UUID,
        certifications: Certifications,
    ) -> tuple[Line, ...]:
        ids = [stock.id for stock, _ in wished]
        zone = self.calendar.zone
        occupied = {stock_id: claimed(self.period, policy, zone) for stock_id, policy in policy_of.items()}
        margin = max((one.length for one in occupied.values()), default=self.period.length) - self.period.length
        around = Period(self.period.start - margin, self.period.end + margin)
        uses = stock_uses(self.session, ids, around, self.now, without_loan=self.without)
        others = self._other_loans(wished, policy_of, borrower_id)
        return tuple(
            Line(
                equipment=stock.model.slug,
                units=units,
                policy=policy_of[stock.id],
                free=free_for(uses[stock.id], occupied[stock.id], self.now),
                held=sum(one.units_in(self.period) for one in others[stock.model_id].values()),
                other_loans=self._days(others[stock.model_id], policy_of[stock.id]),
                certified=self._certified(policy_of[stock.id], borrower_id, certifications),
            )
            for stock, units in wished
        )

    def _other_loans(
        self, wished: Sequence[tuple[Stock, int]], policy_of: Mapping[UUID, Policy], borrower_id: UUID
    ) -> dict[UUID, dict[str, "_Had"]]:
        """Return the person's other loans of each model within reach of fair use, by their numbers.

        That is those near in time, and all of which something is still out. What is held for them until they make up
        their mind is among them, counted under ``HELD``.
        """
        found: dict[UUID, dict[str, _Had]] = defaultdict(dict)
        if all(p.max_units_per_person is None and p.max_days_in_period is None for p in policy_of.values()):
            return found
        models = [stock.model_id for stock, _ in wished]
        reach = timedelta(days=max(policy.fair_use_period_days for policy in policy_of.values()))
        near = (Loan.return_at > self.period.start - reach) & (Loan.pickup_at < self.period.end + reach)
        lines = self.session.scalars(
            select(LoanLine)
            .join(LoanLine.loan)
            .join(LoanLine.stock)
            .options(contains_eager(LoanLine.loan), contains_eager(LoanLine.stock), joinedload(LoanLine.custodies))
            .where(
                Loan.borrower_id == borrower_id,
                Loan.state.in_(COUNTED),
                Stock.model_id.in_(models),
                near | LoanLine.custodies.any(Custody.in_at.is_(None)),
                Loan.id != self.without if self.without else true(),
            )
        )
        for line in lines.unique():
            found[line.stock.model_id][line.loan.number] = _Had(line.loan.period, self._kept(line))
        for nth, one in enumerate(offers_to(self.session, borrower_id, models, self.now), start=1):
            held = (one.pickup_at, one.return_at, one.units)
            found[one.stock.model_id][f"{HELD}-{nth}"] = _Had(one.period, [held])
        return found

    def _kept(self, line: LoanLine) -> list[Claimed]:
        coming = units_to_hand_out(line) if line.loan.state in CURRENT else 0
        out = [(custody.due_at, custody.units) for custody in line.custodies if custody.in_at is None]
        return kept(line.loan.period, coming, out, self.now)

    def _days(self, others: Mapping[str, "_Had"], policy: Policy) -> dict[str, list[date]]:
        calendar = self.calendar
        return {
            number: loan_days(one.agreed, calendar.zone, calendar.is_closed, policy.closed_days)
            for number, one in others.items()
        }

    def _certified(self, policy: Policy, borrower_id: UUID, certifications: Certifications) -> frozenset[str]:
        """Return what the borrower holds at the pick-up; once that is over, what they hold now."""
        at = max(self.period.start, self.now)
        return frozenset(a for a in policy.requires if certifications.holds(borrower_id, a, at))


def free_for(use: StockUse, wanted: Period, now: datetime) -> int:
    """Return how many units of a stock can still be promised for all of ``wanted``, exactly."""
    if wanted.end <= now:
        return 0
    ahead = Period(max(wanted.start, now), wanted.end)
    return free_units(use.items, list(remaining(use.spoken_for, now)), ahead)
