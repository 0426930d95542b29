"""What an import would do: which rows are new, which say something else than the portal, field by field.

What the files do not mention is left alone, so nothing is ever removed by an import.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from equipment_lending.imports.rows import Inventory, ItemRow, Line, ModelRow, PointRow, columns
from equipment_lending.imports.troubles import Trouble, TroubleCode


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A column, what the portal has there and what the file says."""

    column: str
    before: object
    after: object


Row = TypeVar("Row", PointRow, ModelRow, ItemRow)


@dataclass(frozen=True, slots=True)
class RowChange(Generic[Row]):
    """A row that the portal has, and says otherwise."""

    row: Row
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class FileDifference(Generic[Row]):
    """What one file changes: rows it adds and changes, how many say what is known, how many it does not mention."""

    file: str
    added: tuple[Row, ...]
    changed: tuple[RowChange[Row], ...]
    unchanged: int
    unmentioned: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What the files change, and the categories that do not exist yet."""

    points: FileDifference[PointRow]
    models: FileDifference[ModelRow]
    items: FileDifference[ItemRow]
    categories: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[FileDifference[PointRow], FileDifference[ModelRow], FileDifference[ItemRow]]:
        return self.points, self.models, self.items

    @property
    def rows(self) -> int:
        """How many rows are to be added or changed."""
        return sum(len(part.added) + len(part.changed) for part in self.files)

    @property
    def adds(self) -> bool:
        return any(part.added for part in self.files)

    @property
    def changes(self) -> bool:
        return any(part.changed for part in self.files)


def difference(present: Inventory, wanted: Inventory) -> Difference:
    """Return what has to be done so that the portal says what the files say."""
    new = {model.category for model in wanted.models.values()} - present.categories
    return Difference(
        _between("points.csv", present.points, wanted.points),
        _between("models.csv", present.models, wanted.models),
        _between("items.csv", present.items, wanted.items),
        tuple(sorted(new)),
    )


def _between(name: str, known: Mapping[str, Row], wanted: Mapping[str, Row]) -> FileDifference[Row]:
    both = [(known[key], row) for key, row in wanted.items() if key in known]
    changed = tuple(RowChange(row, tuple(_fields(before, row))) for before, row in both if before != row)
    return FileDifference(
        name,
        added=tuple(row for key, row in wanted.items() if key not in known),
        changed=changed,
        unchanged=len(both) - len(changed),
        unmentioned=len(known) - len(both),
    )


def _fields(before: Line, after: Line) -> Iterator[FieldChange]:
    names = (name for name in columns(type(after)) if name != "asset_tag")
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in names)
    return (FieldChange(name, old, new) for name, old, new in pairs if old != new)


def fingerprint(found: Difference) -> str:
    """Return what tells one difference from another: has anything changed since somebody looked at it?"""
    parts: list[object] = [sorted(found.categories)]
    for part in found.files:
        parts += [[row.key, *_values(row)] for row in part.added]
        parts += [[change.row.key, *map(_plain, change.fields)] for change in part.changed]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _values(row: Line) -> list[object]:
    return [_plain(getattr(row, name)) for name in columns(type(row))]


def _plain(value: object) -> object:
    """Return a value so that equal ones are written alike in every process."""
    if isinstance(value, FieldChange):
        return value.column, _plain(value.before), _plain(value.after)
    return sorted(value) if isinstance(value, frozenset) else value


MISSING_FROM = {
    "points.csv": TroubleCode.NO_SUCH_POINT,
    "models.csv": TroubleCode.NO_SUCH_MODEL,
    "items.csv": TroubleCode.NO_SUCH_PARENT,
}


def conflicts(present: Inventory, wanted: Inventory, unsure: Collection[str] = ()) -> list[Trouble]:
    """Return what is wrong with the files beside each other and beside what the portal has.

    Rows refer to points, models and kits of the files or of the portal; kits are not nested, and stand where their
    parts do; what is in somebody's hands is not changed under their feet. Of the files named in ``unsure`` not every
    line could be read, so that nothing is called missing from them.
    """
    merged = Inventory(
        {**present.points, **wanted.points}, {**present.models, **wanted.models}, {**present.items, **wanted.items}
    )
    kits = {item.parent for item in merged.items.values() if item.parent}
    unknowable = {MISSING_FROM[name] for name in unsure if name in MISSING_FROM}
    return [
        Trouble("items.csv", row.line, column, code, {"text": words})
        for row in wanted.items.values()
        for column, code, words in _wrong_with(row, merged, present.items.get(row.key), kits)
        if code not in unknowable
    ]


_Wrong = tuple[str, TroubleCode, str]


def _wrong_with(row: ItemRow, merged: Inventory, before: ItemRow | None, kits: set[str]) -> Iterator[_Wrong]:
    if row.point not in merged.points:
        yield "point", TroubleCode.NO_SUCH_POINT, row.point
    if row.model not in merged.models:
        yield "model", TroubleCode.NO_SUCH_MODEL, row.model
    if row.units > 1 and row.key in kits:
        yield "units", TroubleCode.KIT_OF_A_LOT, str(row.units)
    if row.parent is not None:
        yield from _wrong_with_kit(row, row.parent, merged.items.get(row.parent), kits)
    if before is not None:
        if before.model != row.model:
            yield "model", TroubleCode.ANOTHER_MODEL, before.model
        elif before.out and (before.point, before.units, before.parent) != (row.point, row.units, row.parent):
            yield "asset_tag", TroubleCode.ITEM_OUT, row.asset_tag


def _wrong_with_kit(row: ItemRow, named: str, kit: ItemRow | None, kits: set[str]) -> Iterator[_Wrong]:
    wrong: tuple[tuple[TroubleCode, Callable[[ItemRow], bool]], ...] = (
        (TroubleCode.OWN_PARENT, lambda kit: kit.key == row.key),
        (TroubleCode.KIT_IN_A_KIT, lambda kit: kit.parent is not None or row.key in kits),
        (TroubleCode.KIT_OF_A_LOT, lambda kit: kit.units > 1),
        (TroubleCode.KIT_ELSEWHERE, lambda kit: kit.point != row.point),
    )
    if kit is None:
        yield "parent", TroubleCode.NO_SUCH_PARENT, named
        return
    yield from (("parent", code, named) for code, holds in wrong if holds(kit))
