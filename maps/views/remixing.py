"""Making one's own trail of somebody else's."""

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.view import view_config, view_defaults

from maps.models import TrailRevision
from maps.permissions import Maps
from maps.queries.revisions import revision
from maps.rules.remixing import licences_for
from maps.schemas.contributing import RemixSchema
from maps.schemas.translating import readable
from maps.terms import NotPublishable
from maps.views.editing import FORM, EditingTrail, say_flaws
from maps.views.speaking import speaker
from portal.forms import submitted
from portal.i18n import _
from portal.licences import LICENCES


@view_defaults(route_name="maps.trail.remix", renderer=FORM, permission=Maps.CONTRIBUTE)
class RemixTrail(EditingTrail):
    """The page on which a trail is taken further: all of it is there to change, and it says what it was made of."""

    def __init__(self, context, request) -> None:
        if not context.open:  # a draft or what was hidden is nobody's to take further, not even a moderator's
            raise HTTPNotFound
        super().__init__(context, request)
        allowed = licences_for(self.content.licence)
        self.remix = self.form(
            RemixSchema(), _("Begin with it"), licences=[(spdx, LICENCES[spdx].label) for spdx in allowed]
        )

    @view_config(request_method="GET")
    def show(self):
        self.fill(self.remix, {"licence": next(iter(licences_for(self.content.licence)), None)})
        return self._page()

    @view_config(request_method="POST")
    def send(self):
        sent = submitted(self.remix, self.request)
        if sent is None:
            return self._page()
        source = revision(self.request.db, TrailRevision, self.trail.id, self.number)
        try:
            titles = dict.fromkeys(readable(self.content), sent["title"])  # until somebody translates it
            mine = self.trails.remix(source, titles, sent["licence"], **speaker(self.request))
        except NotPublishable as no:
            say_flaws(self.remix, no.flaws, self.request)
            return self._page()
        self.request.tell("good", _("It is yours to change now. It is not public until you publish it."))
        return HTTPSeeOther(self.request.route_path("maps.trail.edit", slug=mine.slug))

    def crumbs(self) -> list[tuple[str, str | None]]:
        return super().crumbs()[:-1]

    def _page(self):
        intro = _(
            "You get a draft with its stops, texts, sounds and way. Change what you like; where it comes from stays on "
            "its page, and on the page of the other one yours is named."
        )
        return self.frame(_("Make your own of it"), intro=self.said(intro), form=self.remix)
