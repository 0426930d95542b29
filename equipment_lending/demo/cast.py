"""Who and what takes part in the life of the demo city, read back from the database."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from random import Random
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from equipment_lending.demo.plan import Borrower, Counter, Shelf
from equipment_lending.models import EquipmentModel, Item, LendingPoint, Stock
from equipment_lending.queries.calendars import calendars, policies
from equipment_lending.terms import ServiceState
from portal.people.models import Membership, Organisation, Person, RoleGrant
from portal.people.terms import Role

KEEN = 3
"""How many times more often than others the keenest borrow."""


def counters(session: Session, today: date) -> dict[str, Counter]:
    """Return the lending points by slug, with their hours and what stands on their shelves."""
    points = session.scalars(select(LendingPoint).order_by(LendingPoint.slug)).all()
    calendar_of = calendars(session, points, today)
    shelves = _shelves(session)
    return {point.slug: Counter(point, calendar_of[point.id], shelves[point.id]) for point in points}


def _shelves(session: Session) -> Mapping[UUID, dict[str, Shelf]]:
    model = joinedload(Stock.model).joinedload(EquipmentModel.category)
    stocks = session.scalars(
        select(Stock).join(Stock.model).options(model, joinedload(Stock.point)).order_by(EquipmentModel.slug)
    ).all()
    policy_of = policies(session, stocks)
    units = defaultdict(list)
    for stock_id, number in session.execute(
        select(Item.stock_id, Item.units).where(Item.parent_id.is_(None), Item.service_state == ServiceState.IN_SERVICE)
    ):
        units[stock_id].append(number)
    found: dict[UUID, dict[str, Shelf]] = defaultdict(dict)
    for stock in stocks:
        held = units[stock.id]
        found[stock.point_id][stock.model.slug] = Shelf(stock, policy_of[stock.id], len(held), sum(held))
    return found


def clerks(session: Session) -> dict[str, Person]:
    """Return who serves at each point."""
    rows = session.execute(
        select(RoleGrant.scope, Person)
        .join(RoleGrant.person)
        .where(RoleGrant.role == Role.DESK)
        .order_by(Person.created_at.desc())
    )
    return {str(scope): person for scope, person in rows}


def people(session: Session) -> dict[str, UUID]:
    """Return everybody who has an account online, by the first word of their address."""
    rows = session.scalars(select(Person).where(Person.email.is_not(None)))
    return {str(person.email).partition("@")[0]: person.id for person in rows}


def organisations(session: Session) -> dict[str, UUID]:
    return {found.name: found.id for found in session.scalars(select(Organisation))}


def borrowers(session: Session, projects: Mapping[str, Sequence[str]], chance: Random) -> list[Borrower]:
    """Return everybody who borrows, the keen several times: residents, and officers in their organisation's name."""
    staff = select(RoleGrant.person_id)
    people = session.scalars(select(Person).where(Person.id.not_in(staff)).order_by(Person.name)).all()
    alone = [Borrower(person.id, online=person.email is not None) for person in people]
    officers = session.execute(
        select(Membership.person_id, Organisation.id, Organisation.name)
        .join(Membership.organisation)
        .where(Membership.officer)
        .order_by(Organisation.name, Membership.person_id)
    )
    in_name = [Borrower(person, organisation, tuple(projects[name])) for person, organisation, name in officers]
    return [borrower for borrower in alone for _ in range(chance.randint(1, KEEN))] + in_name * KEEN
