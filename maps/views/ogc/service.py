"""The service itself: what it is, what it conforms to, how it is used."""

import json
from typing import Any

from pyramid.httpexceptions import HTTPMovedPermanently
from pyramid.view import view_config

from maps.permissions import Maps
from maps.views.ogc.description import described
from maps.views.ogc.links import HTML, JSON, OPENAPI, Link, link
from maps.views.ogc.resource import Resource
from portal.api.document import chapters
from portal.i18n import _

CLASSES = tuple(
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}" for name in ("core", "geojson", "html", "oas30")
)


@view_config(route_name="ogc.without_slash", request_method="GET", permission=Maps.BROWSE)
def without_slash(request):
    """Lead from ``/ogc`` to ``/ogc/``."""
    query = f"?{request.query_string}" if request.query_string else ""
    return HTTPMovedPermanently(request.route_path("ogc") + query)


@view_config(route_name="ogc", request_method="GET", permission=Maps.BROWSE, attr="answer", public=True)
class Landing(Resource):
    """Where the service begins."""

    template = "landing.jinja2"

    def document(self) -> dict[str, Any]:
        of = self.address.of
        return {
            "title": self.say(_("What the commons made, as open geographic data")),
            "description": self.say(
                _("Trails, places, lending points and everything else that is public here, to be read by map programs.")
            ),
            "links": [
                *self.own_links(),
                link("service-desc", of("/api", "json"), OPENAPI, self.say(_("How the service is used, for programs"))),
                link("service-doc", of("/api", "html"), HTML, self.say(_("How the service is used, for people"))),
                link("conformance", of("/conformance", "json"), JSON, self.say(_("What it conforms to"))),
                link("data", of("/collections", "json"), JSON, self.say(_("The collections"))),
                link("data", of("/collections", "html"), HTML, self.say(_("The collections"))),
            ],
        }


@view_config(route_name="ogc.conformance", request_method="GET", permission=Maps.BROWSE, attr="answer", public=True)
class Conformance(Resource):
    """The classes of the standard that the service conforms to."""

    template = "conformance.jinja2"

    def document(self) -> dict[str, Any]:
        return {"links": self.own_links(), "conformsTo": list(CLASSES)}


@view_config(route_name="ogc.api", request_method="GET", permission=Maps.BROWSE, attr="answer", public=True)
class Description(Resource):
    """The OpenAPI document of the service, self-contained, and the page that says the same."""

    media_type = OPENAPI
    template = "api.jinja2"

    def document(self) -> dict[str, Any]:
        return described(self.address.home, list(self.request.registry.index_kinds))

    def body(self) -> tuple[bytes, list[Link]]:
        return json.dumps(self.document()).encode(), self.own_links()

    def shown(self, document: dict[str, Any]) -> dict[str, Any]:
        return {"chapters": chapters(document), "links": self.own_links()}
