"""Two people are never promised the same thing: real processes, real commits, both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from time import sleep

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from equipment_lending.models import Claim, EquipmentModel, Loan, PolicyLayer, WaitlistEntry
from equipment_lending.queries.layers import Subject
from equipment_lending.services.catalogue import Catalogue
from equipment_lending.terms import LoanState, WaitlistState, Wish, WishedLine
from portal.audit.services import Audit
from portal.clock import StoppedClock
from portal.db import create_engine
from portal.index.services import PublicIndex
from portal.migrations import history
from tests.conftest import DATABASES
from tests.factories import lending, people
from tests.houses import own_url
from tests.whole.actors import (
    ACTS,
    Ask,
    AskLonger,
    CallOff,
    Join,
    Look,
    Take,
    Town,
    all_at_once,
    committed,
    crowd,
    requests_of,
    waitlist_of,
)
from tests.whole.invariants import broken, closed_or_full

pytestmark = pytest.mark.whole

NOW = datetime(2026, 10, 22, 10, 0, tzinfo=UTC)


@pytest.fixture(params=DATABASES)
def url(request, tmp_path):
    """A database of this test's own, migrated and empty."""
    url = own_url(request.param, tmp_path)
    engine = create_engine(url)
    history.upgrade(engine)
    engine.dispose()
    return url


@pytest.fixture
def engine(url):
    engine = create_engine(url)
    yield engine
    engine.dispose()


def seeded(engine, *, units: int, persons: int, **policy) -> tuple[str, str, list]:
    """Return the slugs of a point and of its only model, and the ids of so many people, committed."""
    with Session(engine) as session, session.begin():
        stock = lending.stock(session, units=units)
        if policy:
            lending.policy(session, model_id=stock.model_id, **policy)
        who = [people.person(session).id for _ in range(persons)]
        return stock.point.slug, stock.model.slug, who


def wish(point: str, model: str, units: int = 1) -> Wish:
    start, end = lending.instant("2026-10-24T10:00"), lending.instant("2026-10-26T10:00")
    return Wish(point, start, end, (WishedLine(model, units),), purpose="race")


def counted(engine, kind) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(kind))


@pytest.mark.parametrize(("units", "asking"), [(1, 24), (3, 16)])
def test_scenario_17_of_simultaneous_requests_exactly_as_many_win_as_there_are_units(url, engine, units, asking):
    point, model, who = seeded(engine, units=units, persons=asking)
    answers = all_at_once(url, [Ask(wish(point, model), person, NOW) for person in who])
    assert sorted(answers) == ["confirmed"] * units + ["refused"] * (asking - units)
    assert (counted(engine, Loan), counted(engine, Claim)) == (units, units)


def test_E9_scenario_13_two_tabs_cannot_pass_a_limit_of_the_person_together(url, engine):
    """The units are there; the person's own limit is what both requests meet."""
    point, model, (person,) = seeded(engine, units=9, persons=1, max_units_per_person=1)
    answers = all_at_once(url, [Ask(wish(point, model), person, NOW)] * 6)
    assert sorted(answers) == ["confirmed"] + ["refused"] * 5


def test_two_loans_cannot_both_be_lengthened_into_the_last_visit_of_a_desk(url, engine):
    with Session(engine) as session, session.begin():
        point = lending.point(session, max_visits=1)
        loans = [
            lending.loan(session, lending.stock(session, at=point), f"2026-10-2{day}T10:00", f"2026-10-2{day}T18:00")
            for day in (3, 4)
        ]
        asked = [AskLonger(loan.id, lending.instant("2026-10-27T12:00"), loan.borrower_id, NOW) for loan in loans]
    assert sorted(all_at_once(url, asked)) == ["confirmed", "refused"]


def in_line(engine, *, units: int, persons: int):
    """Return the point, the model, whose loans take all units, and the people in line for them, in turn."""
    point, model, who = seeded(engine, units=units, persons=units + persons)
    at = StoppedClock(NOW)
    loans = [
        committed(engine, lambda s, one=one: requests_of(s, at).request(wish(point, model), one, one).id)
        for one in who[:units]
    ]
    entries = [
        committed(engine, lambda s, one=one: waitlist_of(s, at).join(wish(point, model), one).id) for one in who[units:]
    ]
    return point, model, list(zip(loans, who[:units], strict=True)), list(zip(entries, who[units:], strict=True))


def called_off(url: str, loan, who) -> None:
    """Let a loan be called off, and a worker see it."""
    for act in (CallOff(loan, who, NOW), Look(NOW)):
        assert all_at_once(url, [act]) == ["confirmed"]


def offered(engine) -> list:
    """Who has an offer and what is held for it, in turn."""
    with Session(engine) as session:
        assert broken(session, NOW) == []
        query = select(WaitlistEntry.id).where(WaitlistEntry.state == WaitlistState.OFFERED)
        return list(session.scalars(query.order_by(WaitlistEntry.joined_at)))


