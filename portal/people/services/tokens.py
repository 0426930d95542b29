"""Bearer tokens, with which a program acts as its person."""

import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.clock import Clock
from portal.people.models import ApiToken, Person
from portal.security.identify import secret_hash


class ApiTokens:
    """Makes and revokes bearer tokens. A token is shown once; only its hash is kept."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def create(self, person: Person, *, name: str = "", days: int | None = None) -> str:
        """Return a new token, good for so many days (None: until it is revoked)."""
        token, now = secrets.token_urlsafe(32), self._clock.now()
        self._session.add(
            ApiToken(
                secret_hash=secret_hash(token),
                person=person,
                name=name,
                created_at=now,
                expires_at=now + timedelta(days=days) if days else None,
            )
        )
        self._session.flush()
        return token

    def revoke(self, person_id: UUID, token_id: UUID) -> bool:
        """Let one of the person's tokens be good no more. False when they have no such one."""
        gone = delete(ApiToken).where(ApiToken.person_id == person_id, ApiToken.id == token_id)
        return self._session.scalar(gone.returning(ApiToken.id)) is not None
