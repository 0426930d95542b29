"""What a city decides while its portal runs: its name, its words, whom to reach, the map, what the law wants said.

Templates see it as ``city``, code as ``request.city``, both in the reader's language. What was changed from the
defaults is kept in ``city_setting`` and read in one query, at most every few seconds in each process.
"""

import json
import threading
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from importlib.resources import files
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from pyramid.events import BeforeRender
from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from portal.i18n import OFFERED, in_language
from portal.pages.models import CitySetting

FRESH_SECONDS = 5.0


class Conformity(StrEnum):
    """How far the portal follows the RGAA, in the words of its declaration."""

    NONE = "none"
    PARTIAL = "partial"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class City:
    """What the city says of itself, in one language. Long texts are Markdown, ``logo`` is a path, empty is unsaid."""

    name: str
    place: str
    tagline: str
    logo: str
    languages: tuple[str, ...]
    zone: str
    contact_email: str
    contact_phone: str
    contact_address: str
    publisher: str
    publication_director: str
    host: str
    content_licence: str
    about: str
    terms: str
    privacy: str
    accessibility_state: Conformity
    accessibility_audited_on: date | None
    accessibility_auditor: str
    accessibility_rate: int | None
    accessibility_issues: str
    accessibility_derogations: str
    accessibility_plan: str
    accessibility_method: str
    accessibility_contact: str
    map_tiles: str
    map_attribution: str
    geocoder: str
    banner: str

    @property
    def owner(self) -> str:
        """Whose the city's things are unless told otherwise: the first line of its publisher, else the portal's name.

        The lines that follow are the publisher's address and number, which own nothing.
        """
        return self.publisher.strip().partition("\n")[0].rstrip() or f"{self.name} {self.place}".strip()

    @classmethod
    def of(cls, values: Mapping[str, Any], language: str) -> "City":
        """Return the city as ``values`` and the defaults describe it, its texts in ``language`` or the next best."""
        told: dict[str, Any] = {}
        for name, default in DEFAULTS.items():
            value = values.get(name, default)
            if name in TRANSLATED:
                told[name] = in_language(value, language)[0]
            else:
                told[name] = READERS.get(name, str)(value)
        return cls(**told)


def _text(name: str) -> dict[str, str]:
    folder = files("portal.pages").joinpath("texts")
    return {language: folder.joinpath(f"{name}.{language}.md").read_text("utf-8").strip() for language in ("fr", "en")}


DEFAULTS: Mapping[str, Any] = {
    "name": "Les communs",
    "place": "de Brest métropole",
    "tagline": {
        "fr": "Apprendre, emprunter, créer, partager",
        "en": "Learn, borrow, make, share",
        "br": "Deskiñ, amprestañ, krouiñ, rannañ",
    },
    "logo": "",
    "languages": list(OFFERED),
    "zone": "Europe/Paris",
    "contact_email": "",
    "contact_phone": "",
    "contact_address": "",
    "publisher": "",
    "publication_director": "",
    "host": "",
    "content_licence": "CC BY-SA 4.0",
    "about": _text("about"),
    "terms": _text("terms"),
    "privacy": _text("privacy"),
    "accessibility_state": Conformity.NONE.value,
    "accessibility_audited_on": None,
    "accessibility_auditor": "",
    "accessibility_rate": None,
    "accessibility_issues": {},
    "accessibility_derogations": {},
    "accessibility_plan": {},
    "accessibility_method": {},
    "accessibility_contact": "",
    "map_tiles": "",
    "map_attribution": "",
    "geocoder": "",
    "banner": {},
}
TRANSLATED = frozenset(name for name, default in DEFAULTS.items() if isinstance(default, dict))
READERS = {
    "languages": lambda codes: tuple(code for code in OFFERED if code in codes) or OFFERED,
    "accessibility_state": Conformity,
    "accessibility_audited_on": lambda day: date.fromisoformat(day) if day else None,
    "accessibility_rate": lambda rate: rate,
}
if {field.name for field in fields(City)} != DEFAULTS.keys():
    raise TypeError("every field of City has one default")


class Told:
    """What a city changed (``values``), and the city in each language made of it once; equal where the values are."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values
        self._cities: dict[str, City] = {}
        self._hash = hash(json.dumps(values, sort_keys=True))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Told) and self.values == other.values

    def __hash__(self) -> int:
        return self._hash

    def city(self, language: str) -> City:
        if language not in self._cities:
            self._cities[language] = City.of(self.values, language)
        return self._cities[language]


class KeptValues:
    """What this process last read of ``city_setting``. When the database is away, what was read before still holds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told = Told({})
        self._good_until = 0.0

    def read(self, engine: Engine) -> Told:
        """Return what the city changed, with one query when the last one is a few seconds old."""
        with self._lock:
            if monotonic() >= self._good_until:
                try:
                    with closing(Session(engine)) as session:
                        values = changed_values(session)
                    if values != self._told.values:
                        self._told = Told(values)
                except SQLAlchemyError:
                    structlog.get_logger().warning("city settings out of reach, the last known hold")
                self._good_until = monotonic() + FRESH_SECONDS
            return self._told

    def forget(self, _request=None) -> None:
        """Let the next reader ask the database: something was changed."""
        self._good_until = 0.0


def changed_values(session: Session) -> dict[str, Any]:
    return {key: value for key, value in session.execute(select(CitySetting.key, CitySetting.value)) if key in DEFAULTS}


def told_by(request) -> Told:
    """Return ``request.city_told``, on a connection of its own: pages about a failed transaction need it too."""
    lent = request.environ.get("portal.session")
    if lent is not None:
        return Told(changed_values(lent))
    return request.registry.city_values.read(request.registry.reading_engine)


def city_of(request) -> City:
    """Return ``request.city``; its logo is where it is served."""
    city = request.city_told.city(request.locale_name)
    return replace(city, logo=request.route_path("media", name=city.logo)) if city.logo else city


def languages_of(request) -> tuple[str, ...]:
    """Return the codes of the languages that the city offers."""
    return READERS["languages"](request.city_told.values.get("languages", OFFERED))


def zone_of(request) -> ZoneInfo:
    """Return the zone in which the city's days begin and end."""
    return ZoneInfo(request.city_told.values.get("zone", DEFAULTS["zone"]))


def includeme(config) -> None:
    config.registry.city_values = KeptValues()
    config.add_request_method(told_by, "city_told", reify=True)
    config.add_request_method(city_of, "city", property=True)  # not reified: a letter speaks another language
    config.registry.languages_of = languages_of
    config.registry.zone_of = zone_of
    config.add_subscriber(_lend_city, BeforeRender)


def _lend_city(event: BeforeRender) -> None:
    request = event.get("request")
    if request is not None:
        event.setdefault("city", request.city)
