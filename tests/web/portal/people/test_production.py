"""What is different in production: cookies that only https carries, on a house configured for it."""

import pytest
from webtest import TestApp

from portal.app import configure
from portal.settings import Settings
from tests.factories import people
from tests.factories.people import PASSWORD


@pytest.fixture
def browse(settings, session, clock, browse):
    ini = {
        "portal.database_url": settings.database_url,
        "portal.data": str(settings.data),
        "portal.base_url": "https://communs.example",
        "portal.secret": "x" * 40,
        "portal.production": "true",
        "portal.mail_from": "portail@communs.example",
        "portal.hash_memory_kib": "8",
        "portal.hash_rounds": "1",
    }
    config = configure(Settings.from_ini(ini, environ={}))
    config.registry.clock = clock
    environ = browse.extra_environ | {"HTTP_HOST": "communs.example", "wsgi.url_scheme": "https"}
    yield TestApp(config.make_wsgi_app(), extra_environ=environ)
    config.registry.engine.dispose()


def test_every_cookie_is_bound_to_this_host_and_to_https(browse, session):
    who = people.person(session, password=PASSWORD)
    page = browse.get("/sign-in")
    form = page.forms["signin"]
    form["email"], form["password"] = who.email, PASSWORD
    answer = form.submit(headers={"Origin": "https://communs.example"}, status=303)
    chosen = browse.post("/language", {"language": "en"}, status=303)
    cookies = [cookie for one in (page, answer, chosen) for cookie in one.headers.getall("Set-Cookie")]
    assert {cookie.partition("=")[0] for cookie in cookies} >= {"__Host-csrf", "__Host-sign-in", "__Host-language"}
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        assert {"secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
        assert "Domain" not in cookie


def test_signing_out_takes_the_cookie_away_as_browsers_demand_it(browse, session):
    who = people.person(session, password=PASSWORD)
    form = browse.get("/sign-in").forms["signin"]
    form["email"], form["password"] = who.email, PASSWORD
    account = form.submit(headers={"Origin": "https://communs.example"}).follow()
    gone = account.forms[0] if "sign-out" in account.forms[0].action else account.forms[1]
    answer = gone.submit(headers={"Origin": "https://communs.example"}, status=303)
    (cookie,) = [text for text in answer.headers.getall("Set-Cookie") if text.startswith("__Host-sign-in=")]
    assert {"secure", "Max-Age=0", "Path=/"} <= set(cookie.split("; "))
