"""Marks for a map: everything that is as wanted in a box, near things together, and how many there are."""

import json
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from pyramid.response import Response
from sqlalchemy import Row

from maps.permissions import Maps
from maps.queries.atlas import Mark, count, entries, marks
from maps.rules.clusters import mark_zoom
from maps.views import asked
from maps.views.asked import FACETS, Unreadable
from maps.views.tagged import tag, tagged, unchanged
from portal.api import Problem, api_defaults, api_view
from portal.i18n import _, in_language
from portal.index.queries import Filter, version

DEEPEST = 24
KNOWN = ("bbox", "zoom", "kinds", "since", "until", *FACETS)


@api_defaults(route_name="api.map", permission=Maps.BROWSE)
class Map:
    """The marks of a map at a zoom."""

    def __init__(self, _context, request) -> None:
        self.request = request

    @api_view(request_method="GET", public=True)
    def marks(self) -> Response:
        wanted, zoom = self._asked()
        current = version(self.request.db, wanted.kinds)
        name = tag(self.request, current, self.request.locale_name)
        known = unchanged(self.request, name)
        if known is not None:
            return known
        key = ("marks", current, wanted, zoom, self.request.locale_name)
        body = self.request.registry.kept_of_map.get(key, lambda: self._told(wanted, zoom), len)
        return tagged(Response(body=body, content_type="application/json", charset=None), name)

    def _asked(self) -> tuple[Filter, int]:
        try:
            given = asked.only(self.request.GET, KNOWN)
            box = asked.box(given["bbox"]) if given.get("bbox") else None
            if not given.get("zoom"):
                raise Unreadable("zoom", _("Give a whole number."))
            zoom = asked.whole("zoom", given["zoom"], 0, DEEPEST)
            zone = ZoneInfo(self.request.city.zone)
            return asked.wanted(given, list(self.request.registry.index_kinds), zone, box=box), zoom
        except Unreadable as wrong:
            raise Problem(422, errors={wrong.name: self.request.localizer.translate(wrong.message)}) from None

    def _told(self, wanted: Filter, zoom: int) -> bytes:
        session = self.request.db
        finest = mark_zoom(zoom, wanted.box)
        found = marks(session, wanted, finest)
        alone = entries(session, [mark.single for mark in found if mark.single is not None])
        total = sum(mark.size for mark in found)
        everything = total if wanted.box else count(session, wanted)
        told = {
            "total": everything,
            "without_position": everything - total,
            "cells": [self._mark(mark, alone) for mark in found],
        }
        return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()

    def _mark(self, mark: Mark, alone: dict[int, Row[Any]]) -> dict[str, Any]:
        box = mark.box
        told: dict[str, Any] = {
            "count": mark.size,
            "kinds": mark.kinds,
            "longitude": mark.longitude,
            "latitude": mark.latitude,
            "bbox": [box.west, box.south, box.east, box.north],
        }
        if mark.single is not None:
            told["item"] = self._item(alone[mark.single])
        return told

    def _item(self, row: Row[Any]) -> dict[str, Any]:
        title, spoken = in_language(row.title, self.request.locale_name)
        return {
            "kind": row.kind,
            "id": str(row.source_id),
            "title": title,
            "title_language": spoken,
            "summary": in_language(row.summary, self.request.locale_name)[0],
            "url": self.request.registry.portal_settings.base_url + quote(row.path),
            "theme": row.theme,
            "language": row.language,
            "licence": row.licence,
            "access": row.access,
            "has_path": row.has_path,
        }
