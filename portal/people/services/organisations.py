"""Organisations, who belongs to them, and who may act in their name."""

import secrets
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.audit.services import Audit
from portal.clock import Clock
from portal.db.locking import lock
from portal.mail.services import Outbox
from portal.people.models import Invitation, Membership, Organisation, Person
from portal.people.rules import officers
from portal.people.services.letters import LETTERS_BY, LETTERS_TO, MAIL, LinkSpent
from portal.people.terms import OrganisationKind
from portal.security.identify import secret_hash
from portal.security.limits import Attempts

INVITATION_GOOD_FOR = timedelta(days=14)


class NumberTaken(Exception):
    """Another organisation has this number. ``field`` is ``siret`` or ``rna``."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class LastOfficer(Exception):
    """Nobody else may act for the organisation: somebody must be named first."""


class Organisations:
    """Founds organisations and keeps the list of their members."""

    def __init__(self, session: Session, clock: Clock, attempts: Attempts, outbox: Outbox, audit: Audit) -> None:
        self._session = session
        self._clock = clock
        self._attempts = attempts
        self._outbox = outbox
        self._audit = audit

    def create(
        self,
        founder: Person,
        *,
        name: str,
        kind: OrganisationKind,
        siret: str | None = None,
        rna: str | None = None,
        email: str | None = None,
        phone: str | None = None,
    ) -> Organisation:
        """Record an organisation with ``founder`` as its first officer; return it. Raises :class:`NumberTaken`."""
        organisation = Organisation(
            name=name, kind=kind, siret=siret, rna=rna, email=email, phone=phone, created_at=self._clock.now()
        )
        self._refuse_taken(organisation)
        try:
            with self._session.begin_nested():
                self._session.add(organisation)
        except IntegrityError:  # somebody recorded it in this instant
            self._refuse_taken(organisation)
            raise
        self._session.add(Membership(organisation=organisation, person=founder, officer=True))
        self._audit.record("organisation.create", "organisation", organisation.id)
        return organisation

    def invite(
        self, organisation: Organisation, by: Person, email: str, *, officer: bool = False, until: date | None = None
    ) -> None:
        """Send a letter with which its reader can join. Raises ``TooMany``."""
        self._attempts.spend(LETTERS_BY, str(by.id))
        self._attempts.spend(LETTERS_TO, email)
        secret, now = secrets.token_urlsafe(32), self._clock.now()
        self._session.add(
            Invitation(
                secret_hash=secret_hash(secret),
                organisation=organisation,
                invited_by=by,
                email=email,
                officer=officer,
                until=until,
                created_at=now,
                expires_at=now + INVITATION_GOOD_FOR,
            )
        )
        self._audit.record("invitation.send", "organisation", organisation.id, officer=officer, until=until)
        known = self._session.scalar(select(Person.language).where(func.lower(Person.email) == func.lower(email)))
        self._outbox.send(
            email,
            MAIL + "invitation.txt",
            language=known or by.language,
            organisation=organisation,
            inviter=by,
            secret=secret,
        )

    def invitation(self, secret: str) -> Invitation:
        """Return an invitation that is still good. Raises ``LinkSpent``."""
        found = self._session.scalar(
            select(Invitation).where(
                Invitation.secret_hash == secret_hash(secret), Invitation.expires_at > self._clock.now()
            )
        )
        if found is None:
            raise LinkSpent
        return found

    def accept(self, secret: str, person: Person) -> Organisation:
        """Let the person join, or a member become an officer; return the organisation. Raises ``LinkSpent``."""
        invitation = self.invitation(secret)
        organisation = invitation.organisation
        lock(self._session, Organisation, [organisation.id])
        if not self._take(invitation):
            raise LinkSpent
        membership = self._membership(organisation.id, person.id)
        if membership is None:
            membership = Membership(organisation=organisation, person=person)
            self._session.add(membership)
        if invitation.officer or not membership.officer:
            membership.officer, membership.until = invitation.officer, invitation.until
        self._session.flush()
        self._audit.record("membership.accept", "organisation", organisation.id, officer=membership.officer)
        return organisation

    def withdraw(self, invitation: Invitation) -> None:
        """Let an invitation be good no more."""
        organisation_id = invitation.organisation_id
        if self._take(invitation):
            self._audit.record("invitation.withdraw", "organisation", organisation_id)

    def set_mandate(self, membership: Membership, *, officer: bool, until: date | None) -> None:
        """Say whether a member may act for the organisation, and until when. Raises :class:`LastOfficer`."""
        lock(self._session, Organisation, [membership.organisation_id])
        self._refuse_without_officers(membership, officer, until)
        membership.officer, membership.until = officer, until if officer else None
        self._session.flush()
        self._record("membership.mandate", membership, officer=officer, until=membership.until)

    def remove(self, membership: Membership) -> None:
        """End a membership. Raises :class:`LastOfficer`."""
        lock(self._session, Organisation, [membership.organisation_id])
        self._refuse_without_officers(membership, False, None)
        self._record("membership.end", membership)
        self._session.delete(membership)
        self._session.flush()

    def _refuse_without_officers(self, changed: Membership, officer: bool, until: date | None) -> None:
        """Refuse a change that takes the last officer away; who is no officer today may always change."""
        today = self._clock.today()
        mandates = self._session.execute(
            select(Membership.person_id, Membership.officer, Membership.until).where(
                Membership.organisation_id == changed.organisation_id
            )
        )
        before = officers(((person, acts, ends) for person, acts, ends in mandates), today)
        others = before - {changed.person_id}
        if before and not others and not officers([(changed.person_id, officer, until)], today):
            raise LastOfficer

    def _membership(self, organisation_id: UUID, person_id: UUID) -> Membership | None:
        return self._session.scalar(
            select(Membership).where(Membership.organisation_id == organisation_id, Membership.person_id == person_id)
        )

    def _take(self, invitation: Invitation) -> bool:
        gone = delete(Invitation).where(Invitation.id == invitation.id)
        taken = self._session.scalar(gone.returning(Invitation.id), execution_options={"synchronize_session": False})
        return taken is not None

    def _record(self, act: str, membership: Membership, **detail: object) -> None:
        self._audit.record(act, "organisation", membership.organisation_id, member=membership.person_id, **detail)

    def _refuse_taken(self, organisation: Organisation) -> None:
        with self._session.no_autoflush:
            for field in ("siret", "rna"):
                number = getattr(organisation, field)
                taken = select(Organisation.id).where(getattr(Organisation, field) == number)
                if number and self._session.scalar(taken):
                    raise NumberTaken(field)
