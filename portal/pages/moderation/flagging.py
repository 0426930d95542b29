"""The page on which whoever comes by says that something is wrong with a thing."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config, view_defaults

from portal.forms import Button, submitted
from portal.i18n import _
from portal.moderation.permissions import Moderate
from portal.moderation.services import FLAGS, Moderation
from portal.moderation.sight import subject_in_sight
from portal.moderation.things import kinds
from portal.pages.moderation.schemas import FlagSchema
from portal.security.addresses import matched_id
from portal.security.limits import Attempts, TooMany, client_address, too_many


@view_defaults(route_name="flag", renderer="portal:templates/portal/moderation/flag.jinja2", permission=Moderate.FLAG)
class FlagPage:
    """Saying what is wrong with one thing. What nobody sees cannot be flagged."""

    def __init__(self, request) -> None:
        self.request = request
        self.kind, self.id = request.matchdict["kind"], matched_id(request, "id")
        self.subject = subject_in_sight(request, self.kind, self.id)
        self.form = request.new_form(FlagSchema(), buttons=(Button("send", _("Send to the moderators")),))

    @view_config(request_method="GET")
    def show(self):
        return {"form": self.form, "subject": self.subject, "kind_name": kinds(self.request)[self.kind]}

    @view_config(request_method="POST")
    def send(self):
        wish = submitted(self.form, self.request)
        if wish is None:
            return self.show()
        try:
            self.request.find_service(Attempts).spend(FLAGS, client_address(self.request))
        except TooMany as no:
            return too_many(self.request, no.wait, guessing=False)
        identity = self.request.identity
        moderation = self.request.find_service(Moderation)
        moderation.flag(self.kind, self.id, **wish, by_id=identity.person_id if identity else None)
        self.request.tell("good", _("Thank you. A moderator will look at it."))
        return HTTPSeeOther(self.subject.path or self.request.route_path("home"))
