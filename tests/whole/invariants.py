"""Every invariant of lending, derived again from the rows by other means than the portal's own, plainly."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from equipment_lending.models import (
    Claim,
    Custody,
    Item,
    Loan,
    LoanLine,
    OpeningWindow,
    PolicyLayer,
    Stock,
    WaitlistEntry,
)
from equipment_lending.queries.occupation import availability
from equipment_lending.queries.risk import loans_at_risk
from equipment_lending.rules.assignment import assignable
from equipment_lending.terms import (
    FOREVER,
    ClaimKind,
    ClosedDays,
    ItemUse,
    LoanState,
    Period,
    ServiceState,
    WaitlistState,
)

LIVING = (LoanState.REQUESTED, LoanState.CONFIRMED, LoanState.OUT)
HAD = (*LIVING, LoanState.CLOSED)
SMALL = 9
"""So many units are tried out on every item; of more, the exact search has to answer."""


def broken(session: Session, now: datetime) -> list[str]:
    """Return a line for each invariant that does not hold; ``now`` is when nothing moved any more."""
    claims = session.scalars(select(Claim)).all()
    loans = session.scalars(select(Loan)).all()
    return [
        *_items_promised_twice(claims),
        *_more_promised_than_there_is(session, claims, now),
        *_promises_without_an_item(session, claims, now),
        *_out_of_order(session, claims, loans),
        *_limits_passed(session, loans),
        *_not_whole_minutes(claims, loans),
        *_claims_without_a_reason(session, claims),
        *_claims_elsewhere(claims),
        *_custody_and_claim_disagree(session, claims),
        *_units_astray(session, loans),
        *_kits_in_pieces(session, claims),
        *_counted_wrongly(session, claims, now),
        *_states_that_lie(loans),
        *_holds_and_offers_disagree(session, claims),
    ]


def closed_or_full(session: Session) -> list[str]:
    """5: who fetches or brings back finds the desk open, and no more of them come to one opening than it can take.

    Only for desks of weekly hours alone, at which nothing was agreed before those were what they are.
    """
    found, visits = [], defaultdict(int)
    for loan in session.scalars(select(Loan).where(Loan.state.in_(LIVING))):
        for point, at in ((loan.point, loan.pickup_at), (loan.return_point, loan.return_at)):
            wall = at.astimezone(ZoneInfo(point.zone))
            met = [window for window in point.windows if _is_within(wall, window)]
            if not met:
                found.append(f"loan {loan.number} leads to {point.slug} at {wall}, when it is closed")
            for window in met:
                visits[point, wall.date(), window] += 1
    for (point, day, window), agreed in visits.items():
        if point.max_visits is not None and agreed > point.max_visits:
            found.append(f"{agreed} come to {point.slug} on {day} from {window.opens}, {point.max_visits} can")
    return found


def _is_within(wall: datetime, window: OpeningWindow) -> bool:
    begun = window.weekday == wall.weekday() and window.opens <= wall.time()
    return begun and (window.closes == time.min or wall.time() <= window.closes)


def _items_promised_twice(claims) -> list[str]:
    """1: per tagged item and instant at most one live bound claim."""
    by_item = defaultdict(list)
    for claim in claims:
        if claim.live and claim.item_id is not None and not claim.lot:
            by_item[claim.item_id].append((claim.starts_at, claim.ends_at))
    found = []
    for item_id, periods in by_item.items():
        periods.sort()
        found += [
            f"item {item_id} is claimed twice from {later[0]}"
            for earlier, later in pairwise(periods)
            if later[0] < earlier[1]
        ]
    return found


def _more_promised_than_there_is(session: Session, claims, now: datetime) -> list[str]:
    """2: at every instant from now on, a stock promises no more units than it has in service.

    Only where nothing was taken out of service or came back late, which may leave promises at risk.
    """
    lent = {item.id: item for stock in session.scalars(select(Stock)) for item in _lent(stock)}
    held = defaultdict(int)
    for item in lent.values():
        held[item.stock_id] += item.units
    by_stock = defaultdict(list)
    for claim in claims:
        promised = claim.item_id is None or (claim.kind is ClaimKind.LOAN and claim.item_id in lent)
        if claim.live and promised and claim.ends_at > now:
            by_stock[claim.stock_id].append(claim)
    found = []
    for stock_id, live in by_stock.items():
        for instant in {claim.starts_at for claim in live}:
            units = sum(claim.units for claim in live if claim.starts_at <= instant < claim.ends_at)
            if units > held[stock_id]:
                found.append(f"stock {stock_id} promises {units} of {held[stock_id]} units at {instant}")
    return found


def _promises_without_an_item(session: Session, claims, now: datetime) -> list[str]:
    """3: every promise can be given items that it keeps from its start to its end.

    All of them, as long as nothing is late or out of service; and then all but the loans that the desk is told are at
    risk. What is held for the waiting list yields to those.
    """
    ahead = [claim for claim in claims if claim.live and claim.ends_at > now]
    late = [custody for custody in session.scalars(select(Custody)) if custody.in_at is None and custody.due_at < now]
    found = []
    for stock in session.scalars(select(Stock)):
        mine = [claim for claim in ahead if claim.stock_id == stock.id]
        promised = [claim for claim in mine if claim.item_id is None]
        whole = [claim for claim in mine if claim.kind is ClaimKind.LOAN]
        if not _served(_lent(stock), whole, promised, [], now):
            found.append(f"stock {stock.id} promises what no choice of items can keep")
        suffering = {loan.id for loan in loans_at_risk(session, [stock.id], now)}
        kept = [claim for claim in promised if claim.line is not None and claim.line.loan_id not in suffering]
        if not _served(_lent(stock), mine, kept, [custody for custody in late if custody.item in stock.items], now):
            found.append(f"stock {stock.id} promises more than it can keep to loans that are not said to be at risk")
    return found


def _lent(stock: Stock) -> list[Item]:
    return [item for item in stock.items if item.parent_id is None and item.service_state is ServiceState.IN_SERVICE]


def _served(items, claims, promised, late, now: datetime) -> bool:
    """Is there an item for each unit of what is ``promised``, beside the ``claims`` that are bound and what is late?"""
    bound = {item.id: [(c.starts_at, c.ends_at, c.units) for c in claims if c.item_id == item.id] for item in items}
    for custody in late:
        bound[custody.item_id].append((custody.claim.ends_at, FOREVER, custody.units))
    wanted = sorted((max(claim.starts_at, now), claim.ends_at, claim.units) for claim in promised)
    if any(item.units > 1 for item in items) or sum(units for _, _, units in wanted) > SMALL:
        return assignable([ItemUse(item.id, item.units, tuple(bound[item.id])) for item in items], wanted)
    taken = [[(start, end) for start, end, _ in stretches] for stretches in bound.values()]
    return _some_choice_serves(taken, [(start, end) for start, end, units in wanted for _ in range(units)])


def _some_choice_serves(taken, wanted) -> bool:
    """Try every item for the first that is wanted, then for all others."""
    if not wanted:
        return True
    (start, end), *others = wanted
    for item in taken:
        if all(end <= other_start or other_end <= start for other_start, other_end in item):
            item.append((start, end))
            if _some_choice_serves(taken, others):
                return True
            item.pop()
    return False


def _out_of_order(session: Session, claims, loans) -> list[str]:
    """4: every period ends after it begins, and what leaves is occupied from the whole minute of it on."""
    custodies = session.scalars(select(Custody)).all()
    periods = [
        *((claim, claim.starts_at, claim.ends_at) for claim in claims),
        *((loan, loan.pickup_at, loan.return_at) for loan in loans),
        *((entry, entry.pickup_at, entry.return_at) for entry in session.scalars(select(WaitlistEntry))),
    ]
    return [
        *(f"{type(row).__name__} {row.id} ends before it begins" for row, start, end in periods if not start < end),
        *(f"custody {one.id} ends before it begins" for one in custodies if one.in_at and one.in_at < one.out_at),
        *(f"custody {one.id} begins within a minute" for one in custodies if one.claim.starts_at.timestamp() % 60),
    ]


def _limits_passed(session: Session, loans) -> list[str]:
    """7: of one model nobody has more units at once, nor more days in a row of days, than the rules allow a person.

    What they asked for, and what is held for them, counts as much as what they have; units that are back do not, and
    whoever asks while some are late has those as well. Days count as agreed. Where points differ in what they allow,
    nobody has more than the most generous of them does.
    """
    layers = session.scalars(select(PolicyLayer)).all()
    had, lines, held = defaultdict(list), defaultdict(list), defaultdict(list)
    for loan in loans:
        for line in loan.lines if loan.state in HAD else ():
            had[loan.borrower_id, line.stock.model_id].append((line.stock, loan.pickup_at, loan.return_at))
            lines[loan.borrower_id, line.stock.model_id].append(line)
    for entry in session.scalars(select(WaitlistEntry).where(WaitlistEntry.state == WaitlistState.OFFERED)):
        had[entry.person_id, entry.stock.model_id].append((entry.stock, entry.pickup_at, entry.return_at))
        held[entry.person_id, entry.stock.model_id].append((entry.pickup_at, entry.return_at, entry.units))
    found = []
    for whose, theirs in had.items():
        said = f"person {whose[0]} has of model {whose[1]}"
        found += [f"{said} {wrong}" for wrong in _too_many_days(layers, theirs)]
        units = _most_allowed(layers, theirs, "max_units_per_person")
        if units is not None:
            found += [f"{said} {wrong}" for wrong in _too_many_units(lines[whose], held[whose], units)]
    return found


def _too_many_units(lines: list[LoanLine], held, allowed: int) -> list[str]:
    promised = [*held, *(stretch for line in lines for stretch in _had(line))]
    found = []
    for instant in {start for start, _, _ in promised}:
        at_once = sum(number for start, end, number in promised if start <= instant < end)
        if at_once > allowed:
            found.append(f"{at_once} units at {instant}, {allowed} allowed")
    for line in lines:
        late = _late_at(line.loan.requested_at, [other for other in lines if other is not line])
        if late and late + line.units > allowed:
            found.append(f"{line.units} units asked for while {late} were late, {allowed} allowed")
    return found


def _too_many_days(layers, theirs) -> list[str]:
    allowed = _most_allowed(layers, theirs, "max_days_in_period")
    counts_all = all(_setting(layers, stock, "closed_days") in (None, ClosedDays.ALL) for stock, *_ in theirs)
    if allowed is None or not counts_all:
        return []
    length = min(_setting(layers, stock, "fair_use_period_days") or 30 for stock, *_ in theirs)
    days = [day for stock, start, end in theirs for day in _days(stock, start, end)]
    most = max(sum(first <= day < first + timedelta(days=length) for day in days) for first in days)
    return [f"{most} days in {length}, {allowed} allowed"] if most > allowed else []


def _had(line: LoanLine) -> list[tuple[datetime, datetime, int]]:
    """Return from when to when how many units of a line are somebody's, as agreed, but for what came back before."""
    start, end = line.loan.pickup_at, line.loan.return_at
    stretches = [(start, min(one.due_at, one.in_at or one.due_at), one.units) for one in line.custodies]
    if line.loan.state in LIVING:
        stretches.append((start, end, line.units - sum(one.units for one in line.custodies)))
    return [(start, end, units) for start, end, units in stretches if start < end and units]


