"""What is lent, where, and how much of it is free when."""

from equipment_lending.contexts import ModelContext
from equipment_lending.permissions import Lending
from equipment_lending.queries.catalogue import Filter, points, sheets
from equipment_lending.queries.changes import points_changed_at
from equipment_lending.queries.occupation import availability
from equipment_lending.views.api.messages import CatalogueCriteria, PeriodCriteria, period_of
from equipment_lending.views.api.shown import shown_point, shown_sheet
from portal.api import Problem, api_defaults, api_view, paged
from portal.transport import settled


@api_defaults(route_name="api.lending.points", permission=Lending.BROWSE)
class Points:
    def __init__(self, _context, request) -> None:
        self.request = request

    @api_view(request_method="GET", public=True)
    def listed(self):
        request = self.request
        request.response.last_modified = settled(points_changed_at(request.db), request.clock.now())
        found = points(request.db)
        paging = request.paging
        page = found[paging.offset : paging.offset + paging.limit]
        return paged(request, [shown_point(point) for point in page], len(found))


@api_defaults(route_name="api.lending.equipment", permission=Lending.BROWSE)
class Equipment:
    """What is lent, and with a period what of it is free. Nothing dates either, so there is no Last-Modified."""

    def __init__(self, _context, request) -> None:
        self.request = request

    @api_view(request_method="GET", query=CatalogueCriteria, public=True)
    def listed(self):
        asked, paging = self.request.criteria, self.request.paging
        period = period_of(asked) if asked["from"] else None
        wanted = Filter(asked["q"], asked["category"], asked["point"], period)
        now = self.request.clock.now()
        found, total = sheets(self.request.db, wanted, now, limit=paging.limit, offset=paging.offset)
        return paged(self.request, [shown_sheet(sheet, self.request.locale_name) for sheet in found], total)


@api_defaults(route_name="api.lending.availability", permission=Lending.BROWSE)
class Availability:
    def __init__(self, context: ModelContext, request) -> None:
        self.model = context.model
        self.request = request

    @api_view(request_method="GET", query=PeriodCriteria, public=True)
    def steps(self):
        asked = self.request.criteria
        found = availability(self.request.db, self.model.id, asked["point"], period_of(asked), self.request.clock.now())
        if found is None:
            raise Problem(404)
        return {"steps": [{"from": step.start, "to": step.end} | {"free": step.free} for step in found]}
