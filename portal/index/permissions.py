"""Who may read the public index: everybody, that is what it is for."""

from enum import StrEnum

from portal.security.predicates import anyone


class Index(StrEnum):
    READ = "index.read"


GRANTS = {Index.READ: [anyone]}


def includeme(config) -> None:
    config.add_grants(GRANTS)
