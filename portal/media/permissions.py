"""Who may send media, see them, say in words what they say, and take them back."""

from enum import StrEnum

from portal.people.terms import Role
from portal.security.predicates import anyone, has_role, is_owner, signed_in


class Library(StrEnum):
    READ = "library.read"
    READ_UNPUBLISHED = "library.read_unpublished"
    LISTEN = "library.listen"
    CONTRIBUTE = "library.contribute"
    TRANSCRIBE = "library.transcribe"
    CHANGE = "library.change"
    REMOVE = "library.remove"
    READ_ORIGINAL = "library.read_original"


GRANTS = {
    Library.READ: [anyone],
    Library.READ_UNPUBLISHED: [is_owner, has_role(Role.MODERATOR), has_role(Role.ADMIN)],  # not ready, or hidden
    Library.LISTEN: [anyone],
    Library.CONTRIBUTE: [signed_in],
    Library.TRANSCRIBE: [signed_in],
    Library.CHANGE: [is_owner, has_role(Role.MODERATOR), has_role(Role.ADMIN)],
    Library.REMOVE: [is_owner],  # who moderates removes by an act, with a reason
    Library.READ_ORIGINAL: [is_owner, has_role(Role.MODERATOR), has_role(Role.ADMIN)],
}


def includeme(config) -> None:
    config.add_grants(GRANTS)
