"""A route answers the methods its views name, and 405 with ``Allow`` to others. A view that names none only reads."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from pyramid.events import ApplicationCreated, BeforeTraversal
from pyramid.httpexceptions import HTTPMethodNotAllowed

READING = ("GET", "HEAD")


def includeme(config) -> None:
    config.add_subscriber(_learn, ApplicationCreated)
    config.add_subscriber(_check, BeforeTraversal)


def methods_by_route(introspector) -> dict[str | None, tuple[str, ...]]:
    """Return the methods that each route's views answer."""
    found: dict[str | None, set[str]] = defaultdict(set)
    for item in introspector.get_category("views") or ():
        found[item["introspectable"]["route_name"]] |= methods_of(item["introspectable"])
    return {route: tuple(sorted(methods)) for route, methods in found.items()}


def methods_of(view: Mapping[str, Any]) -> set[str]:
    """Return the methods that a view answers; where there is GET there is HEAD."""
    named = view["request_methods"] or READING
    methods = {named} if isinstance(named, str) else set(named)
    return methods | {"HEAD"} if "GET" in methods else methods


def _learn(event: ApplicationCreated) -> None:
    event.app.registry.methods_by_route = methods_by_route(event.app.registry.introspector)


def _check(event: BeforeTraversal) -> None:
    request = event.request
    route = request.matched_route
    allowed = request.registry.methods_by_route.get(route.name) if route else None
    if allowed and request.method not in allowed:
        raise HTTPMethodNotAllowed(headers=[("Allow", ", ".join(allowed))])
