"""What the API says when it cannot do as asked: ``application/problem+json`` (RFC 9457), whatever went wrong."""

import math

import structlog
from pyramid.csrf import BadCSRFOrigin, BadCSRFToken
from pyramid.httpexceptions import (
    HTTPClientError,
    HTTPException,
    HTTPForbidden,
    HTTPMethodNotAllowed,
    HTTPNotFound,
    HTTPServerError,
)
from pyramid.renderers import render
from pyramid.response import Response
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from portal.db.session import is_away, is_schema_missing
from portal.i18n import _
from portal.logs import described, path_of
from portal.media.store import OutOfReach
from portal.moderation.sight import Hidden
from portal.security.limits import TooMany

TITLES = {
    400: _("This request cannot be read."),
    401: _("Sign in, or send a bearer token."),
    403: _("You may not do this."),
    404: _("There is nothing at this address."),
    405: _("This address does not answer this method."),
    409: _("This cannot be done as asked."),
    410: _("It was removed for good."),
    412: _("It has changed since you last read it."),
    413: _("This request is too large."),
    415: _("Send JSON, in UTF-8."),
    422: _("Some of the values cannot be used."),
    429: _("Too many requests. Please wait."),
    500: _("Something went wrong on our side."),
    503: _("The portal is out of reach for a moment."),
}
RETRY_SECONDS = 5
BEARER = 'Bearer realm="portal"'


class Problem(Exception):
    """A no, in the API's words: raised, so that nothing of what was begun is kept.

    ``reasons`` are a rule's, each with its ``code`` and values, ``errors`` a message for each field; other ``members``
    help to go on (``alternatives``).
    """

    def __init__(
        self, status: int, title: str | None = None, *, headers: dict[str, str] | None = None, **members: object
    ) -> None:
        super().__init__(f"{status} {members}")
        self.status = status
        self.title = title or TITLES.get(status, "")
        self.headers = headers or {}
        self.members = members

    def response(self, request) -> Response:
        """Return the answer, in the reader's language. Members that are None are left out."""
        told = {"type": "about:blank", "title": request.localizer.translate(self.title), "status": self.status}
        told |= {name: value for name, value in self.members.items() if value is not None}
        response = Response(
            body=render("json", told, request=request).encode(),
            status=self.status,
            content_type="application/problem+json",
            charset=None,
        )
        response.headers.update(self.headers)
        return response


def problem_of(error: BaseException, *, signed_in: bool) -> Problem:
    """Return what to say of an error; of those that are not the sender's, nothing of what happened."""
    match error:
        case Problem():
            return error
        case BadCSRFToken() | BadCSRFOrigin():
            return Problem(403, _("A cookie's sign-in needs its form token in X-CSRF-Token."))
        case HTTPForbidden():
            return Problem(403) if signed_in else Problem(401, headers={"WWW-Authenticate": BEARER})
        case HTTPMethodNotAllowed():
            return Problem(405, headers={"Allow": error.headers.get("Allow", "GET, HEAD")})
        case TooMany():
            return Problem(429, headers={"Retry-After": str(math.ceil(error.wait.total_seconds()))})
        case Hidden():
            return Problem(404, _("It is hidden."))
        case HTTPClientError() | HTTPServerError():
            return Problem(error.status_int)
        case NoConnection() | OutOfReach():
            return _later()
        case DBAPIError() if is_away(error) or is_schema_missing(error):
            return _later()
    return Problem(500)


def _later() -> Problem:
    return Problem(503, headers={"Retry-After": str(RETRY_SECONDS)})


def answer(error: BaseException, request) -> Response:
    """Answer an error under ``/api/``, whoever raised it."""
    problem = problem_of(error, signed_in=request.environ.get("portal.identity") is not None)
    if problem.status == 500 or isinstance(error, OutOfReach):
        structlog.get_logger("portal").error("failed", error=described(error), at=path_of(error))
    return problem.response(request)


def includeme(config) -> None:
    # Pyramid prefers the view of the more special exception, so those that have a page of their own are named too.
    for kind in (Exception, HTTPException, HTTPNotFound, HTTPForbidden, BadCSRFToken, BadCSRFOrigin, TooMany):
        view = answer_or_redirect if kind is HTTPException else answer
        config.add_exception_view(view, context=kind, path_info="^/api/")
    config.add_exception_view(answer, context=Problem)


def answer_or_redirect(error: HTTPException, request) -> Response:
    """Answer what an HTTP exception means; those below 400 are answers themselves."""
    return answer(error, request) if error.status_int >= 400 else error
