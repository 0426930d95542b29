"""What a page does when its thing was hidden or removed: 404 and 410, each with its own words."""

from uuid import UUID

from pyramid.httpexceptions import HTTPGone, HTTPNotFound

from portal.moderation.permissions import Moderate
from portal.moderation.queries import standing_of
from portal.moderation.terms import Standing
from portal.moderation.things import subjects
from portal.ports.moderation import Subject


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


def subject_in_sight(request, kind: str, subject_id: UUID) -> Subject:
    """Return what is known of a thing that whoever asks may see. Raises ``HTTPNotFound`` or :class:`Removed`.

    Not even the title is told of what its owners took back, or of what is part of something hidden.
    """
    subject = subjects(request, [(kind, subject_id)]).get((kind, subject_id))
    if subject is None:
        raise HTTPNotFound
    must_be_in_sight(request, kind, subject_id)
    if subject.gone:
        raise Removed
    if not subject.in_sight and not request.has_permission(Moderate.DECIDE, None):
        raise HTTPNotFound
    return subject
