"""Whose request it is: by a cookie on every page, by a bearer token under /api/ alone."""

from datetime import timedelta

import pytest
from pyramid.request import Request

from portal.people.terms import Role
from portal.security.csrf import from_a_browser
from portal.security.identify import identify
from tests.conftest import NOW
from tests.factories import people


@pytest.fixture
def asked(asking):
    """A request at a path, with a cookie and an Authorization header."""

    def ask(path="/", cookie=None, authorization=None) -> Request:
        asking.environ["PATH_INFO"] = path
        asking.headers.pop("Cookie", None)
        asking.headers.pop("Authorization", None)
        if cookie:
            asking.headers["Cookie"] = f"sign-in={cookie}"
        if authorization:
            asking.headers["Authorization"] = authorization
        return asking

    return ask


def test_a_cookie_says_who_it_is_everywhere(session, asked):
    who = people.person(session, language="br")
    secret = people.sign_in(session, who)
    for path in ("/", "/api/v1/loans"):
        identity = identify(asked(path, secret))
        assert (identity.person_id, identity.name, identity.language) == (who.id, who.name, "br")
        assert identity.sign_in_id


@pytest.mark.parametrize("kind", ["Bearer", "bearer", "BEARER"])
def test_a_bearer_token_says_who_it_is_under_api_alone(session, asked, kind):
    who = people.person(session)
    authorization = f"{kind} {people.token(session, who)}"
    assert identify(asked("/api/v1/loans", authorization=authorization)).person_id == who.id
    assert identify(asked("/account", authorization=authorization)) is None


def test_a_wrong_token_is_not_made_good_by_a_cookie(session, asked):
    secret = people.sign_in(session, people.person(session))
    assert identify(asked("/api/v1/loans", secret, "Bearer wrong")) is None


@pytest.mark.parametrize("authorization", ["Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "", "Bearer é"])
def test_what_is_no_token_is_nobodys(asked, authorization):
    assert identify(asked("/api/v1/loans", authorization=authorization)) is None


def test_a_token_holds_until_its_end(session, asked):
    who = people.person(session)
    for until, holds in ((NOW + timedelta(seconds=1), True), (NOW, False), (None, True)):
        token = people.token(session, who, expires_at=until)
        assert (identify(asked("/api/", authorization=f"Bearer {token}")) is not None) == holds


def test_an_erased_persons_token_holds_no_more(session, asked):
    token = people.token(session, people.erased(session))
    assert identify(asked("/api/", authorization=f"Bearer {token}")) is None


def test_every_role_in_force_is_known_whatever_else_is(session, asked):
    who = people.membership(session).person
    people.role(session, who, Role.DESK, "siam")
    people.role(session, who, Role.DESK, "lambezellec")
    people.role(session, who, Role.TRAINER, until=NOW.date() - timedelta(days=1))
    identity = identify(asked("/", people.sign_in(session, who)))
    assert identity.scopes(Role.DESK) == {"siam", "lambezellec"}
    assert not identity.holds(Role.TRAINER)


def test_only_a_bearer_token_that_counts_spares_the_token_of_forms(asked):
    assert not from_a_browser(asked("/api/v1/loans", authorization="Bearer x"))
    assert from_a_browser(asked("/account", authorization="Bearer x"))
    assert from_a_browser(asked("/api/v1/loans", cookie="x"))
    assert from_a_browser(asked("/api/v1/loans", authorization="Bearer "))
