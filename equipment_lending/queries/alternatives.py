"""What to propose to somebody who cannot have what they asked for: other times there, the same time elsewhere."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from equipment_lending.models import EquipmentModel, Loan, Stock
from equipment_lending.queries.application import Gathered, free_for, gather, wish_of, wished_points
from equipment_lending.queries.calendars import calendars, policies
from equipment_lending.queries.occupation import stock_uses
from equipment_lending.rules.alternatives import fewer, free_parts, nearest_periods, shortened, taken_by
from equipment_lending.rules.availability import steps
from equipment_lending.rules.charter import LONGEST, refusals
from equipment_lending.rules.claims import claimed
from equipment_lending.terms import MENDED_ELSEWHEN, MENDED_ELSEWHERE, MENDED_SOONER, Period, Refusal
from portal.ports.certifications import Certifications

REACH = timedelta(days=60)
"""How far from the wish other times are looked for."""


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Periods in which the same point could lend all of it; points (slugs) that could at that time.

    Parts of the period that was asked for come first, then others, nearest first. ``units`` of each model (by its slug)
    the point could lend at that very time, where it is only that too many are asked for; else it is empty.
    """

    periods: tuple[Period, ...] = ()
    points: tuple[str, ...] = ()
    units: Mapping[str, int] = field(default_factory=dict)


def alternatives(session: Session, gathered: Gathered, reasons: Collection[Refusal]) -> Alternatives:
    """Return what would mend the reasons, looked up only where another time or place, or less, can."""
    codes = {reason.code for reason in reasons}
    if gathered.application.period.length > LONGEST:
        return Alternatives()
    periods = _elsewhen(session, gathered) if codes & (MENDED_ELSEWHEN | MENDED_SOONER) and gathered.lines else ()
    points = _elsewhere(session, gathered) if codes & MENDED_ELSEWHERE and not codes & MENDED_SOONER else ()
    return Alternatives(periods, points, fewer(gathered.application, reasons))


def instead_of(session: Session, loan: Loan, certifications: Certifications, now: datetime) -> Alternatives:
    """Return what would do instead of a loan that has not been fetched, if it cannot be as it was agreed."""
    wish = wish_of(loan)
    points, stocks = wished_points(session, wish), [line.stock for line in loan.lines]
    gathered = gather(session, wish, points, stocks, loan.borrower_id, certifications, now, without=loan)
    return alternatives(session, gathered, refusals(gathered.application))


def _elsewhen(session: Session, gathered: Gathered) -> tuple[Period, ...]:
    asked = shortened(gathered.application)
    if asked.period.end + REACH <= asked.now:
        return ()
    around = Period(max(asked.now, asked.period.start - REACH), asked.period.end + REACH)
    ids = [stock.id for stock, _ in gathered.lines]
    uses = stock_uses(session, ids, around, asked.now, without_loan=gathered.without)

    def is_free(period: Period) -> bool:
        return all(
            free_for(uses[stock.id], gathered.occupied(stock.id, period), asked.now) >= units
            for stock, units in gathered.lines
        )

    taken = [
        period
        for stock, units in gathered.lines
        for period in taken_by(
            steps(uses[stock.id].capacity, uses[stock.id].occupied, around), units, gathered.policies[stock.id]
        )
    ]
    return (*free_parts(asked, is_free), *nearest_periods(gathered.application, is_free, taken))


def _elsewhere(session: Session, gathered: Gathered) -> tuple[str, ...]:
    """Return the other points that hold every model asked for, free and with their doors open at both ends."""
    asked, wanted = gathered.application, gathered.wish.units
    stocks = session.scalars(
        select(Stock)
        .join(Stock.model)
        .join(Stock.point)
        .options(contains_eager(Stock.model), contains_eager(Stock.point))
        .where(EquipmentModel.slug.in_(wanted), Stock.point_id != gathered.point.id)
    ).all()
    policy_of = policies(session, stocks)
    occupied = {one.id: claimed(asked.period, policy_of[one.id], ZoneInfo(one.point.zone)) for one in stocks}
    if not occupied:
        return ()
    around = Period(min(one.start for one in occupied.values()), max(one.end for one in occupied.values()))
    uses = stock_uses(session, list(occupied), around, asked.now)
    enough = {
        (stock.point_id, stock.model.slug)
        for stock in stocks
        if free_for(uses[stock.id], occupied[stock.id], asked.now) >= wanted[stock.model.slug]
    }
    points = {stock.point_id: stock.point for stock in stocks}
    calendar_of = calendars(session, points.values())
    return tuple(
        point.slug
        for point in sorted(points.values(), key=lambda point: point.name)
        if calendar_of[point.id].is_open_at(asked.period.start)
        and calendar_of[point.id].is_open_at(asked.period.end)
        and all((point.id, equipment) in enough for equipment in wanted)
    )
