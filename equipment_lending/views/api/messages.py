"""What programs send lending: well formed or not. Whether it can be done is the charter's business."""

from datetime import timedelta

import colander

from equipment_lending.terms import Condition, LoanState, Period
from portal.api import Instant
from portal.forms.types import whole_minutes
from portal.i18n import _

SLUG = colander.Length(min=1, max=100)
TAG = colander.Length(min=1, max=100)
NOTE = colander.Length(max=1000)
MOST_LINES = 50
LONGEST_LOOK = timedelta(days=400)


def _text(name: str, validator: colander.Length, **given) -> colander.SchemaNode:
    return colander.SchemaNode(colander.String(), name=name, validator=validator, **given)


def _minute(name: str, **given) -> colander.SchemaNode:
    """Return a node for an instant that is agreed on, which is a whole minute."""
    return colander.SchemaNode(Instant(), name=name, validator=whole_minutes, **given)


def _in_order(node, start, end, start_name: str, end_name: str) -> None:
    if not start < end:
        wrong = colander.Invalid(node)
        wrong[end_name] = _("This must be after ${start}.", mapping={"start": start_name})
        raise wrong


class LineMessage(colander.Schema):
    equipment = _text("equipment", SLUG)
    units = colander.SchemaNode(colander.Integer(), validator=colander.Range(1, 1000))


class LineMessages(colander.SequenceSchema):
    line = LineMessage()


class ChangeMessage(colander.Schema):
    """Other times for a loan, and perhaps other points."""

    point = _text("point", SLUG, missing=None)
    return_point = _text("return_point", SLUG, missing=None)
    pickup_at = _minute("pickup_at")
    return_at = _minute("return_at")

    def validator(self, node, message) -> None:
        _in_order(node, message["pickup_at"], message["return_at"], "pickup_at", "return_at")


class LoanMessage(ChangeMessage):
    """A wish to borrow."""

    point = _text("point", SLUG)
    lines = LineMessages(validator=colander.Length(min=1, max=MOST_LINES))
    organisation = colander.SchemaNode(colander.String(), missing=None, validator=colander.uuid)
    project = _text("project", colander.Length(max=200), missing=None)
    purpose = _text("purpose", NOTE)


class WaitMessage(colander.Schema):
    """A wish to be told when something becomes free, and to have it kept then."""

    point = _text("point", SLUG)
    start = _minute("from")
    end = _minute("to")
    units = colander.SchemaNode(colander.Integer(), validator=colander.Range(1, 1000))
    return_point = _text("return_point", SLUG, missing=None)
    organisation = colander.SchemaNode(colander.String(), missing=None, validator=colander.uuid)
    project = _text("project", colander.Length(max=200), missing=None)
    purpose = _text("purpose", NOTE, missing="")

    def validator(self, node, message) -> None:
        _in_order(node, message["from"], message["to"], "from", "to")


class ReasonMessage(colander.Schema):
    reason = _text("reason", NOTE, missing="")


class ApprovalMessage(colander.Schema):
    override = _text("override", NOTE, missing="")


class ExtensionMessage(colander.Schema):
    return_at = _minute("return_at")


class Tags(colander.SequenceSchema):
    tag = _text("tag", TAG)


class CheckOutMessage(colander.Schema):
    items = Tags(validator=colander.Length(min=1, max=200))
    note = _text("note", NOTE, missing="")
    override = _text("override", NOTE, missing="")


class MissingParts(colander.SequenceSchema):
    part = _text("part", colander.Length(min=1, max=200))


class ReturnedMessage(colander.Schema):
    asset_tag = _text("asset_tag", TAG)
    units = colander.SchemaNode(colander.Integer(), missing=None, validator=colander.Range(1, 10_000))
    condition = colander.SchemaNode(colander.String(), validator=colander.OneOf([c.value for c in Condition]))
    missing = MissingParts(missing=())
    note = _text("note", NOTE, missing="")
    keep_lending = colander.SchemaNode(colander.Boolean(), missing=False)


class ReturnedMessages(colander.SequenceSchema):
    item = ReturnedMessage()


class CheckInMessage(colander.Schema):
    items = ReturnedMessages(validator=colander.Length(min=1, max=200))
    point = _text("point", SLUG, missing=None)


class OutOfServiceMessage(colander.Schema):
    since = _minute("from")
    until = _minute("until", missing=None)
    reason = _text("reason", NOTE)


class RetireMessage(colander.Schema):
    reason = _text("reason", NOTE)


class EmptyMessage(colander.Schema):
    """Nothing but the act itself."""


class CatalogueCriteria(colander.Schema):
    """Which models; with ``from`` and ``to``, those of which some are free all that time."""

    q = _text("q", colander.Length(max=200), missing="")
    category = _text("category", SLUG, missing=None)
    point = _text("point", SLUG, missing=None)
    start = colander.SchemaNode(Instant(), name="from", missing=None)
    end = colander.SchemaNode(Instant(), name="to", missing=None)

    def validator(self, node, asked) -> None:
        start, end = asked["from"], asked["to"]
        if (start is None) != (end is None):
            wrong = colander.Invalid(node)
            wrong["to" if end is None else "from"] = _("Give both ends of the period, or neither.")
            raise wrong
        if start is not None:
            _in_order(node, start, end, "from", "to")


class PeriodCriteria(colander.Schema):
    """At which point, and over which period, 400 days at most."""

    point = _text("point", SLUG)
    start = colander.SchemaNode(Instant(), name="from")
    end = colander.SchemaNode(Instant(), name="to")

    def validator(self, node, asked) -> None:
        _in_order(node, asked["from"], asked["to"], "from", "to")
        if asked["to"] - asked["from"] > LONGEST_LOOK:
            wrong = colander.Invalid(node)
            wrong["to"] = _("Ask for 400 days at most.")
            raise wrong


class LoanCriteria(colander.Schema):
    """Whose loans and how they stand; without ``mine``, desks see their points' loans."""

    mine = colander.SchemaNode(colander.Boolean(), missing=False)
    state = colander.SchemaNode(colander.String(), missing=None, validator=colander.OneOf([s.value for s in LoanState]))


def period_of(asked: dict) -> Period:
    """Return the period of criteria with ``from`` and ``to``."""
    return Period(asked["from"], asked["to"])
