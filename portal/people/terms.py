"""The words of people: organisations, roles, and what may be wrong with a password."""

from enum import StrEnum


class OrganisationKind(StrEnum):
    ASSOCIATION = "association"
    CENTRE = "centre"
    SCHOOL = "school"
    ENTERPRISE = "enterprise"


class Role(StrEnum):
    """What somebody may be trusted with. ``DESK`` is usually held at one lending point: ``desk@lambezellec``."""

    ADMIN = "admin"
    DESK = "desk"
    GRANTS = "grants"
    TRAINER = "trainer"
    MODERATOR = "moderator"


class PasswordFlaw(StrEnum):
    """Why a password is not accepted."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    COMMON = "common"
    PERSONAL = "personal"
