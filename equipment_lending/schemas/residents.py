"""What people send us on lending's pages: well formed or not. Whether it can be done is the charter's business."""

import colander

from portal.forms.types import whole_minutes
from portal.forms.widgets import DateInput, Hidden, NumberInput, SearchInput, Select, TextArea, TimeInput
from portal.i18n import _

LONGEST_TEXT = 500


def _day(name: str, title: str, **given) -> colander.SchemaNode:
    return colander.SchemaNode(colander.Date(), name=name, title=title, widget=DateInput(), **given)


def _hour(name: str, title: str, **given) -> colander.SchemaNode:
    return colander.SchemaNode(
        colander.Time(), name=name, title=title, missing=None, widget=TimeInput(), validator=whole_minutes, **given
    )


@colander.deferred
def _categories(_node, bound):
    return Select(values=bound["categories"], blank=_("All categories"))


@colander.deferred
def _points(_node, bound):
    return Select(values=bound["points"], blank=_("All lending points"))


class CatalogueSchema(colander.Schema):
    """What somebody looks for. Bound with ``categories`` and ``points``, as (slug, name) pairs."""

    q = colander.SchemaNode(
        colander.String(), title=_("What"), missing="", widget=SearchInput(), validator=colander.Length(max=200)
    )
    category = colander.SchemaNode(colander.String(), title=_("Category"), missing=None, widget=_categories)
    point = colander.SchemaNode(colander.String(), title=_("Where"), missing=None, widget=_points)
    first = _day("from", _("Free from"), missing=None)
    first_hour = _hour("from_time", _("From what time"))
    last = _day("to", _("Free until"), missing=None)
    last_hour = _hour("to_time", _("Until what time"))
    page = colander.SchemaNode(
        colander.Integer(), title=_("Page"), missing=1, widget=Hidden(), validator=colander.Range(1, 10_000)
    )

    def validator(self, node, looked_for) -> None:
        first, last = looked_for["from"], looked_for["to"]
        wrong = colander.Invalid(node)
        if (first or looked_for["from_time"] or looked_for["to_time"]) and last is None:
            wrong["to"] = _("Say until which day, so that we can see what is free all that time.")
        if (last or looked_for["from_time"] or looked_for["to_time"]) and first is None:
            wrong["from"] = _("Say from which day, so that we can see what is free all that time.")
        if first and last and last < first:
            wrong["to"] = _("This is before the first day. Choose the same day or a later one.")
        if wrong.children:
            raise wrong


@colander.deferred
def _lent_at(_node, bound):
    return Select(values=bound["points"], blank=None)


@colander.deferred
def _return_points(_node, bound):
    return Select(values=bound["return_points"], blank=_("The same place"))


@colander.deferred
def _organisations(_node, bound):
    return Select(values=bound["organisations"], blank=_("For myself"))


@colander.deferred
def _units(_node, bound):
    return NumberInput(least=1, most=bound["most"])


class BorrowSchema(colander.Schema):
    """A wish to borrow. Bound with ``points``, ``return_points``, ``organisations`` (pairs) and ``most`` units."""

    point = colander.SchemaNode(colander.String(), title=_("Where"), widget=_lent_at)
    pickup = _day("pickup", _("Pick-up"))
    pickup_time = _hour("pickup_time", _("Time of the pick-up"))
    back = _day("return", _("Return"))
    back_time = _hour("return_time", _("Time of the return"))
    units = colander.SchemaNode(
        colander.Integer(), title=_("How many"), widget=_units, validator=colander.Range(1, 10_000), default=1
    )
    organisation = colander.SchemaNode(colander.String(), title=_("For whom"), missing=None, widget=_organisations)
    purpose = colander.SchemaNode(
        colander.String(),
        title=_("What for"),
        description=_("One sentence is enough."),
        widget=TextArea(rows=2),
        validator=colander.Length(max=LONGEST_TEXT),
    )
    project = colander.SchemaNode(
        colander.String(), title=_("Name of the project"), missing=None, validator=colander.Length(max=LONGEST_TEXT)
    )
    return_point = colander.SchemaNode(
        colander.String(), title=_("Bring it back to"), missing=None, widget=_return_points
    )

    def after_bind(self, node, bound) -> None:
        """Ask only what there is a choice of."""
        if not bound["organisations"]:
            del node["organisation"]
        if not bound["return_points"]:
            del node["return_point"]


class CancelSchema(colander.Schema):
    """Calling a loan off."""

    reason = colander.SchemaNode(
        colander.String(),
        title=_("Why"),
        missing="",
        widget=TextArea(rows=2),
        validator=colander.Length(max=LONGEST_TEXT),
    )


class ExtendSchema(colander.Schema):
    """Asking to keep it longer."""

    back = _day("return", _("New day of return"))
    back_time = _hour("return_time", _("Time of the return"))
