"""The people of the demo city: residents, staff for every role, and the organisations that they speak for."""

from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.services import Audit
from portal.clock import StoppedClock
from portal.mail.services import Outbox
from portal.own_files import read_yaml
from portal.people.models import Membership, Person
from portal.people.services import Organisations, Roles
from portal.people.terms import OrganisationKind, Role
from portal.security.limits import Attempts
from portal.security.passwords import Passwords
from portal.security.terms import Identity

PASSWORD = "rade-de-brest-29"  # noqa: S105 (everybody may know it)
TOUR = (
    (
        "solenn",
        "grants officer",
        "borrow as a resident does: calls and grants, which this role is for, are not here yet",
    ),
    (
        "vincent",
        "trainer",
        "borrow as a resident does: modules and workshops, which this role is for, are not here yet",
    ),
    (
        "rozenn",
        "moderator",
        "*Moderation*: look at what visitors pointed out, hide it or leave it, put back what was hidden",
    ),
    ("armelle", "administrator", "*Administration*: people and roles, opening hours, rules, the audit trail"),
)
A_YEAR = 365


def load(request, chance: Random) -> None:
    """Bring in the people, and the organisations with their members."""
    people = told()
    newcomers = Newcomers(request, chance)
    for one in people["staff"]:
        newcomers.trust(newcomers.add(one["who"], one["name"]), Role(one["role"]))
    for one in people["residents"]:
        newcomers.add(**{"language": "fr"} | one)
    for one in people["organisations"]:
        _found(request, **one)


def told() -> Any:
    """Return who lives in the demo city, as its file tells it."""
    return read_yaml(__package__, "people.yaml")


class Newcomers:
    """Opens accounts that all have the password of the tour. It is hashed once: that takes its time, on purpose."""

    def __init__(self, request, chance: Random) -> None:
        self._session = request.db
        self._now = request.clock.now().replace(second=0, microsecond=0)
        self._chance = chance
        self._kept = request.find_service(Passwords).hash(PASSWORD)

    def add(self, who: str, name: str, *, phone: str | None = None, language: str | None = None) -> Person:
        """Return a person, new to the database, who opened an account one or two years ago."""
        since = self._now - timedelta(days=A_YEAR, minutes=self._chance.randrange(A_YEAR * 24 * 60))
        person = Person(
            name=name,
            email=address(who),
            email_confirmed_at=since,
            password_hash=self._kept,
            phone=phone,
            language=language,
            created_at=since,
        )
        self._session.add(person)
        self._session.flush()
        return person

    def trust(self, person: Person, role: Role, scope: str | None = None) -> None:
        """Give somebody a role from the day on which they opened their account."""
        clock = StoppedClock(person.created_at)
        Roles(self._session, clock, Audit(self._session, clock, None)).grant(person, role, scope)


def address(who: str) -> str:
    """Return where somebody of the demo city gets their letters, and what they sign in with."""
    return f"{who}@communs.example"


def named(session: Session, who: str) -> Person:
    """Return somebody of the demo city."""
    return session.scalars(select(Person).where(Person.email == address(who))).one()


def _found(request, *, officers: list[str], members: list[str], kind: str, **told: Any) -> None:
    """Let the first officer record an organisation, soon after they came; the others join."""
    first, *others = (named(request.db, who) for who in officers)
    clock = StoppedClock(first.created_at + timedelta(hours=1))
    audit = Audit(request.db, clock, Identity(first.id, first.name, first.language))
    founding = Organisations(request.db, clock, request.find_service(Attempts), request.find_service(Outbox), audit)
    organisation = founding.create(first, kind=OrganisationKind(kind), **told)
    joining = [(person, True) for person in others] + [(named(request.db, who), False) for who in members]
    request.db.add_all(Membership(organisation=organisation, person=who, officer=officer) for who, officer in joining)
    request.db.flush()
