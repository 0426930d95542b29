"""What the acts of lending are called in the audit trail, each as it continues the name of a person."""

import colander

from equipment_lending.schemas.managing import (
    APPROVALS,
    COUNTS,
    RECORD,
    CategorySchema,
    ItemSchema,
    ModelSchema,
    PointSchema,
    RulesSchema,
    WeekSchema,
)
from portal.i18n import _

ACTS = {
    "lending.cancel": _("cancelled a loan"),
    "lending.category_added": _("added a category"),
    "lending.category_changed": _("changed a category"),
    "lending.change": _("gave a loan other times or another point"),
    "lending.check_in": _("took equipment back"),
    "lending.check_out": _("handed equipment out"),
    "lending.confirm": _("confirmed a loan"),
    "lending.extend": _("extended a loan"),
    "lending.import": _("imported spreadsheets"),
    "lending.in_service": _("put an item back into service"),
    "lending.item_added": _("added an item"),
    "lending.item_changed": _("changed an item"),
    "lending.keep": _("kept a loan as it was in spite of changed hours"),
    "lending.lost": _("noted an item as lost"),
    "lending.model_added": _("added a model"),
    "lending.model_changed": _("changed a model"),
    "lending.move": _("moved an item to another point"),
    "lending.no_show": _("noted that nobody came"),
    "lending.out_of_service": _("took an item out of service"),
    "lending.point_added": _("added a lending point"),
    "lending.point_changed": _("changed a lending point"),
    "lending.reject": _("refused a loan"),
    "lending.remind": _("reminded somebody of what is late"),
    "lending.request_for": _("asked for a loan for somebody"),
    "lending.restore": _("found an item again"),
    "lending.retired": _("retired an item"),
    "lending.rules_changed": _("changed the rules of lending"),
    "lending.write_off": _("wrote off what was not brought back"),
}

THINGS = {
    "category": _("category"),
    "import": _("spreadsheets"),
    "item": _("item"),
    "loan": _("loan"),
    "model": _("model"),
    "point": _("lending point"),
    "policy": _("rules"),
}

NOTES = {
    "added": _("added"),
    "fields": _("changed"),
    "items": _("items"),
    "loan": _("loan"),
    "overridden": _("without the training asked for"),
    "point": _("lending point"),
    "rules": _("rules"),
    **{rule.name: rule.title for rule in RulesSchema().children},
}


def _titles(*schemas: type[colander.Schema]) -> dict[str, str]:
    return {node.name: node.title for schema in schemas for node in schema().children}


VALUES = {
    "approval": dict(APPROVALS),
    "closed_days": dict(COUNTS),
    "category.fields": _titles(CategorySchema),
    "item.fields": _titles(ItemSchema) | RECORD | {"parent": _("Part of the kit")},
    "model.fields": _titles(ModelSchema) | {"photos": _("Photos")},
    "point.fields": _titles(PointSchema, WeekSchema) | {"exceptions": _("Other hours on single days")},
}
"""What single notes say: choices among rules, and the fields of forms."""


def includeme(config) -> None:
    config.add_acts(ACTS, THINGS, NOTES, VALUES)
