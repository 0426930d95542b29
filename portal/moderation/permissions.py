"""Who may say that something is wrong: everybody; and who decides on it."""

from enum import StrEnum

from portal.people.terms import Role
from portal.security.predicates import anyone, has_role


class Moderate(StrEnum):
    FLAG = "moderate.flag"
    DECIDE = "moderate.decide"
    KEEP_WATCH = "moderate.keep_watch"


GRANTS = {
    Moderate.FLAG: [anyone],
    Moderate.DECIDE: [has_role(Role.MODERATOR), has_role(Role.ADMIN)],
    Moderate.KEEP_WATCH: [has_role(Role.MODERATOR)],  # it is what they come for: they have it among the main links
}


def includeme(config) -> None:
    config.add_grants(GRANTS)
