"""What is sent by those who manage what is lent: points and their hours, the catalogue, items, rules, spreadsheets."""

from datetime import time

import colander
from babel import dates

from equipment_lending.imports.reading import Unreadable, zone
from equipment_lending.rules.naming import LONGEST_SLUG, RESERVED_POINTS, SLUG, TAG
from equipment_lending.schemas.desk import CONDITIONS
from equipment_lending.terms import Approval, ClosedDays, Condition, DayKind
from portal.forms.types import MEBIBYTE, Money, Upload, whole_minutes
from portal.forms.widgets import (
    DateInput,
    EmailInput,
    FileUpload,
    Group,
    Hidden,
    NumberInput,
    PhoneInput,
    RadioChoice,
    Rows,
    Select,
    TextArea,
    TextInput,
    TimeInput,
)
from portal.i18n import NAMES, _

LONGEST_NAME = 200
LONGEST_TEXT = 5_000
MOST_ACCESSORIES = 60
MOST_AT_ONCE = 200


def slug_node(reserved: frozenset[str] = frozenset()) -> colander.SchemaNode:
    """Return a node for a short name, which addresses are made of and which never changes."""

    def is_slug(node, text: str) -> None:
        if not SLUG.fullmatch(text) or len(text) > LONGEST_SLUG:
            raise colander.Invalid(node, _("Use small letters, digits and single hyphens, such as “velo-cargo”."))
        if text in reserved:
            raise colander.Invalid(node, _("This is the name of a page. Choose another one."))

    return colander.SchemaNode(
        colander.String(),
        name="slug",
        title=_("Short name"),
        description=_("For addresses, such as “velo-cargo”. It cannot be changed later."),
        validator=is_slug,
        widget=TextInput(spellcheck="false", autocomplete="off"),
    )


def line(name: str, title: str, **given) -> colander.SchemaNode:
    """Return a node for one line of text."""
    return colander.SchemaNode(
        colander.String(), name=name, title=title, **{"validator": colander.Length(max=LONGEST_NAME)} | given
    )


def whole(name: str, title: str, low: int, high: int, **given) -> colander.SchemaNode:
    """Return a node for a whole number, both ends of the range included."""
    return colander.SchemaNode(
        colander.Integer(),
        name=name,
        title=title,
        validator=colander.Range(low, high),
        widget=NumberInput(least=low, most=high),
        **given,
    )


def texts(name: str, title: str, *, long: bool = False, needed: bool = False, **given) -> colander.SchemaNode:
    """Return a node for a text in every language we have, French first; ``needed``: not without French."""
    node = colander.SchemaNode(colander.Mapping(), name=name, title=title, widget=Group(), preparer=_said, **given)
    for code, language in NAMES.items():
        missing = {} if needed and code == "fr" else {"missing": ""}
        most = LONGEST_TEXT if long else LONGEST_NAME
        widget = TextArea(rows=4) if long else TextInput()
        node.add(line(code, language, validator=colander.Length(max=most), widget=widget, **missing))
    return node


def _said(values):
    return {code: text for code, text in values.items() if text} if isinstance(values, dict) else values


# Points and their hours -----------------------------------------------------------------------------------------------


def _is_zone(node, text: str) -> None:
    try:
        zone(text)
    except Unreadable:
        raise colander.Invalid(node, _("This is not a time zone, such as Europe/Paris.")) from None


def _degrees(name: str, title: str, most: int) -> colander.SchemaNode:
    return colander.SchemaNode(
        colander.Float(),
        name=name,
        title=title,
        validator=colander.Range(-most, most),
        widget=NumberInput(step="any", least=-most, most=most),
    )


class PointSchema(colander.Schema):
    """A lending point. Bound with ``new``: is it to be opened, and needs a short name?"""

    name = line("name", _("Name"))
    address = line("address", _("Address"))
    quarter = line("quarter", _("Neighbourhood"), missing=None)
    latitude = _degrees("latitude", _("Latitude"), 90)
    longitude = _degrees("longitude", _("Longitude"), 180)
    zone = line(
        "zone",
        _("Time zone"),
        description=_("By whose clocks the desk opens, such as Europe/Paris."),
        validator=colander.All(colander.Length(max=60), _is_zone),
        default="Europe/Paris",
    )
    phone = line("phone", _("Phone"), missing=None, widget=PhoneInput(autocomplete="off"))
    email = line(
        "email",
        _("E-mail"),
        missing=None,
        validator=colander.All(colander.Length(max=LONGEST_NAME), colander.Email()),
        widget=EmailInput(autocomplete="off"),
    )
    notice = line(
        "notice",
        _("What to know when one comes"),
        missing=None,
        validator=colander.Length(max=LONGEST_TEXT),
        widget=TextArea(rows=3),
    )
    lead_days = whole("lead_days", _("Working days to prepare a loan"), 0, 365, default=0)
    max_visits = whole(
        "max_visits",
        _("Most visits in one opening"),
        1,
        10_000,
        missing=None,
        description=_("Pick-ups and returns together. Empty: no limit."),
    )

    def after_bind(self, node, bound) -> None:
        if bound["new"]:
            node.children.insert(1, slug_node(RESERVED_POINTS))


