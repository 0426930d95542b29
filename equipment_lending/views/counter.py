"""At the counter: items leave, items come back, and what else is decided about a loan."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config, view_defaults

from equipment_lending.models import Custody, Item, Loan
from equipment_lending.permissions import Lending
from equipment_lending.queries import desk
from equipment_lending.queries.agenda import contents
from equipment_lending.queries.changed_hours import closed_in_time
from equipment_lending.queries.conditions import conditions
from equipment_lending.queries.loans import (
    EXTENDABLE,
    UNFETCHED,
    Away,
    away,
    item_called,
    open_custodies,
    units_to_hand_out,
)
from equipment_lending.queries.waiting import waiting_at
from equipment_lending.rules.condition import condition_after, noted
from equipment_lending.rules.handing_out import all_needed
from equipment_lending.rules.naming import tag_in
from equipment_lending.schemas.desk import (
    ApproveSchema,
    CallOffSchema,
    CheckInSchema,
    CheckOutSchema,
    DeclineSchema,
    WriteOffSchema,
    part_name,
)
from equipment_lending.services.desk import Desk, Lost, Returned
from equipment_lending.services.reminding import Reminding
from equipment_lending.services.requests import LoanRequests
from equipment_lending.terms import NOT_LENDABLE, Condition, LoanState, Refusal, RefusalCode, Refused, ServiceState
from equipment_lending.views.change import at_risk_words
from equipment_lending.views.desk import present_point, served_points
from equipment_lending.views.history import history
from equipment_lending.views.words import CONDITIONS, and_letter, sentences, state_words, training_words
from portal.forms import Button, fail, submitted
from portal.forms.form import PortalForm
from portal.i18n import _
from portal.people.queries import may_act
from portal.ports.certifications import Certifications

TEMPLATES = "equipment_lending:templates/equipment_lending/desk/"
ADD = "items:add"
"""The button that ticks what was scanned; it changes the form and decides nothing."""


class AtCounter:
    """What the pages about one loan at the counter share."""

    form: PortalForm

    def __init__(self, context, request) -> None:
        self.loan: Loan = context.loan
        self.request = request
        self.now: datetime = request.clock.now()
        self.by: UUID = request.identity.person_id

    def frame(self):
        """Return what every page about a loan says of it."""
        state, kind = state_words(self.loan, self.now, self.request)
        return {
            "loan": self.loan,
            "contents": contents(self.loan, self.request.words),
            "state": state,
            "kind": kind,
            "conditions": CONDITIONS,
        }

    def lacking(self, at: datetime) -> list[str]:
        """Return the trainings that are asked for and that the borrower does not hold at an instant."""
        held = self.request.ask(Certifications).holds
        policies = conditions(self.request.db, [line.stock_id for line in self.loan.lines])
        wanted = frozenset().union(*(policy.requires for policy in policies.values()))
        return sorted(slug for slug in wanted if not held(self.loan.borrower_id, slug, at))

    def ticked(self, sent) -> list[str]:
        """Return the tags that are ticked so far: those of the form, those of the address, and what was scanned."""
        tags = [tag_in(tag) for tag in sent.getall("items")]
        if scanned := tag_in(sent.get("scan", "")):
            item = item_called(self.request.db, scanned)
            tags.append(item.asset_tag if item else scanned)
        return tags

    def say(self, reasons: Iterable[Refusal]) -> list[str]:
        return sentences(reasons, self.request, self.loan.point.zone)

    def say_once(self, reasons: Iterable[Refusal], *, drawn: bool) -> list[str]:
        """Return what is to be said above the form, which says it all where it is ``drawn`` and has something wrong."""
        said = self.say(reasons)
        if not (drawn and self.form.error):
            return said
        for words in said:
            fail(self.form, None, words)
        return []

    def await_next_tag(self, strays: Collection[str]) -> None:
        """Empty the field: what was scanned is ticked, or one of the ``strays``, for which the answer is a 422."""
        self.form["scan"].cstruct = ""
        self.form["scan"].fresh = self.request.method == "POST"  # the scanner writes where the focus is
        if strays and self.request.method == "POST" and self.request.response.status_int == 200:
            self.request.response.status_int = 422

    @property
    def is_scanning(self) -> bool:
        """Was a tag scanned, rather than the whole sent? What is wrong is said then, and the next tag follows."""
        return self.request.method == "POST" and ADD in self.request.typed

    def about_items(self, reasons: Iterable[Refusal]) -> dict[str, list[str]]:
        """Return what is wrong with single items, by tag in small letters."""
        wrong: dict[str, list[str]] = defaultdict(list)
        for reason in reasons:
            if "item" in reason.values:
                wrong[str(reason.values["item"]).lower()] += self.say([reason])
        return wrong

    def back_to_desk(self) -> HTTPSeeOther:
        return HTTPSeeOther(self.request.route_path("desk"))

    def back_to_loan(self) -> HTTPSeeOther:
        return HTTPSeeOther(self.request.route_path("lending.desk.loan", id=self.loan.id))


def _tags(custodies: Iterable[Custody]) -> str:
    """Return what left or came back by its tags: «BR-0001, BR-0040 × 12»."""
    return ", ".join(
        custody.item.asset_tag + (f" × {custody.units}" if custody.units > 1 else "") for custody in custodies
    )


@view_defaults(route_name="lending.desk.check_out", renderer=TEMPLATES + "check_out.jinja2", permission=Lending.SERVE)
class CheckOut(AtCounter):
    """The page on which items leave. What is scanned is ticked; nothing is recorded before the button that says so."""

    def __init__(self, context, request) -> None:
        super().__init__(context, request)
        self.lines = desk.lines_to_go(request.db, self.loan, self.now)
        self.lacks = self.lacking(self.now)
        today = self.loan.point.day_of(self.now)
        self.has_mandate = may_act(request.db, self.loan.borrower_id, self.loan.organisation_id, today)
        self.form = request.new_form(
            CheckOutSchema(),
            buttons=(Button("hand_out", _("Hand out"), "now"),),
            unmet=bool(self.lacks) or not self.has_mandate,
        )

    @view_config(request_method="GET")
    def show(self):
        return self._page(self.ticked(self.request.GET) or self._no_choice())

    @view_config(request_method="POST")
    def send(self):
        ticked = self.ticked(self.request.typed)
        sent = submitted(self.form, self.request)
        if sent is None:
            nothing = "hand_out" in self.request.typed and not ticked
            return self._page(ticked, [Refusal(RefusalCode.NOTHING_CHOSEN)] if nothing else ())
        try:
            given = self.request.find_service(Desk).check_out(
                self.loan.id, ticked, self.by, sent["note"], sent.get("override", "")
            )
        except Refused as no:
            self.request.response.status_int = 409
            return self._page(ticked, no.reasons)
        self.request.tell("good", _("Handed out: ${tags}.", mapping={"tags": _tags(given)}))
        if left := sum(units_to_hand_out(line) for line in self.loan.lines):
            said = self.request.ngettext("${n} more is to be handed out.", "${n} more are to be handed out.", left)
            self.request.tell("info", said)
        return self.back_to_desk()

    def _no_choice(self) -> list[str]:
        """Return what is ticked from the start: the items of lines for which all that is free is needed."""
        return [
            shelved.item.asset_tag
            for line in self.lines
            if all_needed([shelved.units for shelved in line.free], line.left)
            for shelved in line.free
        ]

    def _page(self, ticked: Sequence[str], reasons: Sequence[Refusal] = ()):
        shelf = {shelved.item.asset_tag.lower() for line in self.lines for shelved in line.shelf}
        general = [reason for reason in reasons if str(reason.values.get("item", "")).lower() not in shelf]
        said = {str(reason.values.get("item", "")).lower() for reason in general}
        strays = [tag for tag in dict.fromkeys(ticked) if tag.lower() not in shelf | said]
        self.await_next_tag(strays)
        reasons = reasons or self._beyond(ticked)
        may_leave = self.loan.state in (LoanState.CONFIRMED, LoanState.OUT)
        return self.frame() | {
            "early": self.loan.point.day_of(self.loan.pickup_at) > self.loan.point.day_of(self.now),
            "form": self.form,
            "add": ADD,
            "lines": self.lines,
            "ticked": {tag.lower() for tag in ticked},
            "checked": self.request.typed.getall("with") if self.request.method == "POST" else (),
            "wrong": self.about_items(reasons),
            "refused": self.say_once(
                [*(general if self.is_scanning else reasons), *self._strays(strays)],
                drawn=may_leave and bool(self.lines),
            ),
            "scanning": self.is_scanning,
            "trainings": [training_words(slug) for slug in self.lacks],
            "has_mandate": self.has_mandate,
            "may_leave": may_leave,
        }

    def _beyond(self, ticked: Sequence[str]) -> list[Refusal]:
        """Return which of the ticked items are more than the loan has coming: said when they are scanned."""
        return [
            Refusal(RefusalCode.MORE_THAN_AGREED, {"item": item.asset_tag, "left": line.left})
            for line in self.lines
            for item in line.beyond(ticked)
        ]

    def _strays(self, tags: Collection[str]) -> list[Refusal]:
        """Return why tags that were ticked are on no line's shelf."""
        known = {item.asset_tag.lower(): item for item in desk.items_by_tag(self.request.db, tags)}
        return [Refusal(self._why_not(known.get(tag.lower())), {"item": tag[:60], "left": 0}) for tag in tags]

    def _why_not(self, item: Item | None) -> RefusalCode:
        if item is None:
            return RefusalCode.NO_SUCH_ITEM
        if item.service_state is not ServiceState.IN_SERVICE or item.parent_id is not None:
            return RefusalCode.ITEM_NOT_LENT
        if item.stock_id not in {line.stock_id for line in self.loan.lines}:
            return RefusalCode.NOT_IN_LOAN
        if item.stock_id in {to_go.line.stock_id for to_go in self.lines}:
            return RefusalCode.ITEM_OUT
        return RefusalCode.MORE_THAN_AGREED


