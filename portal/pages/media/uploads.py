"""``/uploads``: large files in pieces, by the tus protocol 1.0.0 with its extensions creation, expiration, termination.

Our own pages speak it, with the form's token in ``X-CSRF-Token``; so do programs, with a bearer token.
"""

import base64
import binascii
import re
from email.utils import format_datetime

from pyramid.httpexceptions import HTTPNotFound
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from portal.forms.text import cleaned
from portal.media.models import Upload
from portal.media.permissions import Library
from portal.media.services import NoSuchPlace, NoSuchUpload, Uploads
from portal.media.services.uploads import TooManyUploads
from portal.media.terms import MOST_BYTES, MediaFlaw, NotTaken
from portal.security.addresses import matched_id

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,termination"
PIECE = "application/offset+octet-stream"
NUMBER = re.compile(r"[0-9]{1,15}")
LONGEST_NAME = 120
RETRY = 3600


def answer(status: int, **headers: str) -> Response:
    """Return an answer without a body, its headers named as Python names things."""
    response = Response(status=status)
    response.headers["Tus-Resumable"] = VERSION
    response.headers["Cache-Control"] = "no-store"
    for name, value in headers.items():
        response.headers[name.replace("_", "-").title()] = value
    return response


def speaks_tus(view):
    """Let a view answer only who speaks this version of the protocol."""

    def spoken(context, request):
        if request.headers.get("Tus-Resumable") != VERSION:
            return answer(412, tus_version=VERSION)
        return view(context, request)

    return spoken


@view_config(route_name="uploads", request_method="OPTIONS", permission=Library.READ)
def abilities(_request) -> Response:
    """Say what can be done here."""
    return answer(204, tus_version=VERSION, tus_extension=EXTENSIONS, tus_max_size=str(MOST_BYTES))


@view_config(
    route_name="uploads", request_method="POST", permission=Library.CONTRIBUTE, decorator=speaks_tus, renderer="string"
)
def begin(request) -> Response:
    """Announce a file: how large it is, and what it is called."""
    size = number(request.headers.get("Upload-Length"))
    if size is None:
        return answer(400)
    try:
        name = file_name(request.headers.get("Upload-Metadata", ""))
        upload = request.find_service(Uploads).begin(request.identity.person_id, name, size)
    except ValueError:
        return answer(400)
    except NotTaken as no:
        if no.flaw is MediaFlaw.TOO_MANY_UNFINISHED:
            return answer(429, retry_after=str(RETRY))
        return answer(413 if no.flaw in (MediaFlaw.TOO_LARGE, MediaFlaw.NO_ROOM_LEFT) else 400)
    except TooManyUploads:
        return answer(429, retry_after=str(RETRY))
    return _at(upload, 201, location=request.route_path("upload", upload=upload.id), upload_offset="0")


@view_defaults(route_name="upload", permission=Library.CONTRIBUTE, decorator=speaks_tus, renderer="string")
class OneUpload:
    """A file on its way: how much of it is here, more of it, and an end to it."""

    def __init__(self, request) -> None:
        self.request = request
        self.uploads = request.find_service(Uploads)

    @view_config(request_method="HEAD")
    def state(self):
        upload = self._upload()
        return _at(upload, 200, upload_offset=str(upload.received), upload_length=str(upload.size))

    @view_config(request_method="PATCH")
    def go_on(self):
        upload = self._upload()
        if self.request.content_type != PIECE:
            return answer(415)
        offset = number(self.request.headers.get("Upload-Offset"))
        if offset is None:
            return answer(400)
        try:
            self.uploads.go_on(upload, offset, self.request.body_file_seekable, self.request.content_length or 0)
        except NoSuchPlace as no:
            return answer(409, upload_offset=str(no.received))
        except NoSuchUpload:
            raise HTTPNotFound from None
        return _at(upload, 204, upload_offset=str(upload.received))

    @view_config(request_method="DELETE")
    def end(self):
        self.uploads.forget(self._upload())
        return answer(204)

    def _upload(self) -> Upload:
        upload = self.uploads.of(self.request.identity.person_id, matched_id(self.request, "upload"))
        if upload is None:
            raise HTTPNotFound
        return upload


def _at(upload: Upload, status: int, **headers: str) -> Response:
    return answer(status, upload_expires=format_datetime(upload.expires_at, usegmt=True), **headers)


def number(text: str | None) -> int | None:
    """Return a header's whole number, None for what is none."""
    return int(text) if text and NUMBER.fullmatch(text) else None


def file_name(metadata: str) -> str:
    """Return the file's name in ``filename d29ybGQubTRh,…``, fit to show; "" for none. Raises ``ValueError``."""
    for pair in metadata.split(","):
        key, _, value = pair.strip().partition(" ")
        if key in ("filename", "name"):
            try:
                text = base64.b64decode(value, validate=True).decode("utf-8")
            except (binascii.Error, UnicodeDecodeError) as wrong:
                raise ValueError(f"{key} is not base64 of UTF-8") from wrong
            return cleaned(re.split(r"[\\/]", text)[-1])[-LONGEST_NAME:]
    return ""
