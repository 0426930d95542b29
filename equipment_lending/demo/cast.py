"""Who and what takes part in the life of the demo city, read back from the database.

Sorted here, not there: the two databases do not agree on the order of words.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from random import Random
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from equipment_lending.demo.plan import Borrower, Counter, Shelf
from equipment_lending.models import EquipmentModel, LendingPoint, Stock
from equipment_lending.queries.calendars import calendars, policies
from portal.people.models import Membership, Organisation, Person, RoleGrant
from portal.people.terms import Role

KEEN = 3
"""How many times more often than others the keenest borrow."""


def counters(session: Session) -> dict[str, Counter]:
    """Return the lending points by slug, with their hours and what stands on their shelves."""
    points = sorted(session.scalars(select(LendingPoint)), key=lambda point: point.slug)
    calendar_of = calendars(session, points)
    shelves = _shelves(session)
    return {point.slug: Counter(point, calendar_of[point.id], shelves[point.id]) for point in points}


def _shelves(session: Session) -> Mapping[UUID, dict[str, Shelf]]:
    """Return what each point lends, by the model's slug; parts of a kit are not lent alone."""
    model, point, items = joinedload(Stock.model), joinedload(Stock.point), selectinload(Stock.items)
    stocks = session.scalars(select(Stock).options(model.joinedload(EquipmentModel.category), point, items)).all()
    policy_of = policies(session, stocks)
    found: dict[UUID, dict[str, Shelf]] = defaultdict(dict)
    for stock in sorted(stocks, key=lambda stock: stock.model.slug):
        units = [item.units for item in stock.items if item.parent_id is None]
        found[stock.point_id][stock.model.slug] = Shelf(stock, policy_of[stock.id], len(units), sum(units))
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
    residents = session.scalars(select(Person).where(Person.id.not_in(staff)))
    mandates = session.scalars(
        select(Membership)
        .options(joinedload(Membership.organisation), joinedload(Membership.person))
        .where(Membership.officer)
    )
    alone = [Borrower(one.id, online=one.email is not None) for one in sorted(residents, key=lambda one: one.name)]
    in_name = [
        Borrower(mandate.person_id, mandate.organisation_id, tuple(projects[mandate.organisation.name]))
        for mandate in sorted(mandates, key=lambda mandate: (mandate.organisation.name, mandate.person.name))
    ]
    return [one for one in alone for _ in range(chance.randint(1, KEEN if one.online else 1))] + in_name * 2
