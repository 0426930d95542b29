"""What is sent from the counter: what leaves, what comes back, what is decided, what happens to an item."""

from collections.abc import Sequence

import colander

from equipment_lending.models import Item
from equipment_lending.queries.loans import Away
from equipment_lending.rules.naming import tag_in
from equipment_lending.terms import Condition
from portal.forms.text import cleaned
from portal.forms.types import LocalMoment, ticked
from portal.forms.widgets import (
    CheckboxChoice,
    Group,
    NumberInput,
    RadioChoice,
    Rows,
    SearchInput,
    Select,
    TextArea,
    TextInput,
)
from portal.i18n import _

LONGEST_NOTE = 500
LONGEST_SCAN = 400

CONDITIONS = (
    (Condition.GOOD, _("Good")),
    (Condition.WORN, _("Worn")),
    (Condition.DAMAGED, _("Damaged")),
    (Condition.INCOMPLETE, _("Incomplete")),
)


class Tags(CheckboxChoice):
    """Tags that were ticked. Any may be sent: whether it is the right one is for the charter to say."""

    def deserialize(self, field, pstruct):
        if pstruct is colander.null or not pstruct:
            return colander.null
        return [cleaned(tag)[:LONGEST_SCAN] for tag in pstruct if isinstance(tag, str) and cleaned(tag)]


def _tags(title: str) -> colander.SchemaNode:
    return colander.SchemaNode(colander.Set(), name="items", title=title, missing=frozenset(), widget=Tags(values=()))


def _scan(title: str) -> colander.SchemaNode:
    return colander.SchemaNode(
        colander.String(),
        name="scan",
        title=title,
        missing="",
        preparer=lambda text: tag_in(text) if isinstance(text, str) else text,
        validator=colander.Length(max=LONGEST_SCAN),
        widget=SearchInput(autocomplete="off", spellcheck="false", asks_required=False),
    )


def words_node(title: str, *, name: str = "note", **given) -> colander.SchemaNode:
    """Return a node for a few words, which may be left out unless ``missing`` says otherwise."""
    usual = {
        "missing": "",
        "widget": TextArea(rows=2),
        "validator": colander.Length(max=LONGEST_NOTE),
    }
    return colander.SchemaNode(colander.String(), name=name, title=title, **usual | given)


def _override(title: str) -> colander.SchemaNode:
    return words_node(
        title, name="override", description=_("Only if you answer for it. Your name and this reason are kept.")
    )


class ApproveSchema(colander.Schema):
    """Approving a request. Bound with ``uncertified``: does the borrower lack a training that it asks for?"""

    override = _override(_("Why the borrower may have it all the same"))

    def after_bind(self, node, bound) -> None:
        if not bound["uncertified"]:
            del node["override"]


class CheckOutSchema(colander.Schema):
    """What leaves. Bound with ``unmet``: does the borrower lack a training that it asks for, or a mandate?"""

    scan = _scan(_("Tag of an item"))
    items = _tags(_("What leaves"))
    note = words_node(_("Note"), description=_("What both should remember, such as a scratch."))
    override = _override(_("Why it leaves all the same"))
    terms = colander.SchemaNode(
        colander.Boolean(), title=_("The borrower accepts the lending terms"), validator=ticked, missing=False
    )

    def after_bind(self, node, bound) -> None:
        if not bound["unmet"]:
            del node["override"]


@colander.deferred
def _points(_node, bound):
    return Select(values=bound["points"], blank=None, asks_required=False)


class CheckInSchema(colander.Schema):
    """What came back. Bound with ``out``, what is away, ``parts`` of kits by their ids, and ``points``.

    Points are (slug, name) pairs of desks.
    """

    scan = _scan(_("Tag of an item"))
    items = _tags(_("What is back"))
    point = colander.SchemaNode(colander.String(), title=_("Taken back at"), widget=_points)

    def after_bind(self, node, bound) -> None:
        for away in bound["out"]:
            node.add(_returned(away, bound["parts"].get(away.item.id, ())))


def part_name(away: Away) -> str:
    """Return what the part of a form about what is out is called; it stays the same while others come back."""
    return f"c{away.custodies[0].id.hex}"


def _how_many(away: Away, name: str, title: str) -> colander.SchemaNode:
    """Return a node for how many of the units that are out it is about; all of them unless said."""
    return colander.SchemaNode(
        colander.Integer(),
        name=name,
        title=title,
        missing=away.units,
        validator=colander.Range(1, away.units),
        widget=NumberInput(least=1, most=away.units, asks_required=False),
    )


def _returned(away: Away, parts: Sequence[Item]) -> colander.SchemaNode:
    belongings = [*away.item.stock.model.accessories, *(part.asset_tag for part in parts)]
    node = colander.SchemaNode(colander.Mapping(), name=part_name(away), title=away.item.asset_tag, widget=Group())
    if away.units > 1:
        node.add(_how_many(away, "units", _("How many came back")))
    node.add(
        colander.SchemaNode(
            colander.String(),
            name="condition",
            title=_("Condition"),
            missing=away.custodies[0].condition_out,
            widget=RadioChoice(values=CONDITIONS, asks_required=False),
        )
    )
    if belongings:
        node.add(
            colander.SchemaNode(
                colander.List(),
                name="missing",
                title=_("Missing"),
                missing=(),
                widget=CheckboxChoice(values=tuple((name, name) for name in belongings)),
            )
        )
    node.add(words_node(_("Note"), widget=TextInput()))
    node.add(
        colander.SchemaNode(
            colander.Boolean(),
            name="keep_lending",
            title=_("Keep lending it all the same"),
            description=_("Otherwise what is damaged or incomplete is put out of service."),
            missing=False,
        )
    )
    return node


