"""Who may do what with accounts, organisations and roles."""

from enum import StrEnum

from portal.people.terms import Role
from portal.security.predicates import anyone, has_role, is_owner, signed_in


class Persons(StrEnum):
    ENTER = "persons.enter"
    HAVE_ACCOUNT = "persons.have_account"
    BELONG = "persons.belong"
    OFFICIATE = "persons.officiate"
    REGISTER = "persons.register"
    ADMINISTER = "persons.administer"
    READ_DIARY = "persons.read_diary"


GRANTS = {
    Persons.ENTER: [anyone],
    Persons.HAVE_ACCOUNT: [signed_in],
    Persons.BELONG: [signed_in],
    Persons.OFFICIATE: [is_owner, has_role(Role.ADMIN)],
    Persons.REGISTER: [has_role(Role.DESK), has_role(Role.ADMIN)],
    Persons.ADMINISTER: [has_role(Role.ADMIN)],
    Persons.READ_DIARY: [anyone],  # whoever has its secret address
}


def includeme(config) -> None:
    config.add_grants(GRANTS)
