"""What reaches the house is text we can read and of a size we can hold; everything else is answered 400, 405 or 413.

Routes that take large files say how large, by ``config.add_body_limit(…)``.

It is looked at before anything else, and what cannot be read is taken out of the WSGI environment, so that the page
that says so can be rendered like any other. The error is raised once the request is under way, hence with its page.
"""

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from tempfile import TemporaryFile
from typing import BinaryIO
from urllib.parse import unquote_to_bytes

from pyramid.events import NewRequest
from pyramid.httpexceptions import (
    HTTPBadRequest,
    HTTPException,
    HTTPMethodNotAllowed,
    HTTPRequestEntityTooLarge,
    HTTPUnsupportedMediaType,
)
from pyramid.interfaces import IExecutionPolicy
from pyramid.request import Request

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
HOST = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])?(:\d{0,5})?")
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
CHARSET = re.compile(r';\s*charset\s*=\s*"?([^";\s]*)', re.IGNORECASE)
MOST_FIELDS = 10_000
AFTER_ALL = 100  # Pyramid's own phases end at 0
CHUNK = 65_536
IN_MEMORY = 1024 * 1024
FORMS = ("", "application/x-www-form-urlencoded", "multipart/form-data")
UTF8 = ("utf-8", "utf8", "us-ascii")


def includeme(config) -> None:
    most = config.registry.portal_settings.max_body_mib * 1024 * 1024
    limits = config.registry.body_limits = {}
    config.add_directive("add_body_limit", add_body_limit)

    def guard() -> None:
        policy = config.registry.getUtility(IExecutionPolicy)

        def guarded(environ, router):
            fault = mend(environ, limit_for(environ["PATH_INFO"], limits, most))
            if fault is not None:
                environ["portal.fault"] = fault
            return policy(environ, router)

        config.registry.registerUtility(guarded, IExecutionPolicy)

    config.action(None, guard, order=AFTER_ALL)  # around the policy that repeats requests, which reads bodies
    config.add_subscriber(_raise_fault, NewRequest)


def add_body_limit(config, path: str, most: int) -> None:
    """Let bodies at addresses that the whole of ``path`` fits, a regular expression, have up to ``most`` bytes."""
    config.registry.body_limits[re.compile(path)] = most


def limit_for(path: str, limits: Mapping[re.Pattern[str], int], usual: int) -> int:
    """Return how many bytes a body at an address may have."""
    return max([usual, *(most for pattern, most in limits.items() if pattern.fullmatch(path))])


def _raise_fault(event: NewRequest) -> None:
    fault = event.request.environ.get("portal.fault")
    if fault is not None:
        raise fault


def mend(environ: dict, most: int) -> HTTPException | None:
    """Return what is wrong with a WSGI request whose body may have ``most`` bytes, or None.

    When something is, ``environ`` is left without it: readable, without a body, and harmless. A semicolon in a query is
    part of a value, as for browsers (https://url.spec.whatwg.org/#urlencoded-parsing); WebOb would part values there.
    """
    if ";" in environ.get("QUERY_STRING", ""):
        environ["QUERY_STRING"] = environ["QUERY_STRING"].replace(";", "%3B")
    faults = list(_faults(environ, most))  # all of them, since finding one takes it out
    if not faults:
        return None
    environ.update({"CONTENT_LENGTH": "0", "CONTENT_TYPE": "", "wsgi.input": BytesIO()})
    return faults[0]


def _faults(environ: dict, most: int) -> Iterator[HTTPException]:
    if environ["REQUEST_METHOD"] not in METHODS:
        environ["REQUEST_METHOD"] = "GET"
        yield HTTPMethodNotAllowed(headers=[("Allow", ", ".join(METHODS))])
    for key in [key for key in environ if _is_text(key) and not _readable(key, environ[key])]:
        if key == "PATH_INFO":
            environ[key] = "/api/" if environ[key].startswith("/api/") else "/"
        elif key in ("SCRIPT_NAME", "QUERY_STRING", "CONTENT_TYPE"):
            environ[key] = ""
        else:
            del environ[key]
        yield HTTPBadRequest()
    charset = CHARSET.search(environ.get("CONTENT_TYPE", ""))
    if charset and charset[1].lower() not in UTF8 and _kind(environ) in FORMS:
        yield HTTPUnsupportedMediaType()
    fault = _body_fault(environ, most)
    if fault is not None:
        yield fault