@view_defaults(route_name="lending.desk.check_in", renderer=TEMPLATES + "check_in.jinja2", permission=Lending.SERVE)
class CheckIn(AtCounter):
    """The page on which items come back, in whatever state and to whichever desk. Rights do not matter for that."""

    def __init__(self, context, request) -> None:
        super().__init__(context, request)
        self.out = away(self.loan)
        self.points = {point.slug: point for point in [*served_points(request), self.loan.return_point]}
        self.form = request.new_form(
            CheckInSchema(),
            buttons=(Button("take_back", _("Take back"), "now"),),
            out=self.out,
            parts=desk.parts_of(request.db, [one.item for one in self.out]),
            points=[(point.slug, point.name) for point in self.points.values()],
        )

    @view_config(request_method="GET")
    def show(self):
        here = present_point(self.request, list(self.points.values())) or self.loan.return_point
        parts = {part_name(one): {"condition": one.custodies[0].condition_out, "units": one.units} for one in self.out}
        self.form.set_appstruct({"point": here.slug} | parts)
        everything = [one.item.asset_tag for one in self.out] if len(self.out) == 1 else []
        return self._page(self.ticked(self.request.GET) or everything)

    @view_config(request_method="POST")
    def send(self):
        ticked = self.ticked(self.request.typed)
        sent = submitted(self.form, self.request)
        if sent is None:
            return self._page(ticked)
        if self._said_of_others(ticked, sent):
            self.request.response.status_int = 422
            return self._page(ticked)
        returned = self._returned(ticked, sent)
        try:
            back = self.request.find_service(Desk).check_in(
                self.loan.id, returned, self.by, self.points[sent["point"]].id
            )
        except Refused as no:
            self.request.response.status_int = 409
            return self._page(ticked, no.reasons)
        self._tell(back, {one.asset_tag for one in returned if one.keep_lending})
        return self.back_to_desk()

    def _said_of_others(self, ticked: Collection[str], sent) -> bool:
        """Is something noted of what is not ticked? Then it says beside it that it has to be: nothing is to be lost."""
        back = {tag.lower() for tag in ticked}
        for one in (one for one in self.out if one.item.asset_tag.lower() not in back):
            part = sent[part_name(one)]
            as_it_left = part["condition"] == one.custodies[0].condition_out
            if part.get("missing") or part["note"] or part["keep_lending"] or not as_it_left:
                words = _("Is ${tag} back? Tick it, or leave this as it was.", mapping={"tag": one.item.asset_tag})
                fail(self.form, f"{part_name(one)}.note", self.request.localizer.translate(words))
        return bool(self.form.error)

    def _returned(self, ticked: Collection[str], sent) -> list[Returned]:
        """Return what came back and how, for every tag that is ticked; a tag that is not out is left to the charter."""
        out = {one.item.asset_tag.lower(): one for one in self.out}
        tags = dict.fromkeys(tag.lower() for tag in ticked)
        return [_returned(out[tag], sent) if tag in out else Returned(tag) for tag in tags]

    def _tell(self, back: Sequence[Custody], kept: Collection[str]) -> None:
        """Say what is back, what of it is not lent on for now and why, and what is still out."""
        self.request.tell("good", _("Taken back: ${tags}.", mapping={"tags": _tags(back)}))
        for custody in back:
            condition = condition_after(custody.condition_in or custody.condition_out, custody.missing)
            if condition in NOT_LENDABLE and custody.item.asset_tag not in kept:
                state, note = CONDITIONS[condition], noted(custody.missing, custody.in_note)
                why = self.request.localizer.translate(state) + (f" ({note})" if note else "")
                out_of_service = {"tag": _tags([custody]), "why": why}
                self.request.tell(
                    "warn", _("${tag} is out of service until it is put right: ${why}.", mapping=out_of_service)
                )
        still = _tags(open_custodies(self.loan))
        if still:
            self.request.tell("info", _("Still out: ${tags}.", mapping={"tags": still}))

    def _page(self, ticked: Collection[str], reasons: Sequence[Refusal] = ()):
        out = {one.item.asset_tag.lower() for one in self.out}
        strays = [tag for tag in dict.fromkeys(ticked) if tag.lower() not in out]
        self.await_next_tag(strays)
        others = [reason for reason in reasons if reason.code is not RefusalCode.NOT_OUT]
        not_out = [Refusal(RefusalCode.NOT_OUT, {"item": tag[:60]}) for tag in strays]
        return self.frame() | {
            "form": self.form,
            "add": ADD,
            "out": [(one, part_name(one)) for one in self.out],
            "ticked": {tag.lower() for tag in ticked},
            "several_points": len(self.points) > 1,
            "refused": self.say_once([*others, *not_out], drawn=bool(self.out)),
            "scanning": self.is_scanning,
        }


