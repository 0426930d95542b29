"""What pages show of people and organisations."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.db import Found
from portal.people.models import ApiToken, Invitation, Membership, Organisation, Person, RoleGrant, SignIn
from portal.people.rules import Term, officers, search_text, search_words
from portal.people.terms import Role


def present_person(request) -> Person | None:
    """Return ``request.person``: the row of who is signed in, or None. Permissions need only ``request.identity``."""
    return request.db.get(Person, request.identity.person_id) if request.identity else None


def found_people(session: Session, text: str = "", *, limit: int = 20, offset: int = 0) -> Found[Person]:
    """Return the people of whom every word is in name, e-mail or phone, by name; for the empty text, everybody."""
    wanted = select(Person).where(Person.erased_at.is_(None))
    for word in search_words(text):
        wanted = wanted.where(Person.search_text.contains(word, autoescape=True))
    page = (
        wanted.options(selectinload(Person.roles)).order_by(Person.search_text, Person.id).limit(limit).offset(offset)
    )
    total = session.scalar(select(func.count()).select_from(wanted.subquery()))
    return Found(list(session.scalars(page)), total or 0)


def sign_ins_of(session: Session, person_id: UUID, now: datetime) -> list[SignIn]:
    """Return the browsers in which the person is signed in, the latest first."""
    alive = select(SignIn).where(SignIn.person_id == person_id, SignIn.expires_at > now)
    return list(session.scalars(alive.order_by(SignIn.created_at.desc())))


def tokens_of(session: Session, person_id: UUID) -> list[ApiToken]:
    """Return the person's bearer tokens, those that ran out included, the latest first."""
    return list(
        session.scalars(select(ApiToken).where(ApiToken.person_id == person_id).order_by(ApiToken.created_at.desc()))
    )


def memberships_of(session: Session, person_id: UUID) -> list[Membership]:
    """Return what the person belongs to, by name."""
    memberships = session.scalars(
        select(Membership).options(joinedload(Membership.organisation)).where(Membership.person_id == person_id)
    )
    return sorted(memberships, key=lambda membership: search_text(membership.organisation.name))


def mandates_of(session: Session, person_id: UUID, today: date) -> list[Organisation]:
    """Return the organisations in whose name the person may act today, by name."""
    theirs = select(Organisation).join(Organisation.memberships).where(Membership.person_id == person_id)
    found = session.scalars(theirs.where(Membership.in_force(today)))
    return sorted(found, key=lambda organisation: search_text(organisation.name))


def officer_ids(session: Session, organisation_id: UUID, today: date) -> set[UUID]:
    """Return who may act in the organisation's name today."""
    theirs = select(Membership.person_id).where(Membership.organisation_id == organisation_id)
    return set(session.scalars(theirs.where(Membership.in_force(today))))


def may_act(session: Session, person_id: UUID, organisation_id: UUID | None, today: date) -> bool:
    """May the person act in the organisation's name today? In nobody's, everybody may."""
    return organisation_id is None or person_id in officer_ids(session, organisation_id, today)


def members_of(session: Session, organisation_id: UUID) -> list[Membership]:
    """Return who belongs to the organisation: officers first, then by name."""
    return list(
        session.scalars(
            select(Membership)
            .join(Membership.person)
            .options(joinedload(Membership.person))
            .where(Membership.organisation_id == organisation_id)
            .order_by(Membership.officer.desc(), Person.name)
        )
    )


def invitations_of(session: Session, organisation_id: UUID, now: datetime) -> list[Invitation]:
    """Return the invitations that were not answered yet, the latest first."""
    waiting = select(Invitation).where(Invitation.organisation_id == organisation_id, Invitation.expires_at > now)
    return list(session.scalars(waiting.order_by(Invitation.created_at.desc())))


def administrators(session: Session) -> list[Term]:
    """Return who administers the portal, from when and until when: those of today, of the past and to come."""
    granted = select(RoleGrant.person_id, RoleGrant.since, RoleGrant.until)
    everywhere = granted.where(RoleGrant.role == Role.ADMIN, RoleGrant.scope.is_(None))
    return [(person_id, since, until) for person_id, since, until in session.execute(everywhere)]


def organisations_left_alone(session: Session, person_id: UUID, today: date) -> list[str]:
    """Return the names of organisations whose other members would be without an officer if the person left."""
    names = []
    for organisation in mandates_of(session, person_id, today):
        others = [m for m in members_of(session, organisation.id) if m.person_id != person_id]
        if others and not officers(((m.person_id, m.officer, m.until) for m in others), today):
            names.append(organisation.name)
    return names


def organisations_called(session: Session, text: str) -> list[UUID]:
    """Return the organisations whose name holds every word of the text, or whose number it is, by name.

    Accents do not matter. Databases put É after Z, or not, as they were installed, so names are compared here.
    """
    words, number = search_words(text), "".join(text.split()).upper()
    known = session.execute(select(Organisation.id, Organisation.name, Organisation.siret, Organisation.rna)).all()
    named = [(search_text(one.name), one.id) for one in known if number in (one.siret, one.rna)] or [
        (folded, one.id) for one in known for folded in [search_text(one.name)] if all(word in folded for word in words)
    ]
    return [id_ for _name, id_ in sorted(named)]


def found_organisations(
    session: Session, text: str = "", *, limit: int = 20, offset: int = 0
) -> Found[tuple[Organisation, int]]:
    """Return ``(organisation, members)`` rows of those whose name or number holds the text, by name."""
    ids = organisations_called(session, text)
    members = select(func.count()).where(Membership.organisation_id == Organisation.id).scalar_subquery()
    shown = select(Organisation, members).where(Organisation.id.in_(ids[offset : offset + limit]))
    rows = {organisation.id: (organisation, count) for organisation, count in session.execute(shown)}
    return Found([rows[id_] for id_ in ids[offset : offset + limit]], len(ids))
