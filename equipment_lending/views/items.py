"""An item, where its label leads: whoever finds it learns whose it is, whoever serves sees its life and acts on it."""

from collections.abc import Callable, Sequence
from datetime import datetime

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config, view_defaults

from equipment_lending.models import Claim, Item, Loan
from equipment_lending.permissions import Lending
from equipment_lending.queries import desk
from equipment_lending.queries.catalogue import points
from equipment_lending.schemas.desk import MoveSchema, OutOfServiceSchema, ReasonSchema
from equipment_lending.services.fleet import Fleet
from equipment_lending.terms import FOREVER, NOT_LENDABLE, Condition, Refused, ServiceState
from equipment_lending.views.words import CONDITIONS, sentence
from portal.forms import Button, fail, submitted
from portal.i18n import _

SERVICE_STATES = {
    ServiceState.IN_SERVICE: (_("in service"), "good"),
    ServiceState.LOST: (_("lost"), "wrong"),
    ServiceState.RETIRED: (_("retired"), None),
}


@view_defaults(
    route_name="lending.item",
    renderer="equipment_lending:templates/equipment_lending/desk/item.jinja2",
    permission=Lending.SERVE,
)
class ItemPage:
    """The page behind the label of an item."""

    def __init__(self, context, request) -> None:
        self.item: Item = context.item
        self.request = request
        self.now: datetime = request.clock.now()
        self.zone = self.item.stock.point.zone
        self.fleet = request.find_service(Fleet)
        self.resting = self._form(OutOfServiceSchema(), "rest", _("Put out of service"), zone=self.zone)
        self.losing = self._form(ReasonSchema(), "lose", _("Note it as lost"), "danger")
        self.retiring = self._form(ReasonSchema(), "retire", _("Retire it"), "danger")
        self.moving = self._form(MoveSchema(), "move", _("Move it"), points=self._elsewhere())

    @view_config(request_method="GET", permission=Lending.BROWSE)
    def show(self):
        return self._page()

    @view_config(request_method="POST", request_param="rest")
    def rest(self):
        return self._act(
            self.resting,
            "reason",
            lambda sent: self.fleet.out_of_service(self.item, sent["since"] or self.now, sent["until"], sent["reason"]),
            _("It is out of service."),
        )

    @view_config(request_method="POST", request_param="lose")
    def lose(self):
        return self._act(
            self.losing, "reason", lambda sent: self.fleet.lose(self.item, sent["reason"]), _("It is noted as lost.")
        )

    @view_config(request_method="POST", request_param="retire")
    def retire(self):
        return self._act(
            self.retiring, "reason", lambda sent: self.fleet.retire(self.item, sent["reason"]), _("It is retired.")
        )

    @view_config(request_method="POST", request_param="move")
    def move(self):
        by_slug = {point.slug: point for point in points(self.request.db)}
        return self._act(
            self.moving,
            "point",
            lambda sent: self.fleet.move(self.item, by_slug[sent["point"]]),
            _("From now on it is lent there."),
        )

    @view_config(request_method="POST", request_param="in_service")
    def in_service(self):
        return self._done(self.fleet.in_service(self.item), _("It is in service again."))

    @view_config(request_method="POST", request_param="restore")
    def restore(self):
        self.fleet.restore(self.item)
        return self._done((), _("It belongs to the fleet again."))

    def _form(self, schema, name: str, label: str, kind: str = "", **bind):
        return self.request.new_form(schema, buttons=(Button(name, label, kind),), name=name, **bind)

    def _elsewhere(self) -> list[tuple[str, str]]:
        here = self.item.stock.point_id
        return [(point.slug, point.name) for point in points(self.request.db) if point.id != here]

    def _act(self, form, path: str, act: Callable, told: str):
        """Do what was sent, or say beside the field why it cannot be done."""
        sent = submitted(form, self.request)
        if sent is None:
            return self._page()
        try:
            at_risk = act(sent)
        except Refused as no:
            self.request.response.status_int = 409
            for reason in no.reasons:
                fail(form, path, sentence(reason, self.request, self.zone))
            return self._page()
        return self._done(at_risk, told)

    def _done(self, at_risk: Sequence[Loan], told: str) -> HTTPSeeOther:
        """Say what was done, and which promises suffer from it."""
        self.request.tell("good", told)
        if at_risk:
            loans = ", ".join(f"{loan.number} ({loan.borrower.name})" for loan in at_risk)
            self.request.tell("warn", _("Too few are left for: ${loans}.", mapping={"loans": loans}))
        return HTTPSeeOther(self.request.route_path("lending.item", tag=self.item.asset_tag))

    def _page(self):
        item = self.item
        shown = {"item": item, "model": item.stock.model, "point": item.stock.point, "serves": False}
        if not self.request.has_permission(Lending.SERVE):
            return shown
        maintenance = desk.maintenance_of(self.request.db, item)
        planned = [claim for claim in maintenance if claim.live and claim.ends_at > self.now]
        custodies = desk.custodies_of(self.request.db, item)
        out = [custody for custody in custodies if custody.in_at is None]
        unfit = item.condition in NOT_LENDABLE and not out  # its claim begins when its turnaround is over
        in_fleet = item.service_state is ServiceState.IN_SERVICE
        words, kind = SERVICE_STATES[item.service_state]
        return shown | {
            "serves": True,
            "state": words,
            "kind": kind,
            "conditions": CONDITIONS,
            "custodies": custodies,
            "out": out,
            "maintenance": [(claim, self._why(claim), claim.ends_at < FOREVER) for claim in maintenance],
            "resting_units": sum(claim.units for claim in planned if unfit or self._is_now(claim)) if in_fleet else 0,
            "next_rest": min((claim.starts_at for claim in planned), default=None) if in_fleet else None,
            "planned": bool(planned),
            "resting": self.resting if in_fleet else None,
            "losing": self.losing if in_fleet else None,
            "retiring": self.retiring if item.service_state is not ServiceState.RETIRED else None,
            "moving": self.moving if in_fleet and item.parent is None and self._elsewhere() else None,
            "unfit": desk.unfit_parts(self.request.db, [item], self.now).get(item.id, ()),
        }

    def _why(self, claim: Claim) -> str | None:
        """Return why the item was out of service; where nothing was noted, the state in which it came back."""
        if claim.reason not in CONDITIONS:
            return claim.reason
        return self.request.localizer.translate(CONDITIONS[Condition(claim.reason)])

    def _is_now(self, claim: Claim) -> bool:
        return claim.starts_at <= self.now < claim.ends_at