def _late_at(then: datetime, lines: list[LoanLine]) -> int:
    """Return how many units of some lines were late at an instant."""
    custodies = [custody for line in lines for custody in line.custodies]
    return sum(one.units for one in custodies if one.due_at < then and (one.in_at is None or then < one.in_at))


def _most_allowed(layers, theirs, setting: str) -> int | None:
    allowed = [_setting(layers, stock, setting) for stock, *_ in theirs]
    return None if None in allowed else max(allowed)


def _setting(layers, stock: Stock, setting: str):
    """Return what a city's rules say of a stock: the most specific that says anything, None where none does."""
    model, point = stock.model_id, stock.point_id
    for subject in (
        (None, model, point),
        (None, None, point),
        (None, model, None),
        (stock.model.category_id, None, None),
        (None, None, None),
    ):
        for layer in layers:
            if (layer.category_id, layer.model_id, layer.point_id) == subject and getattr(layer, setting) is not None:
                return getattr(layer, setting)
    return None


def _days(stock: Stock, start: datetime, end: datetime) -> list[date]:
    """Return the days begun on the wall clock, each by the date on which it begins."""
    zone = ZoneInfo(stock.point.zone)
    begun, ends = start.astimezone(zone).replace(tzinfo=None), end.astimezone(zone).replace(tzinfo=None)
    found = [begun.date()]
    while (begun := begun + timedelta(days=1)) < ends:
        found.append(begun.date())
    return found