def weekday_choices(request) -> list[tuple[int, str]]:
    """Return the days of the week, Monday is 0, in the reader's language."""
    names = dates.get_day_names("wide", context="stand-alone", locale=request.locale_name)
    return [(number, names[number].capitalize()) for number in range(7)]


@colander.deferred
def _weekdays(_node, bound):
    return Select(values=weekday_choices(bound["request"]), blank=_("Day"))


def _hour(name: str, title: str, **given) -> colander.SchemaNode:
    return colander.SchemaNode(
        colander.Time(), name=name, title=title, widget=TimeInput(), validator=whole_minutes, **given
    )


class WindowSchema(colander.Schema):
    """One opening of the week."""

    weekday = colander.SchemaNode(colander.Integer(), title=_("Day"), widget=_weekdays, validator=colander.Range(0, 6))
    opens = _hour("opens", _("opens at"))
    closes = _hour("closes", _("closes at"))

    def validator(self, node, window) -> None:
        in_order(node, window["opens"], window["closes"])


def in_order(node, opens: time, closes: time) -> None:
    """Raise ``Invalid`` beside ``closes`` unless a desk can open and close then; midnight ends the day."""
    if closes != time.min and closes <= opens:
        wrong = colander.Invalid(node)
        wrong["closes"] = _("The desk must close later than it opens, on the same day.")
        raise wrong


class WindowsSchema(colander.SequenceSchema):
    window = WindowSchema(title=_("Opening"), widget=Group(css_class="pair opening"))

    def validator(self, node, windows) -> None:
        """Two openings of one day do not overlap."""
        wrong = colander.Invalid(node)
        for number, one in enumerate(windows):
            if any(_overlap(one, other) for other in windows[:number]):
                error = colander.Invalid(node.children[0], _("This overlaps with another opening of that day."))
                wrong.add(error, number)
        if wrong.children:
            raise wrong


def _overlap(one, other) -> bool:
    ends = [time.max if window["closes"] == time.min else window["closes"] for window in (one, other)]
    return one["weekday"] == other["weekday"] and one["opens"] < ends[1] and other["opens"] < ends[0]


class WeekSchema(colander.Schema):
    """The usual week of a desk."""

    windows = WindowsSchema(title=_("Openings of the week"), widget=Rows(add=_("Add an opening"), least=1))
    observes_holidays = colander.SchemaNode(
        colander.Boolean(), title=_("Closed on public holidays"), missing=False, default=True
    )


KINDS = (
    (DayKind.CLOSED, _("Closed")),
    (DayKind.OPEN, _("Open at these hours")),
    (DayKind.PREPARING, _("Closed, but loans are prepared")),
)


class ExceptionSchema(colander.Schema):
    """Days on which the usual week does not hold."""

    first = colander.SchemaNode(colander.Date(), name="first", title=_("From"), widget=DateInput())
    last = colander.SchemaNode(
        colander.Date(),
        name="last",
        title=_("To"),
        missing=None,
        description=_("Empty: that day alone."),
        widget=DateInput(),
    )
    kind = colander.SchemaNode(
        colander.String(), title=_("The desk is"), widget=RadioChoice(values=KINDS), default=DayKind.CLOSED
    )
    opens = _hour("opens", _("opens at"), missing=None)
    closes = _hour("closes", _("closes at"), missing=None)
    note = line("note", _("Why"), missing=None, description=_("Shown to everybody, such as “Summer break”."))

    def validator(self, node, sent) -> None:
        wrong = colander.Invalid(node)
        if sent["last"] and sent["last"] < sent["first"]:
            wrong["last"] = _("This is before the first day.")
        if sent["kind"] == DayKind.OPEN and (sent["opens"] is None or sent["closes"] is None):
            wrong["opens" if sent["opens"] is None else "closes"] = _("Say from when to when the desk is open.")
        if wrong.children:
            raise wrong
        if sent["kind"] == DayKind.OPEN:
            in_order(node, sent["opens"], sent["closes"])


# The catalogue --------------------------------------------------------------------------------------------------------


@colander.deferred
def _icons(_node, bound):
    return Select(values=bound["icons"], blank=None)


