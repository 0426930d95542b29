"""Who is asking: the person behind a sign-in cookie or a bearer token, in one query."""

import hashlib
from datetime import timedelta

from pyramid.csrf import new_csrf_token
from sqlalchemy import Date, Text, and_, bindparam, or_, select

from portal.clock import Clock
from portal.db.row import UtcMoment
from portal.people.models import ApiToken, Membership, Organisation, Person, RoleGrant, SignIn
from portal.security.terms import HeldRole, Identity

COOKIE = "sign-in"
LIFETIME = timedelta(days=30)


def secret_hash(secret: str) -> str:
    """Return what is kept of a random secret: its SHA-256 in hex. Unlike a password it needs no salt and no cost."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def bearer_token(request) -> str | None:
    """Return the request's bearer token, which counts only under ``/api/``."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    is_one = kind.lower() == "bearer" and token.strip() and request.path_info.startswith("/api/")
    return token.strip() if is_one else None


def identify(request) -> Identity | None:
    """Return whose request this is, or None. A bearer token goes before a cookie, even when it is not valid."""
    token = bearer_token(request)
    if token is not None:
        return _identity(request.db, BY_TOKEN, secret_hash(token), request.clock)
    secret = request.registry.cookies.get(request, COOKIE)
    return _identity(request.db, BY_COOKIE, secret_hash(secret), request.clock) if secret else None


def let_in(request, response, secret: str):
    """Return the response, with which the browser is signed in from now on; forms it opened before are good no more."""
    request.registry.cookies.put(response, COOKIE, secret, LIFETIME)
    new_csrf_token(request)
    return response


def let_out(request, response):
    """Return the response, with which the browser is signed in no more."""
    request.registry.cookies.remove(response, COOKIE)
    new_csrf_token(request)
    return response


def _columns():
    return Person.id, Person.name, Person.language, RoleGrant.role, RoleGrant.scope, RoleGrant.since, RoleGrant.until


def _by_cookie():
    hashed, now, today = (
        bindparam("hashed", type_=Text),
        bindparam("now", type_=UtcMoment),
        bindparam("today", type_=Date),
    )
    in_office = and_(
        Membership.person_id == SignIn.person_id,
        Membership.organisation_id == SignIn.acting_for_id,
        Membership.officer.is_(True),
        or_(Membership.until.is_(None), Membership.until >= today),
    )
    return (
        select(*_columns(), SignIn.id, Organisation.id, Organisation.name)
        .select_from(SignIn)
        .join(SignIn.person)
        .outerjoin(Person.roles)
        .outerjoin(Membership, in_office)
        .outerjoin(Membership.organisation)
        .where(SignIn.secret_hash == hashed, SignIn.expires_at > now, Person.erased_at.is_(None))
    )


def _by_token():
    hashed, now = bindparam("hashed", type_=Text), bindparam("now", type_=UtcMoment)
    alive = or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > now)
    return (
        select(*_columns())
        .select_from(ApiToken)
        .join(ApiToken.person)
        .outerjoin(Person.roles)
        .where(ApiToken.secret_hash == hashed, alive, Person.erased_at.is_(None))
    )


BY_COOKIE, BY_TOKEN = _by_cookie(), _by_token()
"""The two questions, put together once: every page and every call of the API asks one of them."""


def _identity(session, query, hashed: str, clock: Clock) -> Identity | None:
    today = clock.today()
    rows = session.execute(query, {"hashed": hashed, "now": clock.now(), "today": today}).all()
    if not rows:
        return None
    roles = tuple(
        HeldRole(role, scope)
        for _id, _name, _language, role, scope, since, until, *_ in rows
        if role is not None and since <= today and (until is None or today <= until)
    )
    person_id, name, language, *_ = rows[0]
    return Identity(person_id, name, language, roles, *rows[0][7:])
