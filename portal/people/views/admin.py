"""Administration of people: who is trusted with what."""

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from portal.audit.services import Audit
from portal.forms import Button, fail, submitted
from portal.i18n import _
from portal.people.contexts import PersonContext
from portal.people.links import links
from portal.people.models import RoleGrant
from portal.people.permissions import Persons
from portal.people.queries import found_organisations, found_people, memberships_of
from portal.people.schemas import (
    EVERYWHERE,
    KIND_WORDS,
    ROLE_WORDS,
    DeskPersonSchema,
    FindSchema,
    OtherEmailSchema,
    RoleSchema,
)
from portal.people.services import Erasure, People, Roles
from portal.people.services.erasure import Hindered
from portal.people.services.people import EmailTaken
from portal.people.services.roles import LastAdmin
from portal.people.terms import Role
from portal.people.views.account import all_about, sent_id
from portal.people.views.entering import TEMPLATES
from portal.ports.scopes import RoleScopes, Scope
from portal.security.redirects import safe_path

PAGE = 30


@view_config(
    route_name="admin", renderer=TEMPLATES + "admin.jinja2", permission=Persons.ADMINISTER, request_method="GET"
)
def admin(request):
    """What an administrator can do, one card each."""
    return {"links": links(request, "admin")}


class Search:
    """A list one searches, a page at a time. ``by`` says by what."""

    def __init__(self, request, by: str) -> None:
        self.request = request
        schema = FindSchema()
        schema["q"].title = by
        self.form = request.new_form(schema, buttons=(Button("", _("Search")),), method="GET", action=request.path)
        given = request.GET.get("offset", "")
        self.offset = int(given) if given.isascii() and given.isdigit() and len(given) < 8 else 0
        sought = submitted(self.form, request)
        self.text = sought["q"] if sought else ""

    def page(self, found) -> dict:
        """Return what the template shows of a page of ``found``."""
        first, last = self.offset + 1, self.offset + len(found.rows)
        mapping = {"first": first, "last": last, "total": found.total}
        return {
            "form": self.form,
            "rows": found.rows,
            "total": found.total,
            "position": _("${first} to ${last} of ${total}", mapping=mapping),
            "previous_url": self._url(max(0, self.offset - PAGE)) if self.offset else None,
            "next_url": self._url(self.offset + PAGE) if last < found.total else None,
        }

    def _url(self, offset: int) -> str:
        return self.request.current_route_path(_query={"q": self.text, "offset": offset})


@view_config(
    route_name="admin.people",
    renderer=TEMPLATES + "admin_people.jinja2",
    permission=Persons.ADMINISTER,
    request_method="GET",
)
def people(request):
    """Everybody, found by name, e-mail or phone."""
    search = Search(request, _("Name, e-mail or phone"))
    found = found_people(request.db, search.text, limit=PAGE, offset=search.offset)
    return search.page(found) | {"role_words": role_words(request)}


@view_config(
    route_name="admin.organisations",
    renderer=TEMPLATES + "admin_organisations.jinja2",
    permission=Persons.ADMINISTER,
    request_method="GET",
)
def organisations(request):
    """All organisations, found by name or number."""
    search = Search(request, _("Name or number"))
    found = found_organisations(request.db, search.text, limit=PAGE, offset=search.offset)
    return search.page(found) | {"kind_words": KIND_WORDS}


def scopes(request) -> list[Scope]:
    """Return where a role can be held."""
    return [scope for answer in request.ask_all(RoleScopes) for scope in answer.scopes()]


def role_words(request) -> Callable[[RoleGrant], str]:
    """Return what says a role that somebody holds, and where: that of a desk is held at one or at every one."""
    labels = {scope.slug: scope.label for scope in scopes(request)}
    say = request.localizer.translate

    def said(held: RoleGrant) -> str:
        words = say(ROLE_WORDS[held.role])
        if held.scope is None and held.role is not Role.DESK:
            return words
        return f"{words} · {labels.get(held.scope, held.scope) if held.scope else say(EVERYWHERE)}"

    return said


NOBODY_ELSE = _("Nobody else administers the portal: grant somebody else the role first.")


class OnPerson:
    """What the pages of one person share."""

    def __init__(self, context: PersonContext, request) -> None:
        self.person = context.person
        self.request = request
        self.scopes = scopes(request)
        self.role_form = request.new_form(
            RoleSchema(), buttons=(Button("grant", _("Grant this role")),), scopes=self.scopes
        )
        online = request.route_path("admin.person.online", person=self.person.id)
        self.email_form = request.new_form(
            OtherEmailSchema(), buttons=(Button("open", _("Open an account online")),), action=online
        )

    def page(self) -> dict:
        return {
            "person": self.person,
            "roles": sorted(self.person.roles, key=lambda held: (held.role, held.scope or "")),
            "memberships": memberships_of(self.request.db, self.person.id),
            "role_form": self.role_form,
            "email_form": self.email_form,
            "role_words": role_words(self.request),
            "today": self.request.clock.today(),
        }

    def back(self, kind: str, words) -> HTTPSeeOther:
        self.request.tell(kind, words)
        return HTTPSeeOther(self.request.route_path("admin.person", person=self.person.id))