class CategorySchema(colander.Schema):
    """A shelf of the catalogue. Bound with ``new`` and ``icons``, (name of a drawing, what it shows) pairs."""

    name = texts("name", _("Name"), needed=True)
    icon = colander.SchemaNode(colander.String(), title=_("Drawing"), widget=_icons)
    position = whole("position", _("Place among the shelves"), 0, 1_000, default=0)

    def after_bind(self, node, bound) -> None:
        if bound["new"]:
            node.children.insert(0, slug_node())


def _lines(text) -> list[str]:
    if not isinstance(text, str):
        return text
    return list(dict.fromkeys(part.strip() for part in text.splitlines() if part.strip()))


def _few_and_short(node, parts: list[str]) -> None:
    if len(parts) > MOST_ACCESSORIES:
        raise colander.Invalid(node, _("This is more than ${most} lines.", mapping={"most": MOST_ACCESSORIES}))
    if any(len(part) > LONGEST_NAME for part in parts):
        raise colander.Invalid(node, _("One of these lines is too long."))


@colander.deferred
def _categories(_node, bound):
    return Select(values=bound["categories"])


class ModelSchema(colander.Schema):
    """A sheet of the catalogue. Bound with ``new`` and ``categories``, (slug, name) pairs."""

    name = texts("name", _("Name"), needed=True)
    category = colander.SchemaNode(colander.String(), title=_("Category"), widget=_categories)
    description = texts("description", _("Description"), long=True)
    notice = texts("notice", _("What to know before one uses it"), long=True)
    accessories = colander.SchemaNode(
        colander.String(),
        title=_("What comes with each"),
        description=_("One accessory on each line. The desk checks them off."),
        missing=(),
        widget=TextArea(rows=5),
        preparer=_lines,
        validator=_few_and_short,
    )
    replacement_value = colander.SchemaNode(Money(), title=_("What a new one costs"), missing=None)

    def after_bind(self, node, bound) -> None:
        if bound["new"]:
            node.children.insert(1, slug_node())


def _what_it_shows() -> colander.SchemaNode:
    return texts(
        "photo_text",
        _("What the photo shows"),
        needed=True,
        description=_("For those who do not see it: one sentence."),
    )


class PhotoSchema(colander.Schema):
    """One more photo of a model, with what it shows for those who do not see it."""

    photo = colander.SchemaNode(
        Upload(10 * MEBIBYTE),
        title=_("Photo"),
        description=_("JPEG, PNG or WebP, 10 MB at most. Where it was taken is removed."),
        widget=FileUpload(accept="image/jpeg,image/png,image/webp"),
    )
    photo_text = _what_it_shows()


class PhotoTextSchema(colander.Schema):
    """Other words for a photo that is shown already, named by its ``key``."""

    key = colander.SchemaNode(colander.String(), widget=Hidden(), validator=colander.Length(max=100))
    photo_text = _what_it_shows()


# Items ----------------------------------------------------------------------------------------------------------------


def _is_tag(node, text: str) -> None:
    if not TAG.fullmatch(text):
        raise colander.Invalid(node, _("Use up to 40 letters, digits, hyphens, dots and underscores."))


@colander.deferred
def _points(_node, bound):
    return Select(values=bound["points"], blank=None)


RECORD = {"owner": _("Belongs to"), "insurer": _("Insured by"), "maintainer": _("Repaired by")}
"""What every item's record says."""


def _record(node) -> None:
    for name, title in RECORD.items():
        node.add(line(name, title))


class ItemsSchema(colander.Schema):
    """One item to add, or many with consecutive tags. Bound with ``points``, (slug, name) pairs."""

    point = colander.SchemaNode(colander.String(), title=_("Lent at"), widget=_points)
    tag = line(
        "tag",
        _("Tag"),
        description=_("Of several items the first: the next ones are counted on, BR-0101, BR-0102."),
        validator=_is_tag,
        widget=TextInput(spellcheck="false", autocomplete="off"),
    )
    count = whole("count", _("How many items"), 1, MOST_AT_ONCE, default=1)
    units = whole(
        "units",
        _("Units under each tag"),
        1,
        100_000,
        default=1,
        description=_("More than one for a lot of things that have no tag of their own, such as chairs."),
    )
    serial = line("serial", _("Serial number"), missing=None)
    parent = line(
        "parent",
        _("Part of the kit"),
        missing=None,
        description=_("The tag of the sealed kit it belongs to. It is then not lent alone."),
        widget=TextInput(spellcheck="false", autocomplete="off"),
    )
    condition = colander.SchemaNode(
        colander.String(), title=_("Condition"), widget=Select(values=CONDITIONS, blank=None), default=Condition.GOOD
    )

    def after_bind(self, node, bound) -> None:
        _record(node)

    def validator(self, node, sent) -> None:
        wrong = colander.Invalid(node)
        if sent["serial"] and sent["count"] > 1:
            wrong["serial"] = _("Several items cannot have one serial number.")
        if sent["parent"] and sent["units"] > 1:
            wrong["units"] = _("A lot cannot be part of a kit.")
        if wrong.children:
            raise wrong


