"""Finding an address: the service that a city chose is a real one here, on this machine."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from portal.places import geocoding
from portal.places.geocoding import AddressSearch, FoundAddress, Unanswered, found_address
from tests.whole.servers import wait_for

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
    "overloaded": (429, ""),
}


class Service(BaseHTTPRequestHandler):
    def do_GET(self):
        asked = parse_qs(urlsplit(self.path).query)["q"][0]
        self.server.asked.append(asked)
        self.server.open.wait(10)
        status, body = ANSWERS.get(asked, ANSWERS["nowhere"])
        self.send_response(status)
        self.send_header("Location", "/?q=12+rue+de+Siam")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_args):
        """Say nothing."""


@pytest.fixture
def service():
    geocoding.search_at.cache_clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        server.asked = []
        server.open = threading.Event()
        server.open.set()
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


@pytest.mark.parametrize("written", ["nowhere", "off the globe"])
def test_what_the_service_does_not_know_is_not_found(service, written):
    assert found_address(address(service), written) is None
    assert len(service.asked) == 1


@pytest.mark.parametrize("written", ["not json", "no list", "broken", "elsewhere"])
def test_a_question_that_is_not_answered_as_it_should_is_not_asked_again_for_a_minute(service, written):
    seconds = [0.0]
    search = AddressSearch(address(service), lambda: seconds[0])
    for at, asked in ((0, 1), (59, 1), (60, 2)):
        seconds[0] = at
        with pytest.raises(Unanswered):
            search.find(written)
        assert len(service.asked) == asked
    assert search.find("12 rue de Siam")  # what is wrong with one question is not wrong with the others


def test_a_service_that_is_overloaded_is_left_alone_for_a_minute(service):
    seconds = [0.0]
    search = AddressSearch(address(service), lambda: seconds[0])
    assert search.find("nowhere") is None
    with pytest.raises(Unanswered):
        search.find("overloaded")
    with pytest.raises(Unanswered):
        search.find("12 rue de Siam")
    assert search.find("nowhere") is None  # what it has answered is known
    assert service.asked == ["nowhere", "overloaded"]
    seconds[0] = 60
    assert search.find("12 rue de Siam")


def test_few_wait_for_a_slow_service_and_the_others_are_told_at_once(service):
    service.open.clear()
    search = AddressSearch(address(service))
    with ThreadPoolExecutor(geocoding.AT_A_TIME) as pool:
        waiting = [pool.submit(search.find, f"rue {number}") for number in range(geocoding.AT_A_TIME)]
        wait_for(lambda: len(service.asked) == geocoding.AT_A_TIME)
        with pytest.raises(Unanswered):
            search.find("12 rue de Siam")
        service.open.set()
        assert [one.result() for one in waiting] == [None, None]
    assert search.find("12 rue de Siam")


@pytest.mark.parametrize("written", ["", "a", " " * 50])
def test_what_is_no_question_is_not_asked(service, written):
    assert found_address(address(service), written) is None
    assert service.asked == []


def test_nobody_is_asked_where_the_city_chose_none_or_it_is_away(service):
    assert found_address("", "12 rue de Siam") is None
    gone = address(service)
    service.shutdown()
    service.server_close()
    for _ in range(2):
        with pytest.raises(Unanswered):
            found_address(gone, "12 rue de Siam")
