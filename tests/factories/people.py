"""Believable people, the organisations they speak for, and browsers in which they are signed in."""

import secrets
from datetime import timedelta
from itertools import count

from argon2 import PasswordHasher
from sqlalchemy.orm import Session
from webtest import TestApp

from portal.people.models import ApiToken, Membership, Organisation, Person, RoleGrant, SignIn
from portal.people.terms import OrganisationKind, Role
from portal.security.cookies import CookieJar
from portal.security.csrf import FIELD
from portal.security.identify import COOKIE, secret_hash
from tests.conftest import NOW

PASSWORD = "trois goélands sur la grève"
_CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_numbers = count(1)


def person(session: Session, *, password: str | None = None, **given) -> Person:
    """Return a resident with a confirmed e-mail address; without a ``password`` they cannot sign in."""
    number = next(_numbers)
    usual = {
        "name": "Nolwenn Le Goff",
        "email": f"nolwenn.{number}@example.org",
        "email_confirmed_at": NOW - timedelta(days=30),
        "password_hash": _CHEAP.hash(password) if password else None,
        "created_at": NOW - timedelta(days=30),
    }
    return _kept(session, Person(**usual | given))


def erased(session: Session) -> Person:
    """Return somebody of whom only the id is left."""
    return person(session, name="", email=None, email_confirmed_at=None, erased_at=NOW)


def forget(who: Person) -> None:
    """Leave of somebody what their erasure leaves."""
    who.name, who.erased_at = "", NOW
    who.email = who.email_confirmed_at = who.phone = who.password_hash = who.calendar_token = None


def organisation(session: Session, **given) -> Organisation:
    """Return an association without members."""
    usual = {
        "name": "Les Amis du Stang-Alar",
        "kind": OrganisationKind.ASSOCIATION,
        "email": "contact@stang-alar.example",
        "created_at": NOW - timedelta(days=400),
    }
    return _kept(session, Organisation(**usual | given))


def membership(session: Session, **given) -> Membership:
    """Return a membership; of an officer without an end of mandate unless said otherwise."""
    usual = {
        "person": given.get("person") or person(session),
        "organisation": given.get("organisation") or organisation(session),
        "officer": True,
    }
    return _kept(session, Membership(**usual | given))


def role(session: Session, who: Person, held: Role = Role.ADMIN, scope: str | None = None, **given) -> RoleGrant:
    """Return the grant of a role in force since a month ago."""
    usual = {"person": who, "role": held, "scope": scope, "since": NOW.date() - timedelta(days=30)}
    return _kept(session, RoleGrant(**usual | given))


def staff(session: Session, held: Role = Role.ADMIN, scope: str | None = None, **given) -> Person:
    """Return a person who holds a role."""
    who = person(session, **{"name": "Yann Kerbrat"} | given)
    role(session, who, held, scope)
    return who


def sign_in(session: Session, who: Person, acting_for: Organisation | None = None, **given) -> str:
    """Sign ``who`` in and return the secret that the browser's cookie carries."""
    secret = secrets.token_urlsafe(32)
    usual = {
        "secret_hash": secret_hash(secret),
        "person": who,
        "acting_for": acting_for,
        "created_at": NOW,
        "expires_at": NOW + timedelta(days=30),
        "browser": "Firefox, Linux",
    }
    _kept(session, SignIn(**usual | given))
    return secret


def signed_in(browse: TestApp, who: Person, acting_for: Organisation | None = None) -> TestApp:
    """Return the browser, in which ``who`` is signed in from now on; its former cookies are gone."""
    browse.reset()
    secret = sign_in(browse.extra_environ["portal.session"], who, acting_for)
    browse.set_cookie(CookieJar(secure=False).name(COOKIE), secret)
    return browse


def with_csrf(browse: TestApp, fields: dict[str, str] | None = None) -> dict[str, str]:
    """Return ``fields`` as one of our own pages would send them from this browser."""
    known = "a-token-that-this-browser-and-the-form-share"[:43]
    browse.set_cookie(CookieJar(secure=False).name("csrf"), known)
    return {FIELD: known} | (fields or {})


def token(session: Session, who: Person, **given) -> str:
    """Return a bearer token that acts as ``who``."""
    secret = secrets.token_urlsafe(32)
    _kept(
        session, ApiToken(**{"secret_hash": secret_hash(secret), "person": who, "name": "", "created_at": NOW} | given)
    )
    return secret


def bearer(session: Session, who: Person) -> dict[str, str]:
    """Return the request headers of a program that acts as ``who``."""
    return {"Authorization": f"Bearer {token(session, who)}"}


def _kept(session: Session, row):
    session.add(row)
    session.flush()
    return row
