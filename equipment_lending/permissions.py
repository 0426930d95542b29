"""Who may do what in lending, as a table to read aloud. A desk role is held at one point, or everywhere."""

from enum import StrEnum

from portal.people.terms import Role
from portal.security.predicates import anyone, has_role, is_owner, signed_in


class Lending(StrEnum):
    """What one can do in lending."""

    BROWSE = "lending.browse"
    BORROW = "lending.borrow"
    SEE_OWN_LOANS = "lending.see_own_loans"
    SEE_LOAN = "lending.see_loan"
    CHANGE_LOAN = "lending.change_loan"  # cancel it, ask to keep it longer
    SEE_WAIT = "lending.see_wait"
    CHANGE_WAIT = "lending.change_wait"  # leave the line, take what is offered
    SERVE = "lending.serve"  # stand at the desk: hand out, take in, decide, put an item out of service
    MANAGE_POINT = "lending.manage_point"  # hours, exceptions, rules of one point
    MANAGE_FLEET = "lending.manage_fleet"  # models, items, categories, rules for the city, import


at_the_desk = has_role(Role.DESK)
administers = has_role(Role.ADMIN)

GRANTS = {
    Lending.BROWSE: [anyone],
    Lending.BORROW: [signed_in],
    Lending.SEE_OWN_LOANS: [signed_in],
    Lending.SEE_LOAN: [is_owner, at_the_desk, administers],
    Lending.CHANGE_LOAN: [is_owner, at_the_desk, administers],
    Lending.SEE_WAIT: [is_owner],
    Lending.CHANGE_WAIT: [is_owner],
    Lending.SERVE: [at_the_desk, administers],
    Lending.MANAGE_POINT: [at_the_desk, administers],
    Lending.MANAGE_FLEET: [administers],
}


def includeme(config) -> None:
    config.add_grants(GRANTS)
