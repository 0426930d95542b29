"""Places: found, read, put on the map, corrected."""

from typing import Any

from maps.permissions import Maps
from maps.queries.contents import place_content
from maps.queries.places import found_places, shown_place
from maps.rules.content import place_as_json
from maps.services.places import Places
from maps.terms import NotPublishable, PlaceContent, Stale
from maps.views.api import shown
from maps.views.api.messages import MapCriteria, PlaceMessage, place_of
from maps.views.api.trails import wanted_of
from maps.views.api.versions import base_of, tagged
from maps.views.speaking import speaker
from portal.api import Problem, api_defaults, api_view, paged


class _OfPlaces:
    def __init__(self, context, request) -> None:
        self.context = context
        self.request = request
        self.places = request.find_service(Places)

    def told(self, place) -> dict[str, Any]:
        return tagged(self.request, shown.shown_place(shown_place(self.request.db, place), self.request))


@api_defaults(route_name="api.maps.places")
class PlaceList(_OfPlaces):
    @api_view(request_method="GET", query=MapCriteria, permission=Maps.BROWSE, public=True)
    def listed(self):
        paging = self.request.paging
        found = found_places(
            self.request.db, wanted_of(self.request.criteria), limit=paging.limit, offset=paging.offset
        )
        return paged(self.request, [shown.shown_place(place, self.request) for place in found.places], found.total)

    @api_view(request_method="POST", body=PlaceMessage, permission=Maps.CONTRIBUTE, idempotent=True)
    def add(self):
        message = self.request.message
        try:
            place = self.places.add(place_of(message), **speaker(self.request), comment=message["comment"])
        except NotPublishable as no:
            raise shown.not_publishable(no, self.request) from no
        self.request.response.status_int = 201
        self.request.response.location = self.request.route_url("api.maps.place", slug=place.slug)
        return self.told(place)


@api_defaults(route_name="api.maps.place")
class ThePlace(_OfPlaces):
    @api_view(request_method="GET", permission=Maps.BROWSE, public=True)
    def show(self):
        return self.told(self.context.place)

    @api_view(request_method="PUT", body=PlaceMessage, permission=Maps.REVISE)
    def revise(self):
        place, message = self.context.place, self.request.message
        base, content = base_of(self.request, place.current), place_of(message)
        if base is None:
            raise self.stale(Stale(place.current), None, content)
        try:
            self.places.revise(place.id, base, content, **speaker(self.request), comment=message["comment"])
        except Stale as no:
            raise self.stale(no, base, content) from no
        except NotPublishable as no:
            raise shown.not_publishable(no, self.request) from no
        return self.told(place)

    def stale(self, no: Stale, base: int | None, mine: PlaceContent) -> Problem:
        """Return the problem with the three versions, what contradicts, and all that could be put together."""
        place, db = self.context.place, self.request.db

        def version(number: int) -> dict[str, Any]:
            return {"revision": number, "content": place_as_json(place_content(db, place, number))}

        return Problem(
            412,
            base=version(base) if base is not None else None,
            theirs=version(no.theirs),
            yours={"content": place_as_json(mine)},
            merged={"content": place_as_json(no.merged)} if isinstance(no.merged, PlaceContent) else None,
            conflicts=shown.shown_conflicts(no.conflicts),
        )
