"""Where questions meet answers: ``config.answer``, ``request.ask`` and ``request.ask_all``."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from pyramid.config import Configurator
from pyramid.request import Request

Port = TypeVar("Port")


def includeme(config: Configurator) -> None:
    config.registry.answers = {}
    config.add_directive("answer", answer)
    config.add_request_method(ask)
    config.add_request_method(ask_all)


def answer(config: Configurator, port: type[Port], factory: Callable[[Any], Port]) -> None:
    """Say that a feature answers ``port`` with what ``factory(request)`` returns."""
    config.registry.answers.setdefault(port, []).append(factory)


def ask(request: Request, port: type[Port]) -> Port:
    """Return who answers ``port``: the feature that does, or the port's ``default`` when none does."""
    factories = request.registry.answers.get(port)
    found = factories[-1](request) if factories else port.default()  # type: ignore[attr-defined]
    return cast(Port, found)


def ask_all(request: Request, port: type[Port]) -> list[Port]:
    """Return everybody who answers ``port``, in the order of the features."""
    return [factory(request) for factory in request.registry.answers.get(port, ())]
