"""The words of people: organisations and roles."""

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
