"""What the pages of those who manage what is lent have in common, and the page that leads to them."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.i18n import TranslationString
from pyramid.view import view_config, view_defaults

from equipment_lending.permissions import Lending
from equipment_lending.services.catalogue import Catalogue
from equipment_lending.terms import RefusalCode, Refused
from equipment_lending.views.words import sentence
from portal.forms import Button, fail, submitted
from portal.i18n import _

TEMPLATES = "equipment_lending:templates/equipment_lending/manage/"
FORM = TEMPLATES + "form.jinja2"
LIST = TEMPLATES + "list.jinja2"
NOWHERE: Mapping[RefusalCode, str] = MappingProxyType({})


class Managing:
    """What every page of management has: the request, the catalogue's service, forms that are refused in words."""

    def __init__(self, context, request) -> None:
        self.context = context
        self.request = request
        self.catalogue = request.find_service(Catalogue)

    def form(self, schema, label: str = "", *, button: str = "save", name: str | None = None, **bind):
        """Return a form with one button."""
        return self.request.new_form(schema, buttons=(Button(button, label or _("Save")),), name=name, **bind)

    def fill(self, form, values: Mapping[str, object]) -> None:
        """Fill a form in; what is None stays empty."""
        form.set_appstruct({name: value for name, value in values.items() if value is not None})

    def done(
        self, form, act: Callable[[Mapping[str, Any]], object], beside: Mapping[RefusalCode, str] = NOWHERE
    ) -> bool:
        """Do what was sent and return True, or leave in the form why it was not done, in words beside the field."""
        sent = submitted(form, self.request)
        if sent is None:
            return False
        try:
            act(sent)
        except Refused as no:
            self.request.response.status_int = 409
            for reason in no.reasons:
                fail(form, beside.get(reason.code), sentence(reason, self.request, self.request.city.zone))
            return False
        return True

    def saved(self, route: str, told: str = "", **matched: object) -> HTTPSeeOther:
        """Say that it is done and lead on."""
        self.request.tell("good", told or _("Saved."))
        return HTTPSeeOther(self.request.route_path(route, **matched))

    def trail(self, *links: tuple[str, str | None]) -> list[tuple[str, str | None]]:
        """Return where one is, from the top of management down; somebody of a desk starts at the desk."""
        manages = self.request.has_permission(Lending.MANAGE_FLEET)
        first = (_("What is lent"), "lending.manage") if manages else (_("The desk"), "desk")
        top = (first[0], self.request.route_path(first[1]))
        return [(self.said(label), url) for label, url in (top, *links)]

    def said(self, label: str) -> str:
        """Return one of our messages in the reader's language, and a name that somebody gave as it is."""
        return self.request.localizer.translate(label) if isinstance(label, TranslationString) else label


@view_defaults(route_name="lending.manage", renderer=TEMPLATES + "index.jinja2", permission=Lending.MANAGE_FLEET)
class Index(Managing):
    """The page that leads to all that is managed."""

    @view_config(request_method="GET")
    def show(self):
        return {
            "links": [
                ("lending.manage.points", _("Lending points"), _("Where they are, when they open"), "pin"),
                ("lending.manage.models", _("Catalogue"), _("Models with texts, photos and items"), "borrow"),
                ("lending.manage.categories", _("Categories"), _("The shelves of the catalogue"), "menu"),
                ("lending.manage.rules", _("Rules for the city"), _("How long, how far ahead, for whom"), "settings"),
                ("lending.manage.import", _("Spreadsheets"), _("Bring in points, models and items"), "upload"),
            ]
        }
