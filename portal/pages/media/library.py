"""One's own media, a new one, and each with what is said of it and in it."""

from typing import Any
from uuid import UUID

from pyramid.httpexceptions import HTTPGone, HTTPNotFound, HTTPSeeOther
from pyramid.view import view_config, view_defaults

from portal.forms import Button, fail, submitted
from portal.i18n import _
from portal.index.views import page_of
from portal.media.models import Media, Transcript, Upload
from portal.media.permissions import Library
from portal.media.queries import listened, one_wording, sent_by, wordings
from portal.media.services import MediaLibrary, NoSuchPlace, NoSuchUpload, Uploads
from portal.media.services.library import TRANSCRIPTS
from portal.media.services.uploads import TooManyUploads
from portal.media.terms import (
    LIMITS,
    NOBODY_SPEAKS,
    PIECES_ABOVE,
    MediaKind,
    MediaState,
    NotTaken,
    TakenBack,
    TranscriptForm,
    Voices,
)
from portal.media.transcripts import NotATranscript, read
from portal.pages.media import words
from portal.pages.media.schemas import DetailsSchema, NewMediaSchema, TranscriptSchema, language_names
from portal.security.limits import Attempts, TooMany, too_many
from portal.security.redirects import safe_path

TEMPLATES = "portal:templates/portal/media/"
PER_PAGE = 20
WORDINGS = 10
"""How many of the transcripts that there were are on a page."""

NOTHING_SENT = _("Choose a file, or record something.")
LATE = _("That file is no longer here: choose it again.")


@view_config(
    route_name="library", request_method="GET", permission=Library.CONTRIBUTE, renderer=TEMPLATES + "library.jinja2"
)
def library(request) -> dict[str, Any]:
    """What somebody sent, the latest first."""
    page = page_of(request)
    first = (page - 1) * PER_PAGE
    found = sent_by(request.db, request.identity.person_id, limit=PER_PAGE, offset=first)

    def address(number: int) -> str:
        return request.route_path("library", _query={"page": number} if number > 1 else {})

    return {
        "found": found,
        "first": first + 1,
        "heard": listened(request.db, [one.id for one in found.rows]),
        "previous_url": address(page - 1) if page > 1 else None,
        "next_url": address(page + 1) if first + PER_PAGE < found.total else None,
        "states": words.STATES,
        "kinds": words.KINDS,
    }


@view_defaults(route_name="library.new", permission=Library.CONTRIBUTE, renderer=TEMPLATES + "new.jinja2")
class NewMedia:
    """Sending or recording a sound, a picture or a video.

    ``?return=`` is the page that asked for it; it is told which media it became by ``?media=``.
    """

    def __init__(self, request) -> None:
        self.request = request
        self.uploads = request.find_service(Uploads)
        self.form = request.new_form(NewMediaSchema(), buttons=(Button("send", _("Send")),))
        self.upload: Upload | None = None

    @view_config(request_method="GET")
    def show(self):
        identity = self.request.identity
        usual = {
            "title": "",
            "description": "",
            "attribution": identity.acting_for or identity.name,
            "licence": "CC-BY-SA-4.0",
            "upload": "",
        }
        self.form.set_appstruct(usual)
        return self._page()

    @view_config(request_method="POST")
    def send(self):
        wish = submitted(self.form, self.request)
        if wish is None:
            self._keep_file()
            if self.upload is None and self.form["file"].error is None:
                fail(self.form, "file", NOTHING_SENT)
            return self._page()
        try:
            media = self._received(wish)
        except NotTaken as no:
            return self._refused(words.FLAWS[no.flaw])
        except (NoSuchPlace, NoSuchUpload):
            return self._refused(LATE)
        if media is None:
            return self._refused(NOTHING_SENT if not wish["upload"] else LATE)
        self.request.tell("good", _("It is here, and being prepared. That takes a moment."))
        return HTTPSeeOther(self._next(media))

    def _received(self, wish: dict[str, Any]) -> Media | None:
        """Take in what was sent, in whichever way; None when there is nothing."""
        library, identity = self.request.find_service(MediaLibrary), self.request.identity
        details = details_of(wish) | {"organisation_id": identity.acting_for_id}
        if wish["file"] is not None:
            file = wish["file"]
            return library.receive(file.content, file.name, sender_id=identity.person_id, **details)
        self.upload = self._upload(wish["upload"])
        return library.receive_upload(self.upload, **details) if self.upload else None

    def _upload(self, name: str) -> Upload | None:
        try:
            return self.uploads.of(self.request.identity.person_id, UUID(name))
        except ValueError:
            return None

    def _keep_file(self) -> None:
        """Keep what was sent until the rest is mended: a browser does not fill in a file again."""
        sent = self.request.POST.get("file")
        before = self._upload(self.request.typed.get("upload", ""))
        if hasattr(sent, "file") and self.form["file"].error is None:
            try:
                file = self.form["file"].schema.deserialize(sent)
                before = self.uploads.keep(self.request.identity.person_id, file.name, file.content, file.size)
            except (NotTaken, TooManyUploads):
                before = None
        if before is not None and before.received == before.size:
            self.upload = before
        self.form["upload"].cstruct = str(self.upload.id) if self.upload else ""

    def _refused(self, words_of_no) -> dict[str, Any]:
        self.request.response.status_int = 422
        fail(self.form, "file", words_of_no)
        self.form["upload"].cstruct = ""
        self.upload = None
        return self._page()

    def _next(self, media: Media) -> str:
        back = safe_path(self.request.GET.get("return"), "")
        if not back:
            return self.request.route_path("library.media", media=media.id)
        return f"{back}{'&' if '?' in back else '?'}media={media.id}"

    def _page(self) -> dict[str, Any]:
        return {"form": self.form, "upload": self.upload, "pieces_above": PIECES_ABOVE}


