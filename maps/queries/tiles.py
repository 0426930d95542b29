"""Vector tiles of everything public: things one by one where there are few, else squares that say how many there are.

PostGIS writes them itself; elsewhere mapbox-vector-tile does. Every entry that has a position is in exactly one tile of
each zoom; none is left out, so the ``count`` of all that a zoom's tiles hold is all of them. A thing is known by its
``path``: an id beside it, which nothing repeats, would be a third of a tile.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Row,
    Select,
    String,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import Function

from maps.queries.atlas import SHOWN, tile_marks
from maps.queries.geometry import paths
from maps.rules.clusters import MOST_SINGLE, shift, tile_zoom
from maps.rules.tiles import BUFFER, EXTENT, LINES_FROM, RADIUS, SOUTHERNMOST, Spot, clipped, rounded, spot
from portal.i18n import NAMES, in_language
from portal.index.models import IndexEntry
from portal.index.queries import Filter, crossing, crossing_paths, edges, facets, within
from portal.kept import Kept, question_size
from portal.places.grid import Run, Tile, tile_box, tile_run
from portal.places.models import Place

Properties = dict[str, Any]
_FACETS = ("theme", "language", "licence", "access")


def tile(session: Session, wanted: Filter, asked: Tile) -> bytes:
    """Return a tile with the layers ``points`` and ``lines``; nothing at all where there is nothing."""
    write = {"postgresql": _by_postgis, "sqlite": _by_ourselves}[session.get_bind().dialect.name]
    return write(session, wanted, asked)


# PostGIS

_TILE = Tile(*(bindparam(name, type_=Integer) for name in Tile._fields))  # type: ignore[arg-type]
_RUN = Run(*(bindparam(name, type_=BigInteger) for name in Run._fields))  # type: ignore[arg-type]
"""Stand for a tile and its cells in what is asked about any of them."""


@dataclass(frozen=True, slots=True)
class _Questions:
    """What is asked for a tile: ``some`` of what is in it, counted; its layers of ``single`` things, or squares."""

    some: Select[Any]
    single: Select[Any]
    squares: Select[Any]


_QUESTIONS = Kept(4 * 1024 * 1024)
"""Kept for a filter and a zoom: to put them together takes as long as all that is asked besides."""

# Written out, because GeoAlchemy2 would have each function answer in binary; the names are those of the queries below.
_SHOWN = f"ST_MakeEnvelope(-180, {SOUTHERNMOST}, 180, {-SOUTHERNMOST}, 4326)"
_LINE = f"ST_Transform(ST_ClipByBox2D(place.path, {_SHOWN}), 3857)"
_TITLE = ", ".join(f"nullif(index_entry.title ->> {language}, '')" for language in ("index_entry.language", "'fr'"))


def _title_in(tongue: str) -> ColumnElement[Any]:
    """Return the title in a language that is not the thing's own, in which it is told anyway."""
    of_another = f"index_entry.language IS DISTINCT FROM '{tongue}'"
    return literal_column(f"CASE WHEN {of_another} THEN index_entry.title ->> '{tongue}' END").label(f"title_{tongue}")


_TOLD: tuple[ColumnElement[Any], ...] = (
    *(literal_column(f"index_entry.{name}").label(name) for name in ("kind", "path", *_FACETS)),
    literal_column(f"coalesce({_TITLE}, (SELECT value FROM json_each_text(index_entry.title) LIMIT 1))").label("title"),  # noqa: S608 (ours)
    *map(_title_in, NAMES),
)


def _point_of(table: str) -> str:
    """Return where web maps have the position of a row; ST_Transform would take longer than all the rest."""
    north = f"greatest(least({table}.latitude, {-SOUTHERNMOST}), {SOUTHERNMOST})"
    across, up = f"radians({table}.longitude) * {RADIUS}", f"ln(tan(radians(45 + {north} / 2))) * {RADIUS}"
    return f"ST_SetSRID(ST_MakePoint({across}, {up}), 3857)"


def _drawn(geometry: str, buffer: int) -> ColumnElement[Any]:
    """Return where something is in a tile, cut off beyond the buffer if there is one."""
    envelope = Function[Any]("ST_TileEnvelope", *_TILE)
    drawn = Function[Any]("ST_AsMVTGeom", literal_column(geometry), envelope, EXTENT, buffer, bool(buffer))
    return drawn.label("geom")


def _by_postgis(session: Session, wanted: Filter, asked: Tile) -> bytes:
    zoom, told = asked.zoom, asked._asdict() | tile_run(asked)._asdict() | edges(tile_box(asked))
    questions = _QUESTIONS.get((wanted, zoom), lambda: _questions(session, wanted, zoom), question_size)
    size = session.execute(questions.some, told).scalar_one()
    layers = questions.single if size <= MOST_SINGLE else questions.squares
    return b"".join(filter(None, session.execute(layers, told, execution_options={"binary": True}).one()))


def _questions(session: Session, wanted: Filter, zoom: int) -> _Questions:
    here = select(IndexEntry.id).where(*facets(session, wanted), *within(_RUN))
    some = select(func.count()).select_from(here.limit(MOST_SINGLE + 1).subquery())
    single, squares = _layer("points", _single_points(here)), _layer("points", _square_points(here, zoom))
    if zoom < LINES_FROM:
        return _Questions(some, single, squares)
    lines = _layer("lines", _drawn_lines(session, wanted)).scalar_subquery()
    return _Questions(some, single.add_columns(lines), squares.add_columns(lines))


