"""Lending points: where they are, when they are open, what they lend."""

from collections.abc import Iterator
from datetime import date, timedelta

from pyramid.view import view_config, view_defaults

from equipment_lending.models import LendingPoint
from equipment_lending.opening_hours import written
from equipment_lending.permissions import Lending
from equipment_lending.queries import catalogue
from equipment_lending.queries.calendars import calendar, calendars
from equipment_lending.queries.catalogue import Filter
from equipment_lending.queries.timetables import noted_exceptions, timetable_of
from equipment_lending.rules.opening import OpeningCalendar
from equipment_lending.terms import DayKind
from equipment_lending.views.words import hours_words, opening_now_words, opening_words, windows_words
from portal.i18n import _

DAYS_SHOWN = 7
EXCEPTIONS_AHEAD = timedelta(days=90)


@view_defaults(
    route_name="lending.points",
    renderer="equipment_lending:templates/equipment_lending/points.jinja2",
    permission=Lending.BROWSE,
)
class Points:
    """Every lending point, and whether it is open now."""

    def __init__(self, request) -> None:
        self.request = request

    @view_config(request_method="GET", public=True)
    def show(self):
        now = self.request.clock.now()
        points = catalogue.points(self.request.db)
        open_hours = calendars(self.request.db, points)
        return {
            "points": [
                {
                    "point": point,
                    "hours": opening_words(open_hours[point.id].weekly, self.request),
                    "now": opening_now_words(open_hours[point.id], now, self.request),
                }
                for point in points
            ]
        }


@view_defaults(
    route_name="lending.point",
    renderer="equipment_lending:templates/equipment_lending/point.jinja2",
    permission=Lending.BROWSE,
)
class PointPage:
    """A lending point: address, hours of the days to come, what it lends, whom to ask."""

    def __init__(self, context, request) -> None:
        self.point: LendingPoint = context.point
        self.request = request
        self.now = request.clock.now()
        self.calendar: OpeningCalendar = calendar(request.db, self.point)
        self.notes = noted_exceptions(self.point.exceptions)

    @view_config(request_method="GET", public=True)
    def show(self):
        sheets, total = catalogue.sheets(self.request.db, Filter(point=self.point.slug), self.now)
        return {
            "point": self.point,
            "now": opening_now_words(self.calendar, self.now, self.request),
            "hours": opening_words(self.calendar.weekly, self.request),
            "week": list(self._week()),
            "exceptions": list(self._exceptions()),
            "osm": written(timetable_of(self.point)),
            "sheets": sheets,
            "total": total,
        }

    def _week(self) -> Iterator[tuple[date, str, str]]:
        """Yield the days from today on: the day, its hours, and why they are not the usual ones."""
        today = self.calendar.day_of(self.now)
        for day in (today + timedelta(days=n) for n in range(DAYS_SHOWN)):
            hours = windows_words(self.calendar.windows_on(day), self.point.zone, self.request)
            yield day, hours or self.request.localizer.translate(_("closed")), self._why(day)

    def _why(self, day: date) -> str:
        say = self.request.localizer.translate
        if self.calendar.day_kind(day) is DayKind.PREPARING:
            return say(_("orders are prepared behind closed doors"))
        exception = self.calendar.exception_on(day)
        if exception is not None:
            return self.notes.get(exception) or say(_("exceptionally"))
        return say(_("public holiday")) if day in self.calendar.holidays else ""

    def _exceptions(self) -> Iterator[tuple[str, str, str]]:
        """Yield the exceptions of the weeks to come: the days, the hours they name themselves, the note."""
        today, say, words = self.calendar.day_of(self.now), self.request.localizer.translate, self.request.words
        for exception, note in self.notes.items():
            if exception.last < today or exception.first > today + EXCEPTIONS_AHEAD:
                continue
            days = words.day(exception.first)
            if exception.last != exception.first:
                days = say(_("${first} to ${last}"), mapping={"first": days, "last": words.day(exception.last)})
            yield days, hours_words(exception.hours, self.request) or say(_("closed")), note
