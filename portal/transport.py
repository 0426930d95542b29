"""How answers travel: validators so that nothing is sent twice, caches for what is public, compression.

A view whose answer is for everybody says ``public=True`` (asked again each time, 304 when nothing changed) or, where a
stale answer does no harm, ``public=300`` (shared caches may keep it 300 seconds). Nobody keeps a signed-in person's.
What routes are said to ``share``, the scripts of other sites may read as well: without cookies, as anybody.

Every public answer has an ETag, made of the answer itself, but for what somebody signed in reads in a browser: nobody
keeps that, so nobody asks again. A Last-Modified has only what follows from dated rows alone:
the API's list of lending points, and what is read off the index, whose versions are the hours in which it changed. A
page has none, because it says what is open now, which day is today, who reads it and what the city has set; neither has
what is free or how many there are, because loans and items come and go without a date of their own. A date that is too
old would hide a change; an ETag never does.
"""

import gzip
from datetime import datetime, timedelta
from hashlib import sha256

from pyramid.events import NewResponse
from pyramid.tweens import EXCVIEW
from webob.acceptparse import AcceptEncodingValidHeader

COMPRESSED = frozenset(
    {"application/json", "application/xml", "application/javascript", "application/manifest+json", "image/svg+xml"}
)
SMALL = 1024
MOST_COMPRESSED = 8 * 1024 * 1024
UNSETTLED = timedelta(minutes=1)
"""For so long after a change there may be another one of the same second, or one that is not committed yet."""


def includeme(config) -> None:
    config.add_view_deriver(public_view, name="public", under="decorated_view", over="rendered_view")
    config.add_tween("portal.transport.compression_tween_factory", over=EXCVIEW)
    config.registry.shared_routes = set()
    config.add_directive("share", share)
    config.add_subscriber(_say_shared, NewResponse)


def share(config, *routes: str) -> None:
    """Let scripts of other sites read what these routes answer, errors included: ``config.share("feed")``."""
    config.registry.shared_routes.update(routes)


def _say_shared(event: NewResponse) -> None:
    route = getattr(event.request, "matched_route", None)
    if route is not None and route.name in event.request.registry.shared_routes:
        event.response.headers["Access-Control-Allow-Origin"] = "*"
        event.response.headers["Access-Control-Expose-Headers"] = "ETag, Link"


def public_view(view, info):
    """Give what a public view answers an ETag where somebody may keep it, and the caches their orders."""
    fresh = info.options.get("public")
    if not fresh:
        return view
    seconds = 0 if fresh is True else int(fresh)

    def public(context, request):
        response = view(context, request)
        if request.method in ("GET", "HEAD") and response.status_int == 200:
            _revalidate(request, response, seconds)
        return response

    return public


public_view.options = ("public",)  # type: ignore[attr-defined]


def settled(changed_at: datetime | None, now: datetime) -> datetime | None:
    """Return an instant of change fit for Last-Modified; None where there is none, or where it is too fresh."""
    return changed_at if changed_at is not None and changed_at + UNSETTLED < now else None


def _revalidate(request, response, seconds: int) -> None:
    # Whose answer it is depends on the cookie or the token, its language on what the browser asks for.
    _depends_on(response, "Cookie, Authorization, Accept-Language")
    if request.identity is not None and request.identity.sign_in_id is not None:
        response.cache_control = "private, no-store"  # and nothing is asked again that nobody kept
        return
    if request.identity is not None or response.content_type == "text/html":  # which holds this browser's form tokens
        response.cache_control = "private, no-cache"
    else:
        response.cache_control = f"public, max-age={seconds}" if seconds else "public, no-cache"
    if response.etag is None and response.app_iter is not None:
        # Weak, because the same answer may travel compressed or not.
        response.etag = (sha256(response.body).hexdigest()[:32], False)
    response.conditional_response = True


def compression_tween_factory(handler, _registry):
    def tween(request):
        response = handler(request)
        if _worth_compressing(response) and "Range" not in request.headers:
            _depends_on(response, "Accept-Encoding")
            if _reads_gzip(request) and request.method != "HEAD":
                response.body = gzip.compress(response.body, compresslevel=3, mtime=0)
                response.content_encoding = "gzip"
        return response

    return tween


def _depends_on(response, names: str) -> None:
    """Say that the answer is another one where these headers of the request are."""
    said = response.headers.get("Vary")
    response.headers["Vary"] = f"{said}, {names}" if said else names


def _reads_gzip(request) -> bool:
    accepted = request.accept_encoding
    return isinstance(accepted, AcceptEncodingValidHeader) and bool(accepted.acceptable_offers(["gzip"]))


def _worth_compressing(response) -> bool:
    """Is it text of some size, and not compressed yet?"""
    kind = response.content_type or ""
    return (
        response.content_encoding is None
        and SMALL < (response.content_length or 0) < MOST_COMPRESSED
        and (kind.startswith("text/") or kind in COMPRESSED or kind.endswith(("+json", "+xml")))
    )
