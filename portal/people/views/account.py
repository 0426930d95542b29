"""One's own account: what the portal knows, what one may change, where one is signed in."""

import json
from uuid import UUID

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from portal.forms import Button, submitted
from portal.i18n import LANGUAGE_COOKIE, _
from portal.people.links import links
from portal.people.permissions import Persons
from portal.people.queries import memberships_of, sign_ins_of, tokens_of
from portal.people.schemas import (
    ChangeEmailSchema,
    ChangePasswordSchema,
    PasswordSchema,
    ProfileSchema,
    TokenSchema,
)
from portal.people.services import Accounts, ApiTokens, CalendarTokens, Erasure, People, SignIns
from portal.people.services.accounts import Weak, WrongPassword
from portal.people.services.erasure import Hindered
from portal.people.views.entering import TEMPLATES, weak, wrong_password
from portal.security.identify import let_out
from portal.security.limits import says_too_many


def sent_id(request, name: str) -> UUID:
    """Return the id that one of our own buttons sent. Raises ``HTTPNotFound`` for what is none."""
    try:
        return UUID(request.typed.get(name, ""))
    except ValueError:
        raise HTTPNotFound from None


class Own:
    """What the pages of an account share."""

    def __init__(self, request) -> None:
        self.request = request
        self.person = request.person

    def done(self, words, route: str = "account") -> HTTPSeeOther:
        self.request.tell("good", words)
        return HTTPSeeOther(self.request.route_path(route))


@view_config(
    route_name="account",
    renderer=TEMPLATES + "account.jinja2",
    permission=Persons.HAVE_ACCOUNT,
    request_method="GET",
)
def account(request):
    """The overview."""
    memberships = memberships_of(request.db, request.person.id)
    return {"person": request.person, "memberships": memberships, "links": links(request, "account")}


@view_defaults(
    route_name="account.profile", renderer=TEMPLATES + "account_form.jinja2", permission=Persons.HAVE_ACCOUNT
)
class Profile(Own):
    """Name, phone and language."""

    def __init__(self, request) -> None:
        super().__init__(request)
        self.form = request.new_form(ProfileSchema(), buttons=(Button("save", _("Save")),))

    @view_config(request_method="GET")
    def show(self):
        self.form.set_appstruct(
            {
                "name": self.person.name,
                "phone": self.person.phone or "",
                "language": self.person.language or self.request.locale_name,
            }
        )
        return self._page()

    @view_config(request_method="POST")
    def send(self):
        wish = submitted(self.form, self.request)
        if wish is None:
            return self._page()
        self.request.find_service(People).describe(self.person, **wish)
        answer = self.done(_("Your details are saved."))
        # what this browser chose before would win over the new choice
        self.request.registry.cookies.remove(answer, LANGUAGE_COOKIE)
        return answer

    def _page(self) -> dict:
        return {"form": self.form, "title": _("Name, phone and language")}


@view_defaults(
    route_name="account.password",
    renderer=TEMPLATES + "account_form.jinja2",
    permission=Persons.HAVE_ACCOUNT,
    decorator=says_too_many,
)
class ChangePassword(Own):
    """Changing one's password, which signs every other browser out."""

    def __init__(self, request) -> None:
        super().__init__(request)
        self.form = request.new_form(ChangePasswordSchema(), buttons=(Button("save", _("Change my password")),))

    @view_config(request_method="GET")
    def show(self):
        return {"form": self.form, "title": _("Change my password")}

    @view_config(request_method="POST")
    def send(self):
        wish = submitted(self.form, self.request)
        if wish is None:
            return self.show()
        here = self.request.identity.sign_in_id
        try:
            self.request.find_service(Accounts).change_password(self.person, wish["password"], wish["new"], here)
        except WrongPassword:
            wrong_password(self.form)
            return self.show()
        except Weak as no:
            weak(self.form, "new", no)
            return self.show()
        return self.done(_("Your new password is kept. Every other browser is signed out."))


@view_defaults(
    route_name="account.email",
    renderer=TEMPLATES + "account_form.jinja2",
    permission=Persons.HAVE_ACCOUNT,
    decorator=says_too_many,
)
class ChangeEmail(Own):
    """Asking for another e-mail address, which a letter there confirms."""

    def __init__(self, request) -> None:
        super().__init__(request)
        self.form = request.new_form(ChangeEmailSchema(), buttons=(Button("save", _("Send an e-mail there")),))

    @view_config(request_method="GET")
    def show(self):
        return {"form": self.form, "title": _("Change my e-mail address")}

    @view_config(request_method="POST")
    def send(self):
        wish = submitted(self.form, self.request)
        if wish is None:
            return self.show()
        try:
            self.request.find_service(Accounts).ask_email_change(self.person, wish["password"], wish["email"])
        except WrongPassword:
            wrong_password(self.form)
            return self.show()
        return self.done(_("We sent an e-mail to the new address. Its link makes the change."))


