"""What people send us about themselves, well-formed; whether a password is worth having is not for a schema."""

from collections.abc import Callable

import colander

from portal.forms.widgets import (
    Checkbox,
    EmailInput,
    PasswordInput,
    PhoneInput,
    RadioChoice,
    SearchInput,
    Select,
    TextInput,
)
from portal.i18n import NAMES, OFFERED, _
from portal.people.rules import SHORTEST, normal_email, normal_rna, normal_siret
from portal.people.terms import OrganisationKind, PasswordFlaw, Role

LINE = 200

KIND_WORDS = {
    OrganisationKind.ASSOCIATION: _("Association"),
    OrganisationKind.CENTRE: _("Neighbourhood or social centre"),
    OrganisationKind.SCHOOL: _("School or training centre"),
    OrganisationKind.ENTERPRISE: _("Enterprise"),
}
ROLE_WORDS = {
    Role.ADMIN: _("Administration"),
    Role.DESK: _("Lending desk"),
    Role.GRANTS: _("Grants"),
    Role.TRAINER: _("Training"),
    Role.MODERATOR: _("Moderation"),
}
EVERYWHERE = _("Everywhere")
FLAW_WORDS = {
    PasswordFlaw.TOO_SHORT: _("It is too short: ${least} characters are needed.", mapping={"least": SHORTEST}),
    PasswordFlaw.TOO_LONG: _("It is too long."),
    PasswordFlaw.COMMON: _(
        "It is among the first that somebody would guess. Several words that do not belong together are better."
    ),
    PasswordFlaw.PERSONAL: _("It says who you are: choose something else."),
}


class Written(colander.String):
    """A text that ``normal`` brings into its one form; what it refuses is answered with ``wrong``."""

    def __init__(self, normal: Callable[[str], str], wrong: str) -> None:
        super().__init__()
        self._normal = normal
        self._wrong = wrong

    def deserialize(self, node, cstruct):
        text = super().deserialize(node, cstruct)
        if text is colander.null:
            return text
        try:
            return self._normal(text)
        except ValueError as wrong:
            raise colander.Invalid(node, self._wrong) from wrong


def name_node(**given) -> colander.SchemaNode:
    usual = {"title": _("Your name"), "widget": TextInput(autocomplete="name"), "validator": colander.Length(max=LINE)}
    return colander.SchemaNode(colander.String(), **usual | given)


def email_node(**given) -> colander.SchemaNode:
    kind = Written(normal_email, _("Write an e-mail address such as name@example.org."))
    return colander.SchemaNode(kind, **{"title": _("E-mail address"), "widget": EmailInput()} | given)


def phone_node(**given) -> colander.SchemaNode:
    digits = colander.Regex(r"^\+?[0-9][0-9 .()/-]{4,28}[0-9]$", msg=_("Write a phone number such as 02 98 00 00 00."))
    usual = {"title": _("Phone"), "widget": PhoneInput(), "validator": digits, "missing": None}
    return colander.SchemaNode(colander.String(), **usual | given)


def language_node(**given) -> colander.SchemaNode:
    usual = {"title": _("Language of our e-mails"), "widget": RadioChoice(values=[(c, NAMES[c]) for c in OFFERED])}
    return colander.SchemaNode(colander.String(), **usual | given)


def present_password_node(**given) -> colander.SchemaNode:
    usual = {"title": _("Your password"), "widget": PasswordInput()}
    return colander.SchemaNode(colander.String(), **usual | given)


def new_password_node(**given) -> colander.SchemaNode:
    usual = {
        "title": _("New password"),
        "description": _(
            "At least ${least} characters. Four words that you remember make a good one.", mapping={"least": SHORTEST}
        ),
        "widget": PasswordInput(autocomplete="new-password"),
    }
    return colander.SchemaNode(colander.String(), **usual | given)


class SignUpSchema(colander.Schema):
    name = name_node()
    email = email_node(description=_("We send you an e-mail there, to be sure that it is yours."))
    password = new_password_node(title=_("Password"))
    language = language_node()


class SignInSchema(colander.Schema):
    email = email_node(widget=EmailInput(autocomplete="username"))
    password = present_password_node(title=_("Password"))


class EmailSchema(colander.Schema):
    email = email_node()


class OtherEmailSchema(colander.Schema):
    """Somebody else's address: the browser must not offer one's own."""

    email = email_node(widget=EmailInput(autocomplete="off"))


class PasswordSchema(colander.Schema):
    password = present_password_node()


class NewPasswordSchema(colander.Schema):
    new = new_password_node()


class ChangePasswordSchema(colander.Schema):
    password = present_password_node(title=_("Present password"))
    new = new_password_node()


