"""What moderators see: what waits for them, one thing with all that is said and was done about it, and the records."""

from collections.abc import Sequence

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.view import view_config, view_defaults

from portal.forms import Button, submitted
from portal.i18n import _
from portal.moderation.permissions import Moderate
from portal.moderation.queries import Thing, acts_on, case_of, latest_acts, open_cases, out_of_sight
from portal.moderation.rules import possible
from portal.moderation.services import Moderation
from portal.moderation.terms import Act, AlreadySo, NoSuchThing, Standing
from portal.moderation.things import kinds, subjects
from portal.pages.moderation import words
from portal.pages.moderation.schemas import ReasonSchema
from portal.security.addresses import matched_id

TEMPLATES = "portal:templates/portal/moderation/"
PAGE = 20
BUTTONS = {
    Act.HIDE: Button(Act.HIDE.value, _("Hide it")),
    Act.RESTORE: Button(Act.RESTORE.value, _("Put it back")),
}


@view_defaults(request_method="GET", permission=Moderate.DECIDE)
class Lists:
    """What waits, what is hidden, what was done, each in pages."""

    def __init__(self, request) -> None:
        self.request = request
        given = request.GET.get("offset", "")
        self.offset = int(given) if given.isascii() and given.isdigit() and len(given) < 8 else 0

    @view_config(route_name="moderation", renderer=TEMPLATES + "queue.jinja2")
    def queue(self):
        found = open_cases(self.request.db, limit=PAGE, offset=self.offset)
        return self._page(found, [case.thing for case in found.rows])

    @view_config(route_name="moderation.hidden", renderer=TEMPLATES + "hidden.jinja2")
    def hidden(self):
        found = out_of_sight(self.request.db, limit=PAGE, offset=self.offset)
        return self._page(found, [act.thing for act in found.rows])

    @view_config(route_name="moderation.acts", renderer=TEMPLATES + "acts.jinja2")
    def acts(self):
        found = latest_acts(self.request.db, limit=PAGE, offset=self.offset)
        return self._page(found, [act.thing for act in found.rows])

    def _page(self, found, things: Sequence[Thing]) -> dict:
        """Return what the templates show of a page of ``found``, which is about ``things``."""
        last = self.offset + len(found.rows)
        mapping = {"first": self.offset + 1, "last": last, "total": found.total}
        url = self.request.current_route_path
        return {
            "rows": found.rows,
            "total": found.total,
            "subjects": subjects(self.request, things),
            "kinds": kinds(self.request),
            "said": words,
            "zone": self.request.city.zone,
            "position": _("${first} to ${last} of ${total}", mapping=mapping),
            "previous_url": url(_query={"offset": max(0, self.offset - PAGE)}) if self.offset else None,
            "next_url": url(_query={"offset": self.offset + PAGE}) if last < found.total else None,
        }


@view_defaults(route_name="moderation.thing", renderer=TEMPLATES + "thing.jinja2", permission=Moderate.DECIDE)
class OneThing:
    """One thing: what visitors say of it, what was done to it, and what can be done now."""

    def __init__(self, request) -> None:
        self.request = request
        self.kind, self.id = request.matchdict["kind"], matched_id(request, "id")
        self.me = request.identity.person_id
        self.moderation = request.find_service(Moderation)
        self.subject = subjects(request, [(self.kind, self.id)]).get((self.kind, self.id))
        self.case = case_of(request.db, self.kind, self.id)
        self.acts = acts_on(request.db, self.kind, self.id)
        if self.subject is None and not self.case.flags and not self.acts:
            raise HTTPNotFound
        buttons = [BUTTONS[act] for act in possible(self.standing) if act in BUTTONS]
        self.form = request.new_form(ReasonSchema(), buttons=buttons)
        danger = (Button(Act.REMOVE.value, _("Remove it for good"), "danger"),)
        self.removal = request.new_form(ReasonSchema(), buttons=danger, name="removal")

    @property
    def standing(self) -> Standing:
        """Where it stands; what its owner took back is gone as well."""
        return Standing.REMOVED if self.subject and self.subject.gone else self.case.standing

    @view_config(request_method="GET")
    def show(self):
        return self._page()

    @view_config(request_method="POST", request_param="hide")
    def hide(self):
        return self._do(Act.HIDE, self.form)

    @view_config(request_method="POST", request_param="restore")
    def restore(self):
        return self._do(Act.RESTORE, self.form)

    @view_config(request_method="POST", request_param="remove")
    def remove(self):
        return self._do(Act.REMOVE, self.removal)

    @view_config(request_method="POST", request_param="settle")
    def settle(self):
        self.moderation.settle(self.kind, self.id, self.me)
        self.request.tell("good", _("Settled: nothing is wrong with it."))
        return HTTPSeeOther(self.request.route_path("moderation"))

    def _do(self, act: Act, form):
        wish = submitted(form, self.request)
        if wish is None:
            return self._page()
        try:
            self.moderation.act(act, self.kind, self.id, wish["reason"], self.me)
        except NoSuchThing:
            raise HTTPNotFound from None
        except AlreadySo as no:
            self.request.response.status_int = 409
            self.case = case_of(self.request.db, self.kind, self.id)
            return self._page(already=words.ALREADY[no.standing])
        self.request.tell("good", words.DONE[act])
        return HTTPSeeOther(self.request.route_path("moderation.thing", kind=self.kind, id=self.id))

    def _page(self, already: str | None = None) -> dict:
        return {
            "case": self.case,
            "subject": self.subject,
            "kind_name": kinds(self.request).get(self.kind, self.kind),
            "acts": acts_on(self.request.db, self.kind, self.id),
            "possible": possible(self.standing) if self.subject else (),
            "standing": self.standing,
            "form": self.form,
            "removal": self.removal,
            "already": already,
            "said": words,
            "zone": self.request.city.zone,
        }
