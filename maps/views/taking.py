"""Trails, and whatever is on the map, taken away as files: each the same bytes as long as it says the same."""

from typing import Any

from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from maps.exports import LISTS, TRAIL_FILES, Export, Site
from maps.permissions import Maps
from maps.queries.exporting import listed
from maps.queries.trails import shown
from maps.terms import PLACE
from maps.views import asked
from maps.views.atlas import MapPage
from maps.views.showing import credit_of, sounds_of
from maps.views.tagged import tag, tagged, unchanged
from portal.index.queries import Filter, version

SHOWN = ("rss", "png")
"""What is followed or looked at where it is, rather than kept."""


def site_of(request) -> Site:
    """Return where the portal is and what it is called."""
    return Site(request.registry.portal_settings.base_url, request.city.name)


def export_of(context, request) -> Export:
    """Return a trail to take away: its texts in the language asked for with ``?lang=``, else in its own."""
    trail = shown(request.db, context.trail)
    language = request.GET.get("lang", "")
    return Export(
        trail=trail,
        media=sounds_of(request, [media_id for stop in trail.stops for media_id in stop.media]),
        language=language if language in trail.content.title else trail.content.language,
        site=site_of(request),
        credits=credit_of(trail, trail.authors, request),
    )


@view_defaults(route_name="maps.trail.file", permission=Maps.BROWSE, request_method="GET")
class TrailFile:
    """A trail as one of the files that it can be taken away as."""

    def __init__(self, context, request) -> None:
        self.context = context
        self.request = request

    @view_config(public=True)
    def send(self) -> Response:
        kind = self.request.matchdict["format"]
        media_type, written = TRAIL_FILES[kind]
        name = None if kind in SHOWN else f"{self.context.trail.slug}.{kind}"
        return answer(written(export_of(self.context, self.request)), media_type, name)


@view_defaults(route_name="maps.places.file", permission=Maps.BROWSE, request_method="GET")
class PlacesFile:
    """All places as a file; ``bbox``, ``theme``, ``licence``, ``language``, ``access`` and ``q`` narrow it."""

    def __init__(self, request) -> None:
        self.request = request

    @view_config(public=True)
    def send(self) -> Response:
        return list_of(asked.or_problem(self.request, self._wanted), "places", self.request)

    def _wanted(self) -> Filter:
        given = self.request.GET
        box = asked.box(given["bbox"]) if given.get("bbox") else None
        return Filter(kinds=(PLACE,), box=box, **asked.facets(given))


@view_defaults(
    route_name="maps.map.file",
    renderer="maps:templates/maps/atlas.jinja2",
    permission=Maps.BROWSE,
    request_method="GET",
)
class MapFile(MapPage):
    """All that the map's list shows for a question, the oldest first; the page itself where that cannot be read."""

    @view_config(public=True)
    def show(self) -> dict[str, Any] | Response:
        wanted = self.wanted()
        return self.page(None) if wanted is None else list_of(wanted, "commons", self.request)


def list_of(wanted: Filter, name: str, request) -> Response:
    """Return what is wanted as the file that the address asks for; its texts as ``lang`` says, else as the reader's."""
    form, language = request.matchdict["format"], request.GET.get("lang") or request.locale_name
    (_name, media_type, written), site = LISTS[form], site_of(request)
    named = tag(request, version(request.db, wanted.kinds), language, site.name, wanted)
    if (same := unchanged(request, named)) is not None:
        return same
    return tagged(answer(written(listed(request.db, wanted), language, site), media_type, f"{name}.{form}"), named)


def answer(body: bytes, media_type: str, name: str | None) -> Response:
    """Return a file that programs anywhere may read, kept under ``name`` by who takes it."""
    response = Response(body, content_type=media_type, charset="utf-8" if media_type.startswith("text/") else None)
    if name:
        response.content_disposition = f'attachment; filename="{name}"'
    return response
