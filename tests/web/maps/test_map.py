"""The page with the map: the list that it is without script, what it can be asked, and what it tells the script."""

import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.parse import parse_qsl

import pytest
from webtest import TestApp

from portal.moderation.terms import Act
from portal.pages.city import Told
from portal.pages.models import CitySetting
from tests.conftest import NOW
from tests.factories import index, maps, places

FRENCH = {"Accept-Language": "fr"}


@pytest.fixture
def town(session):
    """Three things with a place, one of them accessible, and one without."""
    for title, longitude, given in (
        ("Le lavoir", -4.49, {"theme": "water", "access": "wheelchair", "licence": "CC-BY-4.0"}),
        ("Le banc", -4.45, {"theme": "meeting", "language": "br"}),
        ("La fontaine", -4.40, {"theme": "water", "language": "fr"}),
    ):
        index.entry(session, title, kind="place", place_id=places.at(session, longitude, 48.39).id, **given)
    index.entry(session, "Caméra", kind="equipment")


def titles(page) -> list[str]:
    return sorted(one.text for one in page.html.select("[data-results] h3 a"))


def test_without_a_question_the_list_is_complete_and_says_what_has_no_place(browse, town):
    page = browse.get("/map", headers=FRENCH)
    assert titles(page) == ["Caméra", "La fontaine", "Le banc", "Le lavoir"]
    assert "4 choses" in page.html.select_one("#results").text
    assert "sans position" in page.html.select_one("[data-results]").text
    assert page.html.select_one("[data-map]")["data-box"] == "-4.49,48.39,-4.4,48.39"
    assert page.html.select_one("[data-map]").has_attr("hidden")


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("q=fontaine", ["La fontaine"]),
        ("kinds=equipment", ["Caméra"]),
        ("kinds=equipment&kinds=place&theme=water", ["La fontaine", "Le lavoir"]),
        ("language=br", ["Le banc"]),
        ("licence=CC-BY-4.0", ["Le lavoir"]),
        ("access=true", ["Le lavoir"]),
        ("bbox=-4.46,48.3,-4.39,48.4", ["La fontaine", "Le banc"]),
        ("bbox=-4.46,48.3,-4.39,48.4&theme=water", ["La fontaine"]),
        ("bbox=170,-10,-170,10", []),
    ],
)
def test_every_filter_narrows_the_list(browse, town, question, found):
    assert titles(browse.get(f"/map?{question}")) == found


@pytest.mark.parametrize(("question", "told"), [("", ""), ("access=true", "wheelchair")])
def test_the_script_asks_for_the_access_that_the_list_was_asked_for(browse, town, question, told):
    assert browse.get(f"/map?{question}").html.select_one("[data-map]")["data-access"] == told


def test_the_map_does_not_begin_with_what_is_far_from_all_the_rest(browse, session, town):
    far = {"Bastia": (9.45, 42.7), "New York": (-74.0, 40.7)}
    near = {f"Banc {number}": (-4.45, 48.39) for number in range(5)}
    for title, position in (far | near).items():
        index.entry(session, title, kind="place", place_id=places.at(session, *position).id)
    page = browse.get("/map", headers=FRENCH)
    assert page.html.select_one("[data-map]")["data-box"] == "-4.49,48.39,-4.4,48.39"
    assert {"Bastia", "New York"} < set(titles(page))
    assert "2 d’entre elles sont loin de toutes les autres" in page.html.select_one("[data-results]").text
    assert browse.get("/map?q=bastia").html.select_one("[data-map]")["data-box"] == "9.45,42.7,9.45,42.7"


def test_the_list_says_how_many_things_the_map_cannot_show(browse, town):
    def said(question: str) -> str:
        return browse.get(f"/map?{question}", headers=FRENCH).html.select_one("[data-results]").text

    assert "1 d’entre elles n’a pas de lieu" in said("")
    for question in ("kinds=equipment", "kinds=place", "bbox=-4.46,48.3,-4.39,48.4"):
        assert "pas de lieu" not in said(question)


def test_list_and_marks_answer_the_same_question_alike(browse, town):
    question = "bbox=-4.50,48.3,-4.39,48.4&theme=water"
    marks = browse.get(f"/api/v1/map?{question}&zoom=18&kinds=place,equipment").json
    assert marks["total"] == sum(mark["count"] for mark in marks["cells"]) == 2
    assert sorted(mark["item"]["title"] for mark in marks["cells"]) == titles(browse.get(f"/map?{question}"))


def test_the_script_is_told_what_each_kind_is_called(browse, town):
    kinds = json.loads(browse.get("/map", headers=FRENCH).html.select_one("[data-map]")["data-kinds"])
    assert kinds["place"] == {"label": "Lieu", "hue": "map"}


@pytest.mark.parametrize(
    "question",
    ["bbox=1,2,3", "bbox=a,b,c,d", "bbox=0,5,1,4", "theme=licorne", "kinds=licorne", "page=0", "since=hier"],
)
def test_what_cannot_be_understood_is_said_and_shows_nothing(browse, town, question):
    page = browse.get(f"/map?{question}", status=422)
    assert titles(page) == []


