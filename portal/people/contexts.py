"""What the addresses of pages about people point at. What is not there is a 404."""

from uuid import UUID

from pyramid.httpexceptions import HTTPNotFound
from sqlalchemy import select

from portal.people.models import Membership, Organisation, Person
from portal.people.queries import members_of
from portal.people.rules import officers
from portal.security.addresses import matched_id


class OrganisationContext:
    """An organisation with its members; its owners are those who may act in its name today."""

    def __init__(self, request) -> None:
        organisation = request.db.get(Organisation, matched_id(request, "organisation"))
        if organisation is None:
            raise HTTPNotFound
        self.organisation = organisation
        self.members = members_of(request.db, organisation.id)
        self.owner_ids = officers(((m.person_id, m.officer, m.until) for m in self.members), request.clock.today())

    def member(self, person_id: UUID) -> Membership:
        """Return somebody's membership. Raises ``HTTPNotFound`` for who is no member."""
        for membership in self.members:
            if membership.person_id == person_id:
                return membership
        raise HTTPNotFound


class PersonContext:
    """A person whose account is not erased."""

    def __init__(self, request) -> None:
        wanted = select(Person).where(Person.id == matched_id(request, "person"), Person.erased_at.is_(None))
        self.person = request.db.scalar(wanted)
        if self.person is None:
            raise HTTPNotFound


class DiaryContext:
    """The diary at a secret address. What is no longer, or never was, somebody's address is a 404."""

    def __init__(self, request) -> None:
        token = request.matchdict["token"]
        self.owner = request.db.scalar(select(Person).where(Person.calendar_token == token, Person.erased_at.is_(None)))
        if self.owner is None:
            raise HTTPNotFound
