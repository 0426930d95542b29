"""How a page gets the service it calls: ``request.find_service(LendingDesk)``.

A service is a class; the feature that owns it says once how it is made from a request. A request makes it once.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from pyramid.config import Configurator
from pyramid.request import Request

Service = TypeVar("Service")


def includeme(config: Configurator) -> None:
    config.registry.service_factories = {}
    config.add_directive("add_service", add_service)
    config.add_request_method(find_service)


def add_service(config: Configurator, kind: type[Service], factory: Callable[[Any], Service]) -> None:
    """Say how a ``kind`` is made from a request."""
    config.registry.service_factories[kind] = factory


def find_service(request: Request, kind: type[Service]) -> Service:
    """Return this request's ``kind``. Raises ``KeyError`` when no feature offers it."""
    made = request.__dict__.setdefault("made_services", {})  # not the environ: a retried request gets a new session
    if kind not in made:
        made[kind] = request.registry.service_factories[kind](request)
    return cast(Service, made[kind])
