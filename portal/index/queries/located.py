"""What is as wanted and where, read from the index of cells alone: runs of it one after the other, none of them twice.

Written as conditions joined by OR, as :func:`conditions` has to, the same question makes PostgreSQL visit every row.
"""

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, not_, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.index.models import IndexEntry
from portal.index.queries.filtering import Filter, crossings, facets, inside
from portal.places.grid import NOWHERE, Run, runs

FEW_RUNS = 8
"""Every run costs a descent and planning; a few hold little that is outside of a box."""


def hits(
    session: Session, wanted: Filter, *columns: InstrumentedAttribute, first: int | None = None
) -> CompoundSelect | Select:
    """Return the question for ``columns`` of everything that is as wanted, each entry once.

    Where only the ``first`` so many are looked at, in the order of cell and id, those are in the answer, and perhaps
    some others.
    """
    question = select(*columns).where(*facets(session, wanted))
    if wanted.box is None:
        return question
    exact = inside(wanted.box)
    parts = [question.where(*within(run), *exact) for run in runs(wanted.box, FEW_RUNS)]
    if first is not None:  # every run is read in this order anyway: the database may stop there
        parts = [select(part.order_by(IndexEntry.cell, IndexEntry.id).limit(first).subquery()) for part in parts]
    crossing = or_(*(IndexEntry.id.in_(asked) for asked in crossings(session, wanted.box)))
    parts.append(question.where(crossing, not_(and_(*exact))))
    if wanted.placeless:
        parts.append(question.where(IndexEntry.cell == NOWHERE))
    return union_all(*parts)


def within(run: Run) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the conditions that an entry is in a run of cells."""
    return IndexEntry.cell >= run.first, IndexEntry.cell < run.end
