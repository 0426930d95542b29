"""Our answer to what the portal knows about somebody: the account itself."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, or_, select

from portal.i18n import _
from portal.people.models import ApiToken, Invitation, Letter, Membership, Person, RoleGrant, SignIn
from portal.people.queries import administrators, memberships_of, organisations_left_alone
from portal.people.rules import leaves_nobody
from portal.ports.personal_data import PersonalData


class AccountData:
    """Who the person is, what they belong to, and where they are signed in."""

    def __init__(self, request) -> None:
        self._session = request.db
        self._clock = request.clock
        self._translate = request.localizer.translate

    def export(self, person_id: UUID) -> dict[str, Any]:
        person = self._session.get_one(Person, person_id)
        return {
            "account": {
                "id": str(person.id),
                "name": person.name,
                "email": person.email,
                "email_confirmed_at": _iso(person.email_confirmed_at),
                "phone": person.phone,
                "language": person.language,
                "created_at": _iso(person.created_at),
            },
            "organisations": [
                {"name": m.organisation.name, "officer": m.officer, "until": _iso(m.until)}
                for m in memberships_of(self._session, person_id)
            ],
            "roles": [
                {"role": held.role.value, "scope": held.scope, "since": _iso(held.since), "until": _iso(held.until)}
                for held in person.roles
            ],
            "invitations": [
                {
                    "organisation": one.organisation.name,
                    "sent": one.invited_by_id == person_id,
                    "to": one.email,
                    "created_at": _iso(one.created_at),
                    "expires_at": _iso(one.expires_at),
                }
                for one in self._session.scalars(
                    select(Invitation).where(_about(person)).order_by(Invitation.created_at)
                )
            ],
            "signed_in_browsers": [
                {"browser": browser, "since": _iso(since), "until": _iso(until)}
                for browser, since, until in self._rows(
                    SignIn.browser, SignIn.created_at, SignIn.expires_at, of=person_id
                )
            ],
            "access_tokens": [
                {"name": name, "created_at": _iso(since), "expires_at": _iso(until)}
                for name, since, until in self._rows(
                    ApiToken.name, ApiToken.created_at, ApiToken.expires_at, of=person_id
                )
            ],
        }

    def hindrances(self, person_id: UUID) -> list[str]:
        today = self._clock.today()
        sentence = _("Nobody else may act for ${organisation}: name somebody else there first.")
        reasons = [
            self._translate(sentence % {"organisation": name})
            for name in organisations_left_alone(self._session, person_id, today)
        ]
        admins = administrators(self._session)
        if leaves_nobody(admins, [term for term in admins if term[0] != person_id], today):
            nobody = _("Nobody else administers the portal: grant somebody else the role first.")
            reasons.append(self._translate(nobody))
        return reasons

    def erase(self, person_id: UUID, at: datetime) -> None:
        person = self._session.get_one(Person, person_id)
        self._session.execute(delete(Invitation).where(_about(person)))
        for kind in (Membership, RoleGrant, SignIn, Letter, ApiToken):
            self._session.execute(delete(kind).where(kind.person_id == person_id))
        person.name, person.erased_at = "", at
        person.email = person.email_confirmed_at = person.password_hash = None
        person.phone = person.language = person.calendar_token = None

    def _rows(self, *columns, of: UUID):
        kind = columns[0].class_
        return self._session.execute(select(*columns).where(kind.person_id == of).order_by(kind.created_at))


def _about(person: Person) -> ColumnElement[bool]:
    """Did somebody send an invitation, or is it to their address?"""
    received = func.lower(Invitation.email) == func.lower(person.email or "")
    return or_(Invitation.invited_by_id == person.id, received)


def _iso(value) -> str | None:
    return value.isoformat() if value else None


def includeme(config) -> None:
    config.answer(PersonalData, AccountData)