class ItemSchema(colander.Schema):
    """The record of an item."""

    serial = line("serial", _("Serial number"), missing=None)
    condition = colander.SchemaNode(
        colander.String(), title=_("Condition"), widget=Select(values=CONDITIONS, blank=None)
    )
    condition_note = line("condition_note", _("Note on its condition"), missing=None)

    def after_bind(self, node, bound) -> None:
        _record(node)


# Rules ----------------------------------------------------------------------------------------------------------------

APPROVALS = ((Approval.AUTO, _("Confirmed at once")), (Approval.MANUAL, _("The desk decides")))
COUNTS = (
    (ClosedDays.ALL, _("They all count")),
    (ClosedDays.NONE, _("None counts")),
    (ClosedDays.FIRST, _("The first of a stretch counts")),
)
YES_NO = (("true", _("Yes")), ("false", _("No")))
NONE_NEEDED = "-"


def _optional(name: str, title: str, low: int, high: int) -> colander.SchemaNode:
    node = whole(name, title, low, high, missing=None)
    node.widget.asks_required = False  # the page says that everything may stay empty
    return node


def _choice(name: str, title: str, values) -> colander.SchemaNode:
    return colander.SchemaNode(
        colander.String(),
        name=name,
        title=title,
        missing=None,
        widget=Select(values=values, blank=_("As elsewhere"), asks_required=False),
    )


def _are_slugs(node, text: str) -> None:
    if text != NONE_NEEDED and not all(SLUG.fullmatch(part) for part in text.split()):
        raise colander.Invalid(node, _("Write short names of trainings, such as “velo-cargo”, separated by blanks."))


class RulesSchema(colander.Schema):
    """Lending rules; what is left empty is inherited. Bound with ``otherwise``, what holds then: words by setting."""

    max_days = _optional("max_days", _("Longest loan, in days"), 1, 3_650)
    min_minutes = _optional("min_minutes", _("Shortest loan, in minutes"), 0, 60 * 24 * 365)
    closed_days = _choice("closed_days", _("Days on which the desk is closed"), COUNTS)
    span_closed = _choice("span_closed", _("May a loan contain days on which the desk is closed?"), YES_NO)
    approval = _choice("approval", _("Who says yes"), APPROVALS)
    requires = line(
        "requires",
        _("Trainings asked for"),
        missing=None,
        validator=colander.All(colander.Length(max=500), _are_slugs),
        widget=TextInput(spellcheck="false", autocomplete="off", asks_required=False),
    )
    horizon_days = _optional("horizon_days", _("How many days ahead one may ask"), 1, 3_650)
    lead_days = _optional("lead_days", _("Working days to prepare a loan"), 0, 365)
    buffer_before_minutes = _optional("buffer_before_minutes", _("Time before the pick-up, in minutes"), 0, 86_400)
    buffer_after_minutes = _optional("buffer_after_minutes", _("Time after the return, in minutes"), 0, 86_400)
    whole_days = _choice("whole_days", _("Does a loan take up whole days, from midnight to midnight?"), YES_NO)
    max_units_per_person = _optional("max_units_per_person", _("Most of one kind for one person"), 1, 100_000)
    max_days_in_period = _optional("max_days_in_period", _("Most days for one person within the period"), 1, 3_650)
    fair_use_period_days = _optional("fair_use_period_days", _("Length of that period, in days"), 1, 3_650)
    no_show_grace_minutes = _optional(
        "no_show_grace_minutes", _("How long one waits for a pick-up, in minutes"), 0, 60 * 24 * 30
    )

    def after_bind(self, node, bound) -> None:
        for child in node.children:
            child.description = bound["otherwise"][child.name]


# Spreadsheets ---------------------------------------------------------------------------------------------------------


def _spreadsheet(name: str, title: str) -> colander.SchemaNode:
    return colander.SchemaNode(
        Upload(8 * MEBIBYTE), name=name, title=title, missing=None, widget=FileUpload(accept=".csv,text/csv")
    )


class SpreadsheetsSchema(colander.Schema):
    """Files to compare with what the portal has."""

    points = _spreadsheet("points", "points.csv")
    models = _spreadsheet("models", "models.csv")
    items = _spreadsheet("items", "items.csv")

    def validator(self, node, sent) -> None:
        if not any(sent.values()):
            raise colander.Invalid(node, _("Choose at least one file."))
