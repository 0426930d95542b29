"""The background work: what waits, what failed, and whether anybody is working."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config, view_defaults

from portal.audit.services import Audit
from portal.i18n import _
from portal.jobs.queries import state_of_work
from portal.jobs.services import Jobs
from portal.mail.services import Outbox
from portal.pages.permissions import Upkeep
from portal.security.addresses import matched_id

TRIAL = "portal:templates/portal/mail/trial.txt"


@view_config(
    route_name="admin.jobs",
    renderer="portal:templates/portal/admin/jobs.jinja2",
    permission=Upkeep.WATCH_JOBS,
    request_method="GET",
)
def jobs(request):
    """The state of the background work."""
    return {"work": state_of_work(request.db, request.clock.now()), "zone": request.city.zone}


@view_config(route_name="admin.letter", permission=Upkeep.WATCH_JOBS, request_method="POST")
def write_to_me(request):
    """Send whoever asks a letter, to see whether mail arrives."""
    letter = request.find_service(Outbox).send(request.person, TRIAL, name=request.identity.name)
    if letter is None:
        request.tell("warn", _("Your account has no e-mail address."))
    else:
        request.tell("good", _("An e-mail is on its way to ${address}.", mapping={"address": letter.to}))
    return HTTPSeeOther(request.route_path("admin.jobs"))


@view_defaults(route_name="admin.job", permission=Upkeep.WATCH_JOBS, request_method="POST")
class GivenUp:
    """A job that failed too often: try it again, or let it go."""

    def __init__(self, request) -> None:
        self.request = request
        self.jobs = request.find_service(Jobs)
        self.audit = request.find_service(Audit)
        self.job_id = matched_id(request, "job")

    @view_config(request_param="retry")
    def retry(self):
        if not self.jobs.retry(self.job_id):
            return self._back("info", _("This work was not waiting for you any more."))
        self.audit.record("job.retry", "job", self.job_id)
        return self._back("good", _("It will be tried again within a few seconds."))

    @view_config(request_param="forget")
    def forget(self):
        if not self.jobs.forget(self.job_id):
            return self._back("info", _("This work was not waiting for you any more."))
        self.audit.record("job.forget", "job", self.job_id)
        return self._back("good", _("It is removed from the list."))

    def _back(self, kind: str, words):
        self.request.tell(kind, words)
        return HTTPSeeOther(self.request.route_path("admin.jobs"))
