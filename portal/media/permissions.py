"""Who may send media, see them, say in words what they say, and take them back."""

from enum import StrEnum

from portal.people.terms import Role
from portal.security.predicates import anyone, has_role, is_owner, signed_in


class Library(StrEnum):
    READ = "library.read"
    LISTEN = "library.listen"
    CONTRIBUTE = "library.contribute"
    TRANSCRIBE = "library.transcribe"
    CHANGE = "library.change"
    READ_ORIGINAL = "library.read_original"


GRANTS = {
    Library.READ: [anyone],  # what is not public is not there for them
    Library.LISTEN: [anyone],
    Library.CONTRIBUTE: [signed_in],
    Library.TRANSCRIBE: [signed_in],
    Library.CHANGE: [is_owner, has_role(Role.MODERATOR), has_role(Role.ADMIN)],
    Library.READ_ORIGINAL: [is_owner, has_role(Role.MODERATOR), has_role(Role.ADMIN)],
}


def includeme(config) -> None:
    config.add_grants(GRANTS)
