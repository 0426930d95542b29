"""The demo city's lending is what the README promises, whatever day it is. Real commits, on both databases."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from equipment_lending import demo as lending_demo
from equipment_lending.demo import plan
from equipment_lending.models import Category, EquipmentModel, Item, LendingPoint, Loan, Stock
from equipment_lending.opening_hours import written
from equipment_lending.queries import desk, waiting
from equipment_lending.queries.loans import desk_day, is_overdue, loans_of, out_of_service
from equipment_lending.queries.timetables import timetable_of
from equipment_lending.terms import LoanState
from portal import demo
from portal.clock import StoppedClock
from portal.db.session import working_request
from portal.index.models import IndexEntry
from portal.jobs.models import Job
from portal.mail.models import OutgoingMail
from portal.people import demo as people
from portal.people.demo import named
from portal.people.models import Person, RoleGrant
from portal.people.terms import Role
from tests.conftest import DATABASES, NOW
from tests.factories.lending import PARIS
from tests.houses import own_registry, own_settings, own_url
from tests.whole.invariants import broken

pytestmark = pytest.mark.whole

POINTS = 7
ORDINARY_LOANS = (24, 8)
"""So few, because what they must be like does not depend on how many there are."""


def city_of(kind, folder, now, *, ordinary=ORDINARY_LOANS):
    """Return the registry of a house with the demo city's people and lending in it, as it is at ``now``."""
    registry = own_registry(own_settings(own_url(kind, folder), folder))
    registry.clock = StoppedClock(now)
    with pytest.MonkeyPatch.context() as fewer, working_request(registry) as request:
        fewer.setattr(demo, "rooms", lambda _name: iter([people, lending_demo]))
        fewer.setattr(plan, "LOANS_PAST", ordinary[0])
        fewer.setattr(plan, "LOANS_AHEAD", ordinary[1])
        demo.load(request)
    return registry


@pytest.fixture(scope="module", params=DATABASES)
def city(request, tmp_path_factory):
    registry = city_of(request.param, tmp_path_factory.mktemp("city"), NOW)
    yield registry
    registry.engine.dispose()


@pytest.fixture
def present(city):
    with Session(city.engine.execution_options(readonly=True)) as session:
        yield session


def test_seven_points_lend_some_sixty_models_and_two_hundred_and_fifty_items(present):
    counted = {kind: present.scalar(select(func.count()).select_from(kind)) for kind in (EquipmentModel, Item)}
    assert present.scalar(select(func.count(LendingPoint.id))) == POINTS
    assert 55 <= counted[EquipmentModel] <= 65
    assert 240 <= counted[Item] <= 260
    assert present.scalar(select(func.count(Item.id)).where(Item.parent_id.is_not(None))) > 10


def test_every_shelf_and_every_sheet_is_told_in_french_and_in_english(present):
    texts = [category.name for category in present.scalars(select(Category))]
    for model in present.scalars(select(EquipmentModel)):
        texts += [model.name, model.description]
        assert model.description["fr"] != model.description["en"]
    assert [text for text in texts if not (text.get("fr", "").strip() and text.get("en", "").strip())] == []


def test_every_point_is_open_at_hours_of_its_own_and_says_where_it_is_and_whom_to_call(present):
    points = present.scalars(select(LendingPoint)).all()
    assert len({written(timetable_of(point)) for point in points}) == POINTS
    for point in points:
        assert point.windows
        assert all((point.name, point.place.address, point.place.quarter, point.email, point.phone)), point.slug


def test_lending_goes_back_six_months_and_four_weeks_ahead(present):
    back, ahead = plan.PAST, plan.AHEAD
    assert (back, ahead) == (timedelta(weeks=26), timedelta(weeks=4))
    agreed = present.execute(select(Loan.pickup_at)).scalars().all()
    assert NOW - timedelta(weeks=27) < min(agreed) < NOW - timedelta(weeks=18)
    assert NOW + timedelta(weeks=1) < max(agreed) <= NOW + timedelta(weeks=5)


def test_everything_that_is_lent_is_found(present):
    indexed = set(present.scalars(select(IndexEntry.source_id)))
    assert indexed == set(present.scalars(select(EquipmentModel.id))) | set(present.scalars(select(LendingPoint.id)))


def test_some_points_lend_what_others_own(present):
    owners = {}
    for slug, owner in present.execute(select(LendingPoint.slug, Item.owner).join(Item.stock).join(Stock.point)):
        owners.setdefault(slug, set()).add(owner)
    assert any(len(found) > 1 for found in owners.values())


def test_there_is_somebody_for_every_role_and_a_clerk_at_every_point(present):
    held = present.execute(select(RoleGrant.role, RoleGrant.scope)).all()
    assert {role for role, _ in held} == set(Role)
    served = {scope for role, scope in held if role is Role.DESK}
    assert served == set(present.scalars(select(LendingPoint.slug)))


