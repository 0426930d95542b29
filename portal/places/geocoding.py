"""Where an address is, asked of the service that the city chose; the visitor's browser asks nobody but us.

The service is one that answers like the French national address base: ``GET ?q=…&limit=…`` with a GeoJSON
FeatureCollection of points, the best first, each with a ``label``. Such are the Géoplateforme's and most Addok servers.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from http.client import HTTPException
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

import structlog

SECONDS = 4.0
MOST_BYTES = 256 * 1024
LONGEST_QUESTION = 200
REMEMBERED = 512


@dataclass(frozen=True, slots=True)
class FoundAddress:
    """An address as the service writes it, and where that is."""

    label: str
    longitude: float
    latitude: float


class Unanswered(Exception):
    """The service did not answer, or not as it should."""


class _StayThere(HTTPRedirectHandler):
    """The address that the city chose is asked, and no other that it may lead to."""

    def redirect_request(self, *_args) -> None:
        return None


_opener = build_opener(_StayThere)


def found_address(service: str, text: str) -> FoundAddress | None:
    """Return the best match of an address, or None where the service knows none or does not answer."""
    question = " ".join(text.split())[:LONGEST_QUESTION]
    if not service or len(question) < 3:
        return None
    try:
        return _asked(service, question)
    except Unanswered as why:
        structlog.get_logger().warning("address search failed", error=str(why.__cause__ or why))
        return None


@lru_cache(maxsize=REMEMBERED)
def _asked(service: str, question: str) -> FoundAddress | None:
    """Return what the service answers; an answer is remembered. Raises :class:`Unanswered`."""
    joined = "&" if "?" in service else "?"
    request = Request(f"{service}{joined}{urlencode({'q': question, 'limit': 1})}")  # noqa: S310 (checked as https)
    request.add_header("Accept", "application/geo+json, application/json")
    try:
        with _opener.open(request, timeout=SECONDS) as answer:
            told = json.loads(answer.read(MOST_BYTES))
        for feature in told["features"]:
            longitude, latitude = map(float, feature["geometry"]["coordinates"][:2])
            if -180 <= longitude <= 180 and -90 <= latitude <= 90:
                return FoundAddress(str(feature["properties"].get("label") or question)[:200], longitude, latitude)
    except (OSError, HTTPException, ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise Unanswered(str(wrong)) from wrong
    return None
