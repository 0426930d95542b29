"""``/media/{name}``: a kept file, for ever the same, in parts if a browser asks for a range.

What was made of a media is served for as long as the media may be shown: 404 while it is hidden, 410 once it was
removed. So caches ask before they give it out, which takes no more than its ETag; photos and logos they may keep.
"""

from collections.abc import Iterable
from datetime import timedelta

from pyramid.httpexceptions import HTTPGone, HTTPNotFound
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED

from portal.media.queries import served
from portal.media.ranges import Unsatisfiable, part_of
from portal.media.store import OutOfReach, Store
from portal.moderation.terms import Standing

KINDS = {"jpg": "image/jpeg", "png": "image/png"}
FOR_GOOD = f"public, max-age={int(timedelta(days=365).total_seconds())}, immutable"
WHILE_IN_SIGHT = "public, no-cache"
LATER = 10


def includeme(config) -> None:
    config.add_route("media", "/media/{name}")
    config.add_view(serve, route_name="media", request_method="GET", permission=NO_PERMISSION_REQUIRED)


def serve(request) -> Response:
    """Return the file. Its name is its content's, so whoever has it need never ask whether it changed."""
    name: str = request.matchdict["name"]
    if "-original." in name:  # its sender's, see /library/{id}/original
        raise HTTPNotFound
    known = served(request.db, name)
    if known is not None and known.standing is Standing.REMOVED:
        raise HTTPGone
    if known is not None and known.standing is Standing.HIDDEN:
        raise HTTPNotFound
    stem, _, extension = name.rpartition(".")
    if known is not None:
        return sent(request, name, known.media_type, stem, WHILE_IN_SIGHT)
    return sent(request, name, KINDS.get(extension, "application/octet-stream"), stem, FOR_GOOD)


def sent(request, name: str, media_type: str, etag: str, caching: str) -> Response:
    """Return a file of the store, or the part of it that is asked for. Raises ``HTTPNotFound``."""
    store = request.find_service(Store)
    try:
        size = store.size(name)
        if size is None:
            raise HTTPNotFound
        return _sent(request, store, name, size, media_type, etag, caching)
    except FileNotFoundError:
        raise HTTPNotFound from None
    except OutOfReach:
        return Response("The files are out of reach for a moment.\n", status=503, retry_after=LATER)


def _sent(request, store: Store, name: str, size: int, media_type: str, etag: str, caching: str) -> Response:
    response = Response(content_type=media_type.partition(";")[0], charset=None)
    response.headers["Content-Type"] = media_type
    response.etag = etag
    response.accept_ranges = "bytes"
    response.headers["Cache-Control"] = caching
    if etag in request.if_none_match:
        response.status_int, response.content_length = 304, None
        del response.headers["Content-Type"]
        return response
    try:
        part = part_of(_range(request, etag), size)
    except Unsatisfiable:
        return Response(status=416, headers={"Content-Range": f"bytes */{size}", "Cache-Control": "no-store"})
    start, end = part or (0, size)
    if part is not None:
        response.status_int = 206
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    response.app_iter = _content(store, name, start, end, size) if request.method == "GET" else ()
    response.content_length = end - start
    return response


def _range(request, etag: str) -> str | None:
    """Return the range that is asked for, unless it is asked for of another state of the file (If-Range)."""
    if request.method != "GET":
        return None
    condition = request.headers.get("If-Range", "").strip()
    return request.headers.get("Range") if condition in ("", f'"{etag}"') else None


def _content(store: Store, name: str, start: int, end: int, size: int) -> Iterable[bytes]:
    if start == end:
        return ()
    return store.read(name) if (start, end) == (0, size) else store.read(name, start, end)
