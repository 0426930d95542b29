"""A loan agreed at the counter, on behalf of whoever stands there; what is confirmed is handed out at once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config, view_defaults

from equipment_lending.models import LendingPoint, Loan
from equipment_lending.permissions import Lending
from equipment_lending.queries import desk
from equipment_lending.queries.alternatives import Alternatives
from equipment_lending.queries.catalogue import points
from equipment_lending.rules.claims import whole_minute_after
from equipment_lending.schemas.desk import LendSchema
from equipment_lending.services.requests import LoanRequests
from equipment_lending.terms import ABOUT_PICKUP, ABOUT_RETURN, LoanState, Refusal, Refused, Wish, WishedLine
from equipment_lending.views.desk import served_points
from equipment_lending.views.proposals import elsewhere, other_times
from equipment_lending.views.words import sentence
from portal.forms import Button, Proposal, fail, submitted
from portal.i18n import _
from portal.index.words import folded
from portal.people.models import Person
from portal.people.queries import mandates_of

BESIDE = dict.fromkeys(ABOUT_PICKUP, "pickup_at") | dict.fromkeys(ABOUT_RETURN, "return_at")
"""Beside which field a no is said; one about a thing that is asked for is said beside that."""


@view_defaults(
    route_name="lending.desk.lend",
    renderer="equipment_lending:templates/equipment_lending/desk/lend.jinja2",
    permission=Lending.SERVE,
)
class Lend:
    """The page on which the desk agrees on a loan with somebody."""

    def __init__(self, context, request) -> None:
        self.point: LendingPoint = context.point
        self.borrower: Person = context.borrower
        self.request = request
        self.now: datetime = request.clock.now()
        words = request.words
        self.names = {one.slug: one.name for one in points(request.db)}
        self.desks = {one.slug for one in served_points(request)}
        self.equipment = sorted(
            ((one.slug, words.of(one.name)) for one in desk.models_at(request.db, self.point)),
            key=lambda named: folded(named[1]),
        )
        self.form = request.new_form(
            LendSchema(),
            buttons=(Button("lend", _("Lend"), "now"),),
            equipment=self.equipment,
            organisations=[
                (str(one.id), one.name) for one in mandates_of(request.db, self.borrower.id, request.clock.today())
            ],
            return_points=[(slug, name) for slug, name in self.names.items() if slug != self.point.slug],
            zone=self.point.zone,
        )

    @view_config(request_method="GET")
    def show(self):
        return self._page()

    @view_config(request_method="POST")
    def send(self):
        sent = submitted(self.form, self.request)
        if sent is None:
            return self._page()
        wish = self._wish(sent)
        if wish.return_at <= wish.pickup_at:
            fail(self.form, "return_at", _("This is not after the beginning. Choose a later time."))
            self.request.response.status_int = 422
            return self._page()
        try:
            loan = self.request.find_service(LoanRequests).request(
                wish, self.borrower.id, by=self.request.identity.person_id
            )
        except Refused as no:
            return self._refused(no, wish)
        return self._agreed(loan)

    def _wish(self, sent) -> Wish:
        organisation = sent.get("organisation")
        return Wish(
            point=self.point.slug,
            pickup_at=sent["pickup_at"] or whole_minute_after(self.now),
            return_at=sent["return_at"],
            lines=tuple(WishedLine(line["equipment"], line["units"]) for line in sent["lines"]),
            return_point=sent.get("return_point"),
            organisation_id=UUID(organisation) if organisation else None,
            purpose=sent["purpose"],
        )

    def _agreed(self, loan: Loan) -> HTTPSeeOther:
        """Lead on: to the hand-over of what may leave now, otherwise to the loan."""
        at_once = loan.state is LoanState.CONFIRMED and loan.pickup_at <= whole_minute_after(self.now)
        page = "lending.desk.check_out" if at_once else "lending.desk.loan"
        self.request.tell("good", _("The loan is noted: ${number}.", mapping={"number": loan.number}))
        return HTTPSeeOther(self.request.route_path(page, id=loan.id))

    def _refused(self, no: Refused, wish: Wish):
        self.request.response.status_int = 409
        for reason in no.reasons:
            fail(self.form, self._beside(reason, wish), sentence(reason, self.request, self.point.zone))
        found = no.alternatives if isinstance(no.alternatives, Alternatives) else Alternatives()
        self.form.proposals = [*other_times(found, self.point.zone, self.request), *self._served(found)]
        return self._page([*self._fewer(found), *self._not_served(found)])

    def _served(self, found: Alternatives) -> list[Proposal]:
        """Return the other desks of the clerk at which it could be lent, each as the same page there, filled in."""
        return [
            Proposal(elsewhere(self.names[slug], self.request), {"return_point": ""}, self._page_of(slug))
            for slug in found.points
            if slug in self.desks
        ]

    def _fewer(self, found: Alternatives) -> list[str]:
        """Return how many of each there are at that time, in words."""
        say, equipment = self.request.localizer.translate, dict(self.equipment)
        few = _("${n} × ${equipment} at that time")
        return [say(few, mapping={"n": n, "equipment": equipment[slug]}) for slug, n in found.units.items()]

    def _not_served(self, found: Alternatives) -> list[str]:
        """Return the points at which it could be lent and where the clerk has no say, in words."""
        return [elsewhere(self.names[slug], self.request) for slug in found.points if slug not in self.desks]

    def _page_of(self, slug: str) -> str:
        return self.request.route_path("lending.desk.lend", slug=slug, person=self.borrower.id)

    def _beside(self, reason: Refusal, wish: Wish) -> str | None:
        numbers: dict[object, int] = {line.equipment: number for number, line in enumerate(wish.lines)}
        number = numbers.get(reason.values.get("equipment"))
        if reason.code in BESIDE or number is None:
            return BESIDE.get(reason.code)
        return f"lines.{number}.units"

    def _page(self, besides: Sequence[str] = ()):
        return {"point": self.point, "borrower": self.borrower, "form": self.form, "besides": besides}
