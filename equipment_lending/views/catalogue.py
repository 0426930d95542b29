"""The catalogue: what the city lends, where, and what of it is free when one needs it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from pyramid.view import view_config, view_defaults

from equipment_lending.permissions import Lending
from equipment_lending.queries import catalogue
from equipment_lending.queries.calendars import calendars
from equipment_lending.queries.catalogue import Filter, Offer, Sheet
from equipment_lending.queries.conditions import conditions
from equipment_lending.rules.moments import pickup_moment, return_moment
from equipment_lending.rules.opening import OpeningCalendar
from equipment_lending.rules.policy import Policy
from equipment_lending.schemas.residents import CatalogueSchema
from equipment_lending.terms import NoSuchTime, Period
from equipment_lending.views.words import NO_SUCH_HOUR, training_words
from portal.forms import Button, fail, submitted
from portal.i18n import _

PAGE = 24


@view_defaults(
    route_name="lending.catalogue",
    renderer="equipment_lending:templates/equipment_lending/catalogue.jinja2",
    permission=Lending.BROWSE,
    request_method="GET",
)
class Catalogue:
    """The page on which a resident looks for something to borrow."""

    def __init__(self, request) -> None:
        self.request = request
        self.closed: dict[UUID, str] = {}
        self.categories = catalogue.categories(request.db)
        self.points = catalogue.points(request.db)
        self.form = request.new_form(
            CatalogueSchema(),
            buttons=(Button("", _("Search")),),
            method="GET",
            categories=[(one.slug, request.words.of(one.name)) for one in self.categories],
            points=[(one.slug, one.name) for one in self.points],
        )

    @view_config(public=True)
    def show(self):
        looked_for = submitted(self.form, self.request)
        wanted = self._filter(looked_for) if looked_for is not None else None
        if looked_for is None or wanted is None:
            return self._page(None, [], 0, 1)
        page = looked_for["page"]
        sheets, total = self._sheets(wanted, page)
        if total and not sheets:  # further than the list goes
            page = -(-total // PAGE)
            sheets, total = self._sheets(wanted, page)
        return self._page(wanted, sheets, total, page)

    def _sheets(self, wanted: Filter, page: int) -> tuple[list[Sheet], int]:
        now = self.request.clock.now()
        return catalogue.sheets(self.request.db, wanted, now, limit=PAGE, offset=(page - 1) * PAGE)

    def _filter(self, looked_for) -> Filter | None:
        """Return what is looked for; None, with a word beside the field, where its dates make no sense."""
        period = None
        if looked_for["from"] and self.points:
            period = self._period(looked_for)
            if period is None:
                self.request.response.status_int = 422
                return None
        return Filter(looked_for["q"], looked_for["category"], looked_for["point"], period, frozenset(self.closed))

    def _period(self, looked_for) -> Period | None:
        """Return the period looked for; without hours, from the first opening of the first day to the last closing.

        Notes in words which points are closed when it begins or ends.
        """
        now = self.request.clock.now()
        desks = [point for point in self.points if looked_for["point"] in (None, point.slug)]
        calendar_of = calendars(self.request.db, desks)
        open_hours = list(calendar_of.values())
        bounds = []
        for path, moment in (("from", partial(pickup_moment, now=now)), ("to", return_moment)):
            try:
                bounds.append(moment(looked_for[path], looked_for[f"{path}_time"], open_hours))
            except NoSuchTime:
                fail(self.form, f"{path}_time", NO_SUCH_HOUR)
        if len(bounds) < 2:
            return None
        if bounds[1] <= bounds[0]:
            fail(self.form, "to_time", _("This is before the beginning. Choose a later hour, or a later day."))
            return None
        if bounds[1] <= now:
            fail(self.form, "to", _("This is over. Choose days to come."))
            return None
        self.closed = {
            point_id: when for point_id, desk in calendar_of.items() if (when := self._closed(desk, looked_for, bounds))
        }
        return Period(*bounds)

    def _closed(self, desk: OpeningCalendar, looked_for: Mapping[str, Any], bounds: Sequence[datetime]) -> str | None:
        """Return when a desk is closed that ought to be open, the first or the last day; None where it suits."""
        words = self.request.words
        for path, instant in zip(("from", "to"), bounds, strict=True):
            if looked_for[f"{path}_time"] is None and desk.is_closed(looked_for[path]):
                return words.day(looked_for[path])
            if looked_for[f"{path}_time"] is not None and not desk.is_open_at(instant):
                return words.datetime(instant, desk.zone.key)
        return None

    def _page(self, wanted: Filter | None, sheets: Sequence[Sheet], total: int, page: int):
        policies = conditions(self.request.db, [offer.stock_id for sheet in sheets for offer in sheet.offers])
        return {
            "form": self.form,
            "wanted": wanted,
            "closed": self.closed,
            "shut": [(point.name, self.closed[point.id]) for point in self.points if point.id in self.closed],
            "cards": [self._card(sheet, policies) for sheet in sheets],
            "total": total,
            "shown": ((page - 1) * PAGE + 1, (page - 1) * PAGE + len(sheets)),
            "previous_url": self._page_url(page - 1) if page > 1 else None,
            "next_url": self._page_url(page + 1) if page * PAGE < total else None,
            "narrowed": wanted is not None and wanted != Filter(),
        }

    def _card(self, sheet: Sheet, policies: dict[UUID, Policy]):
        """Return what a card shows; its link keeps the dates that were looked for."""
        requires = {slug for offer in sheet.offers for slug in policies[offer.stock_id].requires}
        offers = sorted(sheet.offers, key=lambda offer: (offer.point.id in self.closed, -(offer.free or 0)))
        return {
            "model": sheet.model,
            "url": self.request.route_path(
                "lending.equipment", slug=sheet.model.slug, _query=self._carried(offers[0] if offers else None)
            ),
            "units": sheet.units,
            "offers": offers,
            "trainings": [training_words(slug) for slug in sorted(requires)],
        }

    def _carried(self, offer: Offer | None) -> dict[str, str]:
        """Return what the equipment's page is told: the best point, and the dates as they were written."""
        given = self.request.GET
        names = {"from": "pickup", "from_time": "pickup_time", "to": "return", "to_time": "return_time"}
        carried = {new: given[old] for old, new in names.items() if given.get(old)}
        if offer is not None and (carried or given.get("point")):
            carried["point"] = offer.point.slug
        return carried

    def _page_url(self, page: int) -> str:
        asked = {name: value for name, value in self.request.GET.items() if value and name != "page"}
        return self.request.route_path("lending.catalogue", _query=asked | ({"page": str(page)} if page > 1 else {}))
