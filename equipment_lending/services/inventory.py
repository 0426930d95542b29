"""A city's spreadsheets brought in: all of it or nothing, and what exists is changed only where that was asked for."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from equipment_lending.imports.difference import (
    Difference,
    FieldChange,
    FileDifference,
    RowChange,
    conflicts,
    difference,
)
from equipment_lending.imports.reading import in_order, read
from equipment_lending.imports.rows import ItemRow, ModelRow, PointRow
from equipment_lending.imports.troubles import Trouble
from equipment_lending.models import Category, EquipmentModel, Item, LendingPoint, Stock
from equipment_lending.queries.inventory import LANGUAGE, inventory
from equipment_lending.queries.layers import Subject
from equipment_lending.services.catalogue import Catalogue, Guardians
from equipment_lending.services.fleet import Fleet
from portal.audit.services import Audit
from portal.db import lock


@dataclass(frozen=True, slots=True)
class Comparison:
    """What files would do, or everything that keeps them from doing it."""

    difference: Difference
    troubles: tuple[Trouble, ...] = ()


class InventoryImport:
    """Compares files with what the portal has, and brings them in."""

    def __init__(self, session: Session, catalogue: Catalogue, fleet: Fleet, audit: Audit) -> None:
        self._session = session
        self._catalogue = catalogue
        self._fleet = fleet
        self._audit = audit

    def compare(self, files: Mapping[str, bytes]) -> Comparison:
        """Return what importing the files would do, with every trouble. Writes nothing."""
        reading = read(files)
        present = inventory(self._session)
        unsure = {trouble.file for trouble in reading.troubles}
        troubles = [*reading.troubles, *conflicts(present, reading.inventory, unsure)]
        return Comparison(difference(present, reading.inventory), tuple(in_order(troubles)))

    def bring_in(self, wanted: Difference, guardians: Guardians, done: Callable[[], object] = lambda: None) -> None:
        """Add what is new and change what differs. New items belong to ``guardians``; ``done`` is called row by row.

        ``wanted`` must have been compared in this transaction, after :meth:`alone`.
        """
        for slug in wanted.categories:
            self._catalogue.add_category(slug, name={LANGUAGE: slug.replace("-", " ").capitalize()})
        for _ in chain(self._points(wanted.points), self._models(wanted.models), self._items(wanted.items, guardians)):
            done()
        counts = {part.file: {"added": len(part.added), "changed": len(part.changed)} for part in wanted.files}
        self._audit.record("lending.import", "import", "lending", **counts)

    def alone(self) -> None:
        """Let nobody else lend, take back or change anything until the transaction ends."""
        lock(self._session, LendingPoint, self._session.scalars(select(LendingPoint.id)).all())
        lock(self._session, Stock, self._session.scalars(select(Stock.id)).all())

    # Points ---------------------------------------------------------------------------------------------------------

    def _points(self, wanted: FileDifference[PointRow]) -> Iterator[PointRow]:
        """Bring the rows in, and yield each."""
        for row in wanted.added:
            self._add_point(row)
            yield row
        for change in wanted.changed:
            self._change_point(change.row, change.fields)
            yield change.row

    def _add_point(self, row: PointRow) -> None:
        point = self._catalogue.add_point(
            row.slug,
            name=row.name,
            address=row.address,
            longitude=row.longitude,
            latitude=row.latitude,
            zone=row.timezone,
            lead_days=row.lead_days,
            max_visits=row.max_visits,
            observes_holidays=row.opening_hours.observes_holidays,
        )
        self._catalogue.set_timetable(point, row.opening_hours)

    def _change_point(self, row: PointRow, fields: Iterable[FieldChange]) -> None:
        point = self._session.scalars(select(LendingPoint).where(LendingPoint.slug == row.slug)).one()
        details = {field.column: field.after for field in fields}
        timetable = details.pop("opening_hours", None)
        if "timezone" in details:
            details["zone"] = details.pop("timezone")
        self._catalogue.change_point(point, **details)
        if timetable is not None:
            self._catalogue.set_timetable(point, row.opening_hours)

    # Models ---------------------------------------------------------------------------------------------------------

    def _models(self, wanted: FileDifference[ModelRow]) -> Iterator[ModelRow]:
        for row in wanted.added:
            self._add_model(row)
            yield row
        for change in wanted.changed:
            self._change_model(change.row, change.fields)
            yield change.row

    def _add_model(self, row: ModelRow) -> None:
        model = self._catalogue.add_model(
            row.slug,
            category=self._category(row.category),
            name={LANGUAGE: row.name},
            description={LANGUAGE: row.description} if row.description else {},
            replacement_value=row.replacement_value,
        )
        self._catalogue.set_rules(Subject(model_id=model.id), _rules({name: getattr(row, name) for name in RULES}))

    def _change_model(self, row: ModelRow, fields: Iterable[FieldChange]) -> None:
        model = self._session.scalars(select(EquipmentModel).where(EquipmentModel.slug == row.slug)).one()
        details: dict[str, Any] = {field.column: field.after for field in fields}
        self._catalogue.set_rules(Subject(model_id=model.id), _rules(details))
        details = {name: value for name, value in details.items() if name not in RULES}
        if "category" in details:
            details["category"] = self._category(row.category)
        for text in ("name", "description"):
            if text in details:
                details[text] = {**getattr(model, text), LANGUAGE: details[text]}
        self._catalogue.change_model(model, **details)

    def _category(self, slug: str) -> Category:
        return self._session.scalars(select(Category).where(Category.slug == slug)).one()

    # Items ----------------------------------------------------------------------------------------------------------

    def _items(self, wanted: FileDifference[ItemRow], guardians: Guardians) -> Iterator[ItemRow]:
        for row in sorted(wanted.added, key=lambda row: row.parent is not None):  # kits before their parts
            self._add_item(row, guardians)
            yield row
        for change in sorted(wanted.changed, key=_leaves_its_kit_before_it_moves):
            self._change_item(change.row, change.fields)
            yield change.row

    def _add_item(self, row: ItemRow, guardians: Guardians) -> None:
        self._catalogue.add_items(
            self._session.scalars(select(EquipmentModel).where(EquipmentModel.slug == row.model)).one(),
            self._point(row.point),
            [row.asset_tag],
            guardians,
            serial=row.serial,
            condition=row.condition,
            units=row.units,
            parent=self._item(row.parent) if row.parent else None,
        )

    def _change_item(self, row: ItemRow, fields: Iterable[FieldChange]) -> None:
        item = self._item(row.key)
        details = {field.column: field.after for field in fields if field.column != "point"}
        if "parent" in details:
            self._catalogue.change_item(item, parent=None)
            details["parent"] = self._item(row.parent) if row.parent else None
        if item.parent is None and item.stock.point.slug != row.point:
            self._fleet.move(item, self._point(row.point))
        self._catalogue.change_item(item, **details)

    def _item(self, key: str) -> Item:
        found = select(Item).options(joinedload(Item.stock)).where(func.lower(Item.asset_tag) == key.lower())
        return self._session.scalars(found).one()

    def _point(self, slug: str) -> LendingPoint:
        return self._session.scalars(select(LendingPoint).where(LendingPoint.slug == slug)).one()


def _leaves_its_kit_before_it_moves(change: RowChange[ItemRow]) -> tuple[bool, bool]:
    """Sort what leaves a kit before the kits, which take their parts along, and those before what joins a kit."""
    return change.row.parent is not None, all(field.column != "parent" for field in change.fields)


RULES = {
    "buffer_minutes": "buffer_after_minutes",
    "min_hours": "min_minutes",
    "max_days": "max_days",
    "approval": "approval",
    "requires": "requires",
}
"""The columns of ``models.csv`` that are lending rules, and the rules they are."""


def _rules(cells: Mapping[str, Any]) -> dict[str, Any]:
    return {RULES[column]: value for column, value in cells.items() if column in RULES}
