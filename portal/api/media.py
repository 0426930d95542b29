"""Sounds, pictures and videos for programs: sending one, seeing how far it is, writing down what is said in it."""

import re
from typing import Any
from uuid import UUID

import colander
from pyramid.httpexceptions import HTTPNotFound
from pyramid.response import Response

from portal.api.answering import api_defaults, api_view
from portal.api.problems import Problem
from portal.api.reading import form_of
from portal.forms.types import Upload as SentFile
from portal.forms.types import UploadedFile
from portal.i18n import _
from portal.licences import LICENCES, Licence
from portal.media.models import Media, Upload
from portal.media.permissions import Library
from portal.media.queries import ShownMedia, ShownTranscript, Source, one_shown
from portal.media.services import MediaLibrary, NoSuchPlace, NoSuchUpload, Uploads
from portal.media.services.library import TRANSCRIPTS
from portal.media.terms import MOST_BYTES, NOBODY_SPEAKS, MediaFlaw, MediaKind, NotTaken, TakenBack, Voices
from portal.media.transcripts import LONGEST, NotATranscript, read
from portal.security.limits import Attempts

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
LINE = 200


def _language(node: colander.SchemaNode, value: str) -> None:
    if not LANGUAGE.fullmatch(value) or len(value) > 35:
        raise colander.Invalid(node, _("Give a language tag such as fr, br or en."))


class MediaForm(colander.Schema):
    title = colander.SchemaNode(colander.String(), validator=colander.Length(max=LINE))
    language = colander.SchemaNode(colander.String(), validator=_language)
    licence = colander.SchemaNode(colander.String(), validator=colander.OneOf(list(LICENCES)))
    attribution = colander.SchemaNode(colander.String(), validator=colander.Length(max=LINE))
    description = colander.SchemaNode(colander.String(), validator=colander.Length(max=2000), missing="")
    voices = colander.SchemaNode(
        colander.String(), validator=colander.OneOf([one.value for one in Voices]), missing=Voices.NOT_TOLD.value
    )
    upload = colander.SchemaNode(colander.String(), missing=None)


class TranscriptMessage(colander.Schema):
    language = colander.SchemaNode(colander.String(), validator=_language)
    text = colander.SchemaNode(colander.String(), validator=colander.Length(max=LONGEST))


@api_view(route_name="api.licences", request_method="GET", permission=Library.READ, public=3600)
def licences(_request) -> dict[str, Any]:
    """Return the open licences under which things are published here, the one proposed first at the head."""
    items = [_licence(one) for one in LICENCES.values()]
    return {"items": items, "total": len(items), "next": None}


def _licence(one: Licence) -> dict[str, Any]:
    return {"id": one.spdx, "label": one.label, "url": one.url, "credit": one.credit, "share_alike": one.share_alike}


@api_view(route_name="api.media", request_method="POST", permission=Library.CONTRIBUTE)
def send(request) -> dict[str, Any]:
    """Take in a file, or one that was sent in pieces, and return what it is going to be."""
    wish, files = form_of(request, MediaForm, ("file",))
    try:
        media = _received(request, wish, _file(files.get("file")))
    except NotTaken as no:
        raise Problem(413 if no.flaw is MediaFlaw.TOO_LARGE else 422, reasons=[{"code": no.flaw.value}]) from no
    except NoSuchPlace as no:
        raise Problem(409, reasons=[{"code": "incomplete", "received": no.received}]) from no
    except NoSuchUpload as no:
        raise Problem(422, errors={"upload": request.localizer.translate(_("There is no such upload."))}) from no
    request.response.status_int = 201
    request.response.location = request.route_path("api.one_media", media=media.id)
    shown = one_shown(request.db, media.id, everything=True)
    assert shown is not None
    return told(shown, request)


def _file(sent: Any) -> UploadedFile | None:
    """Return the file that was sent. Raises :class:`NotTaken`."""
    if sent is None:
        return None
    if sent.file.seek(0, 2) == 0:
        raise NotTaken(MediaFlaw.EMPTY)
    try:
        return SentFile(MOST_BYTES).deserialize(colander.SchemaNode(SentFile()), sent)
    except colander.Invalid as wrong:
        raise NotTaken(MediaFlaw.TOO_LARGE) from wrong


