"""What a city says about itself and the portal: its texts, and what the law wants said."""

from typing import Any

from pyramid.view import view_config, view_defaults

from portal.pages.permissions import Pages


def includeme(config) -> None:
    config.registry.open_data = []
    config.add_directive("add_open_data", add_open_data)


def add_open_data(config, label: str, route: str) -> None:
    """Name a feature's own open data on the page that lists all of it; ``label`` is a message."""
    config.registry.open_data.append((label, route))


@view_defaults(request_method="GET", permission=Pages.READ, public=True)
class Statements:
    """Pages that only show what the city's settings say."""

    def __init__(self, request) -> None:
        self.request = request

    @view_config(route_name="about", renderer="portal:templates/portal/pages/about.jinja2")
    @view_config(route_name="terms", renderer="portal:templates/portal/pages/terms.jinja2")
    @view_config(route_name="privacy", renderer="portal:templates/portal/pages/privacy.jinja2")
    @view_config(route_name="legal", renderer="portal:templates/portal/pages/legal.jinja2")
    def text(self) -> dict[str, Any]:
        return {}

    @view_config(route_name="opendata", renderer="portal:templates/portal/pages/opendata.jinja2")
    def opendata(self) -> dict[str, Any]:
        return {"offered": self.request.registry.open_data}

    @view_config(route_name="accessibility", renderer="portal:templates/portal/pages/accessibility.jinja2")
    def accessibility(self) -> dict[str, Any]:
        return {"site": self.request.registry.portal_settings.base_url}
