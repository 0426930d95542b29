"""Where an address is, asked of the service that the city chose; the visitor's browser asks nobody but us.

The service is one that answers like the French national address base: ``GET ?q=…&limit=…`` with a GeoJSON
FeatureCollection of points, the best first, each with a ``label``. Such are the Géoplateforme's and most Addok servers.

Anybody makes us ask, so we ask little: few questions at a time, none twice, and for a minute none of a service that is
away. Who would have to wait for that is told so at once.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from http.client import HTTPException
from threading import BoundedSemaphore
from time import monotonic
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

import structlog

SECONDS = 4.0
MOST_BYTES = 256 * 1024
LONGEST_QUESTION = 200
REMEMBERED = 512
AT_A_TIME = 2
"""How many questions of this process may be on their way: each keeps one of its threads waiting."""

PAUSE_SECONDS = 60
"""For how long what failed is not tried again."""

OVERLOADED = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class FoundAddress:
    """An address as the service writes it, and where that is."""

    label: str
    longitude: float
    latitude: float


class Unanswered(Exception):
    """The service did not answer, or not as it should, or is not asked now because of that or of others' questions."""


class Away(Unanswered):
    """It would not have answered another question either."""


class _StayThere(HTTPRedirectHandler):
    """The address that the city chose is asked, and no other that it may lead to."""

    def redirect_request(self, *_args) -> None:
        return None


_opener = build_opener(_StayThere)


def found_address(service: str, text: str) -> FoundAddress | None:
    """Return the best match of an address, or None where the service knows none. Raises :class:`Unanswered`."""
    question = " ".join(text.split())[:LONGEST_QUESTION]
    return search_at(service).find(question) if service and len(question) >= 3 else None


class AddressSearch:
    """One service, with what it was asked. ``now`` counts seconds."""

    def __init__(self, service: str, now: Callable[[], float] = monotonic) -> None:
        self._service = service
        self._now = now
        self._room = BoundedSemaphore(AT_A_TIME)
        self._failed: dict[str, float] = {}  # when each question failed; "" stands for all of them
        self.find = lru_cache(maxsize=REMEMBERED)(self._find)

    def _find(self, question: str) -> FoundAddress | None:
        """Return what the service answers, which is remembered. Raises :class:`Unanswered`."""
        if self._has_failed("") or self._has_failed(question):
            raise Unanswered("it failed less than a minute ago")
        if not self._room.acquire(blocking=False):
            raise Unanswered("others wait for an answer")
        try:
            return _asked(self._service, question)
        except Unanswered as why:
            structlog.get_logger().warning("address search failed", error=str(why.__cause__ or why))
            self._remember("" if isinstance(why, Away) else question)
            raise
        finally:
            self._room.release()

    def _has_failed(self, question: str) -> bool:
        return self._now() < self._failed.get(question, float("-inf")) + PAUSE_SECONDS

    def _remember(self, question: str) -> None:
        if len(self._failed) >= REMEMBERED:
            self._failed = {}
        self._failed[question] = self._now()


search_at = lru_cache(maxsize=1)(AddressSearch)
"""The search at the service that the city chose last."""


def _asked(service: str, question: str) -> FoundAddress | None:
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
    except HTTPError as wrong:
        raise (Away if wrong.code in OVERLOADED else Unanswered)(str(wrong)) from wrong
    except OSError as wrong:
        raise Away(str(wrong)) from wrong
    except (HTTPException, ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise Unanswered(str(wrong)) from wrong
    return None
