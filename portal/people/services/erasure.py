"""Forgetting somebody, everywhere at once."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from portal.clock import Clock
from portal.db.locking import lock
from portal.people.models import Organisation
from portal.people.queries import memberships_of
from portal.people.services.roles import lock_with_administrators
from portal.ports.personal_data import PersonalData


class Hindered(Exception):
    """The person cannot be erased now. ``reasons`` are sentences for the reader."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(f"{len(reasons)} reasons")
        self.reasons = reasons


class Erasure:
    """Asks every part of the portal that knows something about people."""

    def __init__(self, session: Session, clock: Clock, knowing: Sequence[PersonalData]) -> None:
        self._session = session
        self._clock = clock
        self._knowing = knowing

    def export(self, person_id: UUID) -> dict[str, object]:
        """Return everything kept about the person, as JSON values."""
        return {name: value for data in self._knowing for name, value in data.export(person_id).items()}

    def hindrances(self, person_id: UUID) -> list[str]:
        """Return why the person cannot be erased now; empty means nothing does."""
        return [reason for data in self._knowing for reason in data.hindrances(person_id)]

    def erase(self, person_id: UUID) -> None:
        """Forget who the person is; statistics stay, under the bare id. Raises :class:`Hindered`, nothing forgotten."""
        self._alone_with(person_id)
        reasons = self.hindrances(person_id)
        if reasons:
            raise Hindered(reasons)
        self._forget(person_id)

    def erase_again(self, person_id: UUID) -> None:
        """Forget somebody who was erased and came back with a backup, whatever would hinder it: it did not then."""
        self._alone_with(person_id)
        self._forget(person_id)

    def _forget(self, person_id: UUID) -> None:
        at = self._clock.now()
        for data in self._knowing:
            data.erase(person_id, at)
        self._session.flush()

    def _alone_with(self, person_id: UUID) -> None:
        """Hold whoever must not leave at the same time: fellow administrators, and those of their organisations."""
        lock_with_administrators(self._session, person_id)
        lock(self._session, Organisation, [m.organisation_id for m in memberships_of(self._session, person_id)])
        self._session.expire_all()