def _not_whole_minutes(claims, loans) -> list[str]:
    """4: whatever occupies or was agreed begins and ends with a whole minute."""
    told = [(f"claim {claim.id}", claim.starts_at, claim.ends_at) for claim in claims if claim.ends_at < FOREVER]
    told += [(f"loan {loan.number}", loan.pickup_at, loan.return_at) for loan in loans]
    return [f"{what} is not of whole minutes" for what, *ends in told if any(e.second or e.microsecond for e in ends)]


def _claims_without_a_reason(session: Session, claims) -> list[str]:
    """9: every live claim of a loan belongs to a living loan, and a living loan's claims add up to its lines."""
    lines = {line.id: line for line in session.scalars(select(LoanLine))}
    states = dict(session.execute(select(Loan.id, Loan.state)).all())
    found, units = [], defaultdict(int)
    for claim in claims:
        if claim.line_id is None:
            continue
        units[claim.line_id] += claim.units
        state = states[lines[claim.line_id].loan_id]
        if claim.live and claim.item_id is None and state not in LIVING:
            found.append(f"claim {claim.id} still occupies for a loan that is {state}")
        if not claim.live and state in (LoanState.REQUESTED, LoanState.CONFIRMED):
            found.append(f"claim {claim.id} of a {state} loan is not live")
    found += [
        f"line {line.id} is for {line.units} units and claims {units[line.id]}"
        for line in lines.values()
        if units[line.id] != line.units
    ]
    return found


