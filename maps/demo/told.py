"""What the demo city's own files tell: trails with their stops and sounds, and places in every quarter."""

from collections.abc import Iterator, Mapping
from csv import DictReader
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from math import cos, pi, radians, sin, sqrt
from random import Random
from typing import Any

import yaml

from maps.terms import Access, AccessLevel, Position, Surface, Theme

Sheet = Mapping[str, Any]

TRAILS = ("harbour", "recouvrance", "stang-alar", "penfeld")
REMIX = "remix"
METRES_A_DEGREE = 111_195


@cache
def told(name: str) -> Any:
    """Return what one of the files says."""
    return yaml.safe_load(_text(f"{name}.yaml"))


def _text(name: str) -> str:
    return files(__package__).joinpath("texts", name).read_text("utf-8")


def access_of(sheet: Sheet) -> Access:
    """Return what a trail's file says of its way."""
    told_of = {name: sheet[name] for name in ("slope_percent", "width_cm", "obstacles")}
    return Access(AccessLevel(sheet["level"]), surface=Surface(sheet["surface"]), **told_of)


@dataclass(frozen=True, slots=True)
class ToldPlace:
    """A place as its line tells it. ``quarter`` is the name of where it is."""

    title: Mapping[str, str]
    text: Mapping[str, str]
    theme: Theme
    level: AccessLevel
    quarter: str
    position: Position = field(compare=False)


def places() -> Iterator[ToldPlace]:
    """Yield the places, each at its spot: by chance within its quarter, but always the same."""
    quarters = told("quarters")
    for line in DictReader(_text("places.csv").splitlines(), delimiter="|"):
        quarter = quarters[line["quarter"]]
        yield ToldPlace(
            title=_in_languages(line, "title"),
            text=_in_languages(line, "text"),
            theme=Theme(line["theme"]),
            level=AccessLevel(line["access"]),
            quarter=quarter["name"],
            position=_near(quarter["at"], quarter["within"], line["title_fr"]),
        )


def _in_languages(line: Mapping[str, str], name: str) -> dict[str, str]:
    return {language: line[f"{name}_{language}"] for language in ("fr", "en") if line[f"{name}_{language}"]}


def _near(centre: list[float], metres: float, seed: str) -> Position:
    """Return a spot within so many metres of ``centre``, every spot being as likely as any other."""
    chance = Random(seed)  # noqa: S311 (the same spot every time)
    far, turn = metres * sqrt(chance.random()), 2 * pi * chance.random()
    longitude, latitude = centre
    north = far * sin(turn) / METRES_A_DEGREE
    east = far * cos(turn) / (METRES_A_DEGREE * cos(radians(latitude)))
    return round(longitude + east, 6), round(latitude + north, 6)
