"""A small application that shows every component and every kind of field, in all their states, without a database."""

from datetime import date
from types import SimpleNamespace
from typing import NamedTuple
from uuid import UUID

import colander
from pyramid.config import Configurator
from pyramid.events import BeforeRender
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.session import SignedCookieSessionFactory

from portal.forms import Button, fail, submitted
from portal.forms import types as t
from portal.forms import widgets as w
from portal.kept import Kept
from portal.pages.frame import MainLink, frame
from portal.pages.month import Cell, month_of
from portal.security.cookies import CookieJar
from portal.security.terms import Identity
from portal.settings import Settings

PAGES = ["about", "accessibility", "opendata", "terms", "privacy", "legal"]
FRAME = ["home", "language", "sign-in", "account", "account.organisations", *PAGES]


MAIN_LINKS = [
    MainLink("Emprunter", "components", ("/components", "/form"), None),
    MainLink("Se former", "form", (), None),
    MainLink("Projets", "home", (), None),
    MainLink("Carte et balades", "home", (), None),
]


class Street(colander.MappingSchema):
    street = colander.SchemaNode(
        colander.String(), title="Street", widget=w.TextInput(autocomplete="address-line1"), missing=""
    )
    code = colander.SchemaNode(colander.String(), title="Post code", validator=colander.Regex(r"^\d{5}$"), missing="")


class Line(colander.MappingSchema):
    equipment = colander.SchemaNode(colander.String(), title="Equipment")
    units = colander.SchemaNode(colander.Integer(), title="Units", validator=colander.Range(min=1), missing=1)


class Lines(colander.SequenceSchema):
    line = Line(title="Line")


ANSWERS = (("a", "First <answer>"), ("b", "Second & 100 %"))


class EverythingSchema(colander.MappingSchema):
    """One field of every kind."""

    name = colander.SchemaNode(
        colander.String(), title="Name", widget=w.TextInput(autocomplete="name"), description="As on your card."
    )
    email = colander.SchemaNode(colander.String(), title="E-mail", widget=w.EmailInput(), validator=colander.Email())
    phone = colander.SchemaNode(colander.String(), title="Telephone", widget=w.PhoneInput(), missing="")
    look_for = colander.SchemaNode(colander.String(), title="Look for", widget=w.SearchInput(), missing="")
    password = colander.SchemaNode(colander.String(), title="Password", widget=w.PasswordInput(), missing="")
    story = colander.SchemaNode(colander.String(), title="Story", widget=w.TextArea(), missing="")
    units = colander.SchemaNode(colander.Integer(), title="Units", validator=colander.Range(min=1), missing=1)
    weight = colander.SchemaNode(colander.Float(), title="Weight", widget=w.NumberInput(step="any"), missing=None)
    day = colander.SchemaNode(colander.Date(), title="Day", missing=None)
    hour = colander.SchemaNode(colander.Time(), title="Hour", missing=None)
    pickup = colander.SchemaNode(t.LocalMoment("Europe/Paris"), title="Pick-up", missing=None)
    deposit = colander.SchemaNode(t.Money(), title="Deposit", missing=None)
    point = colander.SchemaNode(colander.String(), title="Point", widget=w.Select(values=ANSWERS), missing="")
    model = colander.SchemaNode(
        colander.String(), title="Model", widget=w.Select(values=(("Sound <1>", ANSWERS),)), missing=""
    )
    terms = colander.SchemaNode(colander.Boolean(), title="I agree", validator=t.ticked)
    kinds = colander.SchemaNode(
        colander.Set(), title="Kinds", widget=w.CheckboxChoice(values=ANSWERS), description="Any number.", missing=()
    )
    best = colander.SchemaNode(colander.String(), title="Best", widget=w.RadioChoice(values=ANSWERS))
    secret = colander.SchemaNode(colander.String(), widget=w.Hidden(), missing="")
    photo = colander.SchemaNode(t.Upload(1024), title="Photo", missing=None)
    address = Street(title="Address")
    lines = Lines(title="Lines")