@view_defaults(route_name="admin.person", renderer=TEMPLATES + "admin_person.jinja2", permission=Persons.ADMINISTER)
class OnePerson(OnPerson):
    """A person with their roles."""

    @view_config(request_method="GET")
    def show(self):
        return self.page()

    @view_config(request_method="POST")
    def grant(self):
        wish = submitted(self.role_form, self.request)
        if wish is None:
            return self.page()
        if wish["until"] and wish["until"] < self.request.clock.today():
            fail(self.role_form, "until", _("This day is past."))
            self.request.response.status_int = 422
            return self.page()
        try:
            self.request.find_service(Roles).grant(self.person, **wish, by=self.request.identity.person_id)
        except LastAdmin:
            fail(self.role_form, "until", NOBODY_ELSE)
            self.request.response.status_int = 409
            return self.page()
        return self.back("good", _("The role is granted."))


@view_config(route_name="admin.person.revoke", permission=Persons.ADMINISTER, request_method="POST")
class Revoke(OnPerson):
    """Ending a role."""

    def __call__(self):
        wanted = sent_id(self.request, "role")
        for held in self.person.roles:
            if held.id == wanted:
                return self._revoked(held)
        raise HTTPNotFound

    def _revoked(self, held):
        try:
            self.request.find_service(Roles).revoke(held)
        except LastAdmin:
            return self.back("wrong", NOBODY_ELSE)
        return self.back("good", _("The role is revoked."))


@view_config(
    route_name="admin.person.online",
    renderer=TEMPLATES + "admin_person.jinja2",
    permission=Persons.ADMINISTER,
    request_method="POST",
)
class OpenOnline(OnPerson):
    """Giving somebody whom a desk registered an account of their own."""

    def __call__(self):
        if self.person.email:
            raise HTTPNotFound
        wish = submitted(self.email_form, self.request)
        if wish is None:
            return self.page()
        try:
            self.request.find_service(People).open_online(self.person, wish["email"])
        except EmailTaken:
            fail(self.email_form, "email", _("Another account has this address."))
            self.request.response.status_int = 409
            return self.page()
        return self.back("good", _("An e-mail with a link to choose a password is sent."))


@view_config(route_name="admin.person.export", permission=Persons.ADMINISTER, request_method="POST")
def export_for(context: PersonContext, request) -> Response:
    """Everything the portal keeps about somebody who asked for it and has no account online, or writes to the city."""
    request.find_service(Audit).record("person.export", "person", context.person.id)
    return all_about(context.person.id, request)


@view_config(
    route_name="admin.person.erase",
    renderer=TEMPLATES + "admin_person.jinja2",
    permission=Persons.ADMINISTER,
    request_method="POST",
)
class EraseFor(OnPerson):
    """Having somebody forgotten who asked for it and cannot do it themselves."""

    def __call__(self):
        person_id = self.person.id
        try:
            self.request.find_service(Erasure).erase(person_id)
        except Hindered as no:
            self.request.response.status_int = 409
            return self.page() | {"hindrances": no.reasons}
        self.request.find_service(Audit).record("person.erase", "person", person_id)
        self.request.tell("good", _("The account is erased."))
        return HTTPSeeOther(self.request.route_path("admin.people"))


@view_defaults(route_name="desk.people.new", renderer=TEMPLATES + "desk_person.jinja2", permission=Persons.REGISTER)
class Register:
    """Opening an account at the desk; the page in ``next`` is told who it is, as ``person``."""

    def __init__(self, request) -> None:
        self.request = request
        self.form = request.new_form(DeskPersonSchema(), buttons=(Button("open", _("Open the account"), "now"),))

    @view_config(request_method="GET")
    def show(self):
        self.form.set_appstruct({"name": self.request.GET.get("name", ""), "language": self.request.locale_name})
        return self._page()

    @view_config(request_method="POST")
    def send(self):
        wish = submitted(self.form, self.request)
        if wish is None:
            return self._page()
        try:
            person = self.request.find_service(People).register_at_desk(**wish, by=self.request.identity.person_id)
        except EmailTaken as no:
            fail(self.form, "email", _("Somebody with this address has an account already."))
            self.request.response.status_int = 409
            return self._page(known=self._next(no.person_id))
        words = _("The account of ${name} is open.", mapping={"name": person.name})
        self.request.tell("good", words)
        return HTTPSeeOther(self._next(person.id))

    def _next(self, person_id) -> str:
        page = safe_path(self.request.GET.get("next"), "/desk").partition("#")[0]
        return page + ("&" if urlsplit(page).query else "?") + urlencode({"person": person_id})

    def _page(self, known: str | None = None) -> dict:
        return {"form": self.form, "known": known}
