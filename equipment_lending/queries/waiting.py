"""Who waits for what: the line of a stock, what somebody waits for, and how many wait."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select, true
from sqlalchemy.orm import Session, joinedload

from equipment_lending.models import EquipmentModel, LendingPoint, Stock, WaitlistEntry
from equipment_lending.queries.calendars import policies
from equipment_lending.rules.claims import claimed
from equipment_lending.rules.waiting import Waiting, ahead, standing
from equipment_lending.terms import Period, WaitlistState, Wish, WishedLine

IN_LINE = (WaitlistState.WAITING, WaitlistState.OFFERED)


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody's place in line: how it stands now, and how many are ``ahead`` of them."""

    entry: WaitlistEntry
    state: WaitlistState
    ahead: int


def entries() -> Select[WaitlistEntry]:
    """Return a query for places in line with what a page says about them, in turn."""
    stock = joinedload(WaitlistEntry.stock)
    return (
        select(WaitlistEntry)
        .options(
            stock.joinedload(Stock.model).joinedload(EquipmentModel.category),
            stock.joinedload(Stock.point).joinedload(LendingPoint.place),
            joinedload(WaitlistEntry.return_point),
        )
        .order_by(WaitlistEntry.joined_at, WaitlistEntry.id)
    )


def entry(session: Session, entry_id: UUID) -> WaitlistEntry | None:
    return session.scalar(entries().where(WaitlistEntry.id == entry_id))


def lines(session: Session, stock_ids: Collection[UUID]) -> list[WaitlistEntry]:
    """Return whoever waits for some of the stocks or is offered something of them, in turn."""
    return list(session.scalars(entries().where(WaitlistEntry.stock_id.in_(stock_ids), _in_line())))


def waited_for(session: Session, person_id: UUID | None = None) -> list[UUID]:
    """Return the stocks that somebody waits for, or one person alone."""
    theirs = true() if person_id is None else WaitlistEntry.person_id == person_id
    return list(session.scalars(select(WaitlistEntry.stock_id).where(_in_line(), theirs).distinct()))


def places_of(session: Session, person_id: UUID, now: datetime) -> list[Place]:
    """Return what somebody waits for now, by pick-up."""
    theirs = list(session.scalars(entries().where(WaitlistEntry.person_id == person_id, _in_line())))
    found = [place for place in places(session, theirs, now) if place.state in IN_LINE]
    return sorted(found, key=lambda place: (place.entry.pickup_at, str(place.entry.id)))


def places(session: Session, theirs: Collection[WaitlistEntry], now: datetime) -> list[Place]:
    """Return how the entries stand at ``now``, and how many are ahead of each."""
    stock_ids = {one.stock_id for one in theirs}
    line = [one for one in lines(session, stock_ids) if state_at(one, now) in IN_LINE] if stock_ids else []
    waiting = {one.id: one for one in as_waiting(session, [*line, *theirs])}
    found = []
    for one in theirs:
        others = [waiting[other.id] for other in line if other.stock_id == one.stock_id]
        found.append(Place(one, state_at(one, now), ahead(waiting[one.id], others)))
    return found


def offers_to(session: Session, person_id: UUID, model_ids: Collection[UUID], now: datetime) -> list[WaitlistEntry]:
    """Return what of some models is held for somebody at ``now``, at whichever point, in turn."""
    held = (WaitlistEntry.state == WaitlistState.OFFERED) & (WaitlistEntry.offer_until > now)
    mine = entries().join(WaitlistEntry.stock).where(WaitlistEntry.person_id == person_id, held)
    return list(session.scalars(mine.where(Stock.model_id.in_(model_ids))))


def waiting_at(
    session: Session,
    stock_ids: Collection[UUID],
    now: datetime,
    period: Period | None = None,
    person_id: UUID | None = None,
) -> int:
    """Return how many wait for some of the stocks: in all, for a time that meets ``period``, or one person alone."""
    query = select(func.count(WaitlistEntry.id)).where(
        WaitlistEntry.stock_id.in_(stock_ids), _in_line(), WaitlistEntry.pickup_at > now
    )
    if period is not None:
        query = query.where(WaitlistEntry.pickup_at < period.end, WaitlistEntry.return_at > period.start)
    if person_id is not None:
        query = query.where(WaitlistEntry.person_id == person_id)
    return session.scalar(query) or 0


def as_waiting(session: Session, these: Iterable[WaitlistEntry]) -> list[Waiting]:
    """Return places in line as the rules see them."""
    these = list(these)
    policy_of = policies(session, [one.stock for one in these]) if these else {}
    return [
        Waiting(
            id=one.id,
            joined_at=one.joined_at,
            wanted=claimed(one.period, policy_of[one.stock_id], ZoneInfo(one.stock.point.zone)),
            units=one.units,
            offered=one.state is WaitlistState.OFFERED,
        )
        for one in these
    ]


def state_at(one: WaitlistEntry, now: datetime) -> WaitlistState:
    """Return how somebody stands at ``now``, whether or not that has been noted yet."""
    return standing(one.state, one.pickup_at, one.offer_until, now)


def wish_of(one: WaitlistEntry) -> Wish:
    """Return what somebody in line asks for when it is their turn."""
    return Wish(
        point=one.stock.point.slug,
        pickup_at=one.pickup_at,
        return_at=one.return_at,
        lines=(WishedLine(one.stock.model.slug, one.units),),
        return_point=one.return_point.slug,
        organisation_id=one.organisation_id,
        project=one.project,
        purpose=one.purpose,
    )


def _in_line():
    return WaitlistEntry.state.in_(IN_LINE)