def _received(request, wish: dict[str, Any], file: UploadedFile | None) -> Media:
    library, identity = request.find_service(MediaLibrary), request.identity
    upload = wish.pop("upload")
    language = None if wish["language"] == NOBODY_SPEAKS else wish["language"]
    told = {"language": language, "voices": Voices(wish["voices"])}
    details = wish | told | {"organisation_id": identity.acting_for_id}
    if (file is None) == (upload is None):
        raise Problem(422, errors={"file": request.localizer.translate(_("Send a file, or name an upload."))})
    if file is not None:
        return library.receive(file.content, file.name, sender_id=identity.person_id, **details)
    return library.receive_upload(_upload(request, upload), **details)


def _upload(request, name: str) -> Upload:
    """Return somebody's own upload, named by its id or its address. Raises :class:`NoSuchUpload`."""
    try:
        found = request.find_service(Uploads).of(request.identity.person_id, UUID(name.rpartition("/")[2]))
    except ValueError:
        found = None
    if found is None:
        raise NoSuchUpload
    return found


@api_defaults(route_name="api.one_media")
class OneMedia:
    """A media that everybody may see, or one's own."""

    def __init__(self, context, request) -> None:
        self.context, self.request = context, request

    @api_view(request_method="GET", permission=Library.READ, public=True)
    def show(self):
        return told(self.context.shown, self.request)

    @api_view(request_method="DELETE", permission=Library.REMOVE)
    def remove(self):
        self.request.find_service(MediaLibrary).remove(self.context.row)
        return Response(status=204)


@api_view(route_name="api.transcripts", request_method="POST", permission=Library.TRANSCRIBE, body=TranscriptMessage)
def transcribe(context, request) -> dict[str, Any]:
    """Publish what is said in a media, as text or as WebVTT, which begins with ``WEBVTT``."""
    shown = context.shown
    if shown.kind is MediaKind.IMAGE:
        raise HTTPNotFound
    try:
        form, text = read(request.message["text"])
    except NotATranscript as no:
        raise Problem(422, reasons=[{"code": no.flaw.value}]) from no
    request.find_service(Attempts).spend(TRANSCRIPTS, str(request.identity.person_id))
    language, library = request.message["language"], request.find_service(MediaLibrary)
    try:
        library.transcribe(context.row, language, form, text, request.identity.person_id)
    except TakenBack:
        raise Problem(410) from None
    again = one_shown(request.db, shown.id, everything=True)
    assert again is not None
    assert again.transcripts is not None
    request.response.status_int = 201
    return _transcript(again.transcripts[language], request)


def told(media: ShownMedia, request) -> dict[str, Any]:
    """Return a media as the API tells it."""
    pictures = tuple((media.pictures or {}).values())
    files = (*media.sources, *((media.poster,) if media.poster else ()), *pictures)
    return {
        "id": media.id,
        "state": media.state,
        "kind": media.kind,
        "flaw": media.flaw,
        "progress": media.progress,
        "title": media.title,
        "description": media.description,
        "language": media.language,
        "licence": media.licence.spdx,
        "attribution": media.attribution,
        "voices": media.voices,
        "seconds": media.seconds,
        "url": _address(request, media.path),
        "files": [_source(one, request) for one in files],
        "transcripts": [_transcript(one, request) for one in (media.transcripts or {}).values()],
        "wants_transcript": media.wants_transcript,
        "created_at": media.created_at,
    }


def _source(one: Source, request) -> dict[str, Any]:
    return {
        "rendering": one.rendering,
        "url": _address(request, one.path),
        "media_type": one.media_type,
        "size": one.size,
        "sha256": one.sha256,
        "width": one.width,
        "height": one.height,
    }


def _transcript(one: ShownTranscript, request) -> dict[str, Any]:
    return {
        "language": one.language,
        "form": one.form,
        "text": one.text,
        "url": _address(request, one.path),
        "written_at": one.created_at,
    }


def _address(request, path: str) -> str:
    return f"{request.registry.portal_settings.base_url}{path}"
