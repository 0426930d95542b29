"""Something is kept longer: until when that can be, or why it cannot, as its borrower and the desk see it."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config, view_defaults

from equipment_lending.models import Loan
from equipment_lending.permissions import Lending
from equipment_lending.queries.agenda import contents
from equipment_lending.queries.alternatives import Alternatives
from equipment_lending.queries.calendars import calendar
from equipment_lending.queries.loans import EXTENDABLE
from equipment_lending.rules.moments import return_moment
from equipment_lending.schemas.residents import ExtendSchema
from equipment_lending.services.requests import LoanRequests
from equipment_lending.terms import NoSuchTime, Refusal, RefusalCode, Refused
from equipment_lending.views.words import NO_SUCH_HOUR, and_letter, not_longer_words, sentences
from portal.forms import Button, Proposal, fail, submitted
from portal.i18n import _

BORROWERS = {"route_name": "lending.loan.extend", "permission": Lending.CHANGE_LOAN}
DESKS = {"route_name": "lending.desk.extend", "permission": Lending.SERVE}


@view_defaults(renderer="equipment_lending:templates/equipment_lending/longer.jinja2")
class LongerPage:
    """The page that says until when a loan can last, and lets it."""

    def __init__(self, context, request) -> None:
        self.loan: Loan = context.loan
        self.request = request
        self.zone = self.loan.return_point.zone
        self.requests = request.find_service(LoanRequests)
        self.alone = not request.has_permission(Lending.SERVE)
        self.at_desk: bool = request.matched_route.name == DESKS["route_name"]
        self.form = request.new_form(
            ExtendSchema(),
            name="extend",
            buttons=(Button("", _("Lend longer") if self.at_desk else _("Ask to keep it longer")),),
            action=request.path,
        )

    @view_config(**BORROWERS, request_method="GET")
    @view_config(**DESKS, request_method="GET")
    def show(self, refused: list[str] | None = None) -> dict[str, Any]:
        words, latest = self.request.words, self._longest()
        shown = {"loan": self.loan, "contents": contents(self.loan, words), "at_desk": self.at_desk}
        if isinstance(latest, datetime):
            return shown | {"form": self.form, "latest": words.datetime(latest, self.zone)}
        return shown | {"why_not": not_longer_words(latest, self.request, self.zone), "refused": refused}

    def _longest(self) -> datetime | list[Refusal]:
        if self.loan.state not in EXTENDABLE:
            return [Refusal(RefusalCode.WRONG_STATE, {"state": self.loan.state})]
        return self.requests.longest(self.loan, alone=self.alone)

    @view_config(**BORROWERS, request_method="POST")
    @view_config(**DESKS, request_method="POST")
    def extend(self):
        sent = submitted(self.form, self.request)
        if sent is None:
            return self.show()
        return_at = self._return_at(sent)
        if return_at is None:
            self.request.response.status_int = 422
            return self.show()
        try:
            self.requests.extend(self.loan.id, return_at, by=self.request.identity.person_id, alone=self.alone)
        except Refused as no:
            return self._refused(no)
        until = {"when": self.request.words.datetime(self.loan.return_at, self.zone)}
        lasts = _("The loan lasts until ${when}.", mapping=until)
        kept = _("You can keep it longer, until ${when}.", mapping=until)
        self.request.tell("good", and_letter(lasts, self.loan, self.request) if self.at_desk else kept)
        return HTTPSeeOther(
            self.request.route_path("lending.desk.loan" if self.at_desk else "lending.loan", id=self.loan.id)
        )

    def _return_at(self, sent) -> datetime | None:
        desk = calendar(self.request.db, self.loan.return_point)
        try:
            return return_moment(sent["return"], sent["return_time"], [desk])
        except NoSuchTime:
            fail(self.form, "return_time", NO_SUCH_HOUR)
            return None

    def _refused(self, no: Refused) -> dict[str, Any]:
        """Return the page again with every reason; it may no longer be possible at all."""
        self.request.response.status_int = 409
        if isinstance(no.alternatives, Alternatives):
            self.form.proposals = [self._until(period.end) for period in no.alternatives.periods]
        reasons = sentences(no.reasons, self.request, self.zone)
        for said in reasons:
            fail(self.form, "return", said)
        return self.show(reasons)

    def _until(self, end: datetime) -> Proposal:
        local = end.astimezone(ZoneInfo(self.zone))
        answers = {"return": f"{local:%Y-%m-%d}", "return_time": f"{local:%H:%M}"}
        return Proposal(self.request.words.datetime(end, self.zone), answers)
