"""Paths as the database keeps them, read in each engine's own way."""

import json
from collections.abc import Sequence

from geoalchemy2.functions import ST_AsGeoJSON
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from maps.terms import Position
from portal.index.models import IndexEntry
from portal.places.models import Place

DIGITS = 9


def paths(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Return the paths of entries as GeoJSON geometries, by the entry's id."""
    if not ids:
        return {}
    asked = select(IndexEntry.id, ST_AsGeoJSON(Place.path, DIGITS)).join(Place, Place.id == IndexEntry.place_id)
    return {entry: line for entry, line in session.execute(asked.where(IndexEntry.id.in_(ids))) if line}


def path_of(session: Session, place_id: int) -> tuple[Position, ...]:
    """Return the line that begins at a place; empty where there is none."""
    line = session.scalar(select(ST_AsGeoJSON(Place.path, DIGITS)).where(Place.id == place_id))
    return tuple((longitude, latitude) for longitude, latitude in json.loads(line)["coordinates"]) if line else ()


def ends_of_paths(session: Session, kind: str) -> tuple[float, float, float, float] | None:
    """Return west, south, east and north of all paths of a kind, None where it has none."""
    edges = EDGES[session.get_bind().dialect.name]
    asked = text(
        f"SELECT min({edges[0]}), min({edges[1]}), max({edges[2]}), max({edges[3]}) "  # noqa: S608 (ours)
        "FROM index_entry e JOIN place p ON p.id = e.place_id WHERE e.visible AND e.kind = :kind AND e.has_path"
    )
    found = session.execute(asked, {"kind": kind}).one()
    return None if found[0] is None else tuple(found)


EDGES = {
    "postgresql": ("ST_XMin(p.path)", "ST_YMin(p.path)", "ST_XMax(p.path)", "ST_YMax(p.path)"),
    "sqlite": ("MbrMinX(p.path)", "MbrMinY(p.path)", "MbrMaxX(p.path)", "MbrMaxY(p.path)"),
}
