"""Who may do what: the one table that every feature adds its acts to. What is not in it is denied."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from pyramid.exceptions import ConfigurationError

from portal.security.terms import Predicate

Grants = Mapping[StrEnum, Iterable[Predicate]]


def includeme(config) -> None:
    config.registry.grants = {}
    config.add_directive("add_grants", add_grants)
    config.set_default_permission("denied: the view names no permission")


def add_grants(config, grants: Grants) -> None:
    """Add a feature's table: each act with the predicates of which one must hold. Raises on an act granted twice."""
    for act, predicates in grants.items():
        if act in config.registry.grants:
            raise ConfigurationError(f"{act!r} is granted twice")
        config.registry.grants[act] = tuple(predicates)


def permitted(grants: Grants, act: str, identity, context: object) -> bool:
    """Does one of the act's predicates hold? An act that no table names is denied."""
    return any(predicate(identity, context) for predicate in grants.get(act, ()))  # type: ignore[call-overload]