class DeclineSchema(colander.Schema):
    """Turning a request down: with a reason."""

    reason = words_node(_("Why"), name="reason", missing=colander.required, description=_("The borrower reads this."))


class CallOffSchema(colander.Schema):
    """Calling a loan off from the desk."""

    reason = words_node(_("Why"), name="reason", description=_("The borrower reads this."))


class WriteOffSchema(colander.Schema):
    """Giving up on what does not come back. Bound with ``out``, what is away."""

    reason = words_node(_("Why"), name="reason", missing=colander.required, description=_("The next desk reads this."))
    sure = colander.SchemaNode(
        colander.Boolean(), title=_("It is not expected back any more"), validator=ticked, missing=False
    )

    def after_bind(self, node, bound) -> None:
        tags = [away.item.asset_tag for away in bound["out"]]
        lost = colander.SchemaNode(
            colander.Set(),
            name="lost",
            title=_("What does not come back"),
            missing=frozenset(),
            widget=Tags(values=tuple((tag, tag) for tag in tags)),
        )
        node.add_before("reason", lost)
        for away in (away for away in bound["out"] if away.units > 1):
            title = _("How many of ${tag}", mapping={"tag": away.item.asset_tag})
            node.add_before("reason", _how_many(away, part_name(away), title))


@colander.deferred
def _equipment(_node, bound):
    return Select(values=bound["equipment"])


class WantedSchema(colander.Schema):
    """So many of one kind."""

    equipment = colander.SchemaNode(colander.String(), title=_("What"), widget=_equipment)
    units = colander.SchemaNode(
        colander.Integer(),
        title=_("How many"),
        missing=1,
        validator=colander.Range(1, 10_000),
        widget=NumberInput(least=1, placeholder="1", asks_required=False),
    )


class WantedListSchema(colander.SequenceSchema):
    line = WantedSchema(title=_("Thing"), widget=Group(css_class="pair"))


@colander.deferred
def _organisations(_node, bound):
    return Select(values=bound["organisations"], blank=_("For themselves"))


@colander.deferred
def _back_to(_node, bound):
    return Select(values=bound["return_points"], blank=_("Here"))


def _something(node, lines) -> None:
    if not lines:
        raise colander.Invalid(node, _("Say what they take."))


class LendSchema(colander.Schema):
    """A loan agreed at the counter, for whoever stands there.

    Bound with ``equipment``, ``organisations`` and ``return_points``, (value, label) pairs, and ``zone``, the desk's.
    """

    lines = WantedListSchema(title=_("What they take"), widget=Rows(add=_("Something else")), validator=_something)

    def after_bind(self, node, bound) -> None:
        zone = bound["zone"]
        node.add(
            colander.SchemaNode(
                LocalMoment(zone), name="pickup_at", title=_("From"), missing=None, description=_("Empty: from now on.")
            )
        )
        node.add(colander.SchemaNode(LocalMoment(zone), name="return_at", title=_("Until")))
        for name, title, widget in (
            ("return_point", _("Brought back to"), _back_to),
            ("organisation", _("For whom"), _organisations),
        ):
            if bound[f"{name}s"]:
                choice = colander.SchemaNode(colander.String(), name=name, title=title, missing=None)
                choice.widget = widget(choice, bound)
                node.add(choice)
        node.add(words_node(_("What for"), name="purpose", missing=colander.required))


class ChangeSchema(colander.Schema):
    """Other times or points for a loan. Bound with ``points``, (slug, name) pairs, and the ``zone`` of the pick-up."""

    point = colander.SchemaNode(colander.String(), title=_("Where"), widget=_points)

    def after_bind(self, node, bound) -> None:
        for name, title in (("pickup_at", _("From")), ("return_at", _("Until"))):
            node.add(colander.SchemaNode(LocalMoment(bound["zone"]), name=name, title=title))
        back = colander.SchemaNode(colander.String(), name="return_point", title=_("Brought back to"))
        back.widget = _points(back, bound)
        node.add(back)


class OutOfServiceSchema(colander.Schema):
    """Taking an item out of service. Bound with ``zone``, that of its point."""

    def after_bind(self, node, bound) -> None:
        zone = bound["zone"]
        node.add(
            colander.SchemaNode(
                LocalMoment(zone), name="since", title=_("From"), missing=None, description=_("Empty: from now on.")
            )
        )
        node.add(
            colander.SchemaNode(
                LocalMoment(zone),
                name="until",
                title=_("Until"),
                missing=None,
                description=_("Empty: until further notice."),
            )
        )
        node.add(words_node(_("Why"), name="reason"))


class ReasonSchema(colander.Schema):
    """An act on an item that has to be explained."""

    reason = words_node(_("Why"), name="reason", widget=TextInput())


class MoveSchema(colander.Schema):
    """Letting an item be lent elsewhere. Bound with ``points``, (slug, name) pairs."""

    point = colander.SchemaNode(colander.String(), title=_("To which point"), widget=_points)