def test_what_several_give_back_at_once_is_offered_to_as_many_from_the_head_of_the_line(url, engine):
    _, _, lent, line = in_line(engine, units=3, persons=5)
    acts = [*(CallOff(loan, who, NOW) for loan, who in lent), *[Look(NOW)] * 3]
    assert all_at_once(url, acts) == ["confirmed"] * 6
    all_at_once(url, [Look(NOW)] * 3)
    assert offered(engine) == [entry for entry, _ in line[:3]]


def test_nobody_is_quicker_than_whoever_it_is_held_for(url, engine):
    """One unit is held for the first in line; she takes it while others ask for it and the second tries her luck."""
    point, model, ((loan, who),), line = in_line(engine, units=1, persons=2)
    called_off(url, loan, who)
    newcomers = [Ask(wish(point, model), committed(engine, lambda s: people.person(s).id), NOW) for _ in range(8)]
    answers = all_at_once(url, [*(Take(entry, person, NOW) for entry, person in line), *newcomers])
    assert sorted(answers) == ["confirmed"] + ["refused"] * 9
    with Session(engine) as session:
        current = select(Loan.borrower_id).where(Loan.state == LoanState.CONFIRMED)
        assert session.scalars(current).all() == [line[0][1]]
    assert offered(engine) == []


def test_whoever_takes_an_offer_in_two_tabs_has_one_loan(url, engine):
    _, _, ((loan, who),), ((entry, person),) = in_line(engine, units=1, persons=1)
    called_off(url, loan, who)
    assert sorted(all_at_once(url, [Take(entry, person, NOW)] * 4)) == ["confirmed"] + ["refused"] * 3


def test_whoever_gets_in_line_in_two_tabs_has_one_place(url, engine):
    point, model, who = seeded(engine, units=1, persons=2)
    all_at_once(url, [Ask(wish(point, model), who[0], NOW)])
    assert all_at_once(url, [Join(wish(point, model), who[1], NOW)] * 4) == ["confirmed"] * 4
    assert counted(engine, WaitlistEntry) == 1


def test_two_who_write_the_first_rules_of_a_thing_at_once_write_the_same_ones(url, engine):
    _, model, _ = seeded(engine, units=1, persons=0)
    with ThreadPoolExecutor(1) as pool:
        with Session(engine) as session, session.begin():
            write_rules(session, model, max_days=7)
            session.flush()
            other = pool.submit(
                committed, engine, lambda other_session: write_rules(other_session, model, buffer_after_minutes=30)
            )
            sleep(0.5)
        other.result()
    with Session(engine) as session:
        layer = session.scalars(select(PolicyLayer)).one()
        assert (layer.max_days, layer.buffer_after_minutes) == (7, 30)


def write_rules(session, model, **rules) -> None:
    audit = Audit(session, StoppedClock(NOW), None)
    subject = Subject(model_id=session.scalars(select(EquipmentModel.id).where(EquipmentModel.slug == model)).one())
    Catalogue(session, audit, PublicIndex(session, StoppedClock(NOW)), None).set_rules(subject, rules)  # type: ignore[arg-type]


def test_after_a_crowd_every_invariant_holds(url, engine):
    with Session(engine) as session, session.begin():
        who = tuple(people.person(session).id for _ in range(5))
        towns = [a_large_desk(session, who), a_small_desk(session, who)]
    counts = crowd(url, towns, processes=4, seconds=30, seed=20261022)
    with Session(engine) as session:
        assert broken(session, NOW + timedelta(seconds=30)) == []
        assert closed_or_full(session) == []
    assert {act.__name__ for act in ACTS} | {"refused"} <= set(counts)


def a_large_desk(session, who) -> Town:
    """Open round the clock, for whoever comes; what it has there are few of, and many under one tag."""
    point = lending.point(session, windows=lending.ROUND_THE_CLOCK, max_visits=None)
    stocks = [lending.stock(session, units=units, at=point) for units in (1, 2, 3, 5, 0)]
    lots = stocks[-1]
    for units in (20, 5):
        lending.item(session, lots, units=units)
    lending.policy(session, model_id=stocks[1].model_id, buffer_after_minutes=1, max_units_per_person=2)
    return Town(point.slug, tuple(stock.model.slug for stock in stocks), (lots.model.slug,), who, NOW)


def a_small_desk(session, who) -> Town:
    """Open twice a day for few visits, where some is approved, some lent for few days a month."""
    hours = [(day, *between) for day in range(7) for between in ((time(9), time(12, 3)), (time(12, 30), time(20)))]
    point = lending.point(session, windows=hours, max_visits=9)
    decided, few_days = (lending.stock(session, units=units, at=point) for units in (4, 6))
    lending.policy(session, model_id=decided.model_id, approval="manual", buffer_before_minutes=2)
    lending.policy(session, model_id=few_days.model_id, max_days_in_period=3)
    return Town(point.slug, (decided.model.slug, few_days.model.slug), (), who, NOW)
