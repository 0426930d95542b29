"""What a city may say of itself, in sections; each field is a field of ``City``."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import available_timezones

import colander

from portal.forms.types import Upload
from portal.forms.widgets import (
    Checkbox,
    CheckboxChoice,
    EmailInput,
    FileUpload,
    NumberInput,
    PhoneInput,
    RadioChoice,
    TextArea,
    TextInput,
)
from portal.i18n import NAMES, OFFERED, _
from portal.pages.city import Conformity

LONGEST_TEXT = 50_000
CONFORMITY_WORDS = {
    Conformity.NONE: _("Not compliant, or not yet audited"),
    Conformity.PARTIAL: _("Partially compliant: at least half of the criteria are met"),
    Conformity.FULL: _("Fully compliant: all criteria are met"),
}
TILES = re.compile(r"https://[^\s\"'<>]+")


class TextIn(TextArea):
    """A text in one language, which screen readers and spelling checkers are told."""

    language = "fr"
    rows = 4

    def control(self, field) -> dict[str, str | None]:
        return super().control(field) | {"lang": self.language}


def line(name: str, title, description="", most: int = 200, **more) -> colander.SchemaNode:
    """Return a field for one line that may be left empty, unless ``missing`` says otherwise."""
    more = {"missing": "", "widget": TextInput(autocomplete="off")} | more
    length = colander.Length(max=most)
    more["validator"] = colander.All(length, more["validator"]) if "validator" in more else length
    return colander.SchemaNode(colander.String(), name=name, title=title, description=description, **more)


def in_languages(name: str, title, description="", rows: int = 4) -> colander.SchemaNode:
    """Return a field for a text in each language that the portal speaks."""
    texts = [
        colander.SchemaNode(
            colander.String(),
            name=code,
            title=NAMES[code],
            widget=TextIn(rows=rows, language=code),
            validator=colander.Length(max=LONGEST_TEXT),
            missing="",
        )
        for code in OFFERED
    ]
    return colander.SchemaNode(colander.Mapping(), *texts, name=name, title=title, description=description)


def is_zone(node, value: str) -> None:
    if value not in available_timezones():
        raise colander.Invalid(node, _("Write the name of a time zone, such as Europe/Paris."))


def is_tile_address(node, value: str) -> None:
    if not TILES.fullmatch(value) or not all(part in value for part in ("{z}", "{x}", "{y}")):
        raise colander.Invalid(node, _("Write an https address with {z}, {x} and {y}."))


def is_https_address(node, value: str) -> None:
    if not TILES.fullmatch(value):
        raise colander.Invalid(node, _("Write an https address."))


MARKDOWN = _("Blank lines separate paragraphs; ## begins a heading, - an item of a list, **bold** is bold.")


def name_schema() -> colander.Schema:
    return colander.Schema(
        line("name", _("Name of the portal"), missing=colander.required, most=60),
        line("place", _("Of which place"), _("As it continues the name, such as “of Brest métropole”.")),
        in_languages("tagline", _("What it is, in a few words"), rows=1),
        colander.SchemaNode(
            Upload(5 * 1024 * 1024),
            name="logo",
            title=_("New logo"),
            description=_("A PNG, JPEG or WebP picture. It is shown at 40 pixels."),
            widget=FileUpload(accept="image/png,image/jpeg,image/webp"),
            missing=None,
        ),
        colander.SchemaNode(colander.Boolean(), name="without_logo", title=_("Show no logo"), widget=Checkbox()),
        colander.SchemaNode(
            colander.List(),
            name="languages",
            title=_("Languages offered"),
            widget=CheckboxChoice(values=[(code, NAMES[code]) for code in OFFERED]),
        ),
        line("zone", _("Time zone"), validator=is_zone, missing=colander.required),
    )


def contact_schema() -> colander.Schema:
    own = {"autocomplete": "off"}
    return colander.Schema(
        line("contact_email", _("E-mail"), widget=EmailInput(**own), validator=colander.Email()),
        line("contact_phone", _("Telephone"), widget=PhoneInput(**own)),
        line("contact_address", _("Address"), widget=TextArea(rows=4, **own), most=500),
    )


def banner_schema() -> colander.Schema:
    words = _("One or two sentences, shown at the top of every page. Leave it empty for none.")
    return colander.Schema(in_languages("banner", _("Announcement"), words, rows=2))


def about_schema() -> colander.Schema:
    return colander.Schema(in_languages("about", _("About"), MARKDOWN, rows=20))


def terms_schema() -> colander.Schema:
    return colander.Schema(in_languages("terms", _("Terms"), MARKDOWN, rows=20))


def privacy_schema() -> colander.Schema:
    return colander.Schema(in_languages("privacy", _("Privacy"), MARKDOWN, rows=20))


def legal_schema() -> colander.Schema:
    return colander.Schema(
        line(
            "publisher", _("Publisher"), _("The public body, its address and SIRET."), most=500, widget=TextArea(rows=3)
        ),
        line("publication_director", _("Director of publication")),
        line(
            "host", _("Host"), _("Who runs the servers: name, address, telephone."), most=500, widget=TextArea(rows=3)
        ),
        line("content_licence", _("Licence of the content"), _("As it is usually written, such as CC BY-SA 4.0.")),
    )


def accessibility_schema() -> colander.Schema:
    return colander.Schema(
        colander.SchemaNode(
            colander.String(),
            name="accessibility_state",
            title=_("State of conformity with the RGAA"),
            widget=RadioChoice(values=[(state.value, words) for state, words in CONFORMITY_WORDS.items()]),
        ),
        colander.SchemaNode(
            colander.Date(), name="accessibility_audited_on", title=_("Day of the audit"), missing=None
        ),
        line("accessibility_auditor", _("Who audited")),
        colander.SchemaNode(
            colander.Integer(),
            name="accessibility_rate",
            title=_("Criteria met, in percent"),
            widget=NumberInput(least=0, most=100),
            validator=colander.Range(0, 100),
            missing=None,
        ),
        in_languages("accessibility_issues", _("What is not accessible"), MARKDOWN),
        in_languages("accessibility_derogations", _("Exempted content, and why"), MARKDOWN),
        in_languages(
            "accessibility_plan",
            _("Strategy and actions"),
            _("Links to the multi-year plan, what was done, the plan of the year."),
        ),
        in_languages(
            "accessibility_method",
            _("How it was tested"),
            _("Browsers and assistive technologies, tools, the pages that were checked."),
        ),
        line(
            "accessibility_contact",
            _("Contact for accessibility"),
            _("An e-mail address; empty for the general contact."),
            widget=EmailInput(autocomplete="off"),
            validator=colander.Email(),
        ),
    )


def map_schema() -> colander.Schema:
    return colander.Schema(
        line(
            "map_tiles",
            _("Address of the background's tiles"),
            _(
                "With {z}, {x} and {y}. Empty for a quiet outline of ours, which asks no other host for anything. "
                "The instructions for running the portal name services that may be used."
            ),
            validator=is_tile_address,
            most=500,
        ),
        line("map_attribution", _("Attribution of the background"), _("Such as © OpenStreetMap contributors.")),
        line(
            "geocoder",
            _("Address of the service that finds addresses"),
            _("One that answers like the national address base. Empty for none. The portal asks it, not the visitor."),
            validator=is_https_address,
            most=500,
        ),
    )


@dataclass(frozen=True, slots=True)
class Section:
    """A page of settings. ``previewed`` names the texts whose look can be tried before they are kept."""

    slug: str
    title: str
    about: str
    schema: Callable[[], colander.Schema]
    previewed: tuple[str, ...] = ()


SECTIONS = {
    section.slug: section
    for section in (
        Section("name", _("Name and languages"), _("Name, place, logo, languages."), name_schema),
        Section("contact", _("Contact"), _("How people reach you."), contact_schema),
        Section("banner", _("Announcement"), _("A closure, an event: on every page."), banner_schema, ("banner",)),
        Section("about", _("About"), _("What the portal is for."), about_schema, ("about",)),
        Section("terms", _("Terms"), _("What lending and use ask."), terms_schema, ("terms",)),
        Section("privacy", _("Privacy"), _("What is kept, and why."), privacy_schema, ("privacy",)),
        Section("legal", _("Legal notice"), _("Publisher, host, licence."), legal_schema),
        Section(
            "accessibility",
            _("Accessibility"),
            _("The statement that the law asks for."),
            accessibility_schema,
            ("accessibility_issues", "accessibility_derogations", "accessibility_plan", "accessibility_method"),
        ),
        Section("map", _("Map"), _("Its background, and how addresses are found."), map_schema),
    )
}
