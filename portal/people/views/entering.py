"""Coming in and going out: sign-up, confirmation, sign-in, forgotten passwords."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import forbidden_view_config, view_config, view_defaults

from portal.forms import Button, fail, submitted
from portal.i18n import _
from portal.people.models import LetterPurpose
from portal.people.permissions import Persons
from portal.people.schemas import (
    FLAW_WORDS,
    EmailSchema,
    NewPasswordSchema,
    PasswordSchema,
    SignInSchema,
    SignUpSchema,
)
from portal.people.services import Accounts, Letters, SignIns
from portal.people.services.accounts import Weak, WrongPassword
from portal.people.services.letters import LinkSpent
from portal.people.services.sign_ins import NotRecognised
from portal.security.identify import let_in, let_out
from portal.security.limits import client_address, says_too_many
from portal.security.redirects import safe_path

TEMPLATES = "portal:templates/portal/people/"
DOORS = frozenset({"sign-in", "sign-up", "letter-sent", "confirm", "confirm.again", "reset", "reset.ask"})
"""The pages at the door, to which nobody wants to come back."""


def weak(form, field: str, no: Weak) -> None:
    """Say all that is wrong with a password beside its field."""
    for flaw in sorted(no.flaws):
        fail(form, field, FLAW_WORDS[flaw])
    form.request.response.status_int = 422


def wrong_password(form, field: str = "password") -> None:
    fail(form, field, _("This is not your password."))
    form.request.response.status_int = 422


def link_spent(request) -> dict:
    """Return the page about a link that is good no more."""
    request.response.status_int = 410
    request.override_renderer = TEMPLATES + "link_spent.jinja2"
    return {}


class Entering:
    """What the pages at the door share: they are for whoever comes, and count what is tried."""

    def __init__(self, request) -> None:
        self.request = request
        self.accounts = request.find_service(Accounts)
        self.sign_ins = request.find_service(SignIns)

    def letter_sent(self) -> HTTPSeeOther:
        """Return the same answer to whoever asked for a letter."""
        return HTTPSeeOther(self.request.route_path("letter-sent"))

    def welcome(self, person, words) -> HTTPSeeOther:
        """Sign in a person who has just proven who they are."""
        secret = self.sign_ins.open(person, self.request.user_agent or "")
        self.request.tell("good", words)
        return let_in(self.request, HTTPSeeOther(self.request.route_path("account")), secret)


@view_defaults(
    route_name="sign-up", renderer=TEMPLATES + "sign_up.jinja2", permission=Persons.ENTER, decorator=says_too_many
)
class SignUp(Entering):
    """Opening an account."""

    def __init__(self, request) -> None:
        super().__init__(request)
        self.form = request.new_form(SignUpSchema(), buttons=(Button("sign_up", _("Create my account"), "now"),))

    @view_config(request_method="GET")
    def show(self):
        self.form.set_appstruct({"language": self.request.locale_name})
        return {"form": self.form}

    @view_config(request_method="POST")
    def send(self):
        wish = submitted(self.form, self.request)
        if wish is None:
            return {"form": self.form}
        try:
            self.accounts.sign_up(**wish, address=client_address(self.request))
        except Weak as no:
            weak(self.form, "password", no)
            return {"form": self.form}
        return self.letter_sent()


@view_config(
    route_name="letter-sent",
    renderer=TEMPLATES + "letter_sent.jinja2",
    permission=Persons.ENTER,
    request_method="GET",
)
def letter_sent(_request):
    """The page that sends its reader to their letters, whatever was in the form."""
    return {}


@view_defaults(renderer=TEMPLATES + "ask_letter.jinja2", permission=Persons.ENTER, decorator=says_too_many)
class AskLetter(Entering):
    """Asking for a letter with a link: once more to confirm an account, or to choose a new password."""

    def __init__(self, request) -> None:
        super().__init__(request)
        self.forgotten = request.matched_route.name == "reset.ask"
        self.form = request.new_form(EmailSchema(), buttons=(Button("send", _("Send me the e-mail")),))

    @view_config(route_name="confirm.again", request_method="GET")
    @view_config(route_name="reset.ask", request_method="GET")
    def show(self):
        return {"form": self.form, "forgotten": self.forgotten}

    @view_config(route_name="confirm.again", request_method="POST")
    @view_config(route_name="reset.ask", request_method="POST")
    def send(self):
        wish = submitted(self.form, self.request)
        if wish is None:
            return self.show()
        ask = self.accounts.ask_reset if self.forgotten else self.accounts.ask_confirmation
        ask(**wish, language=self.request.locale_name, address=client_address(self.request))
        return self.letter_sent()


@view_defaults(
    route_name="confirm", renderer=TEMPLATES + "confirm.jinja2", permission=Persons.ENTER, decorator=says_too_many
)
class Confirm(Entering):
    """Where the letter's link leads: the password once, and the account is open."""

    def __init__(self, request) -> None:
        super().__init__(request)
        self.secret = request.matchdict["secret"]
        self.form = request.new_form(PasswordSchema(), buttons=(Button("confirm", _("Open my account"), "now"),))

    @view_config(request_method="GET")
    def show(self):
        try:
            letter = self.request.find_service(Letters).find(self.secret, LetterPurpose.CONFIRM)
        except LinkSpent:
            return link_spent(self.request)
        return {"form": self.form, "email": letter.email}

    @view_config(request_method="POST")
    def send(self):
        wish = submitted(self.form, self.request)
        if wish is None:
            return self.show()
        try:
            person = self.accounts.confirm(self.secret, wish["password"])
        except LinkSpent:
            return link_spent(self.request)
        except WrongPassword:
            wrong_password(self.form)
            return self.show()
        return self.welcome(person, _("Welcome. Your account is open."))


