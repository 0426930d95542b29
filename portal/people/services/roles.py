"""Who is trusted with what: roles granted and revoked, each act in the audit trail."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.services import Audit
from portal.clock import Clock
from portal.db.locking import lock
from portal.people.models import Person, RoleGrant
from portal.people.queries import administrators
from portal.people.rules import Term, leaves_nobody
from portal.people.terms import Role


class LastAdmin(Exception):
    """Without this grant nobody could administer the portal."""


class Roles:
    """Grants and revokes roles."""

    def __init__(self, session: Session, clock: Clock, audit: Audit) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit

    def grant(
        self,
        person: Person,
        role: Role,
        scope: str | None = None,
        *,
        since: date | None = None,
        until: date | None = None,
        by: UUID | None = None,
    ) -> RoleGrant:
        """Trust a person with a role, everywhere or in ``scope``, from today or a day on; return the grant.

        The same role in the same scope is dated anew, not granted twice. Raises ``ValueError`` for days out of order,
        and :class:`LastAdmin` where that would end the time of the last administrator.
        """
        since = since or self._clock.today()
        if until is not None and until < since:
            raise ValueError(f"a role cannot end on {until}, before {since}")
        lock_with_administrators(self._session, person.id)
        if role is Role.ADMIN and scope is None:
            self._refuse_last_admin(person.id, (person.id, since, until))
        grant = self._session.scalar(
            select(RoleGrant).where(
                RoleGrant.person_id == person.id,
                RoleGrant.role == role,
                RoleGrant.scope == scope if scope else RoleGrant.scope.is_(None),
            )
        ) or RoleGrant(person=person, role=role, scope=scope)
        grant.since, grant.until, grant.granted_by_id = since, until, by
        self._session.add(grant)
        self._session.flush()
        self._audit.record("role.grant", "person", person.id, role=role, scope=scope, since=since, until=until)
        return grant

    def revoke(self, grant: RoleGrant) -> None:
        """End a grant at once. Raises :class:`LastAdmin`."""
        lock_with_administrators(self._session, grant.person_id)
        if grant.role is Role.ADMIN and grant.scope is None:
            self._refuse_last_admin(grant.person_id)
        self._audit.record("role.revoke", "person", grant.person_id, role=grant.role, scope=grant.scope)
        grant.person.roles.remove(grant)
        self._session.flush()

    def _refuse_last_admin(self, person_id: UUID, *instead: Term) -> None:
        """Refuse to replace a person's time as administrator by ``instead`` where nobody would be left."""
        before = administrators(self._session)
        others = [term for term in before if term[0] != person_id]
        if leaves_nobody(before, [*others, *instead], self._clock.today()):
            raise LastAdmin


def lock_with_administrators(session: Session, person_id: UUID) -> None:
    """Hold a person, and with an administrator all of them: one decision about administrators at a time."""
    admins = {admin for admin, _since, _until in administrators(session)}
    lock(session, Person, {person_id, *admins})