def _claims_elsewhere(claims) -> list[str]:
    """A live claim bound to an item counts in the stock that the item is in."""
    bound = [claim for claim in claims if claim.live and claim.item is not None]
    return [
        f"claim {claim.id} counts elsewhere than its item" for claim in bound if claim.stock_id != claim.item.stock_id
    ]


def _custody_and_claim_disagree(session: Session, claims) -> list[str]:
    """10: an item in open custody has exactly one live claim bound to it since it left, of the same loan line.

    Every claim of a loan that is bound belongs to what left the desk, and nobody else has the item.
    """
    found, held = [], defaultdict(list)
    bound = [claim for claim in claims if claim.kind is ClaimKind.LOAN and claim.item_id is not None]
    left = {custody.claim_id for custody in session.scalars(select(Custody))}
    found += [f"claim {claim.id} is bound, and nothing left" for claim in bound if claim.id not in left]
    for custody in session.scalars(select(Custody)):
        if custody.claim.item_id != custody.item_id or custody.claim.line_id != custody.line_id:
            found.append(f"custody {custody.id} and its claim name different things")
        if custody.in_at is None:
            held[custody.item_id].append(custody)
            if not custody.claim.live:
                found.append(f"custody {custody.id} is open and its claim is not live")
            since = [c for c in bound if c.live and c.item_id == custody.item_id and c.ends_at > custody.out_at]
            if len(since) != 1 and not custody.lot:
                found.append(f"custody {custody.id} is open and its item is bound {len(since)} times since it left")
    found += [
        f"item {item_id} is in {len(open_)} hands at once"
        for item_id, open_ in held.items()
        if len(open_) > 1 and not open_[0].lot
    ]
    return found


