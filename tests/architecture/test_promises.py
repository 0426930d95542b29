"""What holds everywhere, found out by looking at the house itself rather than by remembering it."""

import inspect
import re

import pytest
from pyramid.interfaces import IDefaultCSRFOptions
from pyramid.security import NO_PERMISSION_REQUIRED

from portal.db.row import Row
from portal.migrations import history
from portal.security.methods import methods_of

OPEN_TO_ALL = {"healthz", "readyz", "media"}
"""The routes whose views ask for no permission: they answer machines, or hand out pictures that are on public pages."""

WITHOUT_FORM_TOKEN = {"language", "api.flags", "media.heard"}
"""The routes that take a form without its token.

Choosing a language for somebody else would gain nobody anything, nor would counting that a sound was heard; a flag is
JSON, which no form can send.
"""

CHANGING = {"POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture
def views(wsgi_app):
    """Every view of a page or of the API; not those that say what went wrong, and not our own files."""
    found = [item["introspectable"] for item in wsgi_app.registry.introspector.get_category("views")]
    return [view for view in found if not _is_exception(view["context"]) and not _is_file(view["route_name"])]


def _is_exception(context) -> bool:
    return inspect.isclass(context) and issubclass(context, BaseException)


def _is_file(route: str | None) -> bool:
    return route is None or route.startswith("__")


def permission_of(wsgi_app, view):
    """Return the permission that a view names, None when it names none and falls to the default, which denies."""
    introspector = wsgi_app.registry.introspector
    related = introspector.related(view)
    return next((other["value"] for other in related if other.category_name == "permissions"), None)


def test_every_view_names_a_permission_of_the_table(wsgi_app, views):
    grants = wsgi_app.registry.grants
    nameless = {
        f"{view['route_name']}: {permission_of(wsgi_app, view)}"
        for view in views
        if permission_of(wsgi_app, view) not in grants and view["route_name"] not in OPEN_TO_ALL
    }
    assert not nameless


def test_what_asks_for_no_permission_is_on_the_short_list(wsgi_app, views):
    unguarded = {v["route_name"] for v in views if permission_of(wsgi_app, v) == NO_PERMISSION_REQUIRED}
    assert unguarded <= OPEN_TO_ALL


def test_every_form_needs_its_token(wsgi_app, views):
    assert wsgi_app.registry.queryUtility(IDefaultCSRFOptions).require_csrf
    exempt = {view["route_name"] for view in views if _changes(view) and view.get("require_csrf") is False}
    assert exempt <= WITHOUT_FORM_TOKEN


def _changes(view) -> bool:
    return bool(CHANGING & methods_of(view))


def test_every_address_of_the_api_is_described_and_every_description_answered(wsgi_app, views):
    described = {
        (method.upper(), path)
        for path, operations in wsgi_app.registry.openapi["paths"].items()
        for method in operations
        if method != "parameters"
    }
    routes = {route.name: route.pattern for route in wsgi_app.routes_mapper.get_routes(include_static=True)}
    answered = {
        (method, routes[view["route_name"]])
        for view in views
        for method in methods_of(view) - {"HEAD"}
        if routes[view["route_name"]].startswith("/api/v1/")
    }
    fitting = {(one, other) for one in described for other in answered if _fits(one, other)}
    assert described - {one for one, _other in fitting} == set()
    assert answered - {other for _one, other in fitting} == set()


def _fits(described: tuple[str, str], answered: tuple[str, str]) -> bool:
    """Is the described address one that the route answers? A route's last part may stand for several acts."""
    pattern = re.sub(r"\{[^}]+\}", "[^/]+", answered[1])
    return described[0] == answered[0] and re.fullmatch(pattern, described[1]) is not None


def test_foreign_keys_stay_in_their_feature_or_lead_to_the_kernel():
    history.metadata()
    homes = {mapper.local_table.name: mapper.class_.__module__.split(".")[0] for mapper in Row.registry.mappers}
    strays = {
        f"{table.name} → {key.column.table.name}"
        for table in Row.metadata.tables.values()
        for key in table.foreign_keys
        if homes[key.column.table.name] not in (homes[table.name], "portal")
    }
    assert not strays


def test_every_constraint_has_a_name_by_which_a_migration_finds_it():
    history.metadata()
    for table in Row.metadata.tables.values():
        assert all(constraint.name for constraint in table.constraints), table.name
