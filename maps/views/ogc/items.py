"""What is in a collection: all of it page by page, what a box, dates and words narrow it to, and each thing alone."""

import json
from typing import Any
from uuid import UUID

from pyramid.view import view_config

from maps.permissions import Maps
from maps.queries.atlas import Features, count, feature, features
from maps.views import asked
from maps.views.asked import FACETS
from maps.views.ogc import written
from maps.views.ogc.links import GEOJSON, HTML, JSON, Link, link
from maps.views.ogc.resource import Resource
from portal.i18n import _
from portal.index.kinds import IndexKind
from portal.index.queries import Filter, version
from portal.index.telling import instant
from portal.moderation.queries import standing_of
from portal.moderation.terms import Standing

USUAL, MOST = 10, 10_000
MOST_ON_A_PAGE = 100
"""How many things a page in a browser shows, whatever was asked for."""

FURTHEST = 1_000_000_000


class InCollection(Resource):
    """A resource within a collection."""

    media_type = GEOJSON

    @property
    def kind(self) -> IndexKind:
        kind = self.request.registry.index_kinds.get(self.request.matchdict["collection"])
        if kind is None:
            raise self.missing()
        return kind

    def version(self) -> str:
        return version(self.request.db, [self.kind.name]) + self.request.locale_name

    def collection_links(self) -> list[Link]:
        path, title = f"/collections/{self.kind.name}", self.say(_("The collection"))
        of = self.address.of
        return [
            link("collection", of(path, "json"), JSON, title),
            link("collection", of(path, "html"), HTML, title),
        ]

    def shown(self, document: dict[str, Any]) -> dict[str, Any]:
        return {"kind": self.kind}


@view_config(route_name="ogc.items", request_method="GET", permission=Maps.BROWSE, attr="answer", public=True)
class Items(InCollection):
    """A page of the things in a collection."""

    template = "items.jinja2"
    known = ("limit", "offset", "bbox", "datetime", *FACETS)

    def read(self, given: dict[str, str]) -> None:
        self.limit = asked.whole("limit", given.get("limit", str(USUAL)), 1, MOST_ON_A_PAGE if self.is_page else MOST)
        self.offset = asked.whole("offset", given.get("offset", "0"), 0, FURTHEST)
        since, until = asked.period(given["datetime"]) if "datetime" in given else (None, None)
        self.wanted = Filter(
            kinds=(self.kind.name,),
            since=since,
            until=until,
            box=asked.box(given["bbox"]) if "bbox" in given else None,
            placeless=True,
            **asked.facets(given),
        )

    def body(self) -> tuple[bytes, list[Link]]:
        found = features(self.request.db, self.wanted, self.limit, self.offset, self._known_size())
        links = [*self.own_links(), *self._other_pages(found), *self.collection_links()]
        members = {
            "links": links,
            "timeStamp": instant(self.request.clock.now()),
            "numberMatched": found.matched,
            "numberReturned": len(found.rows),
        }
        return written.collection(found, self.address.home, members), links

    def document(self) -> dict[str, Any]:
        return json.loads(self.body()[0])

    def shown(self, document: dict[str, Any]) -> dict[str, Any]:
        pages = {one["rel"]: one["href"] for one in document["links"] if one["rel"] in ("prev", "next")}
        return super().shown(document) | {"first": self.offset + 1, "pages": pages}

    def _known_size(self) -> int | None:
        """Return how many things the whole collection has, counted once for each version of it; None when narrowed."""
        if self.wanted != Filter(kinds=self.wanted.kinds, placeless=True):
            return None
        session = self.request.db
        key = ("size", self.kind.name, self.version())
        return self.request.registry.kept_of_map.get(key, lambda: count(session, self.wanted))

    def _other_pages(self, found: Features) -> list[Link]:
        pages = []
        media_type = HTML if self.form == "html" else GEOJSON
        if self.offset + len(found.rows) < found.matched and found.rows:
            address = self.address.here(self.form, limit=self.limit, offset=self.offset + self.limit)
            pages.append(link("next", address, media_type, self.say(_("Next page"))))
        if self.offset:
            before = max(0, min(self.offset, found.matched) - self.limit)
            address = self.address.here(self.form, limit=self.limit, offset=before)
            pages.append(link("prev", address, media_type, self.say(_("Previous page"))))
        return pages


@view_config(route_name="ogc.item", request_method="GET", permission=Maps.BROWSE, attr="answer", public=True)
class Item(InCollection):
    """One thing."""

    template = "item.jinja2"

    def body(self) -> tuple[bytes, list[Link]]:
        try:
            name = UUID(self.request.matchdict["item"])
        except ValueError:
            raise self.missing() from None
        found = feature(self.request.db, self.kind.name, name)
        if not found.rows:
            raise (
                self.gone()
                if standing_of(self.request.db, self.kind.name, name) is Standing.REMOVED
                else self.missing()
            )
        links = [*self.own_links(), *self.collection_links()]
        return written.feature(found, self.address.home, links), links

    def document(self) -> dict[str, Any]:
        return json.loads(self.body()[0])
