"""What a page does when its thing was hidden or removed: 404 and 410, each with its own words."""

from uuid import UUID

from pyramid.httpexceptions import HTTPGone, HTTPNotFound

from portal.moderation.permissions import Moderate
from portal.moderation.queries import standing_of
from portal.moderation.terms import Standing


class Hidden(HTTPNotFound):
    """The thing is there, and hidden."""


class Removed(HTTPGone):
    """The thing was removed for good."""


def must_be_in_sight(request, kind: str, subject_id: UUID) -> Standing:
    """Return where a thing stands, for a page about it. Raises :class:`Hidden` or :class:`Removed`.

    Who moderates sees what is hidden, to decide on it; what was removed, nobody sees.
    """
    standing = standing_of(request.db, kind, subject_id)
    if standing is Standing.REMOVED:
        raise Removed
    if standing is Standing.HIDDEN and not request.has_permission(Moderate.DECIDE, None):
        raise Hidden
    return standing