@view_defaults(route_name="account.browsers", renderer=TEMPLATES + "browsers.jinja2", permission=Persons.HAVE_ACCOUNT)
class Browsers(Own):
    """Where one is signed in."""

    @view_config(request_method="GET")
    def show(self):
        now = self.request.clock.now()
        return {
            "sign_ins": sign_ins_of(self.request.db, self.person.id, now),
            "here": self.request.identity.sign_in_id,
        }

    @view_config(request_method="POST", request_param="sign_in")
    def end(self):
        sign_in_id = sent_id(self.request, "sign_in")
        if not self.request.find_service(SignIns).end(self.person.id, sign_in_id):
            raise HTTPNotFound
        return self.done(_("That browser is signed out."), "account.browsers")

    @view_config(request_method="POST", request_param="everywhere")
    def end_all(self):
        self.request.find_service(SignIns).end_all(self.person.id)
        self.request.tell("good", _("You are signed out everywhere."))
        return let_out(self.request, HTTPSeeOther(self.request.route_path("sign-in")))


@view_defaults(route_name="account.tokens", renderer=TEMPLATES + "tokens.jinja2", permission=Persons.HAVE_ACCOUNT)
class Tokens(Own):
    """Bearer tokens for one's own programs."""

    def __init__(self, request) -> None:
        super().__init__(request)
        self.tokens = request.find_service(ApiTokens)
        self.form = request.new_form(TokenSchema(), buttons=(Button("create", _("Create a token")),))

    @view_config(request_method="GET")
    def show(self):
        return self._page()

    @view_config(request_method="POST")
    def create(self):
        wish = submitted(self.form, self.request)
        if wish is None:
            return self._page()
        return self._page(created=self.tokens.create(self.person, **wish))

    @view_config(request_method="POST", request_param="revoke")
    def revoke(self):
        if not self.tokens.revoke(self.person.id, sent_id(self.request, "revoke")):
            raise HTTPNotFound
        return self.done(_("That token no longer works."), "account.tokens")

    def _page(self, created: str | None = None) -> dict:
        return {"form": self.form, "tokens": tokens_of(self.request.db, self.person.id), "created": created}


@view_defaults(route_name="account.calendar", renderer=TEMPLATES + "calendar.jinja2", permission=Persons.HAVE_ACCOUNT)
class CalendarAddress(Own):
    """The secret address at which one's calendar program finds one's dates."""

    @view_config(request_method="GET")
    def show(self):
        token = self.person.calendar_token
        base_url = self.request.registry.portal_settings.base_url
        return {"address": base_url + self.request.route_path("calendar", token=token) if token else None}

    @view_config(request_method="POST")
    def change(self):
        self.request.find_service(CalendarTokens).rotate(self.person)
        return self.done(_("The address is ready."), "account.calendar")


@view_config(route_name="account.export", permission=Persons.HAVE_ACCOUNT, request_method="GET")
def export(request) -> Response:
    """Everything the portal keeps about the person, as a file."""
    return all_about(request.identity.person_id, request)


def all_about(person_id: UUID, request) -> Response:
    """Answer with a file of all that the portal keeps about somebody."""
    known = request.find_service(Erasure).export(person_id)
    name = request.localizer.translate(_("my-data"))
    return Response(
        json.dumps(known, ensure_ascii=False, indent=2).encode(),
        content_type="application/json",
        charset=None,
        content_disposition=f'attachment; filename="{name}.json"',
    )


@view_defaults(
    route_name="account.erase",
    renderer=TEMPLATES + "erase.jinja2",
    permission=Persons.HAVE_ACCOUNT,
    decorator=says_too_many,
)
class Erase(Own):
    """Having oneself forgotten."""

    def __init__(self, request) -> None:
        super().__init__(request)
        self.erasure = request.find_service(Erasure)
        self.form = request.new_form(PasswordSchema(), buttons=(Button("erase", _("Erase my account"), "danger"),))

    @view_config(request_method="GET")
    def show(self):
        return {"form": self.form, "hindrances": self.erasure.hindrances(self.person.id)}

    @view_config(request_method="POST")
    def send(self):
        wish = submitted(self.form, self.request)
        if wish is None:
            return self.show()
        try:
            self.request.find_service(Accounts).check_password(self.person, wish["password"])
            self.erasure.erase(self.person.id)
        except WrongPassword:
            wrong_password(self.form)
            return self.show()
        except Hindered as no:
            self.request.response.status_int = 409
            return {"form": self.form, "hindrances": no.reasons}
        self.request.tell("good", _("Your account is erased."))
        return let_out(self.request, HTTPSeeOther("/"))
