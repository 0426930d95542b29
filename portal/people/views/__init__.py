"""The pages about people, one class each."""

from portal.i18n import _
from portal.people.permissions import Persons
from portal.people.views.entering import way_in


def includeme(config) -> None:
    config.scan()
    config.add_request_method(way_in)
    config.add_admin_link(
        _("People and roles"), "admin.people", Persons.ADMINISTER, _("Find somebody, say what they may do."), "people"
    )
    config.add_admin_link(
        _("Organisations"),
        "admin.organisations",
        Persons.ADMINISTER,
        _("Who belongs to which, who acts for it."),
        "home",
    )