@view_defaults(
    route_name="sign-in", renderer=TEMPLATES + "sign_in.jinja2", permission=Persons.ENTER, decorator=says_too_many
)
class SignIn(Entering):
    """Signing in; ``next`` is the page to go on to."""

    def __init__(self, request) -> None:
        super().__init__(request)
        self.next = safe_path(request.GET.get("next"), request.route_path("account"))
        self.form = request.new_form(SignInSchema(), buttons=(Button("sign_in", _("Sign in"), "now"),))

    @view_config(request_method="GET")
    def show(self):
        if self.request.identity:
            return HTTPSeeOther(self.next)
        return self._page()

    @view_config(request_method="POST")
    def send(self):
        wish = submitted(self.form, self.request)
        if wish is None:
            return self._page()
        address, user_agent = client_address(self.request), self.request.user_agent or ""
        try:
            secret = self.sign_ins.sign_in(**wish, address=address, user_agent=user_agent)
        except NotRecognised:
            self.request.response.status_int = 422
            fail(self.form, None, _("We do not recognise this e-mail address with this password."))
            return self._page(refused=True)
        return let_in(self.request, HTTPSeeOther(self.next), secret)

    def _page(self, refused: bool = False) -> dict:
        return {"form": self.form, "refused": refused, "asked_for_page": "next" in self.request.GET}


@view_config(route_name="sign-out", permission=Persons.ENTER, request_method="POST")
def sign_out(request):
    """Signing out of this browser."""
    identity = request.identity
    if identity:
        request.find_service(SignIns).end(identity.person_id, identity.sign_in_id)
        request.tell("good", _("You are signed out."))
    return let_out(request, HTTPSeeOther("/"))


@view_defaults(
    route_name="reset", renderer=TEMPLATES + "reset.jinja2", permission=Persons.ENTER, decorator=says_too_many
)
class Reset(Entering):
    """Choosing a new password with the letter's link."""

    def __init__(self, request) -> None:
        super().__init__(request)
        self.secret = request.matchdict["secret"]
        self.form = request.new_form(NewPasswordSchema(), buttons=(Button("reset", _("Keep this password"), "now"),))

    @view_config(request_method="GET")
    def show(self):
        try:
            letter = self.request.find_service(Letters).find(self.secret, LetterPurpose.RESET)
        except LinkSpent:
            return link_spent(self.request)
        return {"form": self.form, "email": letter.email}

    @view_config(request_method="POST")
    def send(self):
        wish = submitted(self.form, self.request)
        if wish is None:
            return self.show()
        try:
            person = self.accounts.reset(self.secret, wish["new"])
        except LinkSpent:
            return link_spent(self.request)
        except Weak as no:
            weak(self.form, "new", no)
            return self.show()
        return self.welcome(person, _("Your new password is kept. Every other browser is signed out."))


@view_defaults(route_name="email.confirm", renderer=TEMPLATES + "new_email.jinja2", permission=Persons.ENTER)
class ConfirmEmail(Entering):
    """Where the letter to a new address leads; a click, since programs that check letters open links too."""

    def __init__(self, request) -> None:
        super().__init__(request)
        self.secret = request.matchdict["secret"]

    @view_config(request_method="GET")
    def show(self):
        try:
            letter = self.request.find_service(Letters).find(self.secret, LetterPurpose.CHANGE_EMAIL)
        except LinkSpent:
            return link_spent(self.request)
        return {"email": letter.email}

    @view_config(request_method="POST")
    def send(self):
        try:
            self.accounts.change_email(self.secret)
        except LinkSpent:
            return link_spent(self.request)
        self.request.tell("good", _("Your e-mail address is changed."))
        return HTTPSeeOther(self.request.route_path("account"))


def way_in(request) -> str:
    """Return the address of the sign-in page, which leads back to the page that is looked at."""
    at_the_door = request.matched_route is not None and request.matched_route.name in DOORS
    page = request.GET.get("next") if at_the_door else request.path_qs
    return request.route_path("sign-in", _query={"next": page} if page else {})


@forbidden_view_config(request_method=("GET", "HEAD"), is_authenticated=False, path_info="^/(?!api/)")
def ask_who(request):
    """Lead who is not signed in, and asked for a page that needs it, to the door and from there back."""
    return HTTPSeeOther(way_in(request))
