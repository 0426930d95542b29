"""Every address that answers GET, found in the house itself, its placeholders filled with things that there are."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from pyramid.config import Configurator
from pyramid.interfaces import IRoutesMapper

PLACEHOLDER = re.compile(r"\{(\w+)(?::((?:[^{}]|\{[^{}]*\})*))?\}")
SECRETS = frozenset({"secret", "token"})
"""What nobody finds who was not given it."""


def addresses(
    config: Configurator, things: Mapping[str, Sequence[str]], asked: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, str]]:
    """Yield the name of each route with each address it has: ``things`` by the name of the placeholder they fill.

    ``asked`` are the questions by the name of the route, besides the address alone. Files of ours and what is behind a
    secret are left out; a placeholder for which there is nothing gets what is nowhere.
    """
    for name, pattern in sorted(_that_answer(config).items()):
        before, *holes = PLACEHOLDER.split(pattern)  # each hole is its name, its shape, and what comes after it
        names, shapes, after = holes[::3], holes[1::3], holes[2::3]
        if SECRETS.isdisjoint(names):
            for values in product(*(_values(*hole, things) for hole in zip(names, shapes, strict=True))):
                path = before + "".join(value + rest for value, rest in zip(values, after, strict=True))
                yield from ((name, path + question) for question in ("", *asked.get(name, ())))


def _that_answer(config: Configurator) -> dict[str, str]:
    """Return the patterns of the routes that answer to GET, by their names."""
    views = [view["introspectable"] for view in config.introspector.get_category("views")]
    answering = {view["route_name"] for view in views if "GET" in (view["request_methods"] or ("GET",))}
    routes = config.registry.getUtility(IRoutesMapper).get_routes()
    kept = [route for route in routes if route.name in answering and not route.pattern.startswith("static/")]
    return {route.name: route.pattern for route in kept}


def _values(hole: str, shape: str | None, things: Mapping[str, Sequence[str]]) -> Sequence[str]:
    if hole in things:
        return things[hole]
    if shape and re.fullmatch(r"[\w|]+", shape):  # a choice of words
        return shape.split("|")
    return ("1",) if shape else ("nowhere",)
