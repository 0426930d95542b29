"""The organisations one belongs to: founding, acting for, members, invitations."""

from uuid import UUID

from pyramid.httpexceptions import HTTPForbidden, HTTPNotFound, HTTPSeeOther
from pyramid.view import view_config, view_defaults

from portal.forms import Button, fail, submitted
from portal.i18n import _
from portal.people.contexts import OrganisationContext
from portal.people.permissions import Persons
from portal.people.queries import invitations_of, mandates_of, memberships_of
from portal.people.schemas import KIND_WORDS, InvitationSchema, MandateSchema, OrganisationSchema
from portal.people.services import Organisations, SignIns
from portal.people.services.letters import LinkSpent
from portal.people.services.organisations import LastOfficer, NumberTaken
from portal.people.services.sign_ins import NotAnOfficer
from portal.people.views.account import sent_id
from portal.people.views.entering import TEMPLATES, link_spent
from portal.security.addresses import matched_id
from portal.security.limits import says_too_many
from portal.security.redirects import safe_path

LAST_OFFICER = _("Nobody else may act for this organisation. Name somebody else first.")
NUMBER_TAKEN = _("Another organisation has this number. Ask one of its members to invite you.")


@view_config(
    route_name="account.organisations",
    renderer=TEMPLATES + "organisations.jinja2",
    permission=Persons.BELONG,
    request_method="GET",
)
def organisations(request):
    """What I belong to, and for whom I act in this browser."""
    me, today = request.identity.person_id, request.clock.today()
    return {
        "memberships": memberships_of(request.db, me),
        "mandates": mandates_of(request.db, me, today),
        "kind_words": KIND_WORDS,
        "today": today,
    }


@view_config(route_name="account.acting", permission=Persons.BELONG, request_method="POST")
def act_for(request):
    """The switch: for whom this browser acts from now on; nobody named means for oneself."""
    chosen = sent_id(request, "organisation") if request.typed.get("organisation") else None
    try:
        request.find_service(SignIns).act_for(request.identity.sign_in_id, chosen)
    except NotAnOfficer:
        return HTTPForbidden()
    return HTTPSeeOther(safe_path(request.typed.get("next"), request.route_path("account.organisations")))


@view_defaults(route_name="organisation.new", renderer=TEMPLATES + "organisation_new.jinja2", permission=Persons.BELONG)
class NewOrganisation:
    """Adding an organisation, whose first officer one is."""

    def __init__(self, request) -> None:
        self.request = request
        self.form = request.new_form(OrganisationSchema(), buttons=(Button("create", _("Add this organisation")),))

    @view_config(request_method="GET")
    def show(self):
        return {"form": self.form}

    @view_config(request_method="POST")
    def send(self):
        wish = submitted(self.form, self.request)
        if wish is None:
            return self.show()
        try:
            created = self.request.find_service(Organisations).create(self.request.person, **wish)
        except NumberTaken as no:
            fail(self.form, no.field, NUMBER_TAKEN)
            self.request.response.status_int = 409
            return self.show()
        self.request.tell("good", _("The organisation is added. You may act in its name."))
        return HTTPSeeOther(self.request.route_path("organisation", organisation=created.id))


class OnOrganisation:
    """What the pages of one organisation share."""

    def __init__(self, context: OrganisationContext, request) -> None:
        self.context = context
        self.organisation = context.organisation
        self.request = request
        self.organisations = request.find_service(Organisations)

    def back(self, kind: str, words) -> HTTPSeeOther:
        self.request.tell(kind, words)
        return HTTPSeeOther(self.request.route_path("organisation", organisation=self.organisation.id))


