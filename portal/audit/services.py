"""Writing the audit trail, in the same transaction as what it tells of."""

from datetime import date
from enum import Enum
from uuid import UUID

from sqlalchemy.orm import Session

from portal.audit.models import AuditEntry
from portal.clock import Clock
from portal.security.terms import Identity


class Audit:
    """What ``identity`` (None: the portal itself) does is recorded here."""

    def __init__(self, session: Session, clock: Clock, identity: Identity | None) -> None:
        self._session = session
        self._clock = clock
        self._identity = identity

    def record(self, act: str, subject_kind: str, subject_id: object, **detail: object) -> None:
        """Record that ``act`` (``role.grant``) was done to a thing. ``detail`` is never erased: no personal data."""
        self._session.add(
            AuditEntry(
                at=self._clock.now(),
                actor_id=self._identity.person_id if self._identity else None,
                acting_for_id=self._identity.acting_for_id if self._identity else None,
                act=str(act),
                subject_kind=subject_kind,
                subject_id=str(subject_id),
                detail={name: _plain(value) for name, value in detail.items()},
            )
        )


def _plain(value: object) -> object:
    """Return ``value`` as JSON can keep it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(inner) for inner in value]
    return value
