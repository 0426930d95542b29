"""Finding an address: the service that a city chose is a real one here, on this machine."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from portal.places import geocoding
from portal.places.geocoding import FoundAddress, found_address

SIAM = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [-4.4887, 48.3879]},
            "properties": {"label": "12 Rue de Siam 29200 Brest"},
        }
    ],
}
ANSWERS = {
    "12 rue de Siam": (200, json.dumps(SIAM)),
    "nowhere": (200, json.dumps({"type": "FeatureCollection", "features": []})),
    "not json": (200, "<html>"),
    "no list": (200, "[]"),
    "off the globe": (200, json.dumps({"features": [{"geometry": {"coordinates": [900, 1]}, "properties": {}}]})),
    "broken": (500, ""),
    "elsewhere": (302, ""),
}


class Service(BaseHTTPRequestHandler):
    def do_GET(self):
        asked = parse_qs(urlsplit(self.path).query)["q"][0]
        self.server.asked.append(asked)
        status, body = ANSWERS[asked]
        self.send_response(status)
        self.send_header("Location", "/?q=12+rue+de+Siam")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_args):
        """Say nothing."""


@pytest.fixture
def service():
    geocoding._asked.cache_clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        server.asked = []
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def address(server) -> str:
    return f"http://127.0.0.1:{server.server_port}/search"


def test_an_address_is_found_and_remembered(service):
    for written in ("12 rue de Siam", "  12  rue de\nSiam "):
        found = found_address(address(service), written)
        assert found == FoundAddress("12 Rue de Siam 29200 Brest", -4.4887, 48.3879)
    assert service.asked == ["12 rue de Siam"]


@pytest.mark.parametrize("written", ["nowhere", "not json", "no list", "off the globe", "broken", "elsewhere"])
def test_what_cannot_be_found_or_understood_is_not_found(service, written):
    assert found_address(address(service), written) is None
    assert len(service.asked) == 1


@pytest.mark.parametrize("written", ["", "a", " " * 50])
def test_what_is_no_question_is_not_asked(service, written):
    assert found_address(address(service), written) is None
    assert service.asked == []


def test_nobody_is_asked_where_the_city_chose_none_or_it_is_away(service):
    assert found_address("", "12 rue de Siam") is None
    gone = address(service)
    service.shutdown()
    service.server_close()
    assert found_address(gone, "12 rue de Siam") is None