@pytest.mark.parametrize("address", ["/map", "/api/v1/map?zoom=9", "/api/v1/places", "/api/v1/trails"])
@pytest.mark.parametrize(
    ("box", "status"),
    [
        ("-4.46,48.3,-4.39,48.4", 200),
        ("-4.46,48.3,-10,-4.39,48.4,190", 200),
        ("-446e-2,48.3,-4.39,+48.4", 200),
        ("1e-05,48.3,1,49", 200),
        ("-4.46,48.3,190,-4.39,48.4,-10", 422),
        ("1_0,48.3,20,49", 422),
        ("10,48.3,20,1e999", 422),
    ],
)
def test_a_part_of_the_map_is_said_in_one_way_everywhere(browse, town, address, box, status):
    path, _mark, rest = address.partition("?")
    browse.get(path, dict(parse_qsl(rest), bbox=box), status=status)


def test_a_day_before_the_first_day_is_said_beside_its_field(browse, town):
    page = browse.get("/map?since=2026-10-22&until=2026-10-21", headers=FRENCH, status=422)
    assert "avant le premier jour" in page.html.select_one("#map-until-error").text


class Addresses(BaseHTTPRequestHandler):
    """The service that a city chose: it knows one street."""

    def do_GET(self):
        point = {"geometry": {"coordinates": [-4.4905, 48.3901]}, "properties": {"label": "Rue du Lavoir 29200 Brest"}}
        known = [point] if "Lavoir" in self.path else []
        self.server.asked()
        self.send_response(503 if "Panne" in self.path else 200)
        self.end_headers()
        self.wfile.write(json.dumps({"features": known}).encode())

    def log_message(self, *_args):
        """Say nothing."""


@pytest.fixture
def service():
    """Its server; ``asked`` is called with every question."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Addresses) as server:
        server.asked = lambda: None
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def address_of(service) -> str:
    return f"http://127.0.0.1:{service.server_port}/search"


@pytest.fixture
def addresses(session, service):
    session.add(CitySetting(key="geocoder", value=address_of(service), changed_at=NOW))
    session.flush()


def test_what_is_around_an_address_is_found_without_script(browse, town, addresses):
    page = browse.get("/map?near=Rue+du+Lavoir", headers=FRENCH)
    assert titles(page) == ["Le lavoir"]
    assert "autour de Rue du Lavoir 29200 Brest" in page.html.select_one("#results").text


def test_an_address_that_is_not_known_is_said_beside_its_field(browse, town, addresses):
    page = browse.get("/map?near=Rue+de+la+Licorne", headers=FRENCH, status=422)
    assert "introuvable" in page.html.select_one("#map-near-error").text


def test_a_service_that_is_away_is_said_beside_the_field_and_when_to_try_again(browse, town, addresses):
    page = browse.get("/map?near=Rue+de+la+Panne", headers=FRENCH, status=503)
    assert page.headers["Retry-After"] == "60"
    assert "dans une minute" in page.html.select_one("#map-near-error").text
    assert titles(page) == []


def test_no_connection_to_the_database_is_held_while_an_address_is_looked_up(config, wsgi_app, service, monkeypatch):
    held, pool = [], config.registry.reading_engine.pool
    before = pool.checkedout()
    service.asked = lambda: held.append(pool.checkedout() - before)
    values = SimpleNamespace(read=lambda _engine: Told({"geocoder": address_of(service)}))
    monkeypatch.setattr(config.registry, "city_values", values)
    TestApp(wsgi_app).get("/map?near=Rue+du+Lavoir", extra_environ={"HTTP_HOST": "localhost"})
    assert held == [0]


def test_without_a_service_no_address_is_asked_for(browse, town):
    assert browse.get("/map").html.select_one("[name=near]") is None


def test_what_is_hidden_is_neither_in_the_list_nor_among_the_marks(browse, session, town):
    place = maps.place(session, title={"fr": "Le jardin"})
    assert "Le jardin" in titles(browse.get("/map"))
    maps.moderate(session, "place", place.id, Act.HIDE)
    assert "Le jardin" not in titles(browse.get("/map"))
    assert browse.get("/api/v1/map?bbox=-5,48,-4,49&zoom=9").json["total"] == 3


def test_a_day_is_the_city_s_for_the_list_the_marks_and_the_tiles(browse, session):
    """Half past midnight in Brest is still the day before in UTC."""
    where = places.at(session, -4.4725, 48.3818).id
    at = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    index.entry(session, "Le lavoir", kind="place", place_id=where, starts_at=at, ends_at=at)
    for question, found in (("since=2026-07-01", 1), ("until=2026-06-30", 0)):
        page = browse.get(f"/map?{question}")
        assert len(titles(page)) == found
        assert browse.get(f"/api/v1/map?{question}&bbox=-5,48,-4,49&zoom=9").json["total"] == found
        assert bool(browse.get(f"/tiles/0/0/0.mvt?{question}").body) == bool(found)
        period = page.html.select_one("[data-map]")["data-period"]
        ways = browse.get("/ogc/collections/place/items", {"datetime": period})
        assert ways.json["numberMatched"] == found
