"""Who is asking: the person behind a sign-in cookie or a bearer token, in one query."""

import hashlib
from datetime import datetime

from sqlalchemy import select

from portal.people.models import ApiToken, Organisation, Person, RoleGrant, SignIn
from portal.security.terms import HeldRole, Identity


def secret_hash(secret: str) -> str:
    """Return what is kept of a random secret: its SHA-256 in hex. Random secrets, unlike passwords, need no salt or cost."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def cookie_name(production: bool) -> str:
    """Return the sign-in cookie's name; ``__Host-`` (which needs https) binds it to this host and path."""
    return "__Host-sign-in" if production else "sign-in"


def bearer_token(request) -> str | None:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" and token.strip() else None


def identify(request) -> Identity | None:
    """Return whose request this is, or None. A bearer token counts only under ``/api/``, a cookie everywhere."""
    now = request.clock.now()
    token = bearer_token(request) if request.path_info.startswith("/api/") else None
    if token is not None:
        return _identity(request.db, _by_token(secret_hash(token), now), now)
    secret = request.cookies.get(cookie_name(request.registry.portal_settings.production))
    return _identity(request.db, _by_cookie(secret_hash(secret), now), now) if secret else None


def _columns():
    return Person.id, Person.name, Person.language, RoleGrant.role, RoleGrant.scope, RoleGrant.since, RoleGrant.until


def _by_cookie(hashed: str, now: datetime):
    return (
        select(*_columns(), SignIn.id, SignIn.acting_for_id, Organisation.name)
        .select_from(SignIn)
        .join(SignIn.person)
        .outerjoin(Person.roles)
        .outerjoin(SignIn.acting_for)
        .where(SignIn.secret_hash == hashed, SignIn.expires_at > now, Person.erased_at.is_(None))
    )


def _by_token(hashed: str, now: datetime):
    alive = ApiToken.expires_at.is_(None) | (ApiToken.expires_at > now)
    return (
        select(*_columns())
        .select_from(ApiToken)
        .join(ApiToken.person)
        .outerjoin(Person.roles)
        .where(ApiToken.secret_hash == hashed, alive, Person.erased_at.is_(None))
    )


def _identity(session, query, now: datetime) -> Identity | None:
    rows = session.execute(query).all()
    if not rows:
        return None
    today = now.date()
    roles = tuple(
        HeldRole(role, scope)
        for _id, _name, _language, role, scope, since, until, *_ in rows
        if role is not None and since <= today and (until is None or today <= until)
    )
    person_id, name, language, *_ = rows[0]
    return Identity(person_id, name, language, roles, *rows[0][7:])
