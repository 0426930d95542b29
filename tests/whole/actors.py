"""What the processes of a race do: borrow, cancel, hand out and take in, each on connections of its own."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing import get_context
from uuid import UUID

from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from equipment_lending.models import Claim, Custody, Item, Loan, WaitlistEntry
from equipment_lending.queries import loans, waiting
from equipment_lending.services.desk import Desk, Returned
from equipment_lending.services.fleet import Fleet
from equipment_lending.services.requests import LoanRequests
from equipment_lending.services.turns import Turns
from equipment_lending.services.waitlist import Waitlist
from equipment_lending.terms import (
    ClaimKind,
    Condition,
    LoanState,
    Period,
    Refused,
    WaitlistState,
    Wish,
    WishedLine,
)
from portal.audit.services import Audit
from portal.clock import Clock, StoppedClock
from portal.db import create_engine
from portal.db.session import is_conflict
from portal.ports.certifications import NobodyIsCertified

TRIES = 20


def requests_of(session: Session, clock: Clock) -> LoanRequests:
    """Return the service without an outbox: in a race nobody reads letters."""
    return LoanRequests(session, clock, NobodyIsCertified(), Audit(session, clock, None), None)


def desk_of(session: Session, clock: Clock) -> Desk:
    return Desk(session, clock, NobodyIsCertified(), Audit(session, clock, None))


def fleet_of(session: Session, clock: Clock) -> Fleet:
    return Fleet(session, clock, Audit(session, clock, None))


def turns_of(session: Session, clock: Clock) -> Turns:
    return Turns(session, clock, NobodyIsCertified(), None)


def waitlist_of(session: Session, clock: Clock) -> Waitlist:
    return Waitlist(session, clock, requests_of(session, clock), turns_of(session, clock))


def committed(engine: Engine, act: Callable[[Session], object]) -> object:
    """Return what ``act`` returns, in a transaction of its own, tried again where the database asks for it."""
    for attempt in range(TRIES):
        try:
            with Session(engine) as session, session.begin():
                return act(session)
        except DBAPIError as error:
            if not is_conflict(error) or attempt == TRIES - 1:
                raise
    raise AssertionError("unreachable")


@dataclass(frozen=True)
class Ask:
    """One request of one person, at an instant at which everybody else's request is sent too."""

    wish: Wish
    borrower: UUID
    at: datetime

    def act(self, session: Session, clock: Clock) -> None:
        requests_of(session, clock).request(self.wish, self.borrower, self.borrower)


@dataclass(frozen=True)
class AskLonger:
    """One person's wish to keep a loan longer, at that same instant."""

    loan: UUID
    return_at: datetime
    borrower: UUID
    at: datetime

    def act(self, session: Session, clock: Clock) -> None:
        requests_of(session, clock).extend(self.loan, self.return_at, self.borrower)


@dataclass(frozen=True)
class Join:
    """Somebody's wish to get in line, at that same instant."""

    wish: Wish
    person: UUID
    at: datetime

    def act(self, session: Session, clock: Clock) -> None:
        waitlist_of(session, clock).join(self.wish, self.person)


@dataclass(frozen=True)
class Take:
    """What somebody in line answers to their offer, at that same instant."""

    entry: UUID
    person: UUID
    at: datetime

    def act(self, session: Session, clock: Clock) -> None:
        waitlist_of(session, clock).accept(self.entry, self.person)


@dataclass(frozen=True)
class CallOff:
    """A loan that is called off at that same instant."""

    loan: UUID
    borrower: UUID
    at: datetime

    def act(self, session: Session, clock: Clock) -> None:
        requests_of(session, clock).cancel(self.loan, "", self.borrower)


@dataclass(frozen=True)
class Look:
    """A worker that looks at that same instant who waits."""

    at: datetime

    def act(self, session: Session, clock: Clock) -> None:
        turns_of(session, clock).serve_all()


Act = Ask | AskLonger | Join | Take | CallOff | Look


