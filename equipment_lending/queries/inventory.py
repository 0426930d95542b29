"""What the portal has, in the words of an import's files."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from equipment_lending.imports.rows import Inventory, ItemRow, ModelRow, PointRow
from equipment_lending.models import Category, Custody, EquipmentModel, Item, LendingPoint, PolicyLayer, Stock
from equipment_lending.opening_hours import Timetable
from equipment_lending.queries.layers import settings_of
from equipment_lending.queries.timetables import timetable_of
from portal.i18n import in_language

LANGUAGE = "fr"
"""The language of the files. Texts in others are left alone."""


def inventory(session: Session) -> Inventory:
    """Return every point, model and item as lines of a file. Hours are compared as they are meant, not as written."""
    points = session.scalars(
        select(LendingPoint).options(
            joinedload(LendingPoint.place), selectinload(LendingPoint.windows), selectinload(LendingPoint.exceptions)
        )
    )
    models = session.scalars(select(EquipmentModel).options(joinedload(EquipmentModel.category)))
    rules = session.scalars(
        select(PolicyLayer).where(PolicyLayer.model_id.is_not(None), PolicyLayer.point_id.is_(None))
    )
    rules_of = {layer.model_id: layer for layer in rules}
    return Inventory(
        {point.slug: _point(point) for point in points},
        {model.slug: _model(model, rules_of.get(model.id)) for model in models},
        {row.key: row for row in _items(session)},
        frozenset(session.scalars(select(Category.slug))),
    )


def _point(point: LendingPoint) -> PointRow:
    timetable: Timetable = timetable_of(point)
    return PointRow(
        slug=point.slug,
        name=point.name,
        address=point.place.address,
        latitude=point.place.latitude,
        longitude=point.place.longitude,
        timezone=point.zone,
        opening_hours=timetable,
        lead_days=point.lead_days,
        max_visits=point.max_visits,
    )


def _model(model: EquipmentModel, layer: PolicyLayer | None) -> ModelRow:
    rules = settings_of(layer)
    return ModelRow(
        slug=model.slug,
        name=in_language(model.name, LANGUAGE)[0],
        category=model.category.slug,
        description=in_language(model.description, LANGUAGE)[0],
        replacement_value=model.replacement_value,
        buffer_minutes=rules["buffer_after_minutes"],
        min_hours=rules["min_minutes"],
        max_days=rules["max_days"],
        approval=rules["approval"],
        requires=None if rules["requires"] is None else frozenset(rules["requires"]),
    )


def _items(session: Session) -> list[ItemRow]:
    out = select(Custody.id).where(Custody.item_id == Item.id, Custody.in_at.is_(None)).exists()
    rows = session.execute(
        select(Item, out).options(
            joinedload(Item.stock).joinedload(Stock.model),
            joinedload(Item.stock).joinedload(Stock.point),
            joinedload(Item.parent),
        )
    )
    return [
        ItemRow(
            asset_tag=item.asset_tag,
            model=item.stock.model.slug,
            point=item.stock.point.slug,
            serial=item.serial,
            condition=item.condition,
            units=item.units,
            parent=item.parent.asset_tag.upper() if item.parent else None,
            out=is_out,
        )
        for item, is_out in rows
    ]
