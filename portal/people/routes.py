"""Where the pages about people are."""

from portal.people.contexts import DiaryContext, OrganisationContext, PersonContext


def includeme(config) -> None:
    config.add_route("sign-up", "/sign-up")
    config.add_route("letter-sent", "/letter-sent")
    config.add_route("confirm.again", "/confirm")
    config.add_route("confirm", "/confirm/{secret}")
    config.add_route("sign-in", "/sign-in")
    config.add_route("sign-out", "/sign-out")
    config.add_route("reset.ask", "/reset")
    config.add_route("reset", "/reset/{secret}")
    config.add_route("email.confirm", "/email/{secret}")

    config.add_route("account", "/account")
    config.add_route("account.profile", "/account/profile")
    config.add_route("account.password", "/account/password")
    config.add_route("account.email", "/account/email")
    config.add_route("account.browsers", "/account/browsers")
    config.add_route("account.tokens", "/account/tokens")
    config.add_route("account.calendar", "/account/calendar")
    config.add_route("account.export", "/account/export")
    config.add_route("account.erase", "/account/erase")

    config.add_route("account.organisations", "/account/organisations")
    config.add_route("account.acting", "/account/acting")
    config.add_route("organisation.new", "/account/organisations/new")
    config.add_route("organisation", "/account/organisations/{organisation}", factory=OrganisationContext)
    config.add_route(
        "organisation.member", "/account/organisations/{organisation}/members/{person}", factory=OrganisationContext
    )
    config.add_route("organisation.leave", "/account/organisations/{organisation}/leave", factory=OrganisationContext)
    config.add_route(
        "organisation.withdraw", "/account/organisations/{organisation}/withdraw", factory=OrganisationContext
    )
    config.add_route("invitation", "/invitations/{secret}")

    config.add_route("calendar", "/calendar/{token}.ics", factory=DiaryContext)

    config.add_route("desk.people.new", "/desk/people/new")

    config.add_route("admin", "/admin")
    config.add_route("admin.people", "/admin/people")
    config.add_route("admin.person", "/admin/people/{person}", factory=PersonContext)
    config.add_route("admin.person.revoke", "/admin/people/{person}/revoke", factory=PersonContext)
    config.add_route("admin.person.online", "/admin/people/{person}/online", factory=PersonContext)
    config.add_route("admin.person.export", "/admin/people/{person}/export", factory=PersonContext)
    config.add_route("admin.person.erase", "/admin/people/{person}/erase", factory=PersonContext)
    config.add_route("admin.organisations", "/admin/organisations")
