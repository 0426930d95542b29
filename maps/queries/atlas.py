"""What the map shows of everything public: features to read one by one, marks that say how many there are, extents.

All of it reads the public index through :class:`portal.index.queries.Filter`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Integer, Row, Select, Subquery, bindparam, func, literal_column, select
from sqlalchemy.orm import Session

from maps.queries.geometry import ends_of_paths, paths
from maps.rules.clusters import shift, square
from portal.index.models import IndexEntry
from portal.index.queries import Filter, Shape, facets, hits, located, within
from portal.kept import Kept, question_size
from portal.places.grid import Box, Run, Tile

_entry = IndexEntry.__table__.c
_TOLD = (IndexEntry.id, IndexEntry.told, IndexEntry.has_path)
FEATURE = tuple(_entry[column.key] for column in _TOLD)
"""What is read of an entry to tell it to programs, in this order; plain columns, because thousands are read at once."""

SHOWN = tuple(
    _entry[name]
    for name in (
        *("id", "kind", "source_id", "path", "title", "summary", "theme", "language", "licence", "access"),
        *("longitude", "latitude", "has_path"),
    )
)
"""What is read of an entry to show it on a map."""

_QUESTIONS = Kept(4 * 1024 * 1024)
"""Kept for what is wanted and the shape of the box: to put a question together takes as long as to have it answered."""


@dataclass(frozen=True, slots=True)
class Features:
    """One page of features: rows of ``FEATURE``, ``lines`` as GeoJSON by id, and how many there are in all."""

    rows: Sequence[Row[Any]]
    lines: dict[int, str]
    matched: int


def features(session: Session, wanted: Filter, limit: int, offset: int = 0, matched: int | None = None) -> Features:
    """Return a page of what is as wanted, in the order of the grid; ``matched`` if it is known already."""
    shape, told = located(wanted.box)
    asked = session.get_bind().dialect.name, replace(wanted, box=None), shape, offset > 0, matched is None
    question = _QUESTIONS.get(asked, lambda: _page(session, wanted, shape, offset > 0, matched is None), question_size)
    most = {"most": limit + offset, "limit": limit, "offset": offset}
    rows = session.connection().execute(question, told | most).all()
    if matched is None:
        matched = rows[0][-1] if rows else count(session, wanted) if offset else 0
    return Features(rows, paths(session, [row.id for row in rows if row.has_path]), matched)


def _page(session: Session, wanted: Filter, shape: Shape | None, later: bool, counted: bool) -> Select[Any]:
    """Return the question for a page of features; with ``counted``, for how many there are in all besides.

    For a ``later`` page, the rows before it are passed over in the index of cells alone.
    """
    columns = (IndexEntry.id, IndexEntry.cell) if later else (*_TOLD, IndexEntry.cell)
    found = hits(session, wanted, shape, *columns, most=True).subquery()
    page = select(*found.c).order_by(found.c.cell, found.c.id)
    page = page.limit(bindparam("limit", type_=Integer)).offset(bindparam("offset", type_=Integer))
    rows = page.subquery()
    if later:
        asked = select(*FEATURE).join_from(rows, IndexEntry.__table__, _entry.id == rows.c.id)
    else:
        asked = select(*(rows.c[column.key] for column in _TOLD))
    if counted:
        asked = asked.add_columns(_number(session, wanted, shape).scalar_subquery())
    return asked.order_by(rows.c.cell, rows.c.id)


def _number(session: Session, wanted: Filter, shape: Shape | None) -> Select[int]:
    return select(func.count()).select_from(hits(session, wanted, shape, IndexEntry.id).subquery())


def count(session: Session, wanted: Filter) -> int:
    """Return how many entries are as wanted."""
    shape, told = located(wanted.box)
    return session.scalar(_number(session, wanted, shape), told) or 0


def feature(session: Session, kind: str, source_id: UUID) -> Features:
    """Return one thing of a kind as a page of features; an empty one where there is none."""
    asked = select(*FEATURE).where(_entry.kind == kind, _entry.source_id == source_id, _entry.visible.is_(True))
    rows = session.execute(asked).all()
    return Features(rows, paths(session, [row.id for row in rows if row.has_path]), len(rows))


def entries(session: Session, ids: Sequence[int]) -> dict[int, Row[Any]]:
    """Return the entries with these ids, as rows of ``SHOWN``."""
    return {row.id: row for row in session.execute(select(*SHOWN).where(_entry.id.in_(ids)))}


@dataclass(frozen=True, slots=True)
class Extent:
    """Where and when the things of a kind are. ``box`` is None where none has a position.

    ``dated`` says that some have dates; ``begins`` and ``ends`` are None where one of these has no beginning, no end.
    """

    size: int
    box: tuple[float, float, float, float] | None = None
    dated: bool = False
    begins: datetime | None = None
    ends: datetime | None = None


def extent(session: Session, kind: str) -> Extent:
    """Return where and when the things of a kind are."""
    east, north = _entry.longitude, _entry.latitude
    dated = _entry.starts_at.is_not(None) | _entry.ends_at.is_not(None)
    asked = select(
        func.count(),
        *(func.min(east), func.min(north), func.max(east), func.max(north)),
        *(func.count().filter(dated), func.count(_entry.starts_at), func.count(_entry.ends_at)),
        *(func.min(_entry.starts_at), func.max(_entry.ends_at)),
    ).where(_entry.visible.is_(True), _entry.kind == kind)
    size, *edges, some, begun, ended, begins, ends = session.execute(asked).one()
    if edges[0] is None:
        box = None
    else:
        further = ends_of_paths(session, kind) or edges
        box = (
            min(edges[0], further[0]),
            min(edges[1], further[1]),
            max(edges[2], further[2]),
            max(edges[3], further[3]),
        )
    return Extent(size, box, some > 0, begins if begun == some else None, ends if ended == some else None)


class Mark(NamedTuple):
    """A mark on the map: the ``square`` it stands for, how many things of each kind are in it, and their middle.

    ``box`` goes around them. ``single`` is the entry's id where there is only one.
    """

    square: Tile
    size: int
    kinds: dict[str, int]
    longitude: float
    latitude: float
    box: Box
    single: int | None


_MARKED = (IndexEntry.id, IndexEntry.kind, IndexEntry.cell, IndexEntry.longitude, IndexEntry.latitude)


def marks(session: Session, wanted: Filter, zoom: int) -> list[Mark]:
    """Return everything wanted that has a position, as marks for the squares of a zoom; their counts add up."""
    shape, told = located(wanted.box)
    found = hits(session, wanted, shape, *_MARKED).subquery()
    return _in_squares(session, select(*found.c).where(found.c.cell >= 0).subquery(), zoom, told)


def tile_marks(session: Session, wanted: Filter, zoom: int, run: Run) -> list[Mark]:
    """Return everything wanted in a run of cells, wherever the filter's box is, as marks for the squares of a zoom."""
    found = select(*_MARKED).where(*facets(session, wanted), *within(run)).subquery()
    return _in_squares(session, found, zoom, {})


