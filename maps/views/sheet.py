"""A trail on paper: what there is to read on the way, how to go on, and a code at each stop to hear it."""

from pyramid.httpexceptions import HTTPNotFound
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from maps.permissions import Maps
from maps.queries.trails import ShownStop, ShownTrail, shown
from maps.views.showing import credit_of, licence_of, plan_of, plan_words, sounds_of, stop_card, trail_facts
from maps.views.telling import telling
from portal.pages.codes import qr, qr_picture


def stop_url(request, stop_id) -> str:
    """Return the address of a stop as a post must say it: in full, and for good."""
    return request.registry.portal_settings.base_url + f"/stops/{stop_id}"


@view_defaults(
    route_name="maps.trail.sheet",
    renderer="maps:templates/maps/sheet.jinja2",
    permission=Maps.BROWSE,
    request_method="GET",
)
class Sheet:
    """The sheet to print; its directions are told from stop to stop, as the posts are numbered."""

    def __init__(self, context, request) -> None:
        self.request = request
        self.trail: ShownTrail = shown(request.db, context.trail)
        self.told = telling(request, self.trail.content)

    @view_config(public=True)
    def show(self):
        content, request = self.trail.content, self.request
        media = sounds_of(request, [media_id for stop in self.trail.stops for media_id in stop.media])
        facts = trail_facts(self.trail, self.told, request)
        return {
            "slug": self.trail.slug,
            "content": content,
            "told": self.told,
            "facts": facts,
            "licence": licence_of(content),
            "by": credit_of(self.trail, self.trail.contributors, request),
            "day": request.words.date(self.trail.revised_at, request.city.zone),
            "url": request.registry.portal_settings.base_url + self.trail.path,
            "plan": plan_of(content, self.told),
            "plan_words": plan_words(content, self.told, request),
            "stops": [self._stop(stop, media) for stop in self.trail.stops],
        }

    def _stop(self, stop: ShownStop, media):
        return stop_card(stop, media, self.request) | {"code": qr(stop_url(self.request, stop.id))}


@view_config(route_name="maps.stop.code", permission=Maps.BROWSE, request_method="GET", public=True)
def code(context, request) -> Response:
    """Return the code of a stop, to print and put up where it is. A stop that is gone from its trail has none."""
    if context.stop.rank is None:
        raise HTTPNotFound
    response = Response(qr_picture(stop_url(request, context.stop.id)), content_type="image/svg+xml", charset="utf-8")
    response.content_disposition = f'inline; filename="{context.stop.id}.svg"'
    return response
