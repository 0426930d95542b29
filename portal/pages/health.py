"""``/healthz`` says that the process lives, ``/readyz`` that it can serve: database, migration head, disk."""

import shutil

from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from sqlalchemy.exc import SQLAlchemyError

from portal.migrations.standing import standing

LEAST_FREE_BYTES = 100 * 1024 * 1024


def includeme(config) -> None:
    config.add_route("healthz", "/healthz")
    config.add_route("readyz", "/readyz")
    config.add_view(health, route_name="healthz", permission=NO_PERMISSION_REQUIRED)
    config.add_view(readiness, route_name="readyz", permission=NO_PERMISSION_REQUIRED)


def health(_request) -> Response:
    return Response("ok\n", content_type="text/plain")


def readiness(request) -> Response:
    """Return 200 and ``ok``, or 503 and what is missing, a line each."""
    wrong = shortcomings(request.registry)
    return Response("\n".join(wrong or ["ok"]) + "\n", status=503 if wrong else 200, content_type="text/plain")


def shortcomings(registry) -> list[str]:
    """Return what keeps this process from serving, as short English lines; empty when nothing does."""
    found = []
    try:
        current, newest = standing(registry.engine)
        if current != newest:
            found.append(f"database schema is at {current}, not at {newest}: run portal init")
    except SQLAlchemyError:
        found.append("database out of reach")
    try:
        if shutil.disk_usage(registry.portal_settings.data).free < LEAST_FREE_BYTES:
            found.append("less than 100 MB of disk left")
    except OSError:
        found.append("data folder out of reach")
    return found