def all_at_once(url: str, asked: Sequence[Act]) -> list[str]:
    """Return how each of the wishes ended, ``confirmed`` or ``refused``, sent at once from a process each."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.whole.actors"])
    barrier, answers = context.Barrier(len(asked)), context.Queue()
    processes = [context.Process(target=_ask, args=(url, one, barrier, answers)) for one in asked]
    for process in processes:
        process.start()
    found = [answers.get(timeout=120) for _ in processes]
    for process in processes:
        process.join()
    return found


def _ask(url: str, asked: Act, barrier, answers) -> None:
    engine = create_engine(url)
    with engine.connect():  # connected before the start, so that all begin at once
        pass
    clock = StoppedClock(asked.at)
    barrier.wait(timeout=100)
    try:
        committed(engine, lambda session: asked.act(session, clock))
        answers.put("confirmed")
    except Refused:
        answers.put("refused")
    except BaseException as error:
        answers.put(repr(error))
        raise
    finally:
        engine.dispose()


@dataclass(frozen=True)
class Town:
    """Where a random crowd borrows: a point, its models (slugs), the people, and the hour at which it all begins.

    Of ``models``, in ``lots`` are those of which there are many under one tag.
    """

    point: str
    models: tuple[str, ...]
    lots: tuple[str, ...]
    people: tuple[UUID, ...]
    start: datetime


def crowd(url: str, towns: Sequence[Town], processes: int, seconds: float, seed: int) -> dict[str, int]:
    """Return how often each act of a random crowd succeeded, from so many processes for so long."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.whole.actors"])
    answers = context.Queue()
    running = [context.Process(target=_bustle, args=(url, towns, seconds, seed + n, answers)) for n in range(processes)]
    for process in running:
        process.start()
    counts = [answers.get(timeout=seconds + 120) for _ in running]
    for process in running:
        process.join()
    assert [process.exitcode for process in running] == [0] * processes
    return {name: sum(count.get(name, 0) for count in counts) for name in {key for count in counts for key in count}}


def _bustle(url: str, towns: Sequence[Town], seconds: float, seed: int, answers) -> None:
    engine, chance = create_engine(url), random.Random(seed)
    clock = Clock(towns[0].start)
    ends = clock.now() + timedelta(seconds=seconds)
    counts: dict[str, int] = {}
    while clock.now() < ends:
        act, town = chance.choices(*zip(*ACTS.items(), strict=True))[0], chance.choice(towns)
        try:
            if committed(engine, lambda s, act=act, town=town: act(s, clock, town, chance)):
                counts[act.__name__] = counts.get(act.__name__, 0) + 1
        except Refused:
            counts["refused"] = counts.get("refused", 0) + 1
    engine.dispose()
    answers.put(counts)


def _wish(clock: Clock, town: Town, chance: random.Random, *, kinds: int = 1) -> Wish:
    start = clock.now().replace(second=0, microsecond=0) + timedelta(minutes=chance.choice((1, 1, 30, 600, 2000)))
    end = start + timedelta(minutes=chance.choice((5, 60, 400, 3000)))
    lines = tuple(
        WishedLine(slug, chance.choice((3, 6, 15, 22) if slug in town.lots else (1, 1, 2)))
        for slug in chance.sample(town.models, kinds)
    )
    return Wish(town.point, start, end, lines, purpose="crowd")


def _borrow(session: Session, clock: Clock, town: Town, chance: random.Random) -> bool:
    who = chance.choice(town.people)
    wish = _wish(clock, town, chance, kinds=chance.choice((1, 2)))
    requests_of(session, clock).request(wish, who, who)
    return True


def _wait(session: Session, clock: Clock, town: Town, chance: random.Random) -> bool:
    waitlist_of(session, clock).join(_wish(clock, town, chance), chance.choice(town.people))
    return True


def _turns(session: Session, clock: Clock, _town: Town, _chance: random.Random) -> bool:
    turns_of(session, clock).serve_all()
    return True


def _answer(session: Session, clock: Clock, _town: Town, chance: random.Random) -> bool:
    found = session.scalars(waiting.entries().where(WaitlistEntry.state == WaitlistState.OFFERED)).all()
    if found:
        one, waitlist = chance.choice(found), waitlist_of(session, clock)
        if chance.random() < 0.5:
            waitlist.leave(one.id)
        else:
            waitlist.accept(one.id, one.person_id)
    return bool(found)


def _some(session: Session, chance: random.Random, *states: LoanState) -> UUID | None:
    found = session.scalars(select(Loan.id).where(Loan.state.in_(states)).order_by(Loan.id).limit(200)).all()
    return chance.choice(found) if found else None


