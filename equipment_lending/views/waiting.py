"""Answering an offer of the waiting list, and leaving the line."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config, view_defaults

from equipment_lending.contexts import WaitingContext
from equipment_lending.permissions import Lending
from equipment_lending.services.waitlist import Waitlist
from equipment_lending.terms import Refused
from equipment_lending.views.loans import MyLoans
from equipment_lending.views.words import sentences
from portal.i18n import _


@view_defaults(
    renderer="equipment_lending:templates/equipment_lending/loans.jinja2",
    permission=Lending.CHANGE_WAIT,
    request_method="POST",
)
class InLine:
    """A place in line, as the page of all loans shows it."""

    def __init__(self, context: WaitingContext, request) -> None:
        self.entry = context.entry
        self.request = request
        self.waitlist = request.find_service(Waitlist)

    @view_config(route_name="lending.waiting.accept")
    def accept(self):
        try:
            loan = self.waitlist.accept(self.entry.id, by=self.request.identity.person_id)
        except Refused as no:
            self.request.response.status_int = 409
            zone = self.entry.stock.point.zone
            return MyLoans(self.request).show() | {"refused": sentences(no.reasons, self.request, zone)}
        return HTTPSeeOther(self.request.route_path("lending.loan", id=loan.id))

    @view_config(route_name="lending.waiting.accept", request_method="GET", permission=Lending.SEE_WAIT)
    def back_to_loans(self):
        """Lead whoever read why not, and chose a language, to how it stands."""
        return HTTPSeeOther(self.request.route_path("lending.loans", _anchor="waiting"))

    @view_config(route_name="lending.waiting.leave")
    def leave(self):
        self.waitlist.leave(self.entry.id)
        self.request.tell("good", _("You do not wait for it any more."))
        return HTTPSeeOther(self.request.route_path("lending.loans"))
