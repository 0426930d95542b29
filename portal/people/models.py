"""People, the organisations they belong to, the roles they hold, and how they prove who they are."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, UniqueConstraint, and_, event, or_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db.guards import guard
from portal.db.row import Row, Versioned
from portal.people.rules import search_text
from portal.people.terms import OrganisationKind, Role


class Person(Versioned, Row):
    """Somebody who borrows, submits or administers. Once erased, only the id and the statistics about it remain.

    ``email`` is kept as typed and unique without regard to case; a person whom a desk registered may have none.
    ``search_text`` follows name, e-mail and phone by itself. The database refuses to write anything of who was
    erased, whoever had them in hand meanwhile.
    """

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint(
            "erased_at IS NULL OR "
            "(name = '' AND email IS NULL AND phone IS NULL AND password_hash IS NULL AND calendar_token IS NULL)",
            name="forgotten",
        ),
    )

    name: Mapped[str]
    email: Mapped[str | None]
    email_confirmed_at: Mapped[datetime | None]
    password_hash: Mapped[str | None]
    phone: Mapped[str | None]
    language: Mapped[str | None]
    calendar_token: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    registered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    search_text: Mapped[str] = mapped_column(default="")
    erased_at: Mapped[datetime | None]

    memberships: Mapped[list["Membership"]] = relationship(back_populates="person", cascade="all, delete-orphan")
    roles: Mapped[list["RoleGrant"]] = relationship(
        back_populates="person", cascade="all, delete-orphan", foreign_keys="RoleGrant.person_id"
    )


@event.listens_for(Person, "before_insert")
@event.listens_for(Person, "before_update")
def _keep_findable(_mapper, _connection, person: Person) -> None:
    person.search_text = search_text(person.name, person.email, person.phone)


_ONE_PER_EMAIL = ("CREATE UNIQUE INDEX person_email ON person (lower(email))",)
guard(Person, sqlite=_ONE_PER_EMAIL, postgresql=_ONE_PER_EMAIL)


class Organisation(Versioned, Row):
    """An association, centre, school or enterprise. ``siret`` (14 digits) and ``rna`` (W and 9) are unique."""

    __tablename__ = "organisation"

    name: Mapped[str]
    kind: Mapped[OrganisationKind]
    siret: Mapped[str | None] = mapped_column(unique=True)
    rna: Mapped[str | None] = mapped_column(unique=True)
    email: Mapped[str | None]
    phone: Mapped[str | None]
    created_at: Mapped[datetime]

    memberships: Mapped[list["Membership"]] = relationship(back_populates="organisation", cascade="all, delete-orphan")


class Membership(Row):
    """A person belongs to an organisation; an officer acts in its name until the mandate ends (that day included)."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("organisation_id", "person_id"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    officer: Mapped[bool] = mapped_column(default=False)
    until: Mapped[date | None]

    organisation: Mapped[Organisation] = relationship(back_populates="memberships")
    person: Mapped[Person] = relationship(back_populates="memberships")

    @classmethod
    def in_force(cls, today: date | ColumnElement[date]) -> ColumnElement[bool]:
        """Return the condition that the member may act in the organisation's name today."""
        return and_(cls.officer.is_(True), or_(cls.until.is_(None), cls.until >= today))


class Invitation(Row):
    """A link sent by mail with which somebody joins an organisation, good once and until ``expires_at``.

    ``officer`` and ``until`` are what their membership will say. Only the secret's SHA-256 is kept.
    """

    __tablename__ = "invitation"

    secret_hash: Mapped[str] = mapped_column(unique=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    invited_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    email: Mapped[str]
    officer: Mapped[bool] = mapped_column(default=False)
    until: Mapped[date | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship()
    invited_by: Mapped[Person] = relationship()


class RoleGrant(Row):
    """A role held everywhere or in one scope (a lending point's slug), from a day until a day, both included."""

    __tablename__ = "role_grant"
    __table_args__ = (CheckConstraint("until IS NULL OR since <= until", name="in_order"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[Role]
    scope: Mapped[str | None]
    since: Mapped[date]
    until: Mapped[date | None]
    granted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(back_populates="roles", foreign_keys=[person_id])


class SignIn(Row):
    """A signed-in browser. The cookie carries a secret of which only the SHA-256 is kept here."""

    __tablename__ = "sign_in"

    secret_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    acting_for_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    browser: Mapped[str]

    person: Mapped[Person] = relationship()
    acting_for: Mapped[Organisation | None] = relationship()


class LetterPurpose(StrEnum):
    """What a link sent by mail is good for."""

    CONFIRM = "confirm"
    RESET = "reset"
    CHANGE_EMAIL = "change_email"


class Letter(Row):
    """A link that proves the address it was sent to, good once and until ``expires_at``. Kept as its SHA-256."""

    __tablename__ = "letter"

    secret_hash: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[LetterPurpose]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    email: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class ApiToken(Row):
    """A bearer token that acts as its person. Only its SHA-256 is kept."""

    __tablename__ = "api_token"

    secret_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
