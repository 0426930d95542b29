"""People as the portal knows them: who they are and how to reach them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.audit.services import Audit
from portal.clock import Clock
from portal.mail.services import Outbox
from portal.people.models import LetterPurpose, Person
from portal.people.rules import password_flaws
from portal.people.services.accounts import Weak
from portal.people.services.letters import MAIL, Letters
from portal.security.passwords import Passwords


class EmailTaken(Exception):
    """Somebody has this e-mail address; ``person_id`` says who."""

    def __init__(self, person_id: UUID) -> None:
        super().__init__(f"e-mail of person {person_id}")
        self.person_id = person_id


class People:
    """Adds people other than through sign-up, and changes what they may change freely."""

    def __init__(
        self,
        session: Session,
        clock: Clock,
        passwords: Passwords,
        letters: Letters,
        outbox: Outbox,
        audit: Audit,
    ) -> None:
        self._audit = audit
        self._session = session
        self._clock = clock
        self._passwords = passwords
        self._letters = letters
        self._outbox = outbox

    def add(
        self,
        *,
        name: str,
        email: str | None = None,
        password: str | None = None,
        phone: str | None = None,
        language: str | None = None,
    ) -> Person:
        """Add a person whose e-mail needs no confirmation, and return them. Raises :class:`EmailTaken`, ``Weak``."""
        kept = self._kept(password, name, email) if password else None
        confirmed_at = self._clock.now() if email else None
        return self._added(
            name=name, email=email, phone=phone, language=language, password_hash=kept, email_confirmed_at=confirmed_at
        )

    def register_at_desk(
        self, *, name: str, phone: str | None, by: UUID, email: str | None = None, language: str | None = None
    ) -> Person:
        """Open an account for somebody at the desk and return them; by e-mail they get a link to choose a password.

        Raises :class:`EmailTaken`.
        """
        person = self._added(name=name, email=email, phone=phone, language=language, registered_by_id=by)
        self._audit.record("person.register", "person", person.id)
        if email:
            self._invite_online(person)
        return person

    def open_online(self, person: Person, email: str) -> None:
        """Give somebody whom a desk registered an e-mail, and send the link to choose a password.

        Raises :class:`EmailTaken`.
        """
        self._refuse_taken(email)
        with self._taking(email):
            person.email, person.email_confirmed_at = email, None
        self._audit.record("person.online", "person", person.id)
        self._invite_online(person)

    def describe(self, person: Person, *, name: str, phone: str | None, language: str | None) -> None:
        """Change what people may change about themselves without proving anything."""
        person.name, person.phone, person.language = name, phone, language

    def _added(self, **given: Any) -> Person:
        if given["email"]:
            self._refuse_taken(given["email"])
        person = Person(created_at=self._clock.now(), **given)
        with self._taking(given["email"]):
            self._session.add(person)
        return person

    @contextmanager
    def _taking(self, email: str | None) -> Iterator[None]:
        """Let what is done within it take an address. Raises :class:`EmailTaken` if somebody else was quicker."""
        try:
            with self._session.begin_nested():
                yield
        except IntegrityError:  # somebody took the address in this instant
            self._refuse_taken(email or "")
            raise

    def _refuse_taken(self, email: str) -> None:
        taken = self._session.scalar(select(Person.id).where(func.lower(Person.email) == func.lower(email)))
        if taken:
            raise EmailTaken(taken)

    def _kept(self, password: str, name: str, email: str | None) -> str:
        flaws = password_flaws(password, name=name, email=email or "")
        if flaws:
            raise Weak(flaws)
        return self._passwords.hash(password)

    def _invite_online(self, person: Person) -> None:
        secret = self._letters.issue(LetterPurpose.RESET, person, person.email or "")
        self._outbox.send(person, MAIL + "opened_at_desk.txt", person=person, secret=secret)
