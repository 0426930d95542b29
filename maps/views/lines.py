"""The way of a trail: written point by point or drawn on a map, or brought in from a file that a phone recorded."""

from pyramid.view import view_config, view_defaults

from maps.permissions import Maps
from maps.schemas import changes
from maps.schemas.contributing import LineSchema
from maps.views.editing import TEMPLATES, EditingTrail
from maps.views.showing import plan_of, plan_words
from maps.views.touching import surroundings
from portal.i18n import _


@view_defaults(renderer=TEMPLATES + "line.jinja2", permission=Maps.REVISE)
class Way(EditingTrail):
    """The way that walkers follow from stop to stop."""

    def __init__(self, context, request) -> None:
        super().__init__(context, request)
        self.line = self.form(LineSchema(), name="line")

    @view_config(route_name="maps.trail.line", request_method="GET")
    def show(self):
        self.fill(self.line, {"base": self.number, "line": self.content.line})
        return self._page()

    @view_config(route_name="maps.trail.line", request_method="POST")
    def send(self):
        answer = self.change(self.line, lambda content, sent: changes.with_line(content, sent["line"]))
        return answer or self._page()

    def _page(self):
        return self.frame(
            _("The way"),
            line_form=self.line,
            plan=plan_of(self.content, self.told) if self.content.line else None,
            plan_words=plan_words(self.content, self.told, self.request),
            touch=surroundings(self.request, self.content),
        )