@view_defaults(
    route_name="organisation",
    renderer=TEMPLATES + "organisation.jinja2",
    permission=Persons.OFFICIATE,
    decorator=says_too_many,
)
class OneOrganisation(OnOrganisation):
    """Members and invitations, for those who may act in its name."""

    def __init__(self, context: OrganisationContext, request) -> None:
        super().__init__(context, request)
        self.form = request.new_form(InvitationSchema(), buttons=(Button("invite", _("Send the invitation")),))

    @view_config(request_method="GET")
    def show(self):
        now = self.request.clock.now()
        return {
            "organisation": self.organisation,
            "members": self.context.members,
            "officer_ids": self.context.owner_ids,
            "invitations": invitations_of(self.request.db, self.organisation.id, now),
            "form": self.form,
            "kind_words": KIND_WORDS,
        }

    @view_config(request_method="POST")
    def invite(self):
        wish = submitted(self.form, self.request)
        if wish is None:
            return self.show()
        self.organisations.invite(self.organisation, self.request.person, **wish)
        return self.back("good", _("The invitation is sent."))


@view_defaults(route_name="organisation.member", renderer=TEMPLATES + "member.jinja2", permission=Persons.OFFICIATE)
class Member(OnOrganisation):
    """What one member may do, and until when; or the end of their membership."""

    def __init__(self, context: OrganisationContext, request) -> None:
        super().__init__(context, request)
        self.membership = context.member(matched_id(request, "person"))
        self.form = request.new_form(MandateSchema(), buttons=(Button("save", _("Save")),))

    @view_config(request_method="GET")
    def show(self):
        given = {"officer": self.membership.officer}
        self.form.set_appstruct(given | ({"until": self.membership.until} if self.membership.until else {}))
        return self._page()

    @view_config(request_method="POST")
    def send(self):
        wish = submitted(self.form, self.request)
        if wish is None:
            return self._page()
        try:
            self.organisations.set_mandate(self.membership, **wish)
        except LastOfficer:
            fail(self.form, "officer", LAST_OFFICER)
            self.request.response.status_int = 409
            return self._page()
        return self.back("good", _("The mandate is saved."))

    @view_config(request_method="POST", request_param="remove")
    def remove(self):
        try:
            self.organisations.remove(self.membership)
        except LastOfficer:
            return self.back("wrong", LAST_OFFICER)
        return self.back("good", _("The membership has ended."))

    def _page(self) -> dict:
        return {"organisation": self.organisation, "membership": self.membership, "form": self.form}


@view_config(route_name="organisation.leave", permission=Persons.BELONG, request_method="POST")
def leave(context: OrganisationContext, request):
    """Leaving an organisation oneself."""
    try:
        request.find_service(Organisations).remove(context.member(request.identity.person_id))
        request.tell("good", _("You have left the organisation."))
    except LastOfficer:
        request.tell("wrong", LAST_OFFICER)
    return HTTPSeeOther(request.route_path("account.organisations"))


@view_config(route_name="organisation.withdraw", permission=Persons.OFFICIATE, request_method="POST")
def withdraw(context: OrganisationContext, request):
    """Taking an invitation back."""
    wanted: UUID = sent_id(request, "invitation")
    for invitation in invitations_of(request.db, context.organisation.id, request.clock.now()):
        if invitation.id == wanted:
            request.find_service(Organisations).withdraw(invitation)
            request.tell("good", _("The invitation is withdrawn."))
            return HTTPSeeOther(request.route_path("organisation", organisation=context.organisation.id))
    raise HTTPNotFound


@view_defaults(route_name="invitation", renderer=TEMPLATES + "invitation.jinja2", permission=Persons.BELONG)
class Invited:
    """Where an invitation's link leads: one click, by who is signed in, and they belong."""

    def __init__(self, request) -> None:
        self.request = request
        self.secret = request.matchdict["secret"]
        self.organisations = request.find_service(Organisations)

    @view_config(request_method="GET")
    def show(self):
        try:
            return {"invitation": self.organisations.invitation(self.secret), "person": self.request.person}
        except LinkSpent:
            return link_spent(self.request)

    @view_config(request_method="POST")
    def accept(self):
        try:
            organisation = self.organisations.accept(self.secret, self.request.person)
        except LinkSpent:
            return link_spent(self.request)
        words = _("You belong to ${organisation} now.", mapping={"organisation": organisation.name})
        self.request.tell("good", words)
        return HTTPSeeOther(self.request.route_path("account.organisations"))
