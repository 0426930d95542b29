"""Loans: asked for, decided, changed, handed out and taken back."""

from uuid import UUID

from equipment_lending.contexts import LoanContext
from equipment_lending.permissions import Lending
from equipment_lending.queries.application import wished_points
from equipment_lending.queries.loans import loans_at, loans_of
from equipment_lending.services.desk import Desk, Returned
from equipment_lending.services.requests import LoanRequests
from equipment_lending.terms import Condition, LoanState, Period, Refusal, RefusalCode, Refused, Wish, WishedLine
from equipment_lending.views.api.messages import (
    ApprovalMessage,
    ChangeMessage,
    CheckInMessage,
    CheckOutMessage,
    ExtensionMessage,
    LoanCriteria,
    LoanMessage,
    ReasonMessage,
)
from equipment_lending.views.api.shown import refused, shown_loan
from equipment_lending.views.desk import served_points
from portal.api import Problem, api_defaults, api_view, paged, precondition
from portal.people.terms import Role


@api_defaults(route_name="api.lending.loans", permission=Lending.BORROW)
class Loans:
    def __init__(self, _context, request) -> None:
        self.request = request
        self.identity = request.identity

    @api_view(request_method="GET", query=LoanCriteria, permission=Lending.SEE_OWN_LOANS)
    def listed(self):
        asked, paging, db = self.request.criteria, self.request.paging, self.request.db
        states = (LoanState(asked["state"]),) if asked["state"] else ()
        page = {"limit": paging.limit, "offset": paging.offset}
        if asked["mine"] or not (self.identity.holds(Role.DESK) or self.identity.holds(Role.ADMIN)):
            found, total = loans_of(db, self.identity.person_id, (), states, **page)
        else:
            scopes = None if self.identity.holds(Role.ADMIN) else self.identity.scopes(Role.DESK)
            found, total = loans_at(db, scopes, states, **page)
        now = self.request.clock.now()
        return paged(self.request, [shown_loan(loan, now) for loan in found], total)

    @api_view(request_method="POST", body=LoanMessage, idempotent=True)
    def request_loan(self):
        message, me = self.request.message, self.identity.person_id
        wish = Wish(
            point=message["point"],
            return_point=message["return_point"],
            pickup_at=message["pickup_at"],
            return_at=message["return_at"],
            lines=tuple(WishedLine(line["equipment"], line["units"]) for line in message["lines"]),
            organisation_id=UUID(message["organisation"]) if message["organisation"] else None,
            project=message["project"],
            purpose=message["purpose"],
        )
        try:
            loan = self.request.find_service(LoanRequests).request(wish, me, me)
        except Refused as no:
            raise refused(no, self.request, wished_points(self.request.db, wish).get(wish.point)) from no
        self.request.response.status_int = 201
        self.request.response.location = self.request.route_url("api.lending.loan", id=loan.id)
        return shown_loan(loan, self.request.clock.now())


class _OneLoan:
    def __init__(self, context: LoanContext, request) -> None:
        self.loan = context.loan
        self.request = request
        self.me = request.identity.person_id

    def shown(self):
        """Return the loan, its version as the answer's ETag."""
        self.request.response.etag = str(self.loan.revision)
        return shown_loan(self.loan, self.request.clock.now())

    def answer(self, act):
        """Return the loan after ``act``, which is one version later, or the problem with every reason why not.

        Where If-Match names another version, nothing is done. It is asked again afterwards, alone with the loan: what
        somebody else did while this waited for its turn shows in the version, and undoes this.
        """
        known = self.loan.revision
        precondition(self.request, str(known))
        try:
            act()
        except Refused as no:
            self._not_overtaken(known)
            raise refused(no, self.request, self.loan.point) from no
        self._not_overtaken(known + 1)
        return self.shown()

    def _not_overtaken(self, expected: int) -> None:
        if self.request.if_match and self.loan.revision != expected:
            raise Problem(412)


@api_defaults(route_name="api.lending.loan")
class TheLoan(_OneLoan):
    @api_view(request_method="GET", permission=Lending.SEE_LOAN)
    def show(self):
        return self.shown()


@api_defaults(route_name="api.lending.loan.act", request_method="POST")
class Decisions(_OneLoan):
    """What is decided about a loan before anything leaves the desk."""

    @property
    def requests(self) -> LoanRequests:
        return self.request.find_service(LoanRequests)

    @api_view(match_param="act=confirm", body=ApprovalMessage, permission=Lending.SERVE, idempotent=True)
    def confirm(self):
        return self.answer(lambda: self.requests.confirm(self.loan.id, self.me, self.request.message["override"]))

    @api_view(match_param="act=reject", body=ReasonMessage, permission=Lending.SERVE, idempotent=True)
    def reject(self):
        return self.answer(lambda: self.requests.reject(self.loan.id, self.request.message["reason"], self.me))

    @api_view(match_param="act=cancel", body=ReasonMessage, permission=Lending.CHANGE_LOAN, idempotent=True)
    def cancel(self):
        return self.answer(lambda: self.requests.cancel(self.loan.id, self.request.message["reason"], self.me))

    @api_view(match_param="act=change", body=ChangeMessage, permission=Lending.SERVE, idempotent=True)
    def change(self):
        message, loan = self.request.message, self.loan
        period = Period(message["pickup_at"], message["return_at"])
        points = (message["point"] or loan.point.slug, message["return_point"] or loan.return_point.slug)
        return self.answer(lambda: self.requests.change(loan.id, period, *points))


@api_defaults(route_name="api.lending.loan.extend", request_method="POST", permission=Lending.CHANGE_LOAN)
class Extension(_OneLoan):
    """How long a loan lasts, for which both its desks are asked."""

    @api_view(body=ExtensionMessage, idempotent=True)
    def extend(self):
        requests, until = self.request.find_service(LoanRequests), self.request.message["return_at"]
        alone = not self.request.has_permission(Lending.SERVE)
        return self.answer(lambda: requests.extend(self.loan.id, until, self.me, alone=alone))


@api_defaults(route_name="api.lending.loan.act", request_method="POST", permission=Lending.SERVE)
class CheckOut(_OneLoan):
    """What leaves."""

    @api_view(match_param="act=check-out", body=CheckOutMessage, idempotent=True)
    def check_out(self):
        message = self.request.message
        return self.answer(
            lambda: self.request.find_service(Desk).check_out(
                self.loan.id, message["items"], self.me, message["note"], message["override"]
            )
        )


@api_defaults(route_name="api.lending.loan.check_in", request_method="POST", permission=Lending.SERVE)
class CheckIn(_OneLoan):
    """What comes back, to whichever desk."""

    @api_view(body=CheckInMessage, idempotent=True)
    def check_in(self):
        message = self.request.message
        returned = [
            Returned(
                one["asset_tag"],
                Condition(one["condition"]),
                tuple(one["missing"]),
                one["note"],
                one["keep_lending"],
                one["units"],
            )
            for one in message["items"]
        ]
        desk = self.request.find_service(Desk)
        return self.answer(lambda: desk.check_in(self.loan.id, returned, self.me, self._point_id()))

    def _point_id(self) -> UUID:
        """Return where it came back: a desk that one serves, or the one agreed; unsaid, the only one served."""
        served, agreed = served_points(self.request), self.loan.return_point
        slug = self.request.message["point"] or (served[0] if len(served) == 1 else agreed).slug
        for point in (*served, agreed):
            if point.slug == slug:
                return point.id
        raise Refused([Refusal(RefusalCode.NO_SUCH_POINT, {"point": slug})])
