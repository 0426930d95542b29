"""Who may read the portal's own pages, and who may look after it."""

from enum import StrEnum

from portal.people.terms import Role
from portal.security.predicates import anyone, has_role


class Pages(StrEnum):
    READ = "pages.read"
    CHOOSE_LANGUAGE = "pages.choose_language"


class Upkeep(StrEnum):
    CHANGE_SETTINGS = "upkeep.change_settings"
    READ_AUDIT = "upkeep.read_audit"
    WATCH_JOBS = "upkeep.watch_jobs"


GRANTS = {
    Pages.READ: [anyone],
    Pages.CHOOSE_LANGUAGE: [anyone],
    Upkeep.CHANGE_SETTINGS: [has_role(Role.ADMIN)],
    Upkeep.READ_AUDIT: [has_role(Role.ADMIN)],
    Upkeep.WATCH_JOBS: [has_role(Role.ADMIN)],
}


def includeme(config) -> None:
    config.add_grants(GRANTS)
