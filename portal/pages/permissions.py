"""Who may look after the portal itself."""

from enum import StrEnum

from portal.people.terms import Role
from portal.security.predicates import has_role


class Upkeep(StrEnum):
    CHANGE_SETTINGS = "upkeep.change_settings"
    READ_AUDIT = "upkeep.read_audit"
    WATCH_JOBS = "upkeep.watch_jobs"


GRANTS = {
    Upkeep.CHANGE_SETTINGS: [has_role(Role.ADMIN)],
    Upkeep.READ_AUDIT: [has_role(Role.ADMIN)],
    Upkeep.WATCH_JOBS: [has_role(Role.ADMIN)],
}


def includeme(config) -> None:
    config.add_grants(GRANTS)
