"""Who may use the kernel's part of the API."""

from enum import StrEnum

from portal.security.predicates import anyone, signed_in


class Api(StrEnum):
    READ_DESCRIPTION = "api.read_description"
    READ_ME = "api.read_me"


GRANTS = {
    Api.READ_DESCRIPTION: [anyone],
    Api.READ_ME: [signed_in],
}


def includeme(config) -> None:
    config.add_grants(GRANTS)
