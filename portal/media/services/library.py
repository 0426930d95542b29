"""Taking media in, describing them, putting them into words, counting who listens, taking them back."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, BinaryIO
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from portal.audit.services import Audit
from portal.clock import Clock
from portal.db.insert import insert_into
from portal.db.locking import lock
from portal.jobs.services import Jobs
from portal.licences import LICENCES
from portal.media.looking import HEAD, form_of
from portal.media.models import Media, PlayTally, Transcript, Upload
from portal.media.services.files import hold
from portal.media.services.uploads import Uploads
from portal.media.store import Store
from portal.media.terms import (
    FORMER_CONTRIBUTOR,
    LIMITS,
    MOST_BYTES,
    MediaFlaw,
    MediaState,
    NotTaken,
    TakenBack,
    TranscriptForm,
    Voices,
)
from portal.people.models import Organisation, Person
from portal.ports.media_use import MediaUse
from portal.security.limits import Limit

TRANSCRIPTS = Limit("media.transcribe", 60, timedelta(hours=1))
"""How often somebody may write down what is said, or mend it, counted by person."""

UNPUBLISHED = (MediaState.RECEIVED, MediaState.PREPARING, MediaState.FAILED)
CHANGEABLE = frozenset({"title", "description", "language", "licence", "attribution", "voices"})


class MediaLibrary:
    """All that changes what is known of media, but the work of looking into a file and encoding it."""

    def __init__(
        self,
        session: Session,
        clock: Clock,
        store: Store,
        jobs: Jobs,
        audit: Audit,
        uploads: Uploads,
        users: Sequence[MediaUse] = (),
    ) -> None:
        self._session = session
        self._clock = clock
        self._store = store
        self._jobs = jobs
        self._audit = audit
        self._uploads = uploads
        self._users = users

    def receive(
        self,
        content: BinaryIO,
        file_name: str,
        *,
        title: str,
        language: str | None,
        licence: str,
        attribution: str,
        voices: Voices,
        sender_id: UUID,
        description: str = "",
        organisation_id: UUID | None = None,
    ) -> Media:
        """Keep a file as it is and ask for it to be prepared; return what will be shown, once a worker has looked.

        Raises :class:`NotTaken` for what nobody need look into to say no, and ``KeyError`` for a licence that is not
        one of ours. Nothing is kept then.
        """
        spdx = LICENCES[licence].spdx
        original, size = self._original(content)
        self._uploads.claim_room(sender_id, size)
        hold(self._session, [original])
        content.seek(0)
        self._store.put(original, content)
        media = Media(
            id=uuid4(),
            kind=None,
            state=MediaState.RECEIVED,
            progress=0,
            title=title,
            description=description,
            language=language,
            licence=spdx,
            attribution=attribution,
            voices=voices,
            sender_id=sender_id,
            organisation_id=organisation_id,
            created_at=self._clock.now(),
            file_name=file_name,
            original=original,
            size=size,
        )
        self._session.add(media)
        self._session.flush()
        self._jobs.add("media.prepare", {"media_id": str(media.id)})
        return media

    def receive_upload(self, upload: Upload, **details: Any) -> Media:
        """Take in a large file that has arrived, as :meth:`receive` does with another; the upload is gone after it.

        Raises :class:`NotTaken`, :class:`NoSuchPlace` when some of it is missing, and :class:`NoSuchUpload` when it is
        gone in the meantime: of two who describe it at once, one is too late.
        """
        lock(self._session, Person, [upload.person_id])  # before the upload, as erasing them does
        self._uploads.hold(upload)
        with self._uploads.joined(upload) as content:
            media = self.receive(content, upload.file_name, sender_id=upload.person_id, **details)
        self._uploads.forget(upload)
        return media

    def change(self, media: Media, **details: Any) -> None:
        """Change what is said of a media; only what differs counts.

        Raises ``KeyError`` for an unknown licence, and :class:`TakenBack`.
        """
        self._hold(media)
        unknown = details.keys() - CHANGEABLE
        if unknown:
            raise TypeError(f"{', '.join(sorted(unknown))} cannot be changed")
        if "licence" in details:
            LICENCES[details["licence"]]
        changed = [name for name, value in details.items() if getattr(media, name) != value]
        for name in changed:
            setattr(media, name, details[name])
        if changed:
            self._session.flush()
            self._audit.record("media.change", "media", media.id, fields=changed)

    def transcribe(self, media: Media, language: str, form: TranscriptForm, text: str, author_id: UUID) -> Transcript:
        """Add what is said in a media, in a language; the latest counts. Raises :class:`TakenBack`."""
        self._hold(media)
        written = Transcript(
            media_id=media.id,
            language=language,
            form=form,
            text=text,
            author_id=author_id,
            created_at=self._clock.now(),
        )
        self._session.add(written)
        self._session.flush()
        self._tell(media)
        return written

    def remove(self, media: Media) -> None:
        """Take a media back for good: the original and all that was made of it go, and what was written of it.

        Its address stays, and says that it was removed. Moderators know what was called how; what nobody but its sender
        ever saw keeps no title. Removing it again changes nothing.
        """
        lock(self._session, Media, [media.id])
        self._session.refresh(media)
        if media.state is MediaState.REMOVED:
            return
        names = [name for name in (media.original, *(made.name for made in media.renditions)) if name]
        self._session.execute(delete(Transcript).where(Transcript.media_id == media.id))
        media.state, media.flaw = MediaState.REMOVED, None
        media.original, media.peaks, media.file_name = None, None, ""
        if media.ready_at is None:
            media.title = media.description = media.attribution = ""
        self._session.flush()
        self._jobs.add("media.let_go", {"names": names})
        self._audit.record("media.remove", "media", media.id)
        self._tell(media)

    def forget_sender(self, person_id: UUID) -> None:
        """Forget who sent media, and what might tell: names, originals, what was said of what is gone.

        What was published stays under its licence, and names the organisation in whose name it was sent, if any. What
        never was goes.
        """
        theirs = Media.sender_id == person_id
        for media in self._session.scalars(select(Media).where(theirs, Media.state.in_(UNPUBLISHED))).all():
            self.remove(media)
        originals = self._session.scalars(select(Media.original).where(theirs, Media.original.is_not(None))).all()
        if originals:
            self._jobs.add("media.let_go", {"names": list(originals)})
        organisation = select(Organisation.name).where(Organisation.id == Media.organisation_id).scalar_subquery()
        nameless = {"attribution": func.coalesce(organisation, FORMER_CONTRIBUTOR), "file_name": "", "original": None}
        for which, forgotten in (
            (Media.state == MediaState.READY, nameless),
            (Media.state == MediaState.REMOVED, {"title": "", "description": "", "attribution": ""}),
        ):
            self._session.execute(
                update(Media).where(theirs, which).values(**forgotten),
                execution_options={"synchronize_session": "fetch"},
            )

    def heard(self, media_id: UUID, day: date, completed: bool) -> None:
        """Count that a media was begun on a day or, when ``completed``, heard to its end. Nobody is noted."""
        counts: Mapping[str, int] = {"starts": int(not completed), "completions": int(completed)}
        counted = insert_into(self._session, PlayTally).values(id=uuid4(), media_id=media_id, day=day, **counts)
        more = {name: getattr(PlayTally, name) + number for name, number in counts.items()}
        self._session.execute(counted.on_conflict_do_update(index_elements=["media_id", "day"], set_=more))

    def _hold(self, media: Media) -> None:
        """Hold a media until the transaction ends, and read it again. Raises :class:`TakenBack`."""
        lock(self._session, Media, [media.id])
        self._session.refresh(media)
        if media.state is MediaState.REMOVED:
            raise TakenBack

    def _tell(self, media: Media) -> None:
        for user in self._users:
            user.changed(media.id)

    def _original(self, content: BinaryIO) -> tuple[str, int]:
        """Return the name under which a file is kept as it came, and its size. Raises :class:`NotTaken`."""
        head = content.read(HEAD)
        if not head:
            raise NotTaken(MediaFlaw.EMPTY)
        form = form_of(head)
        if form is None:
            raise NotTaken(MediaFlaw.NOT_A_MEDIA)
        size = content.seek(0, 2)
        if size > (LIMITS[form.kind].most_bytes if form.kind else MOST_BYTES):
            raise NotTaken(MediaFlaw.TOO_LARGE)
        content.seek(0)
        digest = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
        return f"{digest}-original.{form.extension}", size
