"""Items: in and out of service, retired. Each answers with the loans that are now at risk."""

from equipment_lending.contexts import ItemContext
from equipment_lending.permissions import Lending
from equipment_lending.services.fleet import Fleet
from equipment_lending.terms import Refused
from equipment_lending.views.api.messages import EmptyMessage, OutOfServiceMessage, RetireMessage
from equipment_lending.views.api.shown import at_risk, refused
from portal.api import api_defaults, api_view


@api_defaults(route_name="api.lending.item.act", request_method="POST", permission=Lending.SERVE)
class Items:
    def __init__(self, context: ItemContext, request) -> None:
        self.item = context.item
        self.request = request
        self.fleet = request.find_service(Fleet)

    @api_view(match_param="act=out-of-service", body=OutOfServiceMessage, idempotent=True)
    def out_of_service(self):
        message = self.request.message
        return self.answer(
            lambda: self.fleet.out_of_service(self.item, message["from"], message["until"], message["reason"])
        )

    @api_view(match_param="act=in-service", body=EmptyMessage, idempotent=True)
    def in_service(self):
        return self.answer(lambda: self.fleet.in_service(self.item))

    @api_view(match_param="act=retire", body=RetireMessage, idempotent=True)
    def retire(self):
        return self.answer(lambda: self.fleet.retire(self.item, self.request.message["reason"]))

    def answer(self, act):
        """Return the loans at risk after ``act``, or the problem with every reason why not."""
        try:
            return at_risk(list(act()), self.request.clock.now())
        except Refused as no:
            raise refused(no, self.request, self.item.stock.point) from no
