"""What a visitor sees when the portal cannot serve: database or files are away (503), or we made a mistake (500)."""

import structlog
from pyramid.renderers import render_to_response
from pyramid.response import Response
from pyramid_retry import is_error_retryable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from portal.db.session import is_away, is_schema_missing
from portal.logs import described, path_of
from portal.media.store import OutOfReach

RETRY_SECONDS = 10
AWAY = "portal:templates/portal/pages/away.jinja2"
FAILED = "portal:templates/portal/pages/failed.jinja2"

_log = structlog.get_logger("portal")


def includeme(config) -> None:
    config.add_exception_view(fail, context=Exception)


def fail(error: Exception, request) -> Response:
    """Answer what nothing else did. The log says what it was, the page under which reference to look there."""
    if is_unavailable(error):
        if not is_error_retryable(request, error):
            what = "file store" if isinstance(error, OutOfReach) else "database"
            _log.error(f"{what} out of reach", error=described(error))
        response = _page(request, AWAY, 503, retry_after=RETRY_SECONDS)
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response
    _log.error("request failed", error=described(error), at=path_of(error), exc_info=error)
    return _page(request, FAILED, 500, reference=request.reference)


def is_unavailable(error: Exception) -> bool:
    """Is it the database or the file store that cannot be had now, or a database that is not yet of this version?"""
    if isinstance(error, DBAPIError):
        return is_away(error) or is_schema_missing(error)
    return isinstance(error, NoConnection | OutOfReach)


def _page(request, template: str, status: int, **values: object) -> Response:
    """Render a page that needs no database. When even that fails, a plain sentence has to do."""
    try:
        response = render_to_response(template, values, request=request)
    except Exception as error:
        _log.error("error page failed", error=described(error), at=path_of(error))
        sentence = "\n".join(f"{name}: {value}" for name, value in values.items())
        response = Response(f"Error {status}\n{sentence}\n", content_type="text/plain")
    response.status_int = status
    response.cache_control = "no-store"
    return response
