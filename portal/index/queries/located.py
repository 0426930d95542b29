"""What is as wanted and where, read from the index of cells alone: runs of it one after the other, none of them twice.

Written as conditions joined by OR, as :func:`conditions` has to, the same question makes PostgreSQL visit every row.
"""

from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Float,
    Integer,
    Select,
    and_,
    bindparam,
    not_,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.index.models import IndexEntry
from portal.index.queries.filtering import Filter, crossing, edges, facets, inside, within
from portal.places.grid import NOWHERE, Box, Run, runs

FEW_RUNS = 8
"""Every run costs a descent and planning; a few hold little that is outside of a box."""


class Shape(NamedTuple):
    """What a question about a box depends on: of how many parts it is, how many runs of cells are read for it."""

    parts: int
    runs: int


def located(box: Box | None) -> tuple[Shape | None, dict[str, float]]:
    """Return the shape of what :func:`hits` asks about a box, and what it is asked with. None without a box."""
    if box is None:
        return None, {}
    read = runs(box, FEW_RUNS)
    told: dict[str, float] = {f"{name}{n}": cell for n, run in enumerate(read) for name, cell in run._asdict().items()}
    for n, part in enumerate(box.parts):
        told |= edges(part, n)
    return Shape(len(box.parts), len(read)), told


def hits(
    session: Session, wanted: Filter, shape: Shape | None, *columns: InstrumentedAttribute, most: bool = False
) -> CompoundSelect | Select:
    """Return the question for ``columns`` of everything that is as wanted, each entry once.

    The box is not that of ``wanted`` but one of ``shape``, told when it is asked, by :func:`located`; so is ``most``:
    then only so many are looked at, in the order of cell and id. Those are in the answer, and perhaps some others.
    """
    question = select(*columns).where(*facets(session, wanted))
    if shape is None:
        return question
    exact = _inside(shape.parts)
    parts = [question.where(*within(_run(n)), *exact) for n in range(shape.runs)]
    if most:  # every run is read in this order anyway: the database may stop there
        few = bindparam("most", type_=Integer)
        parts = [select(part.order_by(IndexEntry.cell, IndexEntry.id).limit(few).subquery()) for part in parts]
    met = or_(*(IndexEntry.id.in_(crossing(session, n)) for n in range(shape.parts)))
    parts.append(question.where(met, not_(and_(*exact))))
    if wanted.placeless:
        parts.append(question.where(IndexEntry.cell == NOWHERE))
    return union_all(*parts)


def _run(n: int) -> Run:
    return Run(*(bindparam(f"{name}{n}", type_=BigInteger) for name in Run._fields))  # type: ignore[arg-type]


def _inside(parts: int) -> list[ColumnElement[bool]]:
    return inside([_Part(*(bindparam(f"{name}{n}", type_=Float) for name in _Part._fields)) for n in range(parts)])


class _Part(NamedTuple):
    """A part of a box that is told when a question is asked; see :func:`edges`."""

    west: BindParameter[float]
    south: BindParameter[float]
    east: BindParameter[float]
    north: BindParameter[float]
