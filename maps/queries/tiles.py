"""Vector tiles of everything public: things one by one where there are few, else squares that say how many there are.

PostGIS writes them itself; elsewhere mapbox-vector-tile does. Every entry is in exactly one tile of each zoom, by its
position; nothing is left out, so the ``count`` of all that a zoom's tiles hold is everything there is.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from maps.queries.atlas import Mark, entries, tile_marks
from maps.queries.geometry import paths
from maps.rules.clusters import MOST_SINGLE, tile_zoom
from maps.rules.tiles import BUFFER, EXTENT, LINES_FROM, SOUTHERNMOST, Spot, clipped, rounded, spot
from portal.i18n import in_language
from portal.index.models import IndexEntry
from portal.index.queries import Filter, crossing_paths, facets, within
from portal.places.grid import Tile, tile_box, tile_run

Properties = dict[str, str | int]
Point = tuple[float, float, Properties]
"""Longitude, latitude, and what the tile says of it."""


def tile(session: Session, wanted: Filter, asked: Tile) -> bytes:
    """Return a tile with the layers ``points`` and ``lines``; nothing at all where there is nothing."""
    points = _points(session, wanted, asked)
    lines = _lines(session, wanted, asked) if asked.zoom >= LINES_FROM else {}
    if not points and not lines:
        return b""
    write = {"postgresql": _by_postgis, "sqlite": _by_ourselves}[session.get_bind().dialect.name]
    return write(session, asked, points, lines)


def _points(session: Session, wanted: Filter, asked: Tile) -> list[Point]:
    here = select(IndexEntry.id).where(*facets(session, wanted), *within(tile_run(asked)))
    few = session.scalars(here.limit(MOST_SINGLE + 1)).all()
    if len(few) <= MOST_SINGLE:
        return [_single(row) for row in entries(session, few).values()]
    marks = tile_marks(session, wanted, tile_zoom(asked.zoom), tile_run(asked))
    alone = entries(session, [mark.single for mark in marks if mark.single is not None])
    return [_single(alone[mark.single]) if mark.single is not None else _square(mark) for mark in marks]


def _single(row: Row[Any]) -> Point:
    return row.longitude, row.latitude, _properties(row)


def _square(mark: Mark) -> Point:
    kinds = {f"count_{kind}": size for kind, size in mark.kinds.items()}
    return mark.longitude, mark.latitude, {"count": mark.size, **kinds}


def _properties(row: Row[Any]) -> Properties:
    titles = row.title
    title, spoken = in_language(titles, row.language or "fr")
    told = {"count": 1, "kind": row.kind, "id": str(row.source_id), "path": row.path, "title": title}
    told |= {f"title_{code}": words for code, words in titles.items() if code != spoken}
    told |= {name: getattr(row, name) for name in ("theme", "language", "licence", "access")}
    return {name: value for name, value in told.items() if value is not None}


def _lines(session: Session, wanted: Filter, asked: Tile) -> dict[int, Properties]:
    """Return what the tile says of the paths that cross it, by the entries' ids."""
    crossing = crossing_paths(session, tile_box(asked))
    if not crossing:
        return {}
    there = select(IndexEntry.id).where(*facets(session, wanted), IndexEntry.id.in_(crossing))
    return {row.id: _properties(row) for row in entries(session, session.scalars(there).all()).values()}


POSTGIS = text("""
WITH envelope AS (SELECT ST_TileEnvelope(:zoom, :column, :row) AS box),
points AS (
    SELECT ST_AsMVTGeom(
        ST_Transform(ST_SetSRID(ST_MakePoint((p ->> 0)::float8, (p ->> 1)::float8), 4326), 3857),
        envelope.box, :extent, 0, false
    ) AS geom, p -> 2 AS said
    FROM jsonb_array_elements(CAST(:points AS jsonb)) AS p, envelope
),
lines AS (
    SELECT ST_AsMVTGeom(
        ST_Transform(ST_ClipByBox2D(place.path, ST_MakeEnvelope(-180, :south, 180, -:south, 4326)), 3857),
        envelope.box, :extent, :buffer, true
    ) AS geom, l -> 1 AS said
    FROM jsonb_array_elements(CAST(:lines AS jsonb)) AS l
    JOIN index_entry ON index_entry.id = (l ->> 0)::integer
    JOIN place ON place.id = index_entry.place_id, envelope
)
SELECT coalesce((SELECT ST_AsMVT(points, 'points', :extent, 'geom') FROM points), '')
    || coalesce((SELECT ST_AsMVT(lines, 'lines', :extent, 'geom') FROM lines WHERE geom IS NOT NULL), '')
""")


def _by_postgis(session: Session, asked: Tile, points: Sequence[Point], lines: dict[int, Properties]) -> bytes:
    shown = [(east, min(max(north, SOUTHERNMOST), -SOUTHERNMOST), said) for east, north, said in points]
    given = {
        **asked._asdict(),
        "extent": EXTENT,
        "buffer": BUFFER,
        "south": SOUTHERNMOST,
        "points": json.dumps(shown),
        "lines": json.dumps(list(lines.items())),
    }
    return bytes(session.scalar(POSTGIS, given) or b"")


def _by_ourselves(session: Session, asked: Tile, points: Sequence[Point], lines: dict[int, Properties]) -> bytes:
    from mapbox_vector_tile import encode  # with it come libraries that half a process's memory is too much for

    drawn = paths(session, list(lines))
    layers = [
        {"name": "points", "features": [_point(asked, point) for point in points]},
        {"name": "lines", "features": [f for entry, said in lines.items() for f in _line(asked, drawn[entry], said)]},
    ]
    return encode(
        [layer for layer in layers if layer["features"]], default_options={"y_coord_down": True, "extents": EXTENT}
    )


def _point(asked: Tile, point: Point) -> dict[str, Any]:
    longitude, latitude, said = point
    across, down = spot(asked, longitude, latitude)
    return {"geometry": f"POINT({round(across)} {round(down)})", "properties": said}


def _line(asked: Tile, drawn: str, said: Properties) -> Iterable[dict[str, Any]]:
    spots = [spot(asked, *position) for position in json.loads(drawn)["coordinates"]]
    pieces = [whole for piece in clipped(spots) if len(whole := rounded(piece)) > 1]
    if pieces:
        yield {"geometry": f"MULTILINESTRING({','.join(map(_written, pieces))})", "properties": said}


def _written(piece: Sequence[Spot]) -> str:
    return f"({','.join(f'{across} {down}' for across, down in piece)})"
