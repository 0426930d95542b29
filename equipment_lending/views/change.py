"""A loan that cannot be as it was agreed: the desk gives it other times or another point, or keeps it as it is."""

from datetime import datetime
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config, view_defaults

from equipment_lending.models import Loan
from equipment_lending.permissions import Lending
from equipment_lending.queries.agenda import contents
from equipment_lending.queries.alternatives import Alternatives, instead_of
from equipment_lending.queries.catalogue import points
from equipment_lending.queries.changed_hours import closed_in_time
from equipment_lending.queries.loans import UNFETCHED
from equipment_lending.queries.risk import Shortage, shortage
from equipment_lending.schemas.desk import ChangeSchema
from equipment_lending.services.requests import LoanRequests
from equipment_lending.terms import ABOUT_PICKUP, ABOUT_RETURN, Period, Refusal, RefusalCode, Refused
from equipment_lending.views.proposals import elsewhere, other_times
from equipment_lending.views.words import and_letter, sentence, sentences, state_words
from portal.forms import Button, Proposal, fail, submitted
from portal.i18n import _
from portal.ports.certifications import Certifications

BESIDE = {
    **dict.fromkeys(ABOUT_PICKUP, "pickup_at"),
    **dict.fromkeys((*ABOUT_RETURN, RefusalCode.TOO_MANY_DAYS), "return_at"),
    RefusalCode.NOT_LENT_HERE: "point",
}
"""Beside which field a no is said; what concerns none of them is said above the form."""

SHORTAGES = {
    Shortage.LATE: _("What it is to have is late: if it comes back in time, all is well."),
    Shortage.TOO_FEW: _("Too little is left for it: something is out of service or lost, or was moved."),
}


def at_risk_words(loan: Loan, now: datetime, request) -> str | None:
    """Return why a loan is at risk, in a sentence; None where it can be served."""
    short = shortage(request.db, loan, now)
    return request.localizer.translate(SHORTAGES[short]) if short else None


@view_defaults(
    route_name="lending.desk.change",
    renderer="equipment_lending:templates/equipment_lending/desk/change.jinja2",
    permission=Lending.SERVE,
)
class ChangeLoan:
    """The page on which the desk agrees with a borrower on something else, before anything of the loan has left."""

    def __init__(self, context, request) -> None:
        self.loan: Loan = context.loan
        self.request = request
        self.now: datetime = request.clock.now()
        self.requests = request.find_service(LoanRequests)
        self.zone = self.loan.point.zone
        self.names = {one.slug: one.name for one in points(request.db)}
        self.form = request.new_form(
            ChangeSchema(),
            buttons=(Button("change", _("Change the loan"), "now"),),
            points=list(self.names.items()),
            zone=self.zone,
        )

    @view_config(request_method="GET")
    def show(self):
        if self.loan.state not in UNFETCHED:
            return self._page([Refusal(RefusalCode.WRONG_STATE, {"state": self.loan.state})])
        agreed = {"pickup_at": self.loan.pickup_at, "return_at": self.loan.return_at}
        self.form.set_appstruct(agreed | {"point": self.loan.point.slug, "return_point": self.loan.return_point.slug})
        self._propose(instead_of(self.request.db, self.loan, self.request.ask(Certifications), self.now))
        return self._page()

    @view_config(request_method="POST")
    def send(self):
        sent = submitted(self.form, self.request)
        if sent is None:
            return self._page()
        if sent["return_at"] <= sent["pickup_at"]:
            fail(self.form, "return_at", _("This is not after the beginning. Choose a later time."))
            self.request.response.status_int = 422
            return self._page()
        period = Period(sent["pickup_at"], sent["return_at"])
        try:
            self.requests.change(self.loan.id, period, sent["point"], sent["return_point"])
        except Refused as no:
            return self._refused(no)
        return self._settled(and_letter(_("The loan is changed."), self.loan, self.request))

    @view_config(route_name="lending.desk.keep", request_method="POST")
    def keep(self):
        """Leave a loan as it was agreed, whatever the hours are now."""
        try:
            kept = self.requests.keep(self.loan.id)
        except Refused as no:
            self.request.response.status_int = 409
            return self._page(no.reasons)
        if not kept:
            return self._settled(_("Nothing was left to decide: the loan is as it was agreed."))
        return self._settled(and_letter(_("The loan stays as it is."), self.loan, self.request))

    def _settled(self, told: str) -> HTTPSeeOther:
        """Lead on to the desk, for which the loan may now be another one's."""
        self.request.tell("good", told)
        return HTTPSeeOther(self.request.route_path("desk"))

    def _refused(self, no: Refused):
        self.request.response.status_int = 409
        for reason in no.reasons:
            fail(self.form, BESIDE.get(reason.code), sentence(reason, self.request, self.zone))
        if isinstance(no.alternatives, Alternatives):
            self._propose(no.alternatives)
        return self._page()

    def _propose(self, found: Alternatives) -> None:
        there = [
            Proposal(elsewhere(self.names[slug], self.request), {"point": slug, "return_point": slug})
            for slug in found.points
        ]
        self.form.proposals = [*other_times(found, self.zone, self.request), *there]

    def _page(self, reasons: list[Refusal] | None = None) -> dict[str, Any]:
        state, kind = state_words(self.loan, self.now, self.request)
        return {
            "loan": self.loan,
            "contents": contents(self.loan, self.request.words),
            "state": state,
            "kind": kind,
            "form": self.form if self.loan.state in UNFETCHED else None,
            "refused": sentences(reasons or (), self.request, self.zone),
            "closed": closed_in_time(self.request.db, self.now, Loan.id == self.loan.id).get(self.loan.id),
            "at_risk": at_risk_words(self.loan, self.now, self.request),
        }
