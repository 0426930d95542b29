"""What is public is asked for again cheaply; what is somebody's own is kept by nobody."""

import gzip
from datetime import timedelta

import pytest

from portal.index.kinds import IndexKind
from tests.conftest import NOW
from tests.factories import index, people

PUBLIC_PAGES = ["/", "/search", "/about", "/accessibility"]
FOR_PROGRAMS = ["/feed.atom", "/sitemap.xml", "/robots.txt", "/api/v1/search", "/api/v1/openapi.json"]


@pytest.fixture(autouse=True)
def kinds(config, monkeypatch):
    monkeypatch.setattr(config.registry, "index_kinds", {"equipment": IndexKind("equipment", "Equipment", "camera")})


@pytest.mark.parametrize("path", FOR_PROGRAMS)
def test_what_did_not_change_is_not_sent_again(browse, path):
    first = browse.get(path)
    assert "public" in first.headers["Cache-Control"]
    again = browse.get(path, headers={"If-None-Match": first.headers["ETag"]}, status=304)
    assert again.body == b""


@pytest.mark.parametrize("path", PUBLIC_PAGES)
def test_a_page_is_not_sent_again_while_it_stays_the_same(browse, path):
    page = browse.get(path)
    assert page.headers["Cache-Control"] == "private, no-cache"
    browse.get(path, headers={"If-None-Match": page.headers["ETag"]}, status=304)


@pytest.mark.parametrize("path", [*PUBLIC_PAGES, "/feed.atom", "/sitemap.xml"])
def test_nobody_keeps_what_a_signed_in_person_was_sent(browse, session, path):
    people.signed_in(browse, people.person(session))
    assert browse.get(path).headers["Cache-Control"] == "private, no-store"


def test_a_page_that_sets_a_cookie_is_kept_by_nobody(browse):
    page = browse.get("/sign-in")
    assert "Set-Cookie" in page.headers
    assert page.headers["Cache-Control"] == "private, no-store"


def test_a_program_with_a_token_may_ask_again_too(api, session):
    headers = people.bearer(session, people.person(session))
    first = api.get("/api/v1/search", headers=headers)
    assert first.headers["Cache-Control"] == "private, no-cache"
    api.get("/api/v1/search", headers=headers | {"If-None-Match": first.headers["ETag"]}, status=304)


@pytest.mark.parametrize("path", PUBLIC_PAGES + FOR_PROGRAMS)
def test_an_answer_says_what_it_depends_on(browse, path):
    vary = browse.get(path).headers["Vary"]
    assert {"Cookie", "Authorization", "Accept-Language"} <= set(vary.split(", "))


def test_something_new_changes_what_is_sent(browse, session):
    index.entry(session, "Tente")
    first = browse.get("/api/v1/search")
    index.entry(session, "Barnum", at=NOW + timedelta(hours=1))
    browse.get("/api/v1/search", headers={"If-None-Match": first.headers["ETag"]}, status=200)


def sent(app, path, **environ):
    """Return status, headers and the bytes as they travel, which WebTest would unpack."""
    answer = app.RequestClass.blank(path, environ=app.extra_environ | environ).get_response(app.app)
    return answer.status_int, answer.headers, answer.body


def test_text_of_some_size_is_compressed_for_those_who_can_read_it(browse):
    _status, headers, packed = sent(browse, "/api/v1/openapi.json", HTTP_ACCEPT_ENCODING="gzip, br")
    _status, plain_headers, plain = sent(browse, "/api/v1/openapi.json")
    assert headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed) == plain
    assert int(headers["Content-Length"]) == len(packed) < len(plain)
    assert "Content-Encoding" not in plain_headers
    assert "Accept-Encoding" in plain_headers["Vary"]


@pytest.mark.parametrize("accepted", ["", "identity", "gzip;q=0", "br", "\x7f"])
def test_nobody_gets_what_they_cannot_read(browse, accepted):
    _status, headers, _body = sent(browse, "/api/v1/openapi.json", HTTP_ACCEPT_ENCODING=accepted)
    assert "Content-Encoding" not in headers


def test_little_is_sent_as_it_is(browse):
    _status, headers, _body = sent(browse, "/robots.txt", HTTP_ACCEPT_ENCODING="gzip")
    assert "Content-Encoding" not in headers


def test_styles_travel_compressed_and_are_kept(browse, session):
    people.signed_in(browse, people.person(session))
    address = browse.get("/about").html.find("link", rel="stylesheet")["href"]
    status, headers, body = sent(browse, address, HTTP_ACCEPT_ENCODING="gzip")
    assert status == 200
    assert "immutable" in headers["Cache-Control"]
    if len(gzip.decompress(body) if headers.get("Content-Encoding") else body) > 1024:
        assert headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("path", PUBLIC_PAGES + FOR_PROGRAMS)
def test_head_is_get_without_the_body(browse, path):
    browse.get(path)
    full, head = browse.get(path), browse.head(path)
    assert head.body == b""
    assert head.headers.get("ETag") == full.headers.get("ETag")
