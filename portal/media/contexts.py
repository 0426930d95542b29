"""The media that an address points at. What may not be shown is a 404, what was removed a 410."""

from pyramid.httpexceptions import HTTPGone, HTTPNotFound

from portal.media.models import Media
from portal.media.permissions import Library
from portal.media.queries import ShownMedia, one_shown
from portal.media.terms import MediaState, Voices
from portal.security.addresses import matched_id


class MediaContext:
    """A media that everybody may see, or that is one's own, or one's business as a moderator."""

    def __init__(self, request) -> None:
        shown = one_shown(request.db, matched_id(request, "media"), everything=True)
        if shown is None:
            raise HTTPNotFound
        if shown.state is MediaState.REMOVED:
            raise HTTPGone
        self.public = shown.state is MediaState.READY and not shown.hidden and shown.voices is not Voices.NOT_TOLD
        self.shown: ShownMedia = shown
        self.owner_ids = (shown.sender_id,)
        if not self.public and not request.has_permission(Library.READ_UNPUBLISHED, self):
            raise HTTPNotFound
        self._session = request.db

    @property
    def row(self) -> Media:
        """The row itself, for services."""
        return self._session.get_one(Media, self.shown.id)
