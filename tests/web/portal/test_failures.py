"""What visitors see when the portal cannot serve. The house is one of its own, as it gets routes that fail."""

import logging

import pytest
from pyramid.security import NO_PERMISSION_REQUIRED
from sqlalchemy import text
from webtest import TestApp

from portal.app import configure
from portal.media.store import OutOfReach
from portal.migrations import history
from tests.houses import own_settings, own_url

SECRET = "marie@example.org"


@pytest.fixture(params=["sqlite:////nowhere/at/all/portal.db", "postgresql://portal@127.0.0.1:1/portal"])
def house(request, tmp_path):
    """A house whose database is not there, and whose pages fail in every way."""
    settings = own_settings(request.param, tmp_path)
    config = configure(settings)

    def mistaken(_request):
        raise RuntimeError(f"no such person: {SECRET}")

    def asking(request):
        request.db.execute(text("SELECT 1"))

    def without_files(_request):
        raise OutOfReach("no answer")

    views = {"asking": asking, "without-files": without_files}
    both = [(f"{base}/{name}", view) for name, view in views.items() for base in ("", "/api/v1")]
    for path, view in (("/mistaken", mistaken), *both):
        config.add_route(path, path)
        config.add_view(view, route_name=path, permission=NO_PERMISSION_REQUIRED)
    yield TestApp(config.make_wsgi_app(), extra_environ={"HTTP_HOST": "localhost"})
    config.registry.engine.dispose()


@pytest.mark.parametrize("path", ["/without-files", "/api/v1/without-files"])
def test_a_file_store_out_of_reach_is_a_503_that_says_when_to_try_again(house, path, caplog):
    with caplog.at_level(logging.INFO):
        answer = house.get(path, status=503)

    assert int(answer.headers["Retry-After"]) > 0
    assert answer.content_type == ("application/problem+json" if "/api/" in path else "text/html")
    logged = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    assert [event["error"] for event in logged if "error" in event] == ["OutOfReach: no answer"]


@pytest.mark.parametrize("path", ["/asking", "/api/v1/asking"])
def test_a_lost_database_is_a_503_that_says_when_to_try_again(house, path):
    answer = house.get(path, status=503)

    assert int(answer.headers["Retry-After"]) > 0
    assert "Traceback" not in answer.text
    assert "sqlalche" not in answer.text


@pytest.mark.parametrize(
    "headers", [{"Authorization": "Bearer somebodys-token"}, {"Cookie": "sign-in=somebodys-browser"}]
)
def test_a_lost_database_is_a_503_for_who_is_signed_in_too(house, headers):
    for path in ("/asking", "/api/v1/asking"):
        house.get(path, headers=headers, status=503)


def test_a_mistake_of_ours_is_a_500_with_a_reference_that_is_in_the_log(house, caplog):
    with caplog.at_level(logging.INFO):
        answer = house.get("/mistaken", status=500)

    reference = answer.headers["X-Request-Id"]
    assert reference in answer.text
    logged = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    [failed] = [event for event in logged if event["event"] == "request failed"]
    assert failed["request"] == reference
    assert failed["error"] == "RuntimeError: no such person: <email>"
    assert any("mistaken" in line for line in failed["at"])


def test_neither_the_page_nor_the_log_of_a_request_says_who_it_was(house, caplog):
    with caplog.at_level(logging.INFO):
        answer = house.get("/mistaken?token=abc&email=marie@example.org", status=500)

    assert SECRET not in answer.text
    [line] = [r.msg for r in caplog.records if isinstance(r.msg, dict) and r.msg["event"] == "request"]
    assert {key: line[key] for key in ("method", "route", "status")} == {
        "method": "GET",
        "route": "/mistaken",
        "status": 500,
    }
    assert "token" not in str(line)


def test_the_process_is_alive_but_not_ready(house):
    assert house.get("/healthz").text == "ok\n"
    assert "database" in house.get("/readyz", status=503).text


@pytest.fixture
def short_lived(tmp_path):
    """A house on a PostgreSQL that ends the connection in the middle of a page."""
    config = configure(own_settings(own_url("postgresql", tmp_path), tmp_path))
    history.upgrade(config.registry.engine)

    def ended(request):
        request.db.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    config.add_route("ended", "/ended")
    config.add_view(ended, route_name="ended", permission=NO_PERMISSION_REQUIRED)
    yield TestApp(config.make_wsgi_app(), extra_environ={"HTTP_HOST": "localhost"})
    config.registry.engine.dispose()


@pytest.mark.only_on("postgresql")  # the embedded database has no server that could go away
def test_a_database_that_goes_away_in_the_middle_is_a_503_and_the_next_page_is_served(short_lived):
    short_lived.get("/ended", status=503)
    short_lived.get("/about", status=200)
