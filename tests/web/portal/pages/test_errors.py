"""Something asked for cannot be had: the page says what happened and what to do, whatever else is broken."""

import pytest
from pyramid import httpexceptions
from pyramid.security import NO_PERMISSION_REQUIRED as ANYBODY
from webtest import TestApp

from portal.app import configure
from portal.pages.errors import WORDS
from tests.factories import people
from tests.houses import own_settings


@pytest.fixture(scope="module")
def lost_house(tmp_path_factory):
    """A house without a database, one of whose pages answers with any error it is asked for."""
    folder = tmp_path_factory.mktemp("lost")
    config = configure(own_settings(f"sqlite:///{folder / 'nowhere' / 'portal.db'}", folder))

    def refuse(request):
        raise httpexceptions.status_map[int(request.matchdict["status"])](headers=[("Retry-After", "60")])

    config.add_route("refuse", "/refuse/{status}")
    config.add_view(refuse, route_name="refuse", request_method="POST", require_csrf=False, permission=ANYBODY)
    yield TestApp(config.make_wsgi_app(), extra_environ={"HTTP_HOST": "localhost"})
    config.registry.engine.dispose()


@pytest.mark.parametrize("status", WORDS)
def test_every_error_says_what_happened_and_what_to_do_without_any_database(lost_house, status):
    page = lost_house.post(f"/refuse/{status}", status=status)
    assert page.content_type == "text/html"
    assert page.html.h1.text.strip()
    assert page.html.select_one("main .lead").text.strip()
    assert page.html.select('main a.button[href="/"]')
    assert page.headers["Retry-After"] == "60"
    assert page.headers["Cache-Control"] == "no-store"


def test_an_error_nobody_foresaw_has_a_page_too(lost_house):
    assert lost_house.post("/refuse/410", status=410).html.h1.text.strip()


def test_what_is_not_there_can_be_searched_for(lost_house):
    page = lost_house.get("/nowhere", status=404)
    assert page.forms[0].action == "/search"


def test_a_page_used_in_the_wrong_way_says_which_ways_there_are(lost_house):
    page = lost_house.get("/language", status=405)
    assert "POST" in page.headers["Allow"]


def test_a_form_that_expired_says_so(lost_house):
    page = lost_house.post("/sign-in", {"email": "x"}, status=400)
    assert "form" in page.html.h1.text


def test_the_page_of_an_error_speaks_the_reader_s_language(lost_house):
    pages = [lost_house.get("/nowhere", headers={"Accept-Language": code}, status=404).html for code in ("fr", "en")]
    assert [page.html["lang"] for page in pages] == ["fr", "en"]


def test_a_hostile_address_is_answered_with_a_page(lost_house):
    for path in ("/%00", "/" + "a" * 5000, "/nowhere/%3Cscript%3E", "/?q=%ff"):
        page = lost_house.get(path, status="*")
        assert page.status_int in (400, 404)
        assert "<script>" not in page.text.replace('<script type="module"', "")


def test_the_api_s_errors_are_not_pages(lost_house):
    assert lost_house.get("/api/v1/nowhere", status=404).content_type == "application/problem+json"


@pytest.mark.parametrize("path", ["/nowhere", "/equipment/nothing", "/trails/none"])
def test_an_error_is_told_in_the_persons_own_language(browse, session, path):
    mine = people.signed_in(browse, people.person(session, language="en"))
    assert mine.get(path, headers={"Accept-Language": "fr"}, status=404).html.html["lang"] == "en"
