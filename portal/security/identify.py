"""Who is asking: the person behind a sign-in cookie or a bearer token, in one query."""

import hashlib
from datetime import timedelta

from pyramid.csrf import new_csrf_token
from sqlalchemy import Date, Text, and_, bindparam, or_, select

from portal.db.question import Question
from portal.db.row import UtcMoment
from portal.db.session import answered
from portal.people.models import ApiToken, Membership, Organisation, Person, RoleGrant, SignIn
from portal.security.terms import HeldRole, Identity

COOKIE = "sign-in"
LIFETIME = timedelta(days=30)
FOR_PROGRAMS = ("/api/", "/uploads")


def secret_hash(secret: str) -> str:
    """Return what is kept of a random secret: its SHA-256 in hex. Unlike a password it needs no salt and no cost."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def bearer_token(request) -> str | None:
    """Return the request's bearer token, which counts only where programs call: the API, and large files in pieces."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    is_one = kind.lower() == "bearer" and token.strip() and request.path_info.startswith(FOR_PROGRAMS)
    return token.strip() if is_one else None


def identify(request) -> Identity | None:
    """Return whose request this is, or None. A bearer token goes before a cookie, even when it is not valid."""
    token = bearer_token(request)
    if token is not None:
        return _identity(request, BY_TOKEN, secret_hash(token))
    secret = request.registry.cookies.get(request, COOKIE)
    return _identity(request, BY_COOKIE, secret_hash(secret)) if secret else None


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


# Of the tables, not of their classes: nothing of these rows is kept, and every page waits for one of these questions.
_person, _role, _sign_in, _token, _membership, _organisation = (
    kind.__table__ for kind in (Person, RoleGrant, SignIn, ApiToken, Membership, Organisation)
)
_COLUMNS = tuple(_person.c[name] for name in ("id", "name", "language")) + tuple(
    _role.c[name] for name in ("role", "scope", "since", "until")
)
_HASHED, _NOW = bindparam("hashed", type_=Text), bindparam("now", type_=UtcMoment)
_TODAY = bindparam("today", type_=Date)


def _by_cookie():
    in_office = and_(
        _membership.c.person_id == _sign_in.c.person_id,
        _membership.c.organisation_id == _sign_in.c.acting_for_id,
        Membership.in_force(_TODAY),
    )
    return (
        select(*_COLUMNS, _sign_in.c.id, _organisation.c.id, _organisation.c.name)
        .select_from(_sign_in)
        .join(_person, _person.c.id == _sign_in.c.person_id)
        .outerjoin(_role, _role.c.person_id == _person.c.id)
        .outerjoin(_membership, in_office)
        .outerjoin(_organisation, _organisation.c.id == _membership.c.organisation_id)
        .where(_sign_in.c.secret_hash == _HASHED, _sign_in.c.expires_at > _NOW, _person.c.erased_at.is_(None))
    )


def _by_token():
    alive = or_(_token.c.expires_at.is_(None), _token.c.expires_at > _NOW)
    return (
        select(*_COLUMNS)
        .select_from(_token)
        .join(_person, _person.c.id == _token.c.person_id)
        .outerjoin(_role, _role.c.person_id == _person.c.id)
        .where(_token.c.secret_hash == _HASHED, alive, _person.c.erased_at.is_(None))
    )


BY_COOKIE, BY_TOKEN = Question(_by_cookie()), Question(_by_token())
"""The two questions, put together once: every page and every call of the API asks one of them."""


def _identity(request, question: Question, hashed: str) -> Identity | None:
    today = request.clock.today()
    rows = answered(request, question, {"hashed": hashed, "now": request.clock.now(), "today": today})
    if not rows:
        return None
    roles = tuple(
        HeldRole(role, scope)
        for _id, _name, _language, role, scope, since, until, *_ in rows
        if role is not None and since <= today and (until is None or today <= until)
    )
    person_id, name, language, *_ = rows[0]
    return Identity(person_id, name, language, roles, *rows[0][7:])
