"""What a visitor sees when something asked for cannot be had: what happened, and what to do next.

These pages need neither session nor database; where there is one, they are in the person's own language. The API's
errors are :mod:`portal.api.problems`, a lost database and our own mistakes are :mod:`portal.pages.failures`.
"""

from contextlib import suppress
from dataclasses import dataclass

from pyramid.exceptions import BadCSRFToken
from pyramid.httpexceptions import HTTPError, HTTPException
from pyramid.renderers import render_to_response
from pyramid.response import Response
from sqlalchemy.exc import SQLAlchemyError

from portal.i18n import _
from portal.moderation.sight import Hidden

TEMPLATE = "portal:templates/portal/pages/error.jinja2"


@dataclass(frozen=True, slots=True)
class Words:
    """What happened, and what one can do about it."""

    happened: str
    advice: str


UNREADABLE = Words(
    _("This request could not be read"),
    _("Part of what was sent is not text, or is not what this page expects. Go back and try again."),
)
WORDS = {
    400: UNREADABLE,
    401: Words(_("Please sign in"), _("This page is for people who are signed in.")),
    403: Words(
        _("This page is not open to you"),
        _("You may be signed in with another account than usual, or act for somebody else. Otherwise, ask us."),
    ),
    404: Words(
        _("There is no such page"),
        _("The address may be mistyped, or what was there is gone. Searching may find it."),
    ),
    405: Words(
        _("This page cannot be used that way"),
        _("Go back, or begin again from the home page."),
    ),
    409: Words(
        _("Something changed in the meantime"),
        _("Somebody else was faster, or you did this in another window. Open the page again to see how things stand."),
    ),
    410: Words(
        _("This was removed"),
        _("Moderators took it out for good. What else is here can be searched."),
    ),
    413: Words(
        _("This is too large"),
        _("Send a smaller file: a photo can be reduced before it is sent."),
    ),
    415: Words(
        _("This kind of file cannot be read here"),
        _("Send it in one of the formats that the page names."),
    ),
    429: Words(
        _("Please wait a little"),
        _("This was tried very often in a short time. Try again in a few minutes."),
    ),
}
EXPIRED_FORM = Words(
    _("This form has expired"),
    _("It was open for long, or cookies are switched off. Go back, load the page again and send it once more."),
)
HIDDEN = Words(
    _("This is hidden"),
    _("Moderators are looking at it, or have hidden it until it is mended. It may be seen here again."),
)
SPECIAL: dict[type[HTTPException], Words] = {BadCSRFToken: EXPIRED_FORM, Hidden: HIDDEN}


def includeme(config) -> None:
    config.add_exception_view(show, context=HTTPException)


def show(error: HTTPException, request) -> Response:
    """Return the error's page in the reader's language, with the headers that it carries; redirects as they are."""
    if not isinstance(error, HTTPError):
        return error
    _ask_who(request)
    words = SPECIAL.get(type(error)) or WORDS.get(error.status_int, UNREADABLE)
    response = render_to_response(TEMPLATE, {"words_of_error": words, "status": error.status_int}, request=request)
    response.status_int = error.status_int
    response.cache_control = "no-store"
    for name in ("Allow", "Retry-After", "WWW-Authenticate"):
        if name in error.headers:
            response.headers[name] = error.headers[name]
    return response


def _ask_who(request) -> None:
    """Let the page be in the person's own language; without a database it is in the browser's."""
    with suppress(SQLAlchemyError):
        _ = request.identity
