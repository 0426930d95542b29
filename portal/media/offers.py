"""Our answers to the kernel's questions: what is known of who sent media, and what moderators may do to them."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.db.locking import lock
from portal.i18n import _
from portal.media.models import Media, Transcript, Upload
from portal.media.queries import SUBJECT, still_named
from portal.media.services import MediaLibrary, Uploads
from portal.media.terms import MediaState, Voices
from portal.moderation.terms import Standing
from portal.ports.file_use import FileUse
from portal.ports.moderation import Moderated, Subject
from portal.ports.personal_data import PersonalData


class MediaData:
    """What somebody sent, what they wrote down of what others sent, and what they are sending now."""

    def __init__(self, request) -> None:
        self._session = request.db
        self._library = request.find_service(MediaLibrary)
        self._uploads = request.find_service(Uploads)

    def export(self, person_id: UUID) -> dict[str, Any]:
        sent = select(Media).where(Media.sender_id == person_id).order_by(Media.created_at)
        written = select(Transcript).where(Transcript.author_id == person_id).order_by(Transcript.created_at)
        under_way = select(Upload).where(Upload.person_id == person_id).order_by(Upload.created_at)
        return {
            "media": [_media(one) for one in self._session.scalars(sent)],
            "transcripts": [
                {
                    "media": str(one.media_id),
                    "language": one.language,
                    "text": one.text,
                    "written_at": one.created_at.isoformat(),
                }
                for one in self._session.scalars(written)
            ],
            "uploads": [
                {"file": one.file_name, "size": one.size, "begun_at": one.created_at.isoformat()}
                for one in self._session.scalars(under_way)
            ],
        }

    def hindrances(self, person_id: UUID) -> list[str]:
        return []

    def erase(self, person_id: UUID, at: datetime) -> None:
        """Forget them as the sender of what was published, which stays under its licence; the rest goes."""
        self._library.forget_sender(person_id)
        self._uploads.forget_all_of(person_id)


def _media(one: Media) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "state": one.state.value,
        "title": one.title,
        "description": one.description,
        "language": one.language,
        "licence": one.licence,
        "attribution": one.attribution,
        "voices": one.voices.value,
        "file": one.file_name,
        "size": one.size,
        "sent_at": one.created_at.isoformat(),
    }


class ModeratedMedia:
    """Media, as moderators take them out of sight and back in."""

    def __init__(self, request) -> None:
        self._session = request.db
        self._library = request.find_service(MediaLibrary)
        self._translate = request.localizer.translate

    def kinds(self) -> Mapping[str, str]:
        return {SUBJECT: self._translate(_("Sound, picture or video"))}

    def subjects(self, kind: str, ids: Collection[UUID]) -> dict[UUID, Subject]:
        columns = Media.id, Media.title, Media.sender_id, Media.state, Media.voices
        published = select(*columns).where(Media.id.in_(ids), Media.ready_at.is_not(None))
        nameless = self.kinds()[SUBJECT]
        return {
            media_id: Subject(
                title or nameless,
                f"/library/{media_id}",
                (sender_id,),
                gone=state is MediaState.REMOVED,
                in_sight=state is MediaState.READY and voices is not Voices.NOT_TOLD,
            )
            for media_id, title, sender_id, state, voices in self._session.execute(published)
        }

    def hold(self, kind: str, subject_id: UUID) -> None:
        if kind == SUBJECT:
            lock(self._session, Media, [subject_id])

    def reflect(self, kind: str, subject_id: UUID, standing: Standing) -> None:
        """Let go of what was removed. What is hidden needs nothing: whatever is shown asks where it stands."""
        if kind == SUBJECT and standing is Standing.REMOVED:
            media = self._session.get(Media, subject_id)
            if media is not None:
                self._library.remove(media)


class MediaFiles:
    """Originals, and what was made of them."""

    def __init__(self, request) -> None:
        self._session = request.db

    def needed(self, names: Collection[str]) -> set[str]:
        return still_named(self._session, names)


def includeme(config) -> None:
    config.answer(PersonalData, MediaData)
    config.answer(Moderated, ModeratedMedia)
    config.answer(FileUse, MediaFiles)