def _layer(name: str, drawn: Select[Any]) -> Select[Any]:
    """Return the question for a layer, none where it has no feature: ``geom`` of those drawn says where they are."""
    layer: ColumnElement[Any] = literal_column(f"ST_AsMVT({name}, '{name}', {EXTENT}, 'geom')")
    return select(case((func.count() > 0, layer))).select_from(drawn.subquery(name))


def _single_points(here: Select[Any]) -> Select[Any]:
    """Return the question for what is ``here`` one by one."""
    return here.with_only_columns(_drawn(_point_of("index_entry"), 0), literal_column("1").label("count"), *_TOLD)


def _square_points(here: Select[Any], zoom: int) -> Select[Any]:
    """Return the question for what is ``here`` in squares that say how many there are, and what is alone in one."""
    columns = (IndexEntry.id, IndexEntry.kind, IndexEntry.cell, IndexEntry.longitude, IndexEntry.latitude)
    found = here.with_only_columns(*columns).subquery("here")
    number = found.c.cell.bitwise_rshift(literal_column(str(shift(tile_zoom(zoom))), Integer)).label("number")
    kinds = (
        select(
            number,
            found.c.kind,
            func.count().label("size"),
            func.min(found.c.id).label("first"),
            func.sum(found.c.longitude).label("across"),
            func.sum(found.c.latitude).label("up"),
        )
        .group_by(number, found.c.kind)
        .subquery("kinds")
    )
    size = func.sum(kinds.c.size)
    square = (
        select(
            size.label("size"),
            func.min(kinds.c.first).label("first"),
            (func.sum(kinds.c.across) / size).label("longitude"),
            (func.sum(kinds.c.up) / size).label("latitude"),
            func.jsonb_object_agg(literal("count_", String) + kinds.c.kind, kinds.c.size).label("counts"),
        )
        .group_by(kinds.c.number)
        .subquery("square")
    )
    alone = IndexEntry.__table__
    return select(
        _drawn(_point_of("square"), 0),
        literal_column("CAST(square.size AS integer)").label("count"),
        case((square.c.size > 1, square.c.counts)).label("counts"),
        *_TOLD,
    ).select_from(square.outerjoin(alone, (square.c.size == 1) & (alone.c.id == square.c.first)))


def _drawn_lines(session: Session, wanted: Filter) -> Select[Any]:
    """Return the question for the paths in a tile, as far as they are wanted; not those that are but in its buffer."""
    entry = IndexEntry.__table__
    there = select(_drawn(_LINE, BUFFER), *_TOLD).select_from(entry.join(Place, Place.id == entry.c.place_id))
    return there.where(*facets(session, wanted), IndexEntry.id.in_(crossing(session)))


# mapbox-vector-tile


def _by_ourselves(session: Session, wanted: Filter, asked: Tile) -> bytes:
    from mapbox_vector_tile import encode  # with it come libraries that half a process's memory is too much for

    met = crossing_paths(session, tile_box(asked)) if asked.zoom >= LINES_FROM else []
    layers = [
        {"name": "points", "features": list(_points(session, wanted, asked))},
        {"name": "lines", "features": list(_lines(session, wanted, asked, met)) if met else []},
    ]
    there = [layer for layer in layers if layer["features"]]
    return encode(there, default_options={"y_coord_down": True, "extents": EXTENT}) if there else b""


def _points(session: Session, wanted: Filter, asked: Tile) -> Iterator[dict[str, Any]]:
    here = select(IndexEntry.id).where(*facets(session, wanted), *within(tile_run(asked)))
    alone = list(session.scalars(here.limit(MOST_SINGLE + 1)))
    if len(alone) > MOST_SINGLE:
        marks = tile_marks(session, wanted, tile_zoom(asked.zoom), tile_run(asked))
        for mark in marks:
            if mark.single is None:
                counts = {f"count_{kind}": size for kind, size in mark.kinds.items()}
                yield _point(asked, mark.longitude, mark.latitude, {"count": mark.size, **counts})
        alone = [mark.single for mark in marks if mark.single is not None]
    for row in _entries(session, wanted, alone):
        yield _point(asked, row.longitude, row.latitude, {"count": 1, **_told(row)})


def _lines(session: Session, wanted: Filter, asked: Tile, met: Sequence[int]) -> Iterator[dict[str, Any]]:
    drawn = paths(session, met)
    for row in _entries(session, wanted, met):
        spots = [spot(asked, *position) for position in json.loads(drawn[row.id])["coordinates"]]
        pieces = [whole for piece in clipped(spots) if len(whole := rounded(piece)) > 1]
        if pieces:
            yield {"geometry": f"MULTILINESTRING({','.join(map(_written, pieces))})", "properties": _told(row)}


def _entries(session: Session, wanted: Filter, ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Return the entries with these ids, as far as they are wanted."""
    return session.execute(select(*SHOWN).where(*facets(session, wanted), IndexEntry.id.in_(ids))).all()


def _told(row: Row[Any]) -> Properties:
    """Return what a tile tells of an entry: strings alone, nothing that there is not."""
    told = {"kind": row.kind, "path": row.path}
    told |= {name: getattr(row, name) for name in _FACETS}
    told["title"] = in_language(row.title, row.language or "fr")[0]
    told |= {f"title_{tongue}": row.title.get(tongue) for tongue in NAMES if tongue != row.language}
    return {name: value for name, value in told.items() if value is not None}


def _point(asked: Tile, longitude: float, latitude: float, told: Properties) -> dict[str, Any]:
    across, down = spot(asked, longitude, latitude)
    return {"geometry": f"POINT({round(across)} {round(down)})", "properties": told}


def _written(piece: Sequence[Spot]) -> str:
    return f"({','.join(f'{across} {down}' for across, down in piece)})"
