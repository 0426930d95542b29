"""What the demo city's own files tell: trails with their stops and sounds, and places in every quarter."""

from collections.abc import Collection, Iterator, Mapping
from csv import DictReader
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from math import cos, pi, radians, sin, sqrt
from random import Random
from typing import Any
from uuid import UUID

from maps.terms import (
    USUAL_RADIUS,
    Access,
    AccessLevel,
    Difficulty,
    Mode,
    Position,
    StopContent,
    Surface,
    Texts,
    Theme,
    TrailContent,
)
from portal.own_files import read_yaml

Sheet = Mapping[str, Any]

TRAILS = ("harbour", "recouvrance", "stang-alar", "penfeld")
REMIX, DRAFT = "remix", "draft"
LANGUAGES = ("fr", "en", "br")
METRES_A_DEGREE = 111_195


@cache
def told(name: str) -> Any:
    """Return what one of the files says."""
    return read_yaml(__package__, "texts", f"{name}.yaml")


def _text(name: str) -> str:
    return files(__package__).joinpath("texts", name).read_text("utf-8")


# Trails -----------------------------------------------------------------------------------------------------------


def sheets() -> Iterator[tuple[Sheet, Sheet]]:
    """Yield every sound that the trails' files tell of, in walking order, each with its trail."""
    for name in (*TRAILS, REMIX):
        for stop in told(name)["stops"]:
            yield from ((told(name), sound) for sound in stop.get("sounds", ()))


def trail(
    sheet: Sheet,
    ids: Mapping[str, UUID],
    media: Mapping[str, UUID],
    *,
    languages: Collection[str] = LANGUAGES,
    first: bool = False,
) -> TrailContent:
    """Return what a trail's file says, in some languages, with those of its sounds that there are.

    ``ids`` are those of its stops, ``media`` those of sounds, by key. As it was at ``first``: before anything was
    mended.
    """
    return TrailContent(
        title=among(sheet["title"], languages),
        summary=among(sheet["summary"], languages),
        text=among(sheet["text"], languages),
        language=sheet["language"],
        licence=sheet["licence"],
        theme=Theme(sheet["theme"]),
        mode=Mode(sheet["mode"]),
        minutes=sheet["minutes"],
        minutes_most=sheet.get("minutes_most"),
        difficulty=Difficulty(sheet["difficulty"]),
        access=access(sheet["access"], languages),
        line=tuple((longitude, latitude) for longitude, latitude in sheet["line"]),
        stops=tuple(
            stop(one, ids[one["key"]], media, languages=languages, first=first)
            for one in sheet["stops"]
            if "of" not in one
        ),
    )


def stop(
    sheet: Sheet,
    stop_id: UUID,
    media: Mapping[str, UUID],
    *,
    languages: Collection[str] = LANGUAGES,
    first: bool = False,
) -> StopContent:
    """Return what the file says of one stop, as :func:`trail` does."""
    longitude, latitude = sheet["at"]
    said = {part: among(sheet[part], languages) for part in ("title", "text", "directions")}
    if first:
        said |= {part: among(texts, languages) for part, texts in sheet.get("was", {}).items()}
    return StopContent(
        id=stop_id,
        label=sheet["label"],
        longitude=longitude,
        latitude=latitude,
        media=tuple(media[sound["key"]] for sound in sheet["sounds"] if sound["key"] in media),
        radius=sheet.get("radius", USUAL_RADIUS),
        optional=sheet.get("optional", False),
        **said,
    )


def remixed(sheet: Sheet, begun: TrailContent, ids: Mapping[str, UUID], media: Mapping[str, UUID]) -> TrailContent:
    """Return what a remix's file says, made of what it began with; ``ids`` are those of its own stops there, by key."""
    taken = {one.id: one for one in begun.stops}
    stops = (
        replace(taken[ids[one["of"]]], directions=one["directions"])
        if "of" in one
        else stop(one, ids[one["key"]], media)
        for one in sheet["stops"]
    )
    return replace(trail(sheet, ids, media), stops=tuple(stops))


def access(sheet: Sheet, languages: Collection[str] = LANGUAGES) -> Access:
    """Return what a trail's file says of its way."""
    return Access(
        AccessLevel(sheet["level"]),
        slope_percent=sheet["slope_percent"],
        width_cm=sheet["width_cm"],
        surface=Surface(sheet["surface"]),
        obstacles=among(sheet["obstacles"], languages),
    )


def among(texts: Texts, languages: Collection[str]) -> Texts:
    return {language: text for language, text in texts.items() if language in languages}


# Places -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ToldPlace:
    """A place as its line tells it: ``quarter`` by its name, ``sound``, which is heard there, by its key."""

    title: Texts
    text: Texts
    theme: Theme
    level: AccessLevel
    quarter: str
    sound: str | None
    position: Position = field(compare=False)


def places() -> Iterator[ToldPlace]:
    """Yield the places, each at its spot: by chance within its quarter, but always the same."""
    quarters = told("quarters")
    for line in DictReader(_text("places.csv").splitlines(), delimiter="|"):
        yield ToldPlace(
            title=_in_languages(line, "title"),
            text=_in_languages(line, "text"),
            theme=Theme(line["theme"]),
            level=AccessLevel(line["access"]),
            quarter=quarters[line["quarter"]]["name"],
            sound=line["sound"] or None,
            position=within(line["quarter"], line["title_fr"]),
        )


def within(quarter: str, seed: str) -> Position:
    """Return a spot in a quarter, every spot being as likely as any other, and always the same for the same seed."""
    chance = Random(seed)  # noqa: S311 (the same spot every time)
    sheet = told("quarters")[quarter]
    longitude, latitude = sheet["at"]
    far, turn = sheet["within"] * sqrt(chance.random()), 2 * pi * chance.random()
    north = far * sin(turn) / METRES_A_DEGREE
    east = far * cos(turn) / (METRES_A_DEGREE * cos(radians(latitude)))
    return round(longitude + east, 6), round(latitude + north, 6)


def _in_languages(line: Mapping[str, str], name: str) -> Texts:
    return {language: line[f"{name}_{language}"] for language in ("fr", "en") if line[f"{name}_{language}"]}
