"""Trails: found, read, begun, revised, published, withdrawn, remixed."""

from functools import partial
from typing import Any

from maps.contexts import TrailContext
from maps.models import TrailRevision
from maps.permissions import Maps
from maps.queries.contents import trail_content
from maps.queries.revisions import history, revision
from maps.queries.trails import conflicts_in_sight, found_trails, in_sight, readable, shown
from maps.rules.content import trail_as_json
from maps.services.trails import Trails
from maps.terms import NotPublishable, Stale, TrailContent
from maps.views.api.messages import (
    EmptyMessage,
    MapCriteria,
    PublishMessage,
    RemixMessage,
    TrailMessage,
    ids_of,
    trail_of,
)
from maps.views.api.shown import not_publishable, shown_card, shown_conflicts, shown_revision, shown_trail
from maps.views.api.versions import base_of, tagged
from maps.views.speaking import speaker
from portal.api import Problem, api_defaults, api_view, paged
from portal.index.queries import Filter


def wanted_of(criteria: dict[str, Any]) -> Filter:
    """Return which trails or places the criteria ask for."""
    return Filter(
        q=criteria["q"],
        theme=criteria["theme"],
        language=criteria["language"],
        licence=criteria["licence"],
        access=criteria["access"],
        box=criteria["bbox"],
    )


class _OfTrails:
    def __init__(self, context, request) -> None:
        self.context = context
        self.request = request
        self.trails = request.find_service(Trails)
        self.sees_hidden = isinstance(context, TrailContext) and bool(request.has_permission(Maps.EDIT_DRAFT, context))

    def told(self, trail) -> dict[str, Any]:
        return tagged(
            self.request, shown_trail(shown(self.request.db, trail, everything=self.sees_hidden), self.request)
        )

    def created(self, trail) -> dict[str, Any]:
        self.sees_hidden = True
        self.request.response.status_int = 201
        self.request.response.location = self.request.route_url("api.maps.trail", slug=trail.slug)
        return self.told(trail)


@api_defaults(route_name="api.maps.trails")
class TrailList(_OfTrails):
    @api_view(request_method="GET", query=MapCriteria, permission=Maps.BROWSE, public=True)
    def listed(self):
        paging = self.request.paging
        found = found_trails(
            self.request.db, wanted_of(self.request.criteria), limit=paging.limit, offset=paging.offset
        )
        return paged(self.request, [shown_card(card, self.request) for card in found.cards], found.total)

    @api_view(request_method="POST", body=TrailMessage, permission=Maps.CONTRIBUTE, idempotent=True)
    def begin(self):
        message = self.request.message
        try:
            trail = self.trails.begin(trail_of(message), **speaker(self.request), comment=message["comment"])
        except NotPublishable as no:
            raise not_publishable(no, self.request) from no
        return self.created(trail)


@api_defaults(route_name="api.maps.trail")
class TheTrail(_OfTrails):
    @api_view(request_method="GET", permission=Maps.BROWSE, public=True)
    def show(self):
        return self.told(self.context.trail)

    @api_view(request_method="PUT", body=TrailMessage, permission=Maps.REVISE)
    def revise(self):
        trail, message = self.context.trail, self.request.message
        base, content = base_of(self.request, trail.current), trail_of(message)
        if base is None:
            raise self.stale(Stale(trail.current), None, content)
        try:
            self.trails.revise(
                trail.id,
                base,
                content,
                **speaker(self.request),
                comment=message["comment"],
                meant=ids_of(message["far_on_purpose"]),
                sees_hidden=self.sees_hidden,
            )
        except Stale as no:
            raise self.stale(no, base, content) from no
        except NotPublishable as no:
            raise not_publishable(no, self.request) from no
        return self.told(trail)

    def stale(self, no: Stale, base: int | None, mine: TrailContent) -> Problem:
        """Return the problem with the three versions, what contradicts, and all that could be put together."""
        trail, db = self.context.trail, self.request.db
        return Problem(
            412,
            base=self.version(base, trail_content(db, trail, base)) if base is not None else None,
            theirs=self.version(no.theirs, trail_content(db, trail, no.theirs)),
            yours={"content": trail_as_json(mine)},
            merged=self.version(None, no.merged) if isinstance(no.merged, TrailContent) else None,
            conflicts=shown_conflicts(no.conflicts if self.sees_hidden else conflicts_in_sight(db, no)),
        )

    def version(self, number: int | None, content: TrailContent) -> dict[str, Any]:
        read = content if self.sees_hidden else readable(self.request.db, content)
        told: dict[str, Any] = {"content": trail_as_json(read)}
        return told if number is None else told | {"revision": number}


@api_defaults(route_name="api.maps.trail.revisions")
class TrailRevisions(_OfTrails):
    @api_view(request_method="GET", permission=Maps.BROWSE, public=True)
    def listed(self):
        paging = self.request.paging
        seen = list if self.sees_hidden else partial(in_sight, self.request.db)
        trail_id, page = self.context.trail.id, {"limit": paging.limit, "offset": paging.offset}
        lines, total = history(self.request.db, TrailRevision, trail_id, **page, seen=seen)
        return paged(self.request, [shown_revision(line) for line in lines], total)


@api_defaults(route_name="api.maps.trail.act", request_method="POST")
class TrailActs(_OfTrails):
    @api_view(match_param="act=publish", body=PublishMessage, permission=Maps.PUBLISH, idempotent=True)
    def publish(self):
        meant = ids_of(self.request.message["far_on_purpose"])
        try:
            return self.told(self.trails.publish(self.context.trail.id, meant=meant))
        except NotPublishable as no:
            raise not_publishable(no, self.request) from no

    @api_view(match_param="act=withdraw", body=EmptyMessage, permission=Maps.PUBLISH, idempotent=True)
    def withdraw(self):
        return self.told(self.trails.withdraw(self.context.trail.id))

    @api_view(match_param="act=remix", body=RemixMessage, permission=Maps.CONTRIBUTE, idempotent=True)
    def remix(self):
        trail, message = self.context.trail, self.request.message
        if not self.context.open:
            raise Problem(409, reasons=[{"code": "not_published"}])
        source = revision(self.request.db, TrailRevision, trail.id, trail.current)
        try:
            return self.created(
                self.trails.remix(source, message["title"], message["licence"], **speaker(self.request))
            )
        except NotPublishable as no:
            raise not_publishable(no, self.request) from no
