"""Questions that show how well a server of OGC API - Features keeps to Part 1, and whether it saves its clients work.

They are put to the portal in a test, and to its peers in the benchmarks, for the record; to a collection with more than
a hundred points in it.

Source: OGC 17-069r4, requirements 7, 13, 15 to 24, 27 to 28 and its class oas30; RFC 9110 for HEAD, ETag and gzip.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.whole.servers import Answer, call

GEOJSON = "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"


@dataclass(frozen=True)
class Service:
    """Where a server answers; ``root`` is a path without a slash at its end."""

    port: int
    root: str
    collection: str

    def asked(self, path: str, method: str = "GET", **headers: str) -> Answer:
        return call(self.port, method, f"{self.root}{path}", headers={"Accept": "application/json"} | headers)

    def items(self, query: str = "limit=5", **headers: str) -> Answer:
        return self.asked(f"/collections/{self.collection}/items?{query}", **{"Accept": GEOJSON, **headers})


def answers(query: str, status: int) -> Callable[[Service], bool]:
    """Return the question whether items asked for so are answered with this status."""
    return lambda service: service.items(query).status == status


def _header(answer: Answer, name: str) -> str:
    return next((value for key, value in answer.headers.items() if key.lower() == name.lower()), "")


def _says_what_it_is(service: Service) -> bool:
    return _header(service.items(), "Content-Type").startswith(GEOJSON)


def _links_to_its_page(service: Service) -> bool:
    links = service.items().json.get("links", ())
    return any(one["rel"] == "alternate" and one.get("type") == "text/html" for one in links)


def _describes_itself(service: Service) -> bool:
    """In OpenAPI 3.0, and so that it can be read without any other host."""
    told = service.asked("/api", Accept=OPENAPI)
    return told.status == 200 and told.json["openapi"].startswith("3.0.") and b'"$ref":"http' not in _tight(told.body)


def _tight(body: bytes) -> bytes:
    return body.replace(b'": "', b'":"')


def _knows_what_is_unchanged(service: Service) -> bool:
    tag = _header(service.items(), "ETag")
    return bool(tag) and service.items(**{"If-None-Match": tag}).status == 304


def _packs(service: Service) -> bool:
    return _header(service.items("limit=100", **{"Accept-Encoding": "gzip"}), "Content-Encoding") == "gzip"


PROBES: dict[str, Callable[[Service], bool]] = {
    "limit=unlimited is a 400": answers("limit=unlimited", 400),
    "more than the most is a 200": answers("limit=20000", 200),
    "limit=0 is a 400": answers("limit=0", 400),
    "half a box is a 400": answers("bbox=1,2,3", 400),
    "an empty box is a 400": answers("bbox=", 400),
    "a 13th month is a 400": answers("datetime=2026-13-99", 400),
    "an unknown parameter is a 400": answers("unknownQueryParameter12345=1", 400),
    "a box upside down is a 400": answers("bbox=-4.5,48.4,-4.48,48.38", 400),
    "an unknown collection is a 404": lambda service: service.asked("/collections/licorne/items").status == 404,
    "HEAD is a 200": lambda service: service.asked("/collections", "HEAD").status == 200,
    "GeoJSON says that it is": _says_what_it_is,
    "items link to their page": _links_to_its_page,
    "it describes itself in OpenAPI 3.0": _describes_itself,
    "what is unchanged is a 304": _knows_what_is_unchanged,
    "it packs": _packs,
}
