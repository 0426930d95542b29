"""``/media/{name}``: a kept file, for ever the same, in parts if a browser asks for a range."""

from datetime import timedelta
from pathlib import Path

from pyramid.httpexceptions import HTTPNotFound
from pyramid.response import FileResponse
from pyramid.security import NO_PERMISSION_REQUIRED

from portal.media.store import Store

KINDS = {".jpg": "image/jpeg", ".png": "image/png"}
A_YEAR = int(timedelta(days=365).total_seconds())


def includeme(config) -> None:
    config.add_route("media", "/media/{name}")
    config.add_view(serve, route_name="media", request_method="GET", permission=NO_PERMISSION_REQUIRED)


def serve(request) -> FileResponse:
    """Return the file; its name is its content's, so whoever has it need never ask again."""
    path: Path | None = request.find_service(Store).path(request.matchdict["name"])
    if path is None:
        raise HTTPNotFound()
    response = FileResponse(str(path), request, content_type=KINDS.get(path.suffix, "application/octet-stream"))
    response.etag = path.stem
    response.accept_ranges = "bytes"
    response.conditional_response = True
    response.cache_control = f"public, max-age={A_YEAR}, immutable"
    return response
