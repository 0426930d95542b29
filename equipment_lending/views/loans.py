"""A borrower's loans: all of them, and each with what happens now."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from equipment_lending.models import Loan
from equipment_lending.permissions import Lending
from equipment_lending.queries.agenda import appointment, contents
from equipment_lending.queries.changed_hours import closed_in_time
from equipment_lending.queries.loans import CURRENT, EXTENDABLE, UNFETCHED, loans_of, units_to_hand_out
from equipment_lending.queries.risk import risks
from equipment_lending.queries.waiting import Place, places_of
from equipment_lending.schemas.residents import CancelSchema
from equipment_lending.services.requests import LoanRequests
from equipment_lending.terms import LoanState, Refused, WaitlistState
from equipment_lending.views.history import history
from equipment_lending.views.words import (
    CONDITIONS,
    next_words,
    rank_words,
    sentences,
    state_words,
    steps_words,
)
from portal.forms import Button, fail, submitted
from portal.i18n import _
from portal.pages.codes import qr
from portal.people.calendar import feed
from portal.people.queries import mandates_of

PAGE = 20
PAST = tuple(state for state in LoanState if state not in CURRENT)


@view_defaults(
    route_name="lending.loans",
    renderer="equipment_lending:templates/equipment_lending/loans.jinja2",
    permission=Lending.SEE_OWN_LOANS,
)
class MyLoans:
    """What somebody has borrowed, and the organisations in whose name they act: what is current first."""

    def __init__(self, request) -> None:
        self.request = request
        self.now = request.clock.now()

    @view_config(request_method="GET")
    def show(self):
        page = self._page_number()
        current, _total = self._loans(CURRENT, limit=200, offset=0)
        past, total = self._loans(PAST, limit=PAGE, offset=(page - 1) * PAGE)
        return {
            "current": [self._shown(loan) for loan in sorted(current, key=self._urgency)],
            "past": [self._shown(loan) for loan in past],
            "waiting": [self._place(one) for one in places_of(self.request.db, self._me, self.now)],
            "refused": (),
            "total": total,
            "shown": ((page - 1) * PAGE + 1, (page - 1) * PAGE + len(past)),
            "previous_url": self._url(page - 1) if page > 1 else None,
            "next_url": self._url(page + 1) if page * PAGE < total else None,
        }

    @property
    def _me(self) -> UUID:
        return self.request.identity.person_id

    def _place(self, one: Place):
        offered = one.state is WaitlistState.OFFERED
        return {"entry": one.entry, "offered": offered, "rank": rank_words(one.ahead, self.request)}

    def _loans(self, states: Sequence[LoanState], *, limit: int, offset: int) -> tuple[list[Loan], int]:
        person_id = self._me
        mandates = mandates_of(self.request.db, person_id, self.request.clock.today())
        ids = [organisation.id for organisation in mandates]
        return loans_of(self.request.db, person_id, ids, states, limit=limit, offset=offset)

    def _urgency(self, loan: Loan) -> datetime:
        """What must be brought back or fetched soonest comes first."""
        return loan.return_at if loan.state is LoanState.OUT else loan.pickup_at

    def _shown(self, loan: Loan):
        state, kind = state_words(loan, self.now, self.request)
        return {
            "loan": loan,
            "contents": contents(loan, self.request.words),
            "state": state,
            "kind": kind,
            "next": next_words(loan, self.now, self.request) if loan.state in CURRENT else None,
        }

    def _page_number(self) -> int:
        written = self.request.GET.get("page", "")
        return min(max(int(written), 1), 10_000) if written.isascii() and written.isdigit() and len(written) < 9 else 1

    def _url(self, page: int) -> str:
        return self.request.route_path("lending.loans", _query={"page": page} if page > 1 else {})


@view_defaults(renderer="equipment_lending:templates/equipment_lending/loan.jinja2", permission=Lending.CHANGE_LOAN)
class LoanPage:
    """A loan: how it stands, what to do next, and what can still be changed."""

    def __init__(self, context, request) -> None:
        self.loan: Loan = context.loan
        self.context = context
        self.request = request
        self.now = request.clock.now()
        self.requests = request.find_service(LoanRequests)
        self.cancelling = request.new_form(
            CancelSchema(),
            buttons=(Button("", _("Cancel this loan"), "danger"),),
            action=request.route_path("lending.loan.cancel", id=self.loan.id),
        )

    @view_config(route_name="lending.loan", request_method="GET", permission=Lending.SEE_LOAN)
    def show(self):
        state, kind = state_words(self.loan, self.now, self.request)
        may_change = self.request.has_permission(Lending.CHANGE_LOAN)
        may_cancel = self.request.has_permission(Lending.CHANGE_LOAN, self.context.at_pickup)
        return {
            "loan": self.loan,
            "current": self.loan.state in CURRENT,
            "contents": contents(self.loan, self.request.words),
            "state": state,
            "kind": kind,
            "next": next_words(self.loan, self.now, self.request),
            "at_risk": self._is_at_risk(),
            "closed": closed_in_time(self.request.db, self.now, Loan.id == self.loan.id).get(self.loan.id),
            "steps": steps_words(self.loan, self.request),
            "qr": qr(self.loan.number),
            "conditions": CONDITIONS,
            "history": history(self.loan, self.request),
            "cancelling": self.cancelling if may_cancel and self.loan.state in UNFETCHED else None,
            "extendable": may_change and self.loan.state in EXTENDABLE,
        }

    def _is_at_risk(self) -> bool:
        """Is too little left of what is still to be fetched?"""
        coming = [line.stock_id for line in self.loan.lines if units_to_hand_out(line)]
        if self.loan.state not in CURRENT or not coming:
            return False
        return self.loan.id in risks(self.request.db, coming, self.now).at_risk

    @view_config(route_name="lending.loan.cancel", request_method="POST")
    def cancel(self):
        sent = submitted(self.cancelling, self.request)
        if sent is None:
            return self.show()
        try:
            self.requests.cancel(self.loan.id, sent["reason"], by=self.request.identity.person_id)
        except Refused as no:
            return self._refused(no)
        self.request.tell("good", _("The loan is cancelled. Nothing is kept for you any more."))
        return self._back()

    def _refused(self, no: Refused):
        """Return the page again with every reason, beside the form if it may still be called off."""
        self.request.response.status_int = 409
        reasons = sentences(no.reasons, self.request, self.loan.return_point.zone)
        for said in reasons:
            fail(self.cancelling, None, said)
        shown = self.show()
        return shown | {"refused": [] if shown["cancelling"] else reasons}

    def _back(self) -> HTTPSeeOther:
        return HTTPSeeOther(self.request.route_path("lending.loan", id=self.loan.id))

    @view_config(route_name="lending.loan.calendar", request_method="GET", permission=Lending.SEE_LOAN)
    def download(self) -> Response:
        """The loan as a file for one's own calendar."""
        words, base_url = self.request.words, self.request.registry.portal_settings.base_url
        body = feed([appointment(self.loan, words)], contents(self.loan, words), base_url)
        response = Response(body=body, content_type="text/calendar", charset="utf-8")
        response.content_disposition = f'attachment; filename="{self.loan.number}.ics"'
        return response
