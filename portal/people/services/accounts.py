"""How an account is opened, proven and kept: e-mail addresses and passwords.

Whoever asks at the door learns nothing about who has an account: known or not, each question costs one password check
or hash, is counted alike, and sends one letter, which tells the address's owner how things are.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.clock import Clock
from portal.mail.services import Outbox
from portal.people.models import Letter, LetterPurpose, Person
from portal.people.rules import password_flaws
from portal.people.services.letters import LETTERS_BY, LETTERS_TO, MAIL, Letters, LinkSpent
from portal.people.services.sign_ins import SignIns
from portal.people.terms import PasswordFlaw
from portal.security.limits import Attempts, Limit
from portal.security.passwords import Passwords

LETTERS_FROM = Limit("letters.address", 60, timedelta(hours=1))
PASSWORDS_OF = Limit("password.person", 10, timedelta(minutes=5))


class Weak(Exception):
    """The password is not accepted. ``flaws`` is the full, non-empty set of :class:`PasswordFlaw`."""

    def __init__(self, flaws: set[PasswordFlaw]) -> None:
        super().__init__(", ".join(sorted(flaws)))
        self.flaws = flaws


class WrongPassword(Exception):
    """It is not the person's password."""


class Accounts:
    """Sign-up, confirmation, forgotten passwords, changes of password and of e-mail."""

    def __init__(
        self,
        session: Session,
        clock: Clock,
        passwords: Passwords,
        attempts: Attempts,
        letters: Letters,
        sign_ins: SignIns,
        outbox: Outbox,
    ) -> None:
        self._session = session
        self._clock = clock
        self._passwords = passwords
        self._attempts = attempts
        self._letters = letters
        self._sign_ins = sign_ins
        self._outbox = outbox

    def sign_up(self, *, name: str, email: str, password: str, language: str | None, address: str) -> None:
        """Open an account that waits for the letter's link; where there is a confirmed one already, its owner is told.

        An account that still waits takes the new name and password. Raises :class:`Weak` and ``TooMany``.
        """
        self._check_strength(password, name, email)
        self._count_letter(email, address)
        kept = self._passwords.hash(password)
        person = self.by_email(email) or self._opened(email)
        if person.email_confirmed_at is None and person.registered_by_id is None:
            person.name, person.password_hash, person.language = name, kept, language
        self._tell_standing(person, email, language)

    def ask_confirmation(self, *, email: str, language: str | None, address: str) -> None:
        """Send the link that confirms an account once more, or a word on how things are. Raises ``TooMany``."""
        self._count_letter(email, address)
        self._passwords.matches(None, "")
        self._tell_standing(self.by_email(email), email, language)

    def confirm(self, secret: str, password: str) -> Person:
        """Confirm an account and return its person, to be signed in.

        The password shows that who reads the letter is who signed up: an account that a stranger opened with somebody's
        address is not made theirs by a click. Raises ``LinkSpent``, :class:`WrongPassword` and ``TooMany``.
        """
        letter = self._letters.find(secret, LetterPurpose.CONFIRM)
        self.check_password(letter.person, password)
        self._letters.use(letter)
        self._confirmed(letter)
        return letter.person

    def ask_reset(self, *, email: str, language: str | None, address: str) -> None:
        """Send a link to choose a new password with, or a word that nobody has this address. Raises ``TooMany``."""
        self._count_letter(email, address)
        self._passwords.matches(None, "")
        person = self.by_email(email)
        if person is None:
            self._outbox.send(email, MAIL + "no_account.txt", language=language)
        else:
            self._send_reset(person)

    def reset(self, secret: str, password: str) -> Person:
        """Set the password of who holds the letter, sign them out everywhere, and return them.

        That they hold it confirms their address. Raises ``LinkSpent`` and :class:`Weak`, which leaves the link good.
        """
        letter = self._letters.find(secret, LetterPurpose.RESET)
        person = letter.person
        self._check_strength(password, person.name, letter.email)
        self._letters.use(letter)
        self._confirmed(letter)
        self._set_password(person, password)
        return person

    def change_password(self, person: Person, present: str, new: str, here: UUID | None) -> None:
        """Change the password, sign out every browser but the one ``here``, and tell the person by mail.

        Raises :class:`WrongPassword`, :class:`Weak` and ``TooMany``.
        """
        self.check_password(person, present)
        self._check_strength(new, person.name, person.email or "")
        self._set_password(person, new, here)

    def ask_email_change(self, person: Person, password: str, email: str) -> None:
        """Send a link to the new address. One that is somebody's already gets a word about that instead.

        Raises :class:`WrongPassword` and ``TooMany``.
        """
        self.check_password(person, password)
        self._attempts.spend(LETTERS_BY, str(person.id))
        self._attempts.spend(LETTERS_TO, email)
        theirs = self.by_email(email)
        if theirs not in (None, person):
            self._outbox.send(theirs, MAIL + "already.txt")
            return
        secret = self._letters.issue(LetterPurpose.CHANGE_EMAIL, person, email)
        self._outbox.send(
            email, MAIL + "new_email.txt", language=person.language, of=person, person=person, secret=secret
        )

    def change_email(self, secret: str) -> Person:
        """Make the address that the link was sent to the person's; the old one is told. Raises ``LinkSpent``."""
        letter = self._letters.find(secret, LetterPurpose.CHANGE_EMAIL)
        person, former = letter.person, letter.person.email
        self._letters.use(letter)
        try:
            with self._session.begin_nested():
                person.email = letter.email
        except IntegrityError as taken:
            raise LinkSpent from taken
        person.email_confirmed_at = self._clock.now()
        self._letters.void(person)
        if former:
            self._outbox.send(former, MAIL + "email_changed.txt", language=person.language, of=person, person=person)
        return person

    def check_password(self, person: Person, password: str) -> None:
        """Check a person's password again. Raises :class:`WrongPassword` and ``TooMany``; both leave their count."""
        self._attempts.spend(PASSWORDS_OF, str(person.id))
        if not self._passwords.matches(person.password_hash, password):
            raise WrongPassword
        self._attempts.give_back(PASSWORDS_OF, str(person.id))

    def by_email(self, email: str) -> Person | None:
        return self._session.scalar(select(Person).where(func.lower(Person.email) == func.lower(email)))

    def _opened(self, email: str) -> Person:
        """Return a new account, or the one that somebody opened for this address in the same instant."""
        person = Person(name="", email=email, created_at=self._clock.now())
        try:
            with self._session.begin_nested():
                self._session.add(person)
        except IntegrityError:
            return self._session.scalars(select(Person).where(func.lower(Person.email) == func.lower(email))).one()
        return person

    def _tell_standing(self, person: Person | None, email: str, language: str | None) -> None:
        """Send the one letter that fits: confirm, you have an account, or there is none."""
        if person is None:
            self._outbox.send(email, MAIL + "no_account.txt", language=language)
        elif person.email_confirmed_at:
            self._outbox.send(person, MAIL + "already.txt")
        elif person.registered_by_id:  # known from a desk: who reads the letter chooses the password
            self._send_reset(person)
        else:
            secret = self._letters.issue(LetterPurpose.CONFIRM, person, email)
            self._outbox.send(
                person, MAIL + "confirm.txt", language=person.language or language, person=person, secret=secret
            )

    def _send_reset(self, person: Person) -> None:
        secret = self._letters.issue(LetterPurpose.RESET, person, person.email or "")
        self._outbox.send(person, MAIL + "reset.txt", person=person, secret=secret)

    def _confirmed(self, letter: Letter) -> None:
        letter.person.email_confirmed_at = letter.person.email_confirmed_at or self._clock.now()

    def _set_password(self, person: Person, password: str, here: UUID | None = None) -> None:
        person.password_hash = self._passwords.hash(password)
        self._letters.void(person)
        self._sign_ins.end_all(person.id, but=here)
        self._outbox.send(person, MAIL + "password_changed.txt", person=person)

    def _check_strength(self, password: str, name: str, email: str) -> None:
        flaws = password_flaws(password, name=name, email=email)
        if flaws:
            raise Weak(flaws)

    def _count_letter(self, email: str, address: str) -> None:
        self._attempts.spend(LETTERS_FROM, address)
        self._attempts.spend(LETTERS_TO, email)
