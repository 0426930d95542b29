"""What a reader wants to see of the public index. List, search, map, tiles and OGC API all ask with the same filter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, TextualSelect, and_, or_, select, text
from sqlalchemy.orm import Session

from portal.index.models import IndexEntry, IndexVersion
from portal.index.queries.questions import matching
from portal.places.grid import NOWHERE, Box, Run, runs

WHEELCHAIR = "wheelchair"


@dataclass(frozen=True, slots=True)
class Filter:
    """What is wanted: everything that fits all of it. None, or "", wants nothing in particular.

    ``language`` is that of the thing, ``access`` who can get there. From ``since`` to ``until``, both included, it must
    be there: what has no dates always is, what only begins has no end. In the ``box`` must be its position or a part of
    its path; with ``placeless``, what has no position is in every box.
    """

    kinds: Sequence[str] | None = None
    theme: str | None = None
    licence: str | None = None
    language: str | None = None
    access: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    box: Box | None = None
    q: str = ""
    placeless: bool = False

    def __post_init__(self) -> None:
        if self.kinds is not None:
            object.__setattr__(self, "kinds", tuple(self.kinds))  # what is kept for a filter is found by it


def conditions(session: Session, wanted: Filter) -> list[ColumnElement[bool]]:
    """Return the conditions that an entry is visible and as wanted; what crosses the box is looked up for it."""
    found = facets(session, wanted)
    if wanted.box is not None:
        cells = or_(*(and_(*within(run)) for run in runs(wanted.box)))  # holds what is in the box, and few others
        meets = [and_(cells, *inside(wanted.box.parts))]
        if crossing := crossing_paths(session, wanted.box):
            meets.append(IndexEntry.id.in_(crossing))
        if wanted.placeless:
            meets.append(IndexEntry.cell == NOWHERE)
        found.append(or_(*meets))
    return found


def facets(session: Session, wanted: Filter) -> list[ColumnElement[bool]]:
    """Return the conditions that an entry is visible and as wanted, wherever it is."""
    found: list[ColumnElement[bool]] = [IndexEntry.visible.is_(True)]
    if wanted.kinds is not None:
        found.append(IndexEntry.kind.in_(wanted.kinds))
    for column in (IndexEntry.theme, IndexEntry.licence, IndexEntry.language, IndexEntry.access):
        if value := getattr(wanted, column.key):
            found.append(column == value)
    if wanted.since is not None:
        found.append(or_(IndexEntry.ends_at.is_(None), IndexEntry.ends_at >= wanted.since))
    if wanted.until is not None:
        found.append(or_(IndexEntry.starts_at.is_(None), IndexEntry.starts_at <= wanted.until))
    if wanted.q.strip():
        found.append(matching(session, wanted.q))
    return found


def within(run: Run) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the conditions that an entry is in a run of cells."""
    return IndexEntry.cell >= run.first, IndexEntry.cell < run.end


def inside(parts: Sequence[Any]) -> list[ColumnElement[bool]]:
    """Return the conditions that a position is in one of the parts of a box, whose sides may be told later."""
    columns = [IndexEntry.longitude.between(part.west, part.east) for part in parts]
    return [or_(*columns), IndexEntry.latitude.between(parts[0].south, parts[0].north)]


def crossing_paths(session: Session, box: Box) -> list[int]:
    """Return the ids of the entries whose path has a part in the box."""
    asked = crossing(session)
    return sorted({entry for part in box.parts for entry in session.scalars(asked, edges(part))})


def crossing(session: Session, n: int = 0) -> TextualSelect:
    """Return the question for these ids of the ``n``-th part of a box, asked with its :func:`edges`."""
    return text(CROSSING[session.get_bind().dialect.name].format(n=n)).columns(IndexEntry.id)


def edges(part: Box, n: int = 0) -> dict[str, float]:
    """Return what a question about the ``n``-th part of a box is asked with."""
    return {f"west{n}": part.west, f"south{n}": part.south, f"east{n}": part.east, f"north{n}": part.north}


CROSSING = {
    # A box without width or height is no polygon, but a line or a spot; that is what PostGIS makes of its diagonal.
    "postgresql": (
        "SELECT e.id FROM place p JOIN index_entry e ON e.place_id = p.id AND e.has_path "
        "WHERE ST_Intersects(p.path, ST_SetSRID("
        "ST_Envelope(ST_MakeLine(ST_MakePoint(:west{n}, :south{n}), ST_MakePoint(:east{n}, :north{n}))), 4326))"
    ),
    # Boxes in the tree are rounded to 32 bits, outwards; what is found in it is looked at again.
    "sqlite": (
        "SELECT e.id FROM idx_place_path t JOIN place p ON p.id = t.pkid "
        "JOIN index_entry e ON e.place_id = p.id AND e.has_path "
        "WHERE t.xmax >= :west{n} AND t.xmin <= :east{n} AND t.ymax >= :south{n} AND t.ymin <= :north{n} "
        "AND ST_Intersects(p.path, CASE WHEN :west{n} < :east{n} AND :south{n} < :north{n} "
        "THEN BuildMbr(:west{n}, :south{n}, :east{n}, :north{n}, 4326) "
        "WHEN :west{n} = :east{n} AND :south{n} = :north{n} "
        "THEN MakePoint(:west{n}, :south{n}, 4326) "
        "ELSE MakeLine(MakePoint(:west{n}, :south{n}, 4326), MakePoint(:east{n}, :north{n}, 4326)) END)"
    ),
}


def version(session: Session, kinds: Sequence[str] | None = None) -> str:
    """Return what tells apart two states of the entries of these kinds, or of all; one is never there twice."""
    return ".".join(f"{kind}-{number:x}" for kind, number in versions(session, kinds).items())


def versions(session: Session, kinds: Sequence[str] | None = None) -> dict[str, int]:
    """Return the versions of these kinds, or of all, by kind; of which there never was an entry has none."""
    asked = select(IndexVersion.id, IndexVersion.version).order_by(IndexVersion.id)
    if kinds is not None:
        asked = asked.where(IndexVersion.id.in_(kinds))
    return dict(session.execute(asked).all())


def changed_at(session: Session, kinds: Sequence[str] | None = None) -> datetime | None:
    """Return when the entries of these kinds, or of all, last changed; None where there never was any.

    It is the hour that their version says, for what leaves a list leaves no row that could be dated: not what is
    hidden, nor what its owner takes back.
    """
    latest = max(versions(session, kinds).values(), default=None)
    return None if latest is None else datetime.fromtimestamp(latest / 1000, UTC)
