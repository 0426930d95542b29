"""The media that an address points at. What may not be shown is a 404, what was removed a 410."""

from pyramid.httpexceptions import HTTPGone, HTTPNotFound

from portal.media.models import Media
from portal.media.queries import ShownMedia, one_shown
from portal.media.terms import MediaState
from portal.people.contexts import matched_id
from portal.people.terms import Role


class MediaContext:
    """A media that everybody may see, or that is one's own, or one's business as a moderator."""

    def __init__(self, request) -> None:
        shown = one_shown(request.db, matched_id(request, "media"), everything=True)
        if shown is None:
            raise HTTPNotFound
        if shown.state is MediaState.REMOVED:
            raise HTTPGone
        self.public = shown.state is MediaState.READY and not shown.hidden
        self.shown: ShownMedia = shown
        self.owner_ids = (shown.sender_id,)
        if not self.public and not self._is_for(request.identity):
            raise HTTPNotFound
        self._session = request.db

    @property
    def row(self) -> Media:
        """The row itself, for services."""
        return self._session.get_one(Media, self.shown.id)

    def _is_for(self, identity) -> bool:
        if identity is None:
            return False
        return identity.person_id in self.owner_ids or identity.holds(Role.MODERATOR) or identity.holds(Role.ADMIN)