def test_every_invariant_of_lending_holds(present):
    assert broken(present, NOW) == []


def test_the_letters_of_the_past_are_not_sent_again(present):
    assert present.scalar(select(func.count(OutgoingMail.id))) == 0
    assert present.scalar(select(func.count(Job.id))) == 0


def test_nolwenn_has_had_has_and_will_have_something(present):
    found, _ = loans_of(present, named(present, "nolwenn").id)
    states = [loan.state for loan in found]
    assert {LoanState.OUT, LoanState.CONFIRMED, LoanState.CLOSED} <= set(states)


def test_gwenole_may_act_for_an_association(present):
    (membership,) = named(present, "gwenole").memberships
    assert membership.officer


def test_the_desks_have_something_to_hand_out_and_to_take_back(present):
    """Lambézellec is open on that Thursday, Recouvrance the day after."""
    for slug, day in (("lambezellec", NOW.date()), ("recouvrance", NOW.date() + timedelta(days=1))):
        point = present.scalars(select(LendingPoint).where(LendingPoint.slug == slug)).one()
        work = desk_day(present, point, desk.civil_day(day, point.zone), NOW)
        assert len(work.pickups) >= 3
        assert len(work.returns) >= 2


def what_is_going_on(session, now):
    """Say what the tour is about: what is late, in part back, waiting for an answer, at risk."""
    points = session.scalars(select(LendingPoint)).all()
    out = session.scalars(select(Loan).where(Loan.state == LoanState.OUT)).all()
    lambezellec = next(point for point in points if point.slug == "lambezellec")
    return {
        "late": [loan.point.slug for loan in out if is_overdue(loan, now)],
        "in part back": [
            loan.lines[0].stock.model.slug
            for loan in out
            if any(custody.in_at for line in loan.lines for custody in line.custodies)
        ],
        "waiting": sorted(
            loan.lines[0].stock.model.slug
            for loan in session.scalars(select(Loan).where(Loan.state == LoanState.REQUESTED))
        ),
        "at risk": [loan.point.slug for point in points for loan in desk.at_risk(session, point, now)],
        "in line": [one.person.name for one in session.scalars(waiting.entries())],
        "out of service": len(out_of_service(session, lambezellec, now)),
    }


AS_PROMISED = {
    "late": ["lambezellec"],
    "in part back": ["barnum-3x3"],
    "waiting": ["kit-radio-ephemere", "velo-cargo"],
    "at risk": ["lambezellec"],
    "in line": ["Katell Rosmorduc", "Nolwenn Tréguer"],
    "out of service": 2,
}


def test_something_is_late_something_waits_and_one_promise_is_at_risk(present):
    assert what_is_going_on(present, NOW) == AS_PROMISED


@pytest.mark.parametrize("wall", ["2026-12-25T11:00", "2027-03-28T23:30"], ids=["Christmas", "the clocks go forward"])
def test_so_it_is_on_any_day_of_the_year(tmp_path, wall):
    now = datetime.fromisoformat(wall).replace(tzinfo=PARIS)
    registry = city_of("sqlite", tmp_path, now, ordinary=(0, 0))
    with Session(registry.engine.execution_options(readonly=True)) as session:
        assert what_is_going_on(session, now) == AS_PROMISED
        assert broken(session, now) == []
    registry.engine.dispose()


def test_the_cargo_bike_that_waits_needs_approval(present):
    waiting = present.scalars(select(Loan).where(Loan.state == LoanState.REQUESTED, Loan.project == "Cuisine de rue"))
    assert waiting.one().point.slug == "recouvrance"


def test_two_wait_for_the_cargo_bikes_and_one_of_them_is_nolwenn(present):
    (place,) = waiting.places_of(present, named(present, "nolwenn").id, NOW)
    assert (place.entry.stock.model.slug, place.entry.units, place.ahead) == ("velo-cargo", 3, 1)


def told_of(registry):
    """Everything that people see of the city, without the ids that are drawn anew each time."""
    with Session(registry.engine.execution_options(readonly=True)) as session:
        loans = session.execute(
            select(
                Loan.number, Person.name, Loan.state, Loan.pickup_at, Loan.return_at, Loan.requested_at, Loan.purpose
            )
            .join(Loan.borrower)
            .order_by(Loan.number)
        ).all()
        items = session.execute(
            select(Item.asset_tag, Item.serial, Item.condition, Item.condition_note).order_by(Item.asset_tag)
        ).all()
        people = session.execute(select(Person.name, Person.created_at).order_by(Person.name)).all()
        return loans, items, people


def test_at_the_same_instant_it_is_the_same_city(city, tmp_path):
    again = city_of("sqlite", tmp_path, NOW + timedelta(seconds=17))
    assert told_of(again) == told_of(city)
    again.engine.dispose()
