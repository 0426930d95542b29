"""What players ask for besides the sound itself: its transcript, the original for who sent it, and to be counted."""

from datetime import timedelta

from pyramid.httpexceptions import HTTPNotFound
from pyramid.response import Response
from pyramid.view import view_config

from portal.media.permissions import Library
from portal.media.queries import one_shown
from portal.media.services import MediaLibrary
from portal.media.serving import sent
from portal.media.terms import MediaKind, TranscriptForm
from portal.security.addresses import matched_id
from portal.security.limits import Attempts, Limit, TooMany, client_address

HEARD = Limit("media.heard", 120, timedelta(hours=1))
"""How often one address is counted, whatever it hears: nothing that is kept may tell who heard what."""


@view_config(
    route_name="media.heard", request_method="POST", permission=Library.LISTEN, require_csrf=False, renderer="string"
)
def heard(request) -> Response:
    """Count that a sound was begun or, with ``completed=1``, heard to its end. Who listens is nobody's business.

    It needs no cookie and no token: the worst that a stranger's page can do with it is to count once too often, and one
    address can do so only so many times an hour.
    """
    media_id = matched_id(request, "media")
    media = one_shown(request.db, media_id)
    if media is None or media.kind is MediaKind.IMAGE:
        raise HTTPNotFound
    try:
        request.find_service(Attempts).spend(HEARD, client_address(request))
    except TooMany as no:  # returned, so that the count is kept
        return Response(status=429, retry_after=int(no.wait.total_seconds()) + 1)
    completed = request.POST.get("completed") == "1"
    request.find_service(MediaLibrary).heard(media_id, request.clock.today(), completed)
    return Response(status=204)


@view_config(route_name="media.transcript", request_method="GET", permission=Library.READ, public=True)
def transcript(context, request) -> Response:
    """Return the latest transcript in a language, as text or as WebVTT."""
    found = (context.shown.transcripts or {}).get(request.matchdict["language"])
    if found is None:
        raise HTTPNotFound
    kind = "text/vtt" if found.form is TranscriptForm.WEBVTT else "text/plain"
    response = Response(found.text, content_type=kind, charset="utf-8")
    response.content_language = found.language
    return response


@view_config(route_name="library.original", request_method="GET", permission=Library.READ_ORIGINAL)
def original(context, request) -> Response:
    """Return the file as it was sent, to be kept and never to be shown: only who sent it vouches for what is in it."""
    row = context.row
    if row.original is None:
        raise HTTPNotFound
    response = sent(
        request, row.original, "application/octet-stream", row.original.partition(".")[0], "private, no-cache"
    )
    extension = row.original.rpartition(".")[2]
    response.headers["Content-Disposition"] = f'attachment; filename="{row.id}.{extension}"'
    return response
