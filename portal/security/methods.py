"""A route answers the methods its views name, and 405 with ``Allow`` to others. A view that names none only reads."""

from collections import defaultdict

from pyramid.events import ApplicationCreated, BeforeTraversal
from pyramid.httpexceptions import HTTPMethodNotAllowed

READING = ("GET", "HEAD")


def includeme(config) -> None:
    config.add_subscriber(_learn, ApplicationCreated)
    config.add_subscriber(_check, BeforeTraversal)


def methods_by_route(introspector) -> dict[str, tuple[str, ...]]:
    """Return the methods that each route's views answer."""
    found = defaultdict(set)
    for item in introspector.get_category("views") or ():
        view = item["introspectable"]
        named = view["request_methods"] or READING
        found[view["route_name"]].update((named,) if isinstance(named, str) else named)
    for methods in found.values():
        if "GET" in methods:
            methods.add("HEAD")
    return {route: tuple(sorted(methods)) for route, methods in found.items()}


def _learn(event: ApplicationCreated) -> None:
    event.app.registry.methods_by_route = methods_by_route(event.app.registry.introspector)


def _check(event: BeforeTraversal) -> None:
    request = event.request
    route = getattr(request, "matched_route", None)
    allowed = request.registry.methods_by_route.get(route.name) if route else None
    if allowed and request.method not in allowed:
        raise HTTPMethodNotAllowed(headers=[("Allow", ", ".join(allowed))])
