"""What every schema gets before it meets the world: a widget for each field, and limits where it names none."""

import math
from datetime import date, datetime

import colander

from portal.forms import types, widgets
from portal.i18n import _

MOST_CHARACTERS = 10_000
LARGEST_INTEGER = 2**31 - 1
LARGEST_NUMBER = 1e12
YEARS = range(1900, 2201)

WIDGETS: dict[type, type[widgets.Field]] = {
    colander.String: widgets.TextInput,
    colander.Integer: widgets.NumberInput,
    colander.Float: widgets.NumberInput,
    colander.Decimal: widgets.NumberInput,
    colander.Boolean: widgets.Checkbox,
    colander.Date: widgets.DateInput,
    colander.Time: widgets.TimeInput,
    types.Money: widgets.MoneyInput,
    types.LocalMoment: widgets.DateTimeInput,
    types.Upload: widgets.FileUpload,
    colander.Mapping: widgets.Group,
    colander.Sequence: widgets.Rows,
}


def fit(node: colander.SchemaNode) -> None:
    """Give a bound schema's nodes the widgets and limits they lack.

    Raises ``TypeError`` for a widget that is not one of ours, and for a type that none of ours asks for.
    """
    if node.widget is None:
        node.widget = _widget(node)
    elif not isinstance(node.widget, widgets.Field):
        raise TypeError(f"{node.name}: {node.widget!r} is not a widget of portal.forms.widgets")
    if isinstance(node.widget, widgets.Choice):
        node.missing_msg = _("Please choose an answer.")
    keep_within_limits(node)
    for child in node.children:
        fit(child)


def keep_within_limits(node: colander.SchemaNode) -> None:
    """Give a node, without its children, the limits it lacks: no text, number or date is beyond what we can keep."""
    limit = _limit(node)
    if limit is not None:
        node.validator = colander.All(limit, node.validator) if node.validator else limit


def _widget(node: colander.SchemaNode) -> widgets.Field:
    for kind in type(node.typ).__mro__:
        if kind in WIDGETS:
            return WIDGETS[kind]()
    raise TypeError(f"{node.name}: no widget for {type(node.typ).__name__}; give the node one")


def _limit(node: colander.SchemaNode):
    match node.typ:
        case colander.String() if not _has_bound(node.validator):
            return colander.Length(max=MOST_CHARACTERS)
        case colander.Integer() if not _has_bound(node.validator):
            return colander.Range(-LARGEST_INTEGER, LARGEST_INTEGER)
        case colander.Float() | colander.Decimal():
            return _finite
        case colander.Date() | types.LocalMoment():
            return _in_living_memory
    return None


def _has_bound(validator) -> bool:
    parts = validator.validators if isinstance(validator, colander.All) else [validator]
    return any(map(_bounds, parts))


def _bounds(validator) -> bool:
    match validator:
        case colander.Length():
            return validator.max is not None
        case colander.Range():
            return validator.min is not None and validator.max is not None
    return isinstance(validator, colander.OneOf)


def _finite(node: colander.SchemaNode, value) -> None:
    if not math.isfinite(value) or abs(value) > LARGEST_NUMBER:
        raise colander.Invalid(node, _("Write a number."))


def _in_living_memory(node: colander.SchemaNode, value: date | datetime) -> None:
    if value.year not in YEARS:
        raise colander.Invalid(
            node, _("Write a date between ${first} and ${last}.", mapping={"first": YEARS[0], "last": YEARS[-1]})
        )
