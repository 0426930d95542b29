"""GeoJSON (RFC 7946): lines to choose from, points with what their properties say, whatever else is left out."""

import json
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any

from maps.imports.brought import LONGEST_NAME, LONGEST_TEXT, Brought, Line, LineKind, Point, only_lines
from maps.imports.troubles import Trouble, Unreadable
from maps.rules.limits import HIGHEST
from maps.terms import Position, Texts, Vertex

MOST_POINTS = 1_000_000
LANGUAGES = frozenset({"fr", "br", "en"})
TITLES, TEXTS = ("title", "name", "nom", "titre"), ("text", "description", "desc")


def read_geojson(content: bytes) -> Brought:
    """Return what a GeoJSON file holds. Raises :class:`Unreadable`."""
    try:
        told = json.loads(content.decode("utf-8-sig"), parse_constant=_refuse)
    except RecursionError as deep:
        raise Unreadable(Trouble.TOO_DEEP) from deep
    except ValueError as wrong:
        raise Unreadable(Trouble.NOT_JSON) from wrong
    try:
        return _read(_object(told))
    except RecursionError as deep:
        raise Unreadable(Trouble.TOO_DEEP) from deep


def _read(told: Mapping[str, Any]) -> Brought:
    lines: list[Line] = []
    points: list[Point] = []
    left = MOST_POINTS
    for geometry, properties in _geometries(told):
        name = _first(properties, TITLES, LONGEST_NAME)
        for kind, positions in _shapes(geometry):
            left -= len(positions)
            if left < 0:
                raise Unreadable(Trouble.TOO_MANY_POINTS, most=MOST_POINTS)
            if kind == "line":
                lines.append(Line(LineKind.SHAPE, next(iter(name.values()), ""), tuple(positions)))
            else:
                label = properties.get("label")
                points += [
                    Point(
                        (one[0], one[1]),
                        name,
                        _first(properties, TEXTS, LONGEST_TEXT),
                        str(label)[:12] if isinstance(label, str | int) and not isinstance(label, bool) else "",
                        properties,
                    )
                    for one in positions
                ]
    title = _first(told, ("title", "name"), LONGEST_NAME)
    return Brought(next(iter(title.values()), ""), only_lines(lines), tuple(points))


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _geometries(told: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Yield ``(geometry, properties)`` of everything that has a geometry."""
    match told.get("type"):
        case "FeatureCollection":
            for feature in _list(told.get("features")):
                yield from _geometries(_object(feature))
        case "Feature":
            if told.get("geometry") is not None:
                yield _object(told["geometry"]), _object(told.get("properties") or {})
        case "Point" | "MultiPoint" | "LineString" | "MultiLineString" | "Polygon" | "MultiPolygon":
            yield told, {}
        case "GeometryCollection":
            yield told, {}
        case _:
            raise Unreadable(Trouble.NOT_GEOJSON)


def _shapes(geometry: Mapping[str, Any]) -> Iterator[tuple[str, list[Vertex]]]:
    """Yield ``("line" or "points", positions)``; what has an area is left out."""
    coordinates = geometry.get("coordinates")
    match geometry.get("type"):
        case "Point":
            yield "points", [_position(coordinates)]
        case "MultiPoint":
            yield "points", [_position(one) for one in _list(coordinates)]
        case "LineString":
            yield "line", [_position(one) for one in _list(coordinates)]
        case "MultiLineString":
            for line in _list(coordinates):
                yield "line", [_position(one) for one in _list(line)]
        case "GeometryCollection":
            for inner in _list(geometry.get("geometries")):
                yield from _shapes(_object(inner))
        case "Polygon" | "MultiPolygon":
            return
        case _:
            raise Unreadable(Trouble.NOT_GEOJSON)


def _position(told: Any) -> Vertex:
    numbers = _list(told)
    fit = len(numbers) >= 2 and all(isinstance(n, int | float) and not isinstance(n, bool) for n in numbers[:3])
    if not fit or not (-180 <= numbers[0] <= 180 and -90 <= numbers[1] <= 90):
        raise Unreadable(Trouble.BAD_POSITION, line=1, text=str(told)[:60])
    place: Position = float(numbers[0]), float(numbers[1])
    height = float(numbers[2]) if len(numbers) > 2 and abs(numbers[2]) <= HIGHEST else None
    return place if height is None or not isfinite(height) else (*place, height)


def _first(properties: Mapping[str, Any], names: Sequence[str], longest: int) -> Texts:
    """Return the first property of these names that is a text, or texts in several languages."""
    for name in names:
        match properties.get(name):
            case str() as text if text.strip():
                return {"": text.strip()[:longest]}
            case dict() as texts:
                found = {
                    code: text.strip()[:longest]
                    for code, text in texts.items()
                    if code in LANGUAGES and isinstance(text, str) and text.strip()
                }
                if found:
                    return found
    return {}


def _list(told: Any) -> list[Any]:
    if not isinstance(told, list):
        raise Unreadable(Trouble.NOT_GEOJSON)
    return told


def _object(told: Any) -> Mapping[str, Any]:
    if not isinstance(told, dict):
        raise Unreadable(Trouble.NOT_GEOJSON)
    return told
