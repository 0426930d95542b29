"""A model of the catalogue: what it is, under which conditions, when it is free; and the form to borrow it."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from colander import null
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config, view_defaults

from equipment_lending.models import LendingPoint
from equipment_lending.permissions import Lending
from equipment_lending.queries import catalogue
from equipment_lending.queries.alternatives import Alternatives
from equipment_lending.queries.calendars import calendars
from equipment_lending.queries.catalogue import Offer, guardianships
from equipment_lending.queries.conditions import conditions
from equipment_lending.queries.month import borrowed_days, free_units, month
from equipment_lending.queries.risk import overpromised
from equipment_lending.queries.waiting import waiting_at
from equipment_lending.rules.closed_days import counted_days
from equipment_lending.rules.moments import pickup_moment, return_moment
from equipment_lending.rules.opening import OpeningCalendar
from equipment_lending.rules.waiting import cannot_wait
from equipment_lending.schemas.residents import BorrowSchema
from equipment_lending.services.requests import LoanRequests
from equipment_lending.services.waitlist import Waitlist
from equipment_lending.terms import (
    ABOUT_PICKUP,
    ABOUT_RETURN,
    MENDED_ELSEWHERE,
    NoSuchTime,
    Period,
    RefusalCode,
    Refused,
    Wish,
    WishedLine,
)
from equipment_lending.views.asked import Asked
from equipment_lending.views.months import cells
from equipment_lending.views.words import (
    NO_SUCH_HOUR,
    condition_words,
    opening_words,
    sentence,
    training_words,
    windows_words,
)
from portal.forms import Button, fail, submitted
from portal.i18n import _
from portal.pages.month import Month, month_of
from portal.people.queries import mandates_of
from portal.ports.certifications import Certifications

_DAY = timedelta(days=1)

BESIDE = {
    **dict.fromkeys(ABOUT_PICKUP, "pickup"),
    **dict.fromkeys((*ABOUT_RETURN, RefusalCode.TOO_MANY_DAYS), "return"),
    RefusalCode.NOT_LENT_HERE: "point",
    RefusalCode.NOT_ENOUGH: "units",
    RefusalCode.TOO_MANY_UNITS: "units",
    RefusalCode.NOT_OFFICER: "organisation",
}
"""Beside which field a no is said; what concerns none of them is said above the form."""


@view_defaults(
    route_name="lending.equipment",
    renderer="equipment_lending:templates/equipment_lending/equipment.jinja2",
)
class EquipmentPage:
    """The page about a model, on which a resident asks to borrow it."""

    def __init__(self, context, request) -> None:
        self.model = context.model
        self.request = request
        self.now = request.clock.now()
        self.offers = catalogue.offers(request.db, self.model)
        self.points = {point.slug: point for point in catalogue.points(request.db)}
        self.calendars = calendars(request.db, self.points.values())
        self.given = request.typed if request.method == "POST" else request.GET
        if self.offers:
            wanted = self.given.get("point")
            self.offer = next((one for one in self.offers if one.point.slug == wanted), self.offers[0])
            self.calendar = self.calendars[self.offer.point.id]
            self.asked = Asked(self.given, self.calendar.day_of(self.now))
            self.policy = conditions(request.db, [self.offer.stock_id])[self.offer.stock_id]
            self.form = self._form()

    @view_config(request_method="GET", permission=Lending.BROWSE, public=True)
    def show(self):
        if not self.offers:
            return {"model": self.model, "offer": None}
        self._fill()
        return self._page()

    @view_config(request_method="POST", permission=Lending.BORROW)
    def send(self):
        if not self.offers:
            return self.show()
        wish = self._wish()
        if wish is None:
            return self._page()
        borrower = self.request.identity.person_id
        try:
            loan = self.request.find_service(LoanRequests).request(wish, borrower, by=borrower)
        except Refused as no:
            return self._refused(no, wish)
        return HTTPSeeOther(self.request.route_path("lending.loan", id=loan.id))

    @view_config(route_name="lending.equipment.wait", request_method="POST", permission=Lending.BORROW)
    def wait(self):
        """Put whoever was refused for lack of units in line for just that."""
        if not self.offers:
            return self.show()
        wish = self._wish()
        if wish is None:
            return self._page()
        try:
            self.request.find_service(Waitlist).join(wish, self.request.identity.person_id)
        except Refused as no:
            return self._refused(no, wish)
        self.request.tell("good", _("You are in line. We write to you as soon as it is your turn."))
        return HTTPSeeOther(self.request.route_path("lending.loans", _anchor="waiting"))

    def _page(self, alternatives=(), to_wait=None):
        requires = sorted(self.policy.requires)
        serves = self.request.has_permission(Lending.SERVE)
        return {
            "model": self.model,
            "offer": self.offer,
            "offers": self.offers,
            "form": self.form,
            "alternatives": alternatives,
            "to_wait": to_wait,
            "waiting": self._waiting() if serves else 0,
            "overpromised": self._overpromised() if serves else {},
            "month": self._month(),
            "no_such_month": self.asked.month_is_none,
            "length": self._length_words(),
            "conditions": condition_words(self.policy, self.request),
            "trainings": [training_words(slug) for slug in requires],
            "lacking": [training_words(slug) for slug in requires if not self._holds(slug)],
            "guardianships": guardianships(self.request.db, [self.offer.stock_id])[self.offer.stock_id],
            "hours": opening_words(self.calendar.weekly, self.request),
            "others": [(one.point.name, self._url({"point": one.point.slug})) for one in self._elsewhere()],
        }

    # The form -------------------------------------------------------------------------------------------------------

    def _form(self):
        """Return the form: sent straight away by somebody who is signed in, by way of the sign-in page by others."""
        request, known = self.request, self.request.identity is not None
        schema = BorrowSchema()
        schema["pickup"].description = self._hours_words("pickup", self.offer.point)
        schema["return"].description = self._hours_words("return", self._return_point())
        schema["units"].description = self._free_words()
        route = "lending.equipment" if known else "lending.equipment.borrow"
        return request.new_form(
            schema,
            buttons=(Button("", _("Borrow") if known else _("Sign in to borrow"), "now wide"),),
            method="POST" if known else "GET",
            action=request.route_path(route, slug=self.model.slug),
            points=[(one.point.slug, one.point.name) for one in self.offers],
            return_points=[(slug, point.name) for slug, point in self.points.items() if point is not self.offer.point],
            organisations=self._mandates(),
            most=self.offer.units,
        )

    def _mandates(self) -> list[tuple[str, str]]:
        identity = self.request.identity
        mandates = mandates_of(self.request.db, identity.person_id, self.request.clock.today()) if identity else []
        return [(str(organisation.id), organisation.name) for organisation in mandates]

    def _fill(self) -> None:
        """Fill the form in from the address, as the calendar's links and the way back from the sign-in page do."""
        identity = self.request.identity
        acting_for = identity.acting_for_id if identity else None
        given = {"units": "1", "organisation": str(acting_for or "")} | self.asked.query(
            {"point": self.offer.point.slug}
        )
        self.form.set_pstruct({field.name: given.get(field.name, null) for field in self.form.children})

    def _wish(self) -> Wish | None:
        """Return what is asked for; None, with a word beside the field, where it is not well formed."""
        sent = submitted(self.form, self.request)
        if sent is None:
            return None
        period = self._period(sent)
        if period is None:
            self.request.response.status_int = 422
            return None
        organisation = sent.get("organisation")
        return Wish(
            point=sent["point"],
            pickup_at=period.start,
            return_at=period.end,
            lines=(WishedLine(self.model.slug, sent["units"]),),
            return_point=sent.get("return_point"),
            organisation_id=UUID(organisation) if organisation else None,
            project=sent["project"],
            purpose=sent["purpose"],
        )

    def _period(self, sent: Mapping[str, Any]) -> Period | None:
        """Return from when to when; a day without an hour begins as the desk opens, and ends as it closes."""
        desks: dict[str, tuple[Callable[..., datetime], OpeningCalendar]] = {
            "pickup": (partial(pickup_moment, now=self.now), self.calendar),
            "return": (return_moment, self._return_calendar()),
        }
        bounds = []
        for name, (moment, desk) in desks.items():
            try:
                bounds.append(moment(sent[name], sent[f"{name}_time"], [desk]))
            except NoSuchTime:
                fail(self.form, f"{name}_time", NO_SUCH_HOUR)
        if len(bounds) == len(desks) and bounds[1] <= bounds[0]:
            fail(self.form, "return", _("This is not after the pick-up. Choose a later day, or a later hour."))
            return None
        return Period(*bounds) if len(bounds) == len(desks) else None

    def _refused(self, no: Refused, wish: Wish):
        """Return the page again with every reason beside its field, and with what would work instead."""
        self.request.response.status_int = 409
        for reason in no.reasons:
            path = BESIDE.get(reason.code)
            said = sentence(reason, self.request, self.offer.point.zone)
            fail(self.form, path if path in {field.name for field in self.form.children} else None, said)
        return self._page(self._alternatives(no), self._to_wait(no, wish))

    def _to_wait(self, no: Refused, wish: Wish) -> dict[str, Any] | None:
        """Return what to send to get in line for the wish, and how many are there; None where waiting is no use."""
        if cannot_wait(no.reasons, sum(line.units for line in wish.lines), self.offer.units):
            return None
        period, me = Period(wish.pickup_at, wish.return_at), self.request.identity.person_id
        return {
            "fields": self.asked.query({}),
            "others": self._waiting(period),
            "there_already": bool(waiting_at(self.request.db, [self.offer.stock_id], self.now, period, me)),
        }

    def _waiting(self, period: Period | None = None) -> int:
        return waiting_at(self.request.db, [self.offer.stock_id], self.now, period)

    def _overpromised(self) -> dict[UUID, int]:
        return overpromised(self.request.db, [one.stock_id for one in self.offers], self.now)

    def _alternatives(self, no: Refused) -> list[tuple[str, str]]:
        """Return what would work instead, each in words and as the address of the form filled in with it."""
        found = no.alternatives if isinstance(no.alternatives, Alternatives) else Alternatives()
        elsewhere_is_enough = {reason.code for reason in no.reasons} <= MENDED_ELSEWHERE
        when, zone = self.request.words.datetime, self.offer.point.zone
        said = [
            (
                self.request.ngettext("${n} of them, at that time", "${n} of them, at that time", units),
                self._url({"units": str(units)}, "borrowing"),
            )
            for units in found.units.values()
        ]
        said += [
            (f"{when(period.start, zone)} – {when(period.end, zone)}", self._url(self._as_asked(period), "borrowing"))
            for period in found.periods
        ]
        for slug in found.points if elsewhere_is_enough else ():
            label = _("At that time, at ${point}", mapping={"point": self.points[slug].name})
            said.append(
                (self.request.localizer.translate(label), self._url({"point": slug, "return_point": None}, "borrowing"))
            )
        return said

    def _as_asked(self, period: Period) -> dict[str, str]:
        """Return the controls of the form that say so, by the clocks of the two desks."""
        desks = {"pickup": (period.start, self.calendar), "return": (period.end, self._return_calendar())}
        asked: dict[str, str] = {}
        for name, (instant, desk) in desks.items():
            wall = instant.astimezone(desk.zone)
            asked |= {name: f"{wall:%Y-%m-%d}", f"{name}_time": f"{wall:%H:%M}"}
        return asked

    # What is known of the days --------------------------------------------------------------------------------------

    def _return_point(self) -> LendingPoint:
        return self.points.get(self.asked.text("return_point") or "", self.offer.point)

    def _return_calendar(self) -> OpeningCalendar:
        return self.calendars[self._return_point().id]

    def _hours_words(self, name: str, point: LendingPoint) -> str:
        """Return when the desk is open on the day chosen, or in its usual week."""
        calendar, day = self.calendars[point.id], self.asked.day(name)
        if day is None:
            return "; ".join(f"{days} {hours}" for days, hours in opening_words(calendar.weekly, self.request))
        hours = windows_words(calendar.windows_on(day), point.zone, self.request)
        hours = hours or self.request.localizer.translate(_("closed"))
        return self.request.words.day(day) + self.request.words.colon + hours

    def _free_words(self) -> str:
        """Return how many are free on the days chosen, or how many there are."""
        period = self.asked.period(self.calendar, self._return_calendar(), self.now)
        if period is None:
            return self.request.ngettext("There is ${n} here.", "There are ${n} here.", self.offer.units)
        free = free_units(self.request.db, self.offer.stock_id, self.policy, self.calendar.zone, period, self.now)
        return self.request.ngettext("${n} free on these days.", "${n} free on these days.", free)

    def _length_words(self) -> str | None:
        """Return how many days the days chosen count for, and how many may be; None where none are chosen."""
        period = self.asked.period(self.calendar, self._return_calendar(), self.now)
        if period is None:
            return None
        days = counted_days(period, self.calendar.zone, self.calendar.is_closed, self.policy.closed_days)
        most = self.policy.max_days
        return self.request.ngettext("${n} day of ${most} allowed", "${n} days of ${most} allowed", days, most=most)

    def _holds(self, achievement: str) -> bool:
        identity = self.request.identity
        return bool(identity) and self.request.ask(Certifications).holds(identity.person_id, achievement, self.now)

    def _elsewhere(self) -> list[Offer]:
        return [one for one in self.offers if one is not self.offer]

    # The calendar ---------------------------------------------------------------------------------------------------

    def _month(self) -> Month:
        first, (earliest, latest) = self._first_day(), self._months()
        before, after = (first - _DAY).replace(day=1), (first + 31 * _DAY).replace(day=1)
        return month_of(
            first,
            cells(
                month(self.request.db, self.offer, self.calendar, first, self.now),
                self.asked.chosen,
                self._borrowed(first),
                self.request,
                lambda chosen: self._url({"month": f"{first:%Y-%m}"} | chosen.query()),
            ),
            self.request.words,
            place=self.offer.point.name,
            today=self.asked.today,
            previous_url=self._url({"month": f"{before:%Y-%m}"}) if earliest <= before else None,
            next_url=self._url({"month": f"{after:%Y-%m}"}) if after <= latest else None,
        )

    def _first_day(self) -> date:
        """Return the first day of the month to show: the one asked for, else that of the day chosen or next open."""
        earliest, latest = self._months()
        if self.asked.month_is_none:
            self.request.response.status_int = 422
        ready = self.calendar.earliest_pickup(self.now, self.policy.lead_days)
        wanted = self.asked.month or self.asked.day("pickup") or (self.calendar.day_of(ready) if ready else earliest)
        return min(max(wanted.replace(day=1), earliest), latest)

    def _months(self) -> tuple[date, date]:
        """Return the first days of the earliest and the latest month in which one can borrow."""
        last = self.asked.today + self.policy.horizon_days * _DAY
        return self.asked.today.replace(day=1), last.replace(day=1)

    def _borrowed(self, first: date) -> set[date]:
        identity = self.request.identity
        if identity is None:
            return set()
        return borrowed_days(self.request.db, self.offer.stock_id, identity.person_id, self.calendar, first)

    def _url(self, changes: Mapping[str, str | None], anchor: str = "calendar") -> str:
        """Return the address of this page with the form filled in as it is, but for the ``changes``."""
        query = self.asked.query({"point": self.offer.point.slug} | dict(changes))
        return self.request.route_path("lending.equipment", slug=self.model.slug, _query=query, _anchor=anchor)


@view_config(route_name="lending.equipment.borrow", permission=Lending.BORROW, request_method="GET")
@view_config(route_name="lending.equipment.wait", permission=Lending.BORROW, request_method="GET")
def back_to_the_form(context, request):
    """Lead whoever has just signed in, or chosen a language, back to the form: as they had filled it in, if we know."""
    query = Asked(request.GET, request.clock.today()).query({})
    return HTTPSeeOther(request.route_path("lending.equipment", slug=context.model.slug, _query=query))
