"""Signing in and out, for whom one acts, and which browsers are signed in."""

import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.clock import Clock
from portal.people.models import Membership, Person, SignIn
from portal.people.rules import browser_named, in_force
from portal.security.identify import LIFETIME, secret_hash
from portal.security.limits import Attempts, Limit
from portal.security.passwords import Passwords

BY_ACCOUNT = Limit("sign-in.account", 10, timedelta(minutes=5))
BY_ADDRESS = Limit("sign-in.address", 100, timedelta(minutes=5))
"""An address may be a whole neighbourhood centre's."""


class NotRecognised(Exception):
    """No confirmed account has this e-mail and this password; which of the three it is, nobody learns."""


class NotAnOfficer(Exception):
    """The person holds no mandate of the organisation today."""


class SignIns:
    """Who is signed in, in which browser, and for whom they act there."""

    def __init__(self, session: Session, clock: Clock, passwords: Passwords, attempts: Attempts) -> None:
        self._session = session
        self._clock = clock
        self._passwords = passwords
        self._attempts = attempts

    def sign_in(self, email: str, password: str, *, address: str, user_agent: str) -> str:
        """Return the secret for the browser's cookie. Each call checks one password, whether the account exists or not.

        Raises :class:`NotRecognised`, and ``TooMany`` after too many wrong ones; both leave their count behind.
        """
        self._attempts.spend(BY_ADDRESS, address)
        self._attempts.spend(BY_ACCOUNT, email)
        person = self._session.scalar(select(Person).where(func.lower(Person.email) == func.lower(email)))
        right = self._passwords.matches(person.password_hash if person else None, password)
        if person is None or not right or person.email_confirmed_at is None:
            raise NotRecognised
        self._attempts.give_back(BY_ADDRESS, address)
        self._attempts.give_back(BY_ACCOUNT, email)
        if person.password_hash and self._passwords.is_outdated(person.password_hash):
            person.password_hash = self._passwords.hash(password)
        return self.open(person, user_agent)

    def open(self, person: Person, user_agent: str) -> str:
        """Sign the person in, who has just proven who they are, and return the secret for the browser's cookie."""
        secret, now = secrets.token_urlsafe(32), self._clock.now()
        self._session.add(
            SignIn(
                secret_hash=secret_hash(secret),
                person=person,
                created_at=now,
                expires_at=now + LIFETIME,
                browser=browser_named(user_agent),
            )
        )
        self._session.flush()
        return secret

    def end(self, person_id: UUID, sign_in_id: UUID) -> bool:
        """Sign out one of the person's browsers. False when they have no such one."""
        gone = delete(SignIn).where(SignIn.person_id == person_id, SignIn.id == sign_in_id)
        return self._session.scalar(gone.returning(SignIn.id)) is not None

    def end_all(self, person_id: UUID, but: UUID | None = None) -> None:
        """Sign the person out everywhere, ``but`` in this browser."""
        gone = delete(SignIn).where(SignIn.person_id == person_id)
        self._session.execute(gone.where(SignIn.id != but) if but else gone)

    def act_for(self, sign_in_id: UUID, organisation_id: UUID | None) -> None:
        """Let this browser act for an organisation, or (None) for the person alone. Raises :class:`NotAnOfficer`."""
        sign_in = self._session.get_one(SignIn, sign_in_id)
        if organisation_id is not None and not self._is_officer(sign_in.person_id, organisation_id):
            raise NotAnOfficer
        sign_in.acting_for_id = organisation_id
        self._session.flush()

    def forget_ended(self) -> None:
        """Delete the sign-ins that have run out."""
        self._session.execute(delete(SignIn).where(SignIn.expires_at <= self._clock.now()))

    def _is_officer(self, person_id: UUID, organisation_id: UUID) -> bool:
        found = self._session.scalar(
            select(Membership).where(Membership.person_id == person_id, Membership.organisation_id == organisation_id)
        )
        return found is not None and in_force(found.officer, found.until, self._clock.today())