def everything(request):
    """Return the form of all fields; a name of «refused» is refused by a rule."""
    form = request.new_form(
        EverythingSchema(), (Button("send", "Send", "now"), Button("draft", "Keep as a draft", "quiet"))
    )
    taken = None
    if request.method == "POST":
        taken = submitted(form, request)
        if taken and taken["name"] == "refused":
            fail(form, "name", "Another name, please.")
            fail(form, None, "Not today.")
            request.response.status_int = 409
    return {"form": form, "taken": taken}


class FilterSchema(colander.MappingSchema):
    q = colander.SchemaNode(colander.String(), title="Words", widget=w.SearchInput(), missing="")
    since = colander.SchemaNode(colander.Date(), title="From", missing=None)


def components(request):
    first = date(2026, 10, 1)
    cells = {first.replace(day=n): Cell("3 libres", url="#") for n in range(1, 32)}
    cells |= {first.replace(day=n): Cell("complet", "full") for n in (8, 9, 10)}
    cells |= {first.replace(day=n): Cell("fermé", "closed") for n in (4, 11, 18, 25)}
    cells |= {first.replace(day=n): Cell("à vous", "mine", "#") for n in (22, 23, 24)}
    cells |= {
        first.replace(day=22): Cell("retrait", "mine edge", "#"),
        first.replace(day=24): Cell("retour", "mine edge", "#"),
    }
    month = month_of(
        first, cells, request.words, place="Lambézellec", today=date(2026, 10, 15), previous_url="#", next_url="#"
    )
    form = request.new_form(FilterSchema(), (Button("", "Filter"),), method="GET")
    submitted(form, request)
    return {"month": month, "form": form, "stages": STAGES}


STAGES = [
    SimpleNamespace(step="learn", label="Apprendre", words="9 ateliers ce mois-ci", url="#learn"),
    SimpleNamespace(step="borrow", label="Emprunter", words="214 objets dans 7 lieux", url="#borrow"),
    SimpleNamespace(step="make", label="Faire", words=None, url=None),
    SimpleNamespace(step="share", label="Partager", words="36 balades sonores", url=None),
]


class City(NamedTuple):
    """Stands in for what the city says of itself."""

    name: str = "Les communs"
    place: str = "de Brest métropole"
    logo: str = ""
    banner: str = ""
    contact_email: str = "communs@example.org"
    accessibility_state: str = "partial"
    content_licence: str = "CC BY-SA 4.0"


def lend(event):
    """Stand in for the kernel, which lends this to every page."""
    event["city"] = City()


def configured() -> Configurator:
    """Return the configuration; ``?acting=1`` and ``?flash=1`` show the page to somebody signed in."""
    settings = Settings()
    config = Configurator(settings=settings.for_pyramid())
    config.registry.portal_settings = settings
    config.include("pyramid_jinja2")
    config.registry.cookies = CookieJar(secure=False)
    config.include("portal.i18n")
    config.include("portal.forms")
    config.set_session_factory(SignedCookieSessionFactory("only for tests"))
    config.set_default_csrf_options(require_csrf=True)
    config.add_subscriber(lend, BeforeRender)
    config.add_request_method(
        lambda r: (
            Identity(UUID(int=1), "Maëlle Test", "fr", acting_for="Association Son’ar Mein")
            if "acting" in r.GET
            else None
        ),
        "identity",
        property=True,
    )
    config.add_static_view("static/portal", "portal:static/portal")
    config.registry.kept_parts = Kept()
    config.registry.main_links = MAIN_LINKS
    config.add_request_method(lambda _request: City(), "city", property=True)
    config.add_request_method(lambda _request: "the same for all pages", "city_told", property=True)
    config.add_request_method(frame)
    config.add_request_method(lambda request: request.session.pop_flash(), "notices")
    config.add_request_method(lambda request: request.route_path("sign-in"), "way_in")
    config.add_request_method(lambda _request: {"fr": "Français", "en": "English"}, "language_choice", property=True)
    for name in FRAME:
        config.add_route(name, f"/{name}")
    for name, view in (("form", everything), ("components", components)):
        config.add_route(name, f"/{name}")
        config.add_view(view, route_name=name, renderer=f"{name}.jinja2", permission=NO_PERMISSION_REQUIRED)
    return config
