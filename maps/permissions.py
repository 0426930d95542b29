"""Who may do what on the map, as a table to read aloud. Whoever is signed in joins in; moderation comes afterwards."""

from enum import StrEnum

from portal.people.terms import Role
from portal.security.predicates import anyone, has_role, is_owner, signed_in
from portal.security.terms import Identity


class Maps(StrEnum):
    """What one can do on the map."""

    BROWSE = "maps.browse"
    CONTRIBUTE = "maps.contribute"  # begin a trail, put a place on the map, make a remix
    EDIT_DRAFT = "maps.edit_draft"  # see and change what is not published, or is no longer
    REVISE = "maps.revise"  # change a trail or a place, whatever its state
    PUBLISH = "maps.publish"  # publish it, take it back, say who its authors are
    MODERATE = "maps.moderate"  # know of sounds that are hidden, removed or not public yet, whoever sent them
    KEEP_TRACK = "maps.keep_track"  # have a file in which a way was sent, or let it go


def joins_in(identity: Identity | None, context: object) -> bool:
    """Somebody is signed in, and what they ask about is published, its context says ``open``."""
    return identity is not None and bool(getattr(context, "open", False))


moderates = has_role(Role.MODERATOR)
administers = has_role(Role.ADMIN)

GRANTS = {
    Maps.BROWSE: [anyone],
    Maps.CONTRIBUTE: [signed_in],
    Maps.EDIT_DRAFT: [is_owner, moderates, administers],
    Maps.REVISE: [joins_in, is_owner, moderates, administers],
    Maps.PUBLISH: [is_owner, administers],
    Maps.MODERATE: [moderates, administers],
    Maps.KEEP_TRACK: [is_owner],
}


def includeme(config) -> None:
    config.add_grants(GRANTS)
