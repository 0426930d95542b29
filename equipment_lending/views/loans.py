"""A borrower's loans: all of them, and each with what happens now."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from equipment_lending.models import Loan
from equipment_lending.permissions import Lending
from equipment_lending.queries.agenda import appointment, contents
from equipment_lending.queries.alternatives import Alternatives
from equipment_lending.queries.calendars import calendar
from equipment_lending.queries.changed_hours import closed_in_time
from equipment_lending.queries.loans import CURRENT, UNFETCHED, loans_of, units_to_hand_out
from equipment_lending.queries.risk import risks
from equipment_lending.queries.waiting import Place, places_of
from equipment_lending.rules.moments import return_moment
from equipment_lending.schemas.residents import CancelSchema, ExtendSchema
from equipment_lending.services.requests import LoanRequests
from equipment_lending.terms import LoanState, NoSuchTime, Refused, WaitlistState
from equipment_lending.views.words import (
    CONDITIONS,
    NO_SUCH_HOUR,
    next_words,
    not_longer_words,
    rank_words,
    sentences,
    state_words,
    steps_words,
)
from portal.forms import Button, Proposal, fail, submitted
from portal.i18n import _
from portal.pages.codes import qr
from portal.people.calendar import feed
from portal.people.queries import mandates_of

PAGE = 20
PAST = tuple(state for state in LoanState if state not in CURRENT)
EXTENDABLE = (LoanState.CONFIRMED, LoanState.OUT)
AGREED = (LoanState.CONFIRMED, LoanState.OUT, LoanState.CLOSED)


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
        self.extending = request.new_form(
            ExtendSchema(),
            buttons=(Button("", _("Ask to keep it longer")),),
            action=request.route_path("lending.loan.extend", id=self.loan.id),
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
            "history": sorted(self._history(), key=lambda event: event[0]),
            "cancelling": self.cancelling if may_cancel and self.loan.state in UNFETCHED else None,
        } | self._longer(may_change)

    def _longer(self, may_change: bool) -> dict[str, Any]:
        """Return the form for a later return and the latest there can be; or, without a form, why there is none."""
        if not may_change or self.loan.state not in EXTENDABLE:
            return {"extending": None, "not_longer": None}
        latest = self.requests.longest(self.loan, alone=not self.request.has_permission(Lending.SERVE))
        if isinstance(latest, datetime):
            until = self.request.words.datetime(latest, self.loan.return_point.zone)
            return {"extending": self.extending, "latest": until, "not_longer": None}
        return {"extending": None, "not_longer": not_longer_words(latest, self.request) if latest else None}

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
            return self._refused(no, self.cancelling, None)
        self.request.tell("good", _("The loan is cancelled. Nothing is kept for you any more."))
        return self._back()

    @view_config(route_name="lending.loan.extend", request_method="POST")
    def extend(self):
        sent = submitted(self.extending, self.request)
        if sent is None:
            return self.show()
        return_at = self._return_at(sent)
        if return_at is None:
            self.request.response.status_int = 422
            return self.show()
        try:
            self.requests.extend(
                self.loan.id,
                return_at,
                by=self.request.identity.person_id,
                alone=not self.request.has_permission(Lending.SERVE),
            )
        except Refused as no:
            if isinstance(no.alternatives, Alternatives):
                self.extending.proposals = [self._until(period.end) for period in no.alternatives.periods]
            return self._refused(no, self.extending, "return")
        until = self.request.words.datetime(self.loan.return_at, self.loan.return_point.zone)
        self.request.tell("good", _("You can keep it longer, until ${when}.", mapping={"when": until}))
        return self._back()

    def _return_at(self, sent) -> datetime | None:
        desk = calendar(self.request.db, self.loan.return_point)
        try:
            return return_moment(sent["return"], sent["return_time"], [desk])
        except NoSuchTime:
            fail(self.extending, "return_time", NO_SUCH_HOUR)
            return None

    def _until(self, end: datetime) -> Proposal:
        local = end.astimezone(ZoneInfo(self.loan.return_point.zone))
        answers = {"return": f"{local:%Y-%m-%d}", "return_time": f"{local:%H:%M}"}
        return Proposal(self.request.words.datetime(end, self.loan.return_point.zone), answers)

    def _refused(self, no: Refused, form, path: str | None):
        """Return the page again with every reason; what the form was for may no longer be possible at all."""
        self.request.response.status_int = 409
        reasons = sentences(no.reasons, self.request, self.loan.return_point.zone)
        for said in reasons:
            fail(form, path, said)
        shown = self.show()
        return shown | {"refused": reasons if form not in (shown["cancelling"], shown["extending"]) else []}

    def _back(self) -> HTTPSeeOther:
        return HTTPSeeOther(self.request.route_path("lending.loan", id=self.loan.id))

    def _history(self) -> Iterator[tuple[datetime, str]]:
        """Yield what happened to the loan, each an instant with a few words."""
        say, loan = self.request.localizer.translate, self.loan
        yield loan.requested_at, say(_("Asked for by ${name}"), mapping={"name": loan.requested_by.name})
        if loan.decided_at and loan.state in DECIDED:
            reason = f"{self.request.words.colon}{loan.reason}" if loan.reason else ""
            yield loan.decided_at, say(DECIDED[loan.state]) + reason
        if loan.decided_at is None and loan.state in AGREED:
            yield loan.requested_at, say(_("Confirmed at once, since nobody has to approve it"))
        if loan.extended_at:
            until = self.request.words.datetime(loan.return_at, loan.return_point.zone)
            yield loan.extended_at, say(_("Made longer, until ${when}"), mapping={"when": until})
        if loan.changed_at:
            yield loan.changed_at, say(_("Given other times or another point by the desk"))
        for custody in (custody for line in loan.lines for custody in line.custodies):
            units = f" × {custody.units}" if custody.units > 1 else ""
            name = self.request.words.of(custody.line.stock.model.name)
            item = {"item": custody.item.asset_tag + units, "name": name}
            yield custody.out_at, say(_("${name} (${item}) handed out"), mapping=item)
            if custody.in_at:
                ended = _("${name} (${item}) written off") if custody.is_lost else _("${name} (${item}) brought back")
                yield custody.in_at, say(ended, mapping=item)

    @view_config(route_name="lending.loan.calendar", request_method="GET", permission=Lending.SEE_LOAN)
    def download(self) -> Response:
        """The loan as a file for one's own calendar."""
        words, base_url = self.request.words, self.request.registry.portal_settings.base_url
        body = feed([appointment(self.loan, words)], contents(self.loan, words), base_url)
        response = Response(body=body, content_type="text/calendar", charset="utf-8")
        response.content_disposition = f'attachment; filename="{self.loan.number}.ics"'
        return response


DECIDED = dict.fromkeys(AGREED, _("Confirmed by the desk")) | {
    LoanState.REJECTED: _("Declined"),
    LoanState.CANCELLED: _("Cancelled"),
    LoanState.NO_SHOW: _("Not picked up"),
}
