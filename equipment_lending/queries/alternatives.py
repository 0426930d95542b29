"""What to propose to somebody who cannot have what they asked for: other times there, the same time elsewhere."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from equipment_lending.models import EquipmentModel, LendingPoint, Loan, Stock
from equipment_lending.queries.application import Gathered, free_for, gather, wish_of, wished_points
from equipment_lending.queries.occupation import stock_uses
from equipment_lending.rules.alternatives import fewer, free_parts, nearest_periods, shortened, taken_by
from equipment_lending.rules.availability import steps
from equipment_lending.rules.charter import LONGEST, Application, refusals
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
    gathered = gather(session, wish, points, stocks, loan.borrower_id, certifications, now, without=loan.id)
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
    """Return the other points that would lend all of it for that very time, and take it back, in the order of names."""
    wanted = gathered.wish.units
    stocks = session.scalars(
        select(Stock)
        .join(Stock.model)
        .join(Stock.point)
        .options(contains_eager(Stock.model), contains_eager(Stock.point))
        .where(EquipmentModel.slug.in_(wanted), Stock.point_id != gathered.point.id)
    ).all()
    at: dict[LendingPoint, list[Stock]] = defaultdict(list)
    for stock in stocks:
        at[stock.point].append(stock)
    return tuple(
        point.slug
        for point in sorted(at, key=lambda point: point.name)
        if len(at[point]) == len(wanted) and not refusals(_asked_at(session, gathered, point, at[point]))
    )


def _asked_at(session: Session, gathered: Gathered, point: LendingPoint, stocks: Sequence[Stock]) -> Application:
    """Return the same wish as it would be decided on at another point."""
    wish = replace(gathered.wish, point=point.slug, return_point=point.slug)
    who, now = (gathered.borrower_id, gathered.certifications), gathered.application.now
    return gather(session, wish, {point.slug: point}, stocks, *who, now, without=gathered.without).application
