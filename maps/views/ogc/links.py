"""The addresses of the service, and links to them as its documents have them."""

from typing import Any
from urllib.parse import quote, urlencode

JSON = "application/json"
GEOJSON = "application/geo+json"
HTML = "text/html"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"

Link = dict[str, str]


class Addresses:
    """Absolute addresses below ``/ogc``, each with the form that it answers in: ``json`` or ``html``."""

    def __init__(self, request) -> None:
        self.home = request.registry.portal_settings.base_url
        self._here = request.path_info
        self._given = [(name, value) for name, value in request.GET.items() if name != "f"]

    def of(self, path: str, form: str) -> str:
        """Return the address of a resource: ``of("/collections", "json")``."""
        return f"{self.home}/ogc{quote(path)}?f={form}"

    def here(self, form: str, **changed: Any) -> str:
        """Return this very address in a form, some of its parameters changed, those that are None left out."""
        kept = [(name, value) for name, value in self._given if name not in changed]
        kept += [(name, str(value)) for name, value in changed.items() if value is not None]
        return f"{self.home}{quote(self._here)}?{urlencode([*kept, ('f', form)], safe=',:/')}"


def link(rel: str, href: str, media_type: str, title: str | None = None) -> Link:
    """Return a link as RFC 8288 has them."""
    return {"rel": rel, "type": media_type, "href": href} | ({"title": title} if title else {})


def header(links: list[Link]) -> str:
    """Return links as the header ``Link`` has them."""
    return ", ".join(f'<{one["href"]}>; rel="{one["rel"]}"; type="{one["type"]}"' for one in links)
