"""Vector tiles of everything public, for maps that draw them themselves."""

import gzip
from zoneinfo import ZoneInfo

from pyramid.httpexceptions import HTTPNotFound
from pyramid.response import Response
from pyramid.view import view_config
from webob.acceptparse import AcceptEncodingValidHeader

from maps.permissions import Maps
from maps.queries.tiles import tile
from maps.rules.tiles import exists
from maps.views import asked
from maps.views.asked import FACETS
from maps.views.tagged import tag, tagged, unchanged
from portal.index.queries import Filter, version
from portal.places.grid import Tile

MVT = "application/vnd.mapbox-vector-tile"
KNOWN = ("kinds", "since", "until", *FACETS)


@view_config(route_name="tiles", request_method="GET", permission=Maps.BROWSE, public=True)
class OneTile:
    """One tile of what is as wanted."""

    def __init__(self, _context, request) -> None:
        self.request = request

    def __call__(self) -> Response:
        place = Tile(*(int(self.request.matchdict[name]) for name in ("zoom", "column", "row")))
        if not exists(place):
            raise HTTPNotFound
        wanted = asked.or_problem(self.request, self._wanted)
        current = version(self.request.db, wanted.kinds)
        name = tag(self.request, current)
        return unchanged(self.request, name) or tagged(self._told(wanted, place, current), name)

    def _wanted(self) -> Filter:
        given = asked.only(self.request.GET, KNOWN)
        return asked.wanted(given, list(self.request.registry.index_kinds), ZoneInfo(self.request.city.zone))

    def _told(self, wanted: Filter, place: Tile, current: str) -> Response:
        session, kept = self.request.db, self.request.registry.kept_of_map
        key = ("tile", current, wanted, place)
        packed = kept.get(key, lambda: gzip.compress(tile(session, wanted, place), 1, mtime=0), len)
        response = Response(content_type=MVT, charset=None)
        response.vary = ("Accept-Encoding",)
        accepted = self.request.accept_encoding
        if isinstance(accepted, AcceptEncodingValidHeader) and accepted.acceptable_offers(["gzip"]):
            response.body, response.content_encoding = packed, "gzip"
        else:
            response.body = gzip.decompress(packed)
        return response