def _units_astray(session: Session, loans) -> list[str]:
    """10: no more units of a lot were ever out at once than it had, and what was agreed is out, back or to come."""
    found, of_item = [], defaultdict(list)
    for custody in session.scalars(select(Custody)):
        of_item[custody.item].append(custody)
        if custody.units != custody.claim.units:
            found.append(f"custody {custody.id} is of {custody.units} units and its claim of {custody.claim.units}")
    for item, custodies in of_item.items():
        had = item.units + sum(custody.units for custody in custodies if custody.is_lost)
        for moment in {custody.out_at for custody in custodies}:
            out = [one for one in custodies if one.out_at <= moment and (one.in_at is None or moment < one.in_at)]
            if item.units > 1 and sum(one.units for one in out) > had:
                found.append(f"item {item.id} has {had} units, and more were out at {moment}")
    for line in (line for loan in loans if loan.state in (LoanState.CONFIRMED, LoanState.OUT) for line in loan.lines):
        to_come = sum(claim.units for claim in line.claims if claim.live and claim.item_id is None)
        if to_come + sum(custody.units for custody in line.custodies) != line.units:
            found.append(f"line {line.id} has lost some of its {line.units} units")
    return found


def _kits_in_pieces(session: Session, claims) -> list[str]:
    """10: what is part of a sealed kit is where the kit is, no kit itself, and never promised or lent alone."""
    lent = {claim.item_id for claim in claims if claim.kind is ClaimKind.LOAN}
    found = []
    for part in session.scalars(select(Item).where(Item.parent_id.is_not(None))):
        if part.id in lent:
            found.append(f"item {part.id} is part of a kit and was lent alone")
        if part.parent.parent_id is not None or part.parent.units > 1:
            found.append(f"item {part.id} is part of something that is no kit")
        if part.stock.point_id != part.parent.stock.point_id:
            found.append(f"item {part.id} is elsewhere than its kit")
    return found


def _counted_wrongly(session: Session, claims, now: datetime) -> list[str]:
    """10: as many are said to be free as are lent, without parts of kits, less what occupies one of those."""
    ahead = [claim for claim in claims if claim.live and claim.ends_at > now]
    late = session.scalars(select(Custody).where(Custody.in_at.is_(None), Custody.due_at < now)).all()
    found = []
    for stock in session.scalars(select(Stock)):
        lent = _lent(stock)
        mine = [c for c in ahead if c.stock_id == stock.id and (c.item_id is None or c.item in lent)]
        occupied = [(_second(claim.starts_at), _second(claim.ends_at), claim.units) for claim in mine]
        occupied += [(_second(one.claim.ends_at), FOREVER, one.units) for one in late if one.item in lent]
        for step in availability(session, stock.model_id, stock.point.slug, _next_year(now), now) or ():
            taken = sum(units for start, end, units in occupied if start <= step.start < end)
            free = max(0, sum(item.units for item in lent) - taken)
            if step.free != free:
                found.append(f"stock {stock.id} is said to have {step.free} free at {step.start} and has {free}")
    return found


def _second(instant: datetime) -> datetime:
    """Return the whole second of an instant: steps are told in those."""
    return instant.replace(microsecond=0)


def _next_year(now: datetime) -> Period:
    return Period(now, now + timedelta(days=366))


def _states_that_lie(loans) -> list[str]:
    """The stored state of a loan is what its custodies say."""
    found = []
    for loan in loans:
        custodies = [custody for line in loan.lines for custody in line.custodies]
        out = any(custody.in_at is None for custody in custodies)
        if out and loan.state is not LoanState.OUT:
            found.append(f"loan {loan.number} is {loan.state} with items out")
        if loan.state is LoanState.OUT and not out:
            found.append(f"loan {loan.number} is out with nothing out")
        if loan.state is LoanState.CLOSED and not custodies:
            found.append(f"loan {loan.number} is closed and nothing ever left")
        for line in loan.lines:
            if sum(custody.units for custody in line.custodies) > line.units:
                found.append(f"loan {loan.number} handed out more than was agreed")
    return found


def _holds_and_offers_disagree(session: Session, claims) -> list[str]:
    """Exactly what is offered to somebody who waits is held, in one piece."""
    held = defaultdict(list)
    for claim in claims:
        if claim.live and claim.kind is ClaimKind.HOLD:
            held[claim.entry_id].append((claim.stock_id, claim.units))
    return [
        f"place {one.id} in line is {one.state} and holds {held[one.id]}"
        for one in session.scalars(select(WaitlistEntry))
        if held[one.id] != ([(one.stock_id, one.units)] if one.state is WaitlistState.OFFERED else [])
    ]
