"""Trails on other sites: a frame without anything around it and without cookies, and oEmbed, by which sites find it.

Source: https://oembed.com, version 1.0.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup
from pyramid.httpexceptions import HTTPBadRequest, HTTPGone, HTTPNotFound
from pyramid.response import Response
from pyramid.view import view_config, view_defaults
from sqlalchemy import select

from maps.models import Trail
from maps.permissions import Maps
from maps.queries.trails import ShownTrail, shown
from maps.terms import TRAIL, TrailState
from maps.views.showing import credit_of, licence_of, names, sounds_of, stop_card
from maps.views.telling import telling
from maps.views.words import distance_words, minutes_words
from portal.moderation.queries import standing_of
from portal.moderation.terms import Standing

WIDTH, HEIGHT = 640, 520
PAGE = re.compile(r"/(?:embed/)?trails/([a-z0-9-]+)/?")
SIZE = re.compile(r"[1-9][0-9]{0,5}")
FRAME = Markup(
    '<iframe src="{src}" title="{title}" width="{width}" height="{height}" loading="lazy" '
    'allow="autoplay" referrerpolicy="strict-origin-when-cross-origin"></iframe>'
)


@view_config(
    route_name="maps.embed",
    renderer="maps:templates/maps/embed.jinja2",
    permission=Maps.BROWSE,
    request_method="GET",
    public=True,
)
class Embed:
    """A trail in a frame: its stops, what is heard at each, and the way to its page. Only what everybody sees."""

    def __init__(self, context, request) -> None:
        if not context.open:
            raise HTTPNotFound
        self.request = request
        self.trail: ShownTrail = shown(request.db, context.trail)

    def __call__(self):
        content, request = self.trail.content, self.request
        request.let_be_framed()
        media = sounds_of(request, [media_id for stop in self.trail.stops for media_id in stop.media])
        return {
            "content": content,
            "told": telling(request, content),
            "url": request.route_url("maps.trail", slug=self.trail.slug),
            "facts": [minutes_words(self.trail, request), distance_words(self.trail.length, request)],
            "licence": licence_of(content),
            "by": credit_of(self.trail, self.trail.authors, request),
            "stops": [stop_card(stop, media, request) for stop in self.trail.stops],
        }


@view_defaults(route_name="maps.oembed", permission=Maps.BROWSE, request_method="GET")
class OEmbed:
    """What a site needs to show a trail whose address it was given (``url``), in so much room (``maxwidth``…)."""

    def __init__(self, request) -> None:
        self.request = request
        self.base_url = request.registry.portal_settings.base_url

    @view_config(renderer="json", public=True)
    def show(self) -> dict[str, Any] | Response:
        if self.request.GET.get("format", "json") != "json":
            return Response("Only JSON is spoken here.\n", status=501, content_type="text/plain", charset="utf-8")
        trail = shown(self.request.db, self._trail())
        width, height = self._size("maxwidth", WIDTH), self._size("maxheight", HEIGHT)
        told = telling(self.request, trail.content)
        title = told.of(trail.content.title)
        return {
            "version": "1.0",
            "type": "rich",
            "title": title,
            "author_name": names(trail.authors, self.request),
            "author_url": self.base_url + trail.path,
            "provider_name": self.request.city.name,
            "provider_url": f"{self.base_url}/",
            "width": width,
            "height": height,
            "html": FRAME.format(
                src=f"{self.base_url}/embed/trails/{trail.slug}", title=title, width=width, height=height
            ),
        }

    def _trail(self) -> Trail:
        """Return the trail whose address was given, if everybody sees it."""
        found = PAGE.fullmatch(self._path())
        wanted = select(Trail).where(Trail.slug == found[1], Trail.state == TrailState.PUBLISHED) if found else None
        trail = None if wanted is None else self.request.db.scalar(wanted)
        if trail is None:
            raise HTTPNotFound
        stands = standing_of(self.request.db, TRAIL, trail.id)
        if stands is not Standing.VISIBLE:
            raise HTTPGone if stands is Standing.REMOVED else HTTPNotFound
        return trail

    def _path(self) -> str:
        """Return the path in the address given. Raises ``HTTPNotFound`` for another site's."""
        given = self.request.GET.get("url", "")
        if not given:
            raise HTTPBadRequest
        try:
            parts = urlsplit(given)
        except ValueError:
            raise HTTPBadRequest from None
        if parts.scheme not in ("http", "https") or parts.netloc != urlsplit(self.base_url).netloc:
            raise HTTPNotFound
        return parts.path.removeprefix(self.request.script_name)

    def _size(self, name: str, usual: int) -> int:
        """Return how large the frame is: as usual, or as large as it may be."""
        given = self.request.GET.get(name, "")
        if given and not SIZE.fullmatch(given):
            raise HTTPBadRequest
        return min(usual, int(given)) if given else usual