def _cancel(session: Session, clock: Clock, town: Town, chance: random.Random) -> bool:
    loan_id = _some(session, chance, LoanState.CONFIRMED)
    if loan_id:
        requests_of(session, clock).cancel(loan_id, "", town.people[0])
    return bool(loan_id)


def _decide(session: Session, clock: Clock, town: Town, chance: random.Random) -> bool:
    loan_id = _some(session, chance, LoanState.REQUESTED)
    if loan_id and chance.random() < 0.2:
        requests_of(session, clock).reject(loan_id, "crowd", town.people[0])
    elif loan_id:
        requests_of(session, clock).confirm(loan_id, town.people[0])
    return bool(loan_id)


def _lengthen(session: Session, clock: Clock, town: Town, chance: random.Random) -> bool:
    loan_id = _some(session, chance, LoanState.CONFIRMED, LoanState.OUT)
    if loan_id:
        later = session.get_one(Loan, loan_id).return_at + timedelta(minutes=chance.choice((5, 60, 1000)))
        requests_of(session, clock).extend(loan_id, later, town.people[0])
    return bool(loan_id)


def _change(session: Session, clock: Clock, town: Town, chance: random.Random) -> bool:
    loan_id = _some(session, chance, *loans.UNFETCHED)
    if loan_id:
        loan, wish = session.get_one(Loan, loan_id), _wish(clock, town, chance)
        period = Period(wish.pickup_at, wish.return_at)
        requests_of(session, clock).change(loan_id, period, loan.point.slug, loan.return_point.slug)
    return bool(loan_id)


def _hand_out(session: Session, clock: Clock, town: Town, chance: random.Random) -> bool:
    loan_id = _some(session, chance, LoanState.CONFIRMED, LoanState.OUT)
    if not loan_id:
        return False
    loan = loans.loan(session, loan_id)
    shelf = [item for line in loan.lines for item in _on_the_shelf(session, line.stock_id)] if loan else []
    if not shelf:
        return False
    tags = [item.asset_tag for item in chance.sample(shelf, min(len(shelf), chance.choice((1, 2, 3))))]
    desk_of(session, clock).check_out(loan_id, tags, town.people[0])
    return True


def _on_the_shelf(session: Session, stock_id: UUID) -> list[Item]:
    out = select(Custody.item_id).where(Custody.in_at.is_(None), ~Custody.lot)
    return list(session.scalars(select(Item).where(Item.stock_id == stock_id, Item.id.not_in(out)).order_by(Item.id)))


def _take_in(session: Session, clock: Clock, town: Town, chance: random.Random) -> bool:
    loan_id = _some(session, chance, LoanState.OUT)
    if not loan_id:
        return False
    loan = loans.loan(session, loan_id)
    out = loans.away(loan) if loan else []
    if not out:
        return False
    one, condition = chance.choice(out), chance.choice((Condition.GOOD,) * 5 + (Condition.DAMAGED,))
    units = chance.choice((None, chance.randint(1, one.units)))
    back = Returned(one.item.asset_tag, condition, units=units)
    desk_of(session, clock).check_in(loan_id, [back], town.people[0])
    return True


def _put_aside(session: Session, clock: Clock, _town: Town, chance: random.Random) -> bool:
    item = chance.choice(session.scalars(select(Item).order_by(Item.asset_tag)).all())
    until = chance.choice((None, clock.now().replace(second=0, microsecond=0) + timedelta(hours=8)))
    fleet_of(session, clock).out_of_service(item, clock.now(), until, "crowd")
    return True


def _put_back(session: Session, clock: Clock, _town: Town, chance: random.Random) -> bool:
    aside = select(Claim.item_id).where(Claim.kind == ClaimKind.MAINTENANCE, Claim.live, Claim.ends_at > clock.now())
    found = session.scalars(select(Item).where(Item.id.in_(aside)).order_by(Item.asset_tag)).all()
    if found:
        fleet_of(session, clock).in_service(chance.choice(found))
    return bool(found)


ACTS = {
    _borrow: 6,
    _cancel: 2,
    _decide: 2,
    _lengthen: 2,
    _change: 1,
    _hand_out: 3,
    _take_in: 3,
    _wait: 3,
    _turns: 1,
    _answer: 2,
    _put_aside: 1,
    _put_back: 2,
}
"""What people of the crowd do, and how often."""