def details_of(wish: dict[str, Any]) -> dict[str, Any]:
    """Return what a form says of a media, as it is kept."""
    return {
        "title": wish["title"],
        "language": None if wish["language"] == NOBODY_SPEAKS else wish["language"],
        "description": wish["description"],
        "licence": wish["licence"],
        "attribution": wish["attribution"],
        "voices": Voices(wish["voices"]),
    }


@view_config(
    route_name="library.media", request_method="GET", permission=Library.READ, renderer=TEMPLATES + "media.jinja2"
)
def show(context, request) -> dict[str, Any]:
    """The page of a media: for everybody once it is ready, for who sent it from the beginning."""
    shown = context.shown
    return {
        "media": shown,
        "mine": bool(request.has_permission(Library.REMOVE, context)),
        "changeable": bool(request.has_permission(Library.CHANGE, context)),
        "original": request.has_permission(Library.READ_ORIGINAL, context) and context.row.original is not None,
        "state": words.STATES[shown.state],
        "flaw": words.FLAWS.get(shown.flaw),
        "under_way": shown.state in (MediaState.RECEIVED, MediaState.PREPARING),
        "long": shown.seconds is not None and shown.seconds > (LIMITS[MediaKind.AUDIO].usual_seconds or 0),
        "heard": listened(request.db, [shown.id]).get(shown.id),
        "languages": languages(request),
    }


def languages(request) -> dict[str, str]:
    """Return what languages are called, for pages that show in which one something is."""
    return dict(language_names(request))


@view_defaults(route_name="library.edit", permission=Library.CHANGE, renderer=TEMPLATES + "edit.jinja2")
class EditMedia:
    """Changing what is said of a media. The file stays what it is."""

    def __init__(self, context, request) -> None:
        self.context, self.request = context, request
        self.form = request.new_form(DetailsSchema(), buttons=(Button("save", _("Save")),))

    @view_config(request_method="GET")
    def show(self):
        shown = self.context.shown
        now = {name: getattr(shown, name) for name in ("title", "description", "attribution")}
        more = {"language": shown.language or NOBODY_SPEAKS, "licence": shown.licence.spdx, "voices": shown.voices}
        self.form.set_appstruct(now | more)
        return self._page()

    @view_config(request_method="POST")
    def save(self):
        wish = submitted(self.form, self.request)
        if wish is None:
            return self._page()
        try:
            self.request.find_service(MediaLibrary).change(self.context.row, **details_of(wish))
        except TakenBack:
            raise HTTPGone from None
        self.request.tell("good", _("Saved."))
        return HTTPSeeOther(self.request.route_path("library.media", media=self.context.shown.id))

    def _page(self) -> dict[str, Any]:
        return {"media": self.context.shown, "form": self.form}