def _returned(away: Away, sent) -> Returned:
    part = sent[part_name(away)]
    return Returned(
        away.item.asset_tag,
        Condition(part["condition"]),
        tuple(part.get("missing", ())),
        part["note"],
        part["keep_lending"],
        part.get("units"),
    )


@view_defaults(route_name="lending.desk.loan", renderer=TEMPLATES + "loan.jinja2", permission=Lending.SERVE)
class LoanAtDesk(AtCounter):
    """All that the desk knows of a loan, and what it may decide: yes, no, called off, lost."""

    def __init__(self, context, request) -> None:
        super().__init__(context, request)
        self.lends = request.has_permission(Lending.SERVE, context.at_pickup)
        self.requests = request.find_service(LoanRequests)
        self.reminding = request.find_service(Reminding)
        self.lacks = self.lacking(self.loan.pickup_at) if self.loan.state is LoanState.REQUESTED else []
        self.confirming = request.new_form(
            ApproveSchema(),
            buttons=(Button("confirm", _("Confirm the loan"), "now"),),
            name="confirm",
            uncertified=bool(self.lacks),
        )
        self.rejecting = request.new_form(
            DeclineSchema(), buttons=(Button("reject", _("Decline"), "danger"),), name="reject"
        )
        self.withdrawing = request.new_form(
            CallOffSchema(), buttons=(Button("withdraw", _("Cancel the loan"), "danger"),), name="withdraw"
        )
        self.out = away(self.loan)
        self.writing_off = request.new_form(
            WriteOffSchema(),
            buttons=(Button("write_off", _("Write off"), "danger"),),
            name="write_off",
            out=self.out,
        )

    @view_config(request_method="GET")
    def show(self):
        self.writing_off.set_appstruct({part_name(one): one.units for one in self.out})
        return self._page()

    @view_config(request_method="POST", request_param="confirm")
    def confirm(self):
        sent = submitted(self.confirming, self.request)
        if sent is None:
            return self._page()
        return self._decided(
            lambda: self.requests.confirm(self.loan.id, self.by, sent.get("override", "")),
            and_letter(_("The loan is confirmed."), self.loan, self.request),
        )

    @view_config(request_method="POST", request_param="reject")
    def reject(self):
        sent = submitted(self.rejecting, self.request)
        if sent is None:
            return self._page()
        return self._decided(
            lambda: self.requests.reject(self.loan.id, sent["reason"], self.by),
            and_letter(_("The request is declined."), self.loan, self.request),
            self.rejecting,
            "reason",
        )

    @view_config(request_method="POST", request_param="withdraw")
    def withdraw(self):
        sent = submitted(self.withdrawing, self.request)
        if sent is None:
            return self._page()
        return self._decided(
            lambda: self.requests.cancel(self.loan.id, sent["reason"], self.by),
            and_letter(_("The loan is cancelled."), self.loan, self.request),
            self.withdrawing,
        )

    @view_config(request_method="POST", request_param="no_show")
    def no_show(self):
        return self._decided(
            lambda: self.requests.no_show(self.loan.id, self.by),
            and_letter(_("It is free for others again."), self.loan, self.request),
        )

    @view_config(request_method="POST", request_param="write_off")
    def write_off(self):
        sent = submitted(self.writing_off, self.request)
        if sent is None:
            return self._page()
        units = {one.item.asset_tag.lower(): sent.get(part_name(one)) for one in self.out}
        lost = [Lost(tag, units.get(tag.lower())) for tag in sorted(sent["lost"])]
        return self._decided(
            lambda: self.request.find_service(Desk).write_off(self.loan.id, lost, sent["reason"], self.by),
            _("It is noted as lost, and not lent any more."),
            self.writing_off,
            "lost",
        )

    @view_config(request_method="POST", request_param="remind")
    def remind(self):
        if self.reminding.remind(self.loan):
            self.request.tell("good", _("The borrower gets an e-mail within a few minutes."))
        else:
            self.request.tell("info", _("The desk has reminded the borrower today already, or nothing is late."))
        return self.back_to_loan()

    def _decided(self, act, told: str, form=None, path: str | None = None):
        """Do what was decided and say so, or say why it cannot be done: beside the field where there is one."""
        try:
            act()
        except Refused as no:
            self.request.response.status_int = 409
            if form is None:
                return self._page(no.reasons)
            for words in self.say(no.reasons):
                fail(form, path, words)
            return self._page()
        self.request.tell("good", told)
        return self.back_to_loan()

    def _page(self, reasons: Sequence[Refusal] = ()):
        state = self.loan.state
        undecided = state is LoanState.REQUESTED and self.lends
        return self.frame() | {
            "refused": self.say(reasons),
            "at_risk": at_risk_words(self.loan, self.now, self.request),
            "changeable": state in UNFETCHED and self.lends,
            "closed": closed_in_time(self.request.db, self.now, Loan.id == self.loan.id).get(self.loan.id),
            "undecided": undecided,
            "to_go": [line for line in self.loan.lines if units_to_hand_out(line)]
            if state in (LoanState.CONFIRMED, LoanState.OUT) and self.lends
            else [],
            "out": self.out,
            "may_be_reminded": self.reminding.can_remind(self.loan),
            "may_be_no_show": self.lends and state is LoanState.CONFIRMED and self.loan.pickup_at <= self.now,
            "trainings": [training_words(slug) for slug in self.lacks],
            "confirming": self.confirming if undecided else None,
            "rejecting": self.rejecting if undecided else None,
            "withdrawing": self.withdrawing if state in UNFETCHED and self.lends else None,
            "writing_off": self.writing_off if self.out else None,
            "extendable": state in EXTENDABLE,
            "waiting": self._waiting(),
            "history": history(self.loan, self.request),
        }

    def _waiting(self) -> int:
        """Return how many wait for what this loan is about, at a time that meets it."""
        stock_ids = [line.stock_id for line in self.loan.lines]
        return waiting_at(self.request.db, stock_ids, self.now, self.loan.period)
