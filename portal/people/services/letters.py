"""Links that prove an address: made, found, and used once."""

import secrets
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.clock import Clock
from portal.people.models import Letter, LetterPurpose, Person
from portal.security.identify import secret_hash
from portal.security.limits import Limit

MAIL = "portal:templates/portal/mail/"
LETTERS_TO = Limit("letters.email", 5, timedelta(hours=1))
LETTERS_BY = Limit("letters.person", 20, timedelta(hours=1))
"""How many letters one person may have sent to addresses of their choice: enough to invite a whole board."""

GOOD_FOR = {
    LetterPurpose.CONFIRM: timedelta(days=3),
    LetterPurpose.RESET: timedelta(hours=2),
    LetterPurpose.CHANGE_EMAIL: timedelta(days=1),
}


class LinkSpent(Exception):
    """The link was used, is too old, was followed by a newer one, or never was."""


class Letters:
    """The links that letters carry. What a link is good for, the caller does."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def issue(self, purpose: LetterPurpose, person: Person, email: str) -> str:
        """Return the secret of a new link; the person's former ones of this purpose are good no more."""
        self.void(person, purpose)
        secret, now = secrets.token_urlsafe(32), self._clock.now()
        self._session.add(
            Letter(
                secret_hash=secret_hash(secret),
                purpose=purpose,
                person=person,
                email=email,
                created_at=now,
                expires_at=now + GOOD_FOR[purpose],
            )
        )
        self._session.flush()
        return secret

    def find(self, secret: str, purpose: LetterPurpose) -> Letter:
        """Return the link's letter. Raises :class:`LinkSpent`."""
        letter = self._session.scalar(
            select(Letter)
            .where(Letter.secret_hash == secret_hash(secret), Letter.purpose == purpose)
            .where(Letter.used_at.is_(None), Letter.expires_at > self._clock.now())
        )
        if letter is None:
            raise LinkSpent
        return letter

    def use(self, letter: Letter) -> None:
        """Use the link, which is good no more from here on. Raises :class:`LinkSpent` when somebody was faster."""
        use = update(Letter).where(Letter.id == letter.id, Letter.used_at.is_(None)).values(used_at=self._clock.now())
        if self._session.scalar(use.returning(Letter.id)) is None:
            raise LinkSpent

    def void(self, person: Person, *purposes: LetterPurpose) -> None:
        """Let no link of these purposes (none named: of any) that was sent to the person be good any more."""
        self._session.flush()
        self._session.execute(
            update(Letter)
            .where(Letter.person_id == person.id, Letter.used_at.is_(None))
            .where(Letter.purpose.in_(purposes or LetterPurpose))
            .values(used_at=self._clock.now())
        )

    def forget_spent(self) -> None:
        """Delete the letters that have been of no use for a month."""
        self._session.execute(delete(Letter).where(Letter.expires_at < self._clock.now() - timedelta(days=30)))