@view_defaults(
    route_name="library.transcripts", permission=Library.TRANSCRIBE, renderer=TEMPLATES + "transcripts.jinja2"
)
class Transcribe:
    """Writing down what is said, for those who do not hear it: anybody may, mend what others wrote, and undo it.

    ``?wording=`` is an earlier transcript to begin with.
    """

    def __init__(self, context, request) -> None:
        if context.shown.kind is MediaKind.IMAGE:
            raise HTTPNotFound
        self.context, self.request = context, request
        self.form = request.new_form(TranscriptSchema(), buttons=(Button("save", _("Publish the transcript")),))

    @view_config(request_method="GET")
    def show(self):
        shown = self.context.shown
        wanted = self.request.GET.get("language") or shown.language or self.request.locale_name
        known = (shown.transcripts or {}).get(wanted)
        if "wording" in self.request.GET:
            known = self._wording(self.request.GET["wording"])
            wanted = known.language
        self.form.set_appstruct({"language": wanted, "text": known.text if known else ""})
        return self._page()

    @view_config(request_method="POST")
    def save(self):
        wish = submitted(self.form, self.request)
        if wish is None:
            return self._page()
        try:
            form, text = read(wish["text"])
        except NotATranscript as no:
            self.request.response.status_int = 422
            fail(self.form, "text", words.TRANSCRIPT_FLAWS[no.flaw])
            return self._page()
        return self._publish(wish["language"], form, text)

    @view_config(request_method="POST", request_param="wording")
    def go_back(self):
        """Publish an earlier transcript again."""
        earlier = self._wording(self.request.typed.get("wording", ""))
        return self._publish(earlier.language, earlier.form, earlier.text)

    def _wording(self, name: str) -> Transcript:
        try:
            found = one_wording(self.request.db, self.context.shown.id, UUID(name))
        except ValueError:
            found = None
        if found is None:
            raise HTTPNotFound
        return found

    def _publish(self, language: str, form: TranscriptForm, text: str):
        library, who = self.request.find_service(MediaLibrary), self.request.identity.person_id
        try:
            self.request.find_service(Attempts).spend(TRANSCRIPTS, str(who))
        except TooMany as no:
            return too_many(self.request, no.wait, guessing=False)
        try:
            library.transcribe(self.context.row, language, form, text, who)
        except TakenBack:
            raise HTTPGone from None
        self.request.tell("good", _("Thank you: the transcript is published."))
        own_page = self.request.route_path("library.media", media=self.context.shown.id)
        return HTTPSeeOther(safe_path(self.request.GET.get("return"), own_page))

    def _page(self) -> dict[str, Any]:
        page = page_of(self.request)
        first = (page - 1) * WORDINGS
        found, total = wordings(self.request.db, self.context.shown.id, limit=WORDINGS, offset=first)
        back = {"return": self.request.GET["return"]} if "return" in self.request.GET else {}

        def address(number: int) -> str:
            here = {"media": self.context.shown.id, "_query": {"page": number} | back, "_anchor": "wordings"}
            return self.request.route_path("library.transcripts", **here)

        return {
            "media": self.context.shown,
            "form": self.form,
            "wordings": found,
            "back": back,
            "first": first + 1,
            "total": total,
            "previous_url": address(page - 1) if page > 1 else None,
            "next_url": address(page + 1) if first + WORDINGS < total else None,
            "languages": languages(self.request),
            "zone": self.request.city.zone,
        }


@view_defaults(route_name="library.remove", permission=Library.REMOVE, renderer=TEMPLATES + "remove.jinja2")
class RemoveMedia:
    """Taking a media back for good."""

    def __init__(self, context, request) -> None:
        self.context, self.request = context, request

    @view_config(request_method="GET")
    def show(self):
        return {"media": self.context.shown}

    @view_config(request_method="POST")
    def remove(self):
        self.request.find_service(MediaLibrary).remove(self.context.row)
        self.request.tell("good", _("It is removed."))
        return HTTPSeeOther(self.request.route_path("library"))