def _is_text(key: str) -> bool:
    return key.startswith("HTTP_") or key in ("SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "CONTENT_TYPE")


def _readable(key: str, value: str) -> bool:
    """Is the value UTF-8 without control characters, once percent signs are undone where somebody will undo them?"""
    if value.isascii() and value.isprintable() and "%" not in value and key != "HTTP_HOST":
        return True
    try:
        raw = value.encode("latin-1")
        text = (unquote_to_bytes(raw) if key == "QUERY_STRING" else raw).decode("utf-8")
    except UnicodeError:
        return False
    if key in ("PATH_INFO", "SCRIPT_NAME", "QUERY_STRING"):
        return "\0" not in text
    if key == "HTTP_HOST":
        return HOST.fullmatch(text) is not None
    return not CONTROL.search(text)


def _body_fault(environ: dict, most: int) -> HTTPException | None:
    declared = environ.get("CONTENT_LENGTH") or ""
    if declared and not re.fullmatch(r"[0-9]{1,18}", declared):
        return HTTPBadRequest()
    if declared and int(declared) > most:
        return HTTPRequestEntityTooLarge()
    try:
        if not declared and not _take_chunks(environ, most):
            return HTTPRequestEntityTooLarge()
        if not _has_body(environ):
            return None
        Request(environ).make_body_seekable()  # reads it, as the repetition of requests would
    except OSError:  # the body ended before its time
        return HTTPBadRequest()
    return _form_fault(environ) if _kind(environ) in FORMS else None


def _take_chunks(environ: dict, most: int) -> bool:
    """Read a body sent without its length, as long as it stays within ``most`` bytes; False when it does not."""
    if not environ.get("wsgi.input_terminated"):  # the server reads no such bodies: there is none
        return True
    body: BinaryIO = BytesIO()
    while chunk := environ["wsgi.input"].read(CHUNK):
        if body.tell() + len(chunk) > most:
            body.close()
            return False
        if body.tell() + len(chunk) > IN_MEMORY and isinstance(body, BytesIO):
            body = _on_disk(body)
        body.write(chunk)
    environ.update({"CONTENT_LENGTH": str(body.tell()), "wsgi.input": body})
    body.seek(0)
    return True


def _on_disk(begun: BytesIO) -> BinaryIO:
    file = TemporaryFile()  # noqa: SIM115 (the request has it from now on)
    file.write(begun.getvalue())
    return file


def _form_fault(environ: dict) -> HTTPException | None:
    """Return what is wrong with a form. What is read here is kept, so that nobody parses it twice."""
    request = Request(environ)
    if _kind(environ) != "multipart/form-data":
        body = request.body
        if body.count(b"&") + body.count(b";") > MOST_FIELDS:
            return HTTPRequestEntityTooLarge()
        return None if _is_clean(unquote_to_bytes(body)) else HTTPBadRequest()
    try:
        fields = [part for name, value in request.POST.items() for part in (name, getattr(value, "filename", value))]
    except Exception:  # the parser raises whatever comes to it, and all of it is the sender's doing
        return HTTPBadRequest()
    if len(fields) > 2 * MOST_FIELDS:
        return HTTPRequestEntityTooLarge()
    return None if all(text is not None and _is_clean(text) for text in fields) else HTTPBadRequest()


def _kind(environ: dict) -> str:
    return environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()


def _has_body(environ: dict) -> bool:
    return (environ.get("CONTENT_LENGTH") or "0").strip("0") != ""


def _is_clean(text: bytes | str) -> bool:
    """Is it UTF-8 without NUL, which PostgreSQL cannot keep? Text that was not has been read with U+FFFD in it."""
    if isinstance(text, str):
        return "\0" not in text and "\ufffd" not in text
    try:
        return "\0" not in text.decode("utf-8")
    except UnicodeDecodeError:
        return False
