"""The log: a line of JSON for each event in production, lines to read in development, nobody's personal data in either.

A request is logged by the name of its route, never by its path or query; errors are scrubbed of what tells who it was.
"""

import logging
import re
import secrets
import sys
import traceback
from time import monotonic

import psycopg
import structlog
from pyramid.tweens import INGRESS
from sqlalchemy.exc import DBAPIError
from structlog.typing import EventDict, Processor

from portal.settings import Settings

PERSONAL = re.compile(
    r"(?P<email>[^\s@<>]{1,64}@[\w-]+(\.[\w-]+)*)"
    r"|(?P<ip>\b\d{1,3}(\.\d{1,3}){3}\b|\b(?=[0-9a-fA-F:]*:[0-9a-fA-F:]*:)[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){3,7}\b)"
    r"|(?P<token>\b[\w-]{40,})"
)
LONGEST = 1000

_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def scrubbed(text: str) -> str:
    """Return ``text`` without e-mail and IP addresses and long secrets, cut to a thousand characters."""
    return PERSONAL.sub(lambda found: f"<{found.lastgroup}>", text[: LONGEST * 4])[:LONGEST]


def described(error: BaseException) -> str:
    """Return what went wrong in one line. Of database errors, which quote rows, only kind and constraint are told."""
    if isinstance(error, DBAPIError) and isinstance(error.orig, psycopg.Error):
        known = (error.orig.sqlstate, error.orig.diag.constraint_name, error.orig.diag.table_name)
        return " ".join([type(error.orig).__name__, *filter(None, known)])
    message = str(error.orig) if isinstance(error, DBAPIError) else str(error)
    return scrubbed(f"{type(error).__name__}: {message}".strip(": "))


def path_of(error: BaseException) -> list[str]:
    """Return where the error came from, outermost call first: a traceback without the values that ours would quote."""
    return [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]


def dress(settings: Settings) -> None:
    """Give the handlers of the ini file their shape: JSON in production; else lines to read, tracebacks and all."""
    plain = structlog.dev.plain_traceback
    kind: type[structlog.stdlib.ProcessorFormatter] = structlog.stdlib.ProcessorFormatter
    shape: list[Processor] = [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]
    if settings.production:
        kind, shape = _JsonLines, [_without_traceback, _as_json]
    formatter = kind(
        foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *_SHARED],
        processors=[kind.remove_processors_meta, *shape],
    )
    for handler in logging.getLogger().handlers:
        handler.setFormatter(formatter)


class _JsonLines(structlog.stdlib.ProcessorFormatter):
    """Takes our own events as they come; structlog's would copy the record of each first. Each request has one."""

    def format(self, record: logging.LogRecord) -> str:
        if isinstance(record.msg, dict) and hasattr(record, "_logger"):  # as wrap_for_formatter marks them
            return str(_as_json(None, "", _without_traceback(None, "", dict(record.msg))))
        return super().format(record)


_as_json = structlog.processors.JSONRenderer()


def _without_traceback(_logger, _method: str, event: EventDict) -> EventDict:
    """Scrub what libraries log, and tell exceptions without the values that tracebacks quote."""
    error = event.pop("exc_info", None)
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error"], event["at"] = described(error), path_of(error)
    event["event"] = scrubbed(str(event["event"]))
    return event


def includeme(config) -> None:
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    config.add_request_method(lambda _request: secrets.token_hex(6), "reference", reify=True)
    config.add_tween("portal.logs.log_tween_factory", under=INGRESS)


def log_tween_factory(handler, _registry):
    """Around everything: log each request with its ``reference``, which error pages and ``X-Request-Id`` show."""
    log = structlog.get_logger("portal.requests").bind()  # not at each line

    def tween(request):
        started = monotonic()
        with structlog.contextvars.bound_contextvars(request=request.reference):
            response = handler(request)
            response.headers["X-Request-Id"] = request.reference
            route = getattr(request.matched_route, "name", None)
            say = log.debug if route is None or route.startswith("__") or route == "healthz" else log.info
            say(
                "request",
                method=request.method,
                route=route,
                status=response.status_int,
                ms=round((monotonic() - started) * 1000),
            )
            return response

    return tween