class ChangeEmailSchema(colander.Schema):
    email = email_node(title=_("New e-mail address"))
    password = present_password_node()


class ProfileSchema(colander.Schema):
    name = name_node()
    phone = phone_node(description=_("For the lending desk, when something concerns your loan."))
    language = language_node()


class TokenSchema(colander.Schema):
    name = colander.SchemaNode(
        colander.String(),
        title=_("What it is for"),
        description=_("So that you recognise it later: the program that will use it."),
        validator=colander.Length(max=LINE),
    )
    days = colander.SchemaNode(
        colander.Integer(),
        title=_("Valid for"),
        widget=Select(values=((30, _("30 days")), (90, _("90 days")), (365, _("One year"))), blank=None),
    )


class DeskPersonSchema(colander.Schema):
    """Somebody at the counter; the clerk fills it in, so that the browser must not offer the clerk's own answers."""

    name = name_node(title=_("Name"), widget=TextInput(autocomplete="off"))
    phone = phone_node(
        description=_("To reach them when something is late. Leave it empty if they have none."),
        widget=PhoneInput(autocomplete="off"),
    )
    email = email_node(
        missing=None,
        description=_("If they have one, they get an e-mail to choose a password."),
        widget=EmailInput(autocomplete="off"),
    )
    language = language_node()


class OrganisationSchema(colander.Schema):
    name = name_node(title=_("Name of the organisation"), widget=TextInput(autocomplete="organization"))
    kind = colander.SchemaNode(
        colander.Enum(OrganisationKind, attr="value"),
        title=_("What it is"),
        widget=RadioChoice(values=[(kind.value, words) for kind, words in KIND_WORDS.items()]),
    )
    rna = colander.SchemaNode(
        Written(normal_rna, _("An RNA number is W and nine digits, such as W291000000.")),
        title=_("RNA number"),
        description=_("For an association: W and nine digits, on its declaration."),
        widget=TextInput(autocomplete="off", spellcheck="false"),
        missing=None,
    )
    siret = colander.SchemaNode(
        Written(normal_siret, _("This is not a SIRET: it has 14 digits, of which the last check the others.")),
        title=_("SIRET"),
        description=_("14 digits, if it has one."),
        widget=TextInput(autocomplete="off", inputmode="numeric", spellcheck="false"),
        missing=None,
    )
    email = email_node(
        title=_("E-mail address of the organisation"), widget=EmailInput(autocomplete="off"), missing=None
    )
    phone = phone_node(title=_("Phone of the organisation"), widget=PhoneInput(autocomplete="off"))


def until_node(**given) -> colander.SchemaNode:
    usual = {"title": _("Mandate until"), "description": _("The last day, if there is one."), "missing": None}
    return colander.SchemaNode(colander.Date(), **usual | given)


class MandateSchema(colander.Schema):
    officer = colander.SchemaNode(
        colander.Boolean(), title=_("May act in the organisation's name"), widget=Checkbox(), missing=False
    )
    until = until_node()


class InvitationSchema(MandateSchema):
    email = email_node(widget=EmailInput(autocomplete="off"), insert_before="officer")


class FindSchema(colander.Schema):
    """What somebody looks for in a list; the list gives ``q`` its title."""

    q = colander.SchemaNode(
        colander.String(),
        widget=SearchInput(),
        missing="",
        validator=colander.Length(max=LINE),
    )


@colander.deferred
def _scope_widget(_node, bound):
    return Select(values=[("", EVERYWHERE)] + [(scope.slug, scope.label) for scope in bound["scopes"]], blank=None)


class RoleSchema(colander.Schema):
    role = colander.SchemaNode(
        colander.Enum(Role, attr="value"),
        title=_("Role"),
        widget=Select(values=[(role.value, words) for role, words in ROLE_WORDS.items()]),
    )
    scope = colander.SchemaNode(
        colander.String(),
        title=_("Where"),
        description=_("Only a lending desk is held at one place."),
        widget=_scope_widget,
        missing=None,
    )
    since = colander.SchemaNode(colander.Date(), title=_("From"), missing=None)
    until = until_node(title=_("Until"))

    def validator(self, node, role: dict) -> None:
        if role["scope"] and role["role"] is not Role.DESK:
            raise _at(node, "scope", _("This role is held everywhere."))
        if role["since"] and role["until"] and role["until"] < role["since"]:
            raise _at(node, "until", _("This is before the first day."))


def _at(node: colander.SchemaNode, name: str, words: str) -> colander.Invalid:
    wrong = colander.Invalid(node)
    wrong[name] = words
    return wrong