def _in_squares(session: Session, found: Subquery, zoom: int, told: Mapping[str, float]) -> list[Mark]:
    number = found.c.cell.bitwise_rshift(literal_column(str(shift(zoom)), Integer)).label("number")
    east, north = found.c.longitude, found.c.latitude
    grouped = select(
        number,
        found.c.kind,
        func.count().label("size"),
        func.min(found.c.id).label("first"),
        func.sum(east).label("across"),
        func.sum(north).label("up"),
        func.min(east).label("west"),
        func.min(north).label("south"),
        func.max(east).label("east"),
        func.max(north).label("north"),
    ).group_by(number, found.c.kind)
    squares: dict[int, list[Row[Any]]] = {}
    for row in session.execute(grouped, told):
        squares.setdefault(row.number, []).append(row)
    return [_mark(square(number, zoom), rows) for number, rows in sorted(squares.items())]


def _mark(tile: Tile, rows: Sequence[Row[Any]]) -> Mark:
    kinds = {row.kind: row.size for row in sorted(rows, key=lambda row: row.kind)}
    size = sum(kinds.values())
    box = Box(*(f(getattr(row, edge) for row in rows) for f, edge in _EDGES))
    longitude, latitude = (sum(getattr(row, name) for row in rows) / size for name in ("across", "up"))
    # A sum of many is rounded: their middle is not outside of them.
    longitude = min(max(longitude, box.west), box.east)
    latitude = min(max(latitude, box.south), box.north)
    return Mark(tile, size, kinds, longitude, latitude, box, rows[0].first if size == 1 else None)


_EDGES = ((min, "west"), (min, "south"), (max, "east"), (max, "north"))
