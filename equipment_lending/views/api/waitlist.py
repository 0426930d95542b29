"""The waiting list: joining it, one's own places in it, taking what is offered."""

from uuid import UUID

from equipment_lending.contexts import ModelContext, WaitingContext
from equipment_lending.permissions import Lending
from equipment_lending.queries.application import wished_points
from equipment_lending.queries.waiting import places, places_of
from equipment_lending.services.waitlist import Waitlist
from equipment_lending.terms import Refused, Wish, WishedLine
from equipment_lending.views.api.messages import EmptyMessage, WaitMessage
from equipment_lending.views.api.shown import refused, shown_loan, shown_place
from portal.api import api_defaults, api_view, paged


@api_defaults(route_name="api.lending.equipment.waitlist", permission=Lending.BORROW)
class Line:
    def __init__(self, context: ModelContext, request) -> None:
        self.model = context.model
        self.request = request

    @api_view(request_method="POST", body=WaitMessage, idempotent=True)
    def join(self):
        request, message = self.request, self.request.message
        wish = Wish(
            point=message["point"],
            return_point=message["return_point"],
            pickup_at=message["from"],
            return_at=message["to"],
            lines=(WishedLine(self.model.slug, message["units"]),),
            organisation_id=UUID(message["organisation"]) if message["organisation"] else None,
            project=message["project"],
            purpose=message["purpose"],
        )
        try:
            entry = request.find_service(Waitlist).join(wish, request.identity.person_id)
        except Refused as no:
            raise refused(no, request, wished_points(request.db, wish).get(wish.point)) from no
        request.response.status_int = 201
        request.response.location = request.route_url("api.lending.waiting", id=entry.id)
        return _shown(entry, request)


@api_defaults(route_name="api.lending.waitlist", permission=Lending.SEE_OWN_LOANS)
class MyPlaces:
    def __init__(self, _context, request) -> None:
        self.request = request

    @api_view(request_method="GET")
    def listed(self):
        request, paging = self.request, self.request.paging
        mine = places_of(request.db, request.identity.person_id, request.clock.now())
        page = mine[paging.offset : paging.offset + paging.limit]
        return paged(request, [shown_place(place) for place in page], len(mine))


@api_defaults(route_name="api.lending.waiting")
class MyPlace:
    def __init__(self, context: WaitingContext, request) -> None:
        self.entry = context.entry
        self.request = request

    @api_view(request_method="GET", permission=Lending.SEE_WAIT)
    def show(self):
        return _shown(self.entry, self.request)

    @api_view(request_method="DELETE", permission=Lending.CHANGE_WAIT)
    def leave(self):
        self.request.find_service(Waitlist).leave(self.entry.id)
        return _shown(self.entry, self.request)

    @api_view(
        route_name="api.lending.waiting.accept",
        request_method="POST",
        body=EmptyMessage,
        permission=Lending.CHANGE_WAIT,
        idempotent=True,
    )
    def accept(self):
        request = self.request
        try:
            loan = request.find_service(Waitlist).accept(self.entry.id, request.identity.person_id)
        except Refused as no:
            raise refused(no, request, self.entry.stock.point) from no
        request.response.status_int = 201
        request.response.location = request.route_url("api.lending.loan", id=loan.id)
        return shown_loan(loan, request.clock.now())


def _shown(entry, request):
    (place,) = places(request.db, [entry], request.clock.now())
    return shown_place(place)
