"""Lending points: where they are, when they open, on which days they do not."""

from uuid import UUID

from pyramid.httpexceptions import HTTPNotFound
from pyramid.view import view_config, view_defaults

from equipment_lending.models import LendingPoint
from equipment_lending.opening_hours import written
from equipment_lending.permissions import Lending
from equipment_lending.queries.catalogue import points
from equipment_lending.queries.changed_hours import closed_at
from equipment_lending.queries.timetables import timetable_of
from equipment_lending.schemas.managing import ExceptionSchema, PointSchema, WeekSchema
from equipment_lending.terms import DayException, DayKind, Hours, RefusalCode, WeeklyWindow
from equipment_lending.views.managing import FORM, LIST, TEMPLATES, Managing
from portal.i18n import _

DAY_KINDS = {
    DayKind.CLOSED: (_("closed"), "wrong"),
    DayKind.OPEN: (_("open"), "good"),
    DayKind.PREPARING: (_("closed, loans are prepared"), "warn"),
}


@view_defaults(route_name="lending.manage.points", renderer=LIST, permission=Lending.MANAGE_FLEET)
class Points(Managing):
    """Every lending point."""

    @view_config(request_method="GET")
    def show(self):
        path = self.request.route_path
        return {
            "title": self.said(_("Lending points")),
            "trail": self.trail((_("Lending points"), None)),
            "rows": [
                (point.name, point.place.address, path("lending.manage.point", slug=point.slug))
                for point in points(self.request.db)
            ],
            "add": (_("Open a lending point"), path("lending.manage.point.new")),
            "empty": _("There is no lending point yet."),
        }


@view_defaults(route_name="lending.manage.point.new", renderer=FORM, permission=Lending.MANAGE_FLEET)
class NewPoint(Managing):
    """The page on which a lending point is opened."""

    def __init__(self, context, request) -> None:
        super().__init__(context, request)
        self.point_form = self.form(PointSchema(), _("Open it"), new=True)

    @view_config(request_method="GET")
    def show(self):
        return {
            "title": self.said(_("Open a lending point")),
            "trail": self.trail(
                (_("Lending points"), self.request.route_path("lending.manage.points")), (_("New"), None)
            ),
            "form": self.point_form,
        }

    @view_config(request_method="POST")
    def send(self):
        opened = []

        def act(sent):
            opened.append(self.catalogue.add_point(**sent))

        if not self.done(self.point_form, act, {RefusalCode.SLUG_TAKEN: "slug"}):
            return self.show()
        return self.saved("lending.manage.hours", _("It is open. Now say when."), slug=opened[0].slug)


class AtPoint(Managing):
    """What the pages about one point share."""

    def __init__(self, context, request) -> None:
        super().__init__(context, request)
        self.point: LendingPoint = context.point

    def frame(self, title: str):
        """Return what each of them shows, with links to the others."""
        path, slug = self.request.route_path, self.point.slug
        return {
            "title": title,
            "point": self.point,
            "trail": self.trail((self.point.name, path("lending.desk", slug=slug)), (title, None)),
            "others": [
                (_("Place and contact"), path("lending.manage.point", slug=slug)),
                (_("Opening hours"), path("lending.manage.hours", slug=slug)),
                (_("Rules"), path("lending.manage.point.rules", slug=slug)),
            ],
        }


@view_defaults(route_name="lending.manage.point", renderer=TEMPLATES + "point.jinja2", permission=Lending.MANAGE_POINT)
class PointPage(AtPoint):
    """Where a point is, whom to call, how much it can take on."""

    def __init__(self, context, request) -> None:
        super().__init__(context, request)
        self.point_form = self.form(PointSchema(), new=False)

    @view_config(request_method="GET")
    def show(self):
        place = ("address", "quarter", "latitude", "longitude")
        own = ("name", "zone", "phone", "email", "notice", "lead_days", "max_visits")
        self.fill(
            self.point_form,
            {name: getattr(self.point.place, name) for name in place}
            | {name: getattr(self.point, name) for name in own},
        )
        return self._page()

    @view_config(request_method="POST")
    def send(self):
        if not self.done(self.point_form, lambda sent: self.catalogue.change_point(self.point, **sent)):
            return self._page()
        return self.saved("lending.manage.point", slug=self.point.slug)

    def _page(self):
        return self.frame(_("Place and contact")) | {"form": self.point_form}


@view_defaults(route_name="lending.manage.hours", renderer=TEMPLATES + "hours.jinja2", permission=Lending.MANAGE_POINT)
class HoursPage(AtPoint):
    """When a point opens: its usual week, and the days on which that does not hold."""

    def __init__(self, context, request) -> None:
        super().__init__(context, request)
        self.week = self.form(WeekSchema(), button="week", name="week")
        self.exception = self.form(ExceptionSchema(), _("Add these days"), button="exception", name="exception")

    @view_config(request_method="GET")
    def show(self):
        self._fill_week()
        return self._page()

    @view_config(request_method="POST", request_param="week")
    def set_week(self):
        if not self.done(self.week, self._set_week):
            return self._page()
        return self.saved("lending.manage.hours", slug=self.point.slug)

    @view_config(request_method="POST")
    def reshape_week(self):
        """An opening was added or taken away, by a button named after it: nothing is saved by that."""
        self.done(self.week, lambda _sent: None)
        return self._page()

    @view_config(request_method="POST", request_param="exception")
    def add_exception(self):
        if not self.done(self.exception, self._add_exception):
            self._fill_week()
            return self._page()
        return self.saved("lending.manage.hours", _("These days are noted."), slug=self.point.slug)

    @view_config(request_method="POST", request_param="forget")
    def forget_exception(self):
        try:
            exception_id = UUID(self.request.typed.get("forget", ""))
        except ValueError:
            raise HTTPNotFound from None
        self.catalogue.remove_exception(self.point, exception_id)
        return self.saved("lending.manage.hours", _("The usual week holds again on these days."), slug=self.point.slug)

    def _set_week(self, sent) -> None:
        windows = [
            WeeklyWindow(window["weekday"], Hours(window["opens"], window["closes"])) for window in sent["windows"]
        ]
        self.catalogue.set_week(self.point, windows)
        self.catalogue.change_point(self.point, observes_holidays=sent["observes_holidays"])

    def _add_exception(self, sent) -> None:
        kind = DayKind(sent["kind"])
        hours = (Hours(sent["opens"], sent["closes"]),) if kind is DayKind.OPEN else ()
        days = DayException(sent["first"], sent["last"] or sent["first"], kind, hours)
        self.catalogue.add_exception(self.point, days, sent["note"])

    def _fill_week(self) -> None:
        windows = [
            {"weekday": window.weekday, "opens": window.opens, "closes": window.closes} for window in self.point.windows
        ]
        self.fill(self.week, {"windows": windows, "observes_holidays": self.point.observes_holidays})

    def _page(self):
        return self.frame(_("Opening hours")) | {
            "week": self.week,
            "exception": self.exception,
            "concerned": closed_at(self.request.db, self.point, self.request.clock.now()),
            "exceptions": self.point.exceptions,
            "kinds": DAY_KINDS,
            "osm": written(timetable_of(self.point)),
        }
