"""Every answer tells the browser what to refuse, and no request, however broken, is more than we can answer."""

import pytest
from webtest import TestApp

from portal.app import configure
from portal.settings import Settings
from tests.factories import people

PATHS = ["/", "/search", "/sign-in", "/nothing/here", "/api/v1/me", "/api/v1/nothing", "/healthz", "/robots.txt"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_headers_that_protect(browse, path):
    headers = browse.get(path, status="*").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=(self)" in headers["Permissions-Policy"]
    assert "script-src 'self';" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "Cache-Control" in headers


def test_strict_transport_is_for_production(browse):
    assert "Strict-Transport-Security" not in browse.get("/healthz").headers


@pytest.mark.parametrize("path", ["/", "/search", "/sign-in", "/about", "/api/docs", "/nothing"])
def test_no_page_has_script_or_style_of_its_own(browse, path):
    page = browse.get(path, status="*").html
    assert not page.find_all(style=True)
    assert not page.find_all("style")
    assert all(script.get("src", "").startswith("/") for script in page.find_all("script"))
    assert not [tag for tag in page.find_all(True) if any(name.startswith("on") for name in tag.attrs)]


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"PATH_INFO": "/\xff"}, 400),
        ({"QUERY_STRING": "q=%ff"}, 400),
        ({"HTTP_COOKIE": "language=\xff"}, 400),
        ({"HTTP_ACCEPT_LANGUAGE": "\xff"}, 400),
        ({"REQUEST_METHOD": "TRACE"}, 405),
        ({"REQUEST_METHOD": "BREW"}, 405),
        ({"CONTENT_LENGTH": "99999999999"}, 413),
    ],
)
@pytest.mark.parametrize("path", ["/", "/api/v1/me"])
def test_a_broken_request_gets_a_page_or_a_problem_like_any_other(browse, path, wrong, status):
    request = browse.RequestClass.blank(path, environ=browse.extra_environ | wrong)
    answer = request.get_response(browse.app)
    assert answer.status_int == status
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    if "PATH_INFO" not in wrong:
        assert answer.content_type == ("application/problem+json" if path.startswith("/api/") else "text/html")


@pytest.mark.parametrize("path", ["/", "/search", "/healthz", "/api/v1/search", "/about"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_what_only_reads_answers_nothing_else(browse, path, method):
    answer = browse.request(path, method=method, status=405)
    assert answer.headers["Allow"] == "GET, HEAD"


def test_a_nameless_page_is_missing_whatever_the_method(browse):
    assert browse.request("/nothing", method="DELETE", status="*").status_int == 404


def test_a_form_without_its_token_is_refused(browse, session):
    people.signed_in(browse, people.person(session))
    browse.post("/account/profile", {"name": "Nolwenn"}, status=400)


@pytest.mark.parametrize("query", ["q=a&q=b", "kind=&kind=", "page=1&page=2", "q", "&&&", "=", "q=a;q=b"])
def test_a_field_sent_twice_or_without_a_name_breaks_nothing(browse, query):
    assert browse.get(f"/search?{query}", status="*").status_int in (200, 400, 422)


def test_in_production_browsers_are_told_to_come_by_https_only(tmp_path):
    folder = {"database_url": f"sqlite:///{tmp_path / 'portal.db'}", "data": str(tmp_path)}
    strict = {
        "production": "true",
        "secret": "s" * 32,
        "base_url": "https://communs.example",
        "mail_from": "portail@communs.example",
    }
    config = configure(Settings.from_ini({f"portal.{k}": v for k, v in (folder | strict).items()}, environ={}))
    headers = TestApp(config.make_wsgi_app()).get("/healthz").headers
    config.registry.engine.dispose()
    assert headers["Strict-Transport-Security"].startswith("max-age=63072000")
