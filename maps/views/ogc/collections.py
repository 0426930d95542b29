"""The collections: one for each kind of thing in the public index."""

from typing import Any

from pyramid.view import view_config

from maps.permissions import Maps
from maps.queries.atlas import Extent, extent
from maps.views.ogc.links import GEOJSON, HTML, JSON, link
from maps.views.ogc.resource import Resource
from portal.i18n import _
from portal.index.kinds import IndexKind
from portal.index.queries import version
from portal.index.telling import instant

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"


class Collected(Resource):
    """A resource that tells of collections."""

    @property
    def kinds(self) -> dict[str, IndexKind]:
        return self.request.registry.index_kinds

    def told(self, kind: IndexKind) -> dict[str, Any]:
        """Return a collection as the documents have it."""
        kept, session = self.request.registry.kept_of_map, self.request.db
        key = ("extent", kind.name, version(session, [kind.name]))
        found = kept.get(key, lambda: extent(session, kind.name))
        label = self.say(kind.label)
        other = "html" if self.form == "json" else "json"
        types = {"json": JSON, "html": HTML}
        path, of = f"/collections/{kind.name}", self.address.of
        told = {
            "id": kind.name,
            "title": label,
            "description": self.say(_("All that is public here of the kind: ${kind}", mapping={"kind": label})),
            "itemType": "feature",
            "crs": [CRS84],
            "links": [
                link("self", of(path, self.form), types[self.form], self.say(_("This collection"))),
                link("alternate", of(path, other), types[other], self.say(_("This collection"))),
                link("items", of(f"{path}/items", "json"), GEOJSON, label),
                link("items", of(f"{path}/items", "html"), HTML, label),
            ],
        }
        reach = _reach(found)
        return told | ({"extent": reach} if reach else {})


def _reach(found: Extent) -> dict[str, Any]:
    reach: dict[str, Any] = {}
    if found.box is not None:
        reach["spatial"] = {"bbox": [list(found.box)], "crs": CRS84}
    if found.dated:
        reach["temporal"] = {"interval": [[instant(found.begins), instant(found.ends)]], "trs": GREGORIAN}
    return reach


@view_config(route_name="ogc.collections", request_method="GET", permission=Maps.BROWSE, attr="answer", public=True)
class Collections(Collected):
    """All collections."""

    template = "collections.jinja2"

    def document(self) -> dict[str, Any]:
        return {"links": self.own_links(), "collections": [self.told(kind) for kind in self.kinds.values()]}


@view_config(route_name="ogc.collection", request_method="GET", permission=Maps.BROWSE, attr="answer", public=True)
class Collection(Collected):
    """One collection."""

    template = "collection.jinja2"

    def document(self) -> dict[str, Any]:
        kind = self.kinds.get(self.request.matchdict["collection"])
        if kind is None:
            raise self.missing()
        return self.told(kind)

    def shown(self, document: dict[str, Any]) -> dict[str, Any]:
        return {"kind": self.kinds[document["id"]]}
