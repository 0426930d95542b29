"""Whom to name for a media, in the reader's language."""

from portal.i18n import _
from portal.media.queries import ShownMedia
from portal.media.terms import FORMER_CONTRIBUTOR


def credit_of(request, media: ShownMedia) -> str:
    """Return whom to name, as the sender says it; in the reader's words where they had themselves forgotten."""
    if media.attribution == FORMER_CONTRIBUTOR:
        return request.localizer.translate(_("a former contributor"))
    return media.attribution


def includeme(config) -> None:
    config.add_request_method(credit_of)
