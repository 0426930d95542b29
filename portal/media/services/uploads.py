"""Large files on their way here: piece by piece, so that a lost connection costs no more than one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.clock import Clock
from portal.db.locking import lock
from portal.jobs.services import Jobs
from portal.media.models import Media, Upload
from portal.media.shares import Share, refusal
from portal.media.store import Store
from portal.media.terms import MOST_BYTES, MediaFlaw, MediaState, NotTaken
from portal.people.models import Person

KEPT_FOR = timedelta(hours=24)
MOST_AT_ONCE = 20


class NoSuchPlace(Exception):
    """A piece does not follow what is here, or is more than what was announced. ``received`` bytes are here."""

    def __init__(self, received: int) -> None:
        super().__init__(f"{received} bytes are here")
        self.received = received


class NoSuchUpload(Exception):
    """It is not here any more: it became a media, or was ended."""


class TooManyUploads(Exception):
    """Somebody has begun that many, and finished none of them."""


class Uploads:
    """Begins, goes on with, and forgets large files. ``folder`` is where they are joined, on this machine's disk.

    ``share`` is the most that one person may have.
    """

    def __init__(self, session: Session, clock: Clock, store: Store, jobs: Jobs, folder: Path, share: Share) -> None:
        self._session = session
        self._clock = clock
        self._store = store
        self._jobs = jobs
        self._folder = folder
        self._share = share

    def begin(self, person_id: UUID, file_name: str, size: int) -> Upload:
        """Announce a file. Raises :class:`NotTaken` for one too large or empty, or for which there is no room left, and
        :class:`TooManyUploads`.
        """
        if size <= 0:
            raise NotTaken(MediaFlaw.EMPTY)
        if size > MOST_BYTES:
            raise NotTaken(MediaFlaw.TOO_LARGE)
        lock(self._session, Person, [person_id])
        now = self._clock.now()
        alive = select(Upload.id).where(Upload.person_id == person_id, Upload.expires_at > now)
        if len(self._session.scalars(alive.limit(MOST_AT_ONCE)).all()) == MOST_AT_ONCE:
            raise TooManyUploads
        on_its_way = select(func.coalesce(func.sum(Upload.size), 0)).where(Upload.person_id == person_id)
        self._keep_within_share(person_id, size + self._session.scalars(on_its_way).one())
        upload = Upload(
            person_id=person_id,
            file_name=file_name,
            size=size,
            received=0,
            created_at=now,
            expires_at=now + KEPT_FOR,
        )
        self._session.add(upload)
        self._session.flush()
        return upload

    def claim_room(self, person_id: UUID, size: int) -> None:
        """Hold a person for whom a file is about to be kept. Raises :class:`NotTaken` for what is over their share."""
        lock(self._session, Person, [person_id])
        self._keep_within_share(person_id, size)

    def _keep_within_share(self, person_id: UUID, size: int) -> None:
        theirs = Media.sender_id == person_id, Media.state != MediaState.REMOVED
        unfinished = func.count().filter(Media.state.in_((MediaState.RECEIVED, MediaState.PREPARING)))
        used = self._session.execute(select(unfinished, func.coalesce(func.sum(Media.size), 0)).where(*theirs)).one()
        flaw = refusal(Share(*used), size, self._share)
        if flaw is not None:
            raise NotTaken(flaw)

    def of(self, person_id: UUID, upload_id: UUID) -> Upload | None:
        """Return somebody's own upload; None for one that is not theirs, or was forgotten."""
        theirs = Upload.id == upload_id, Upload.person_id == person_id, Upload.expires_at > self._clock.now()
        return self._session.scalar(select(Upload).where(*theirs))

    def go_on(self, upload: Upload, offset: int, piece: BinaryIO, size: int) -> None:
        """Take a piece of ``size`` bytes. Raises :class:`NoSuchPlace` unless it begins where the last one ended.

        Raises :class:`NoSuchUpload` for one that is gone in the meantime.
        """
        self.hold(upload)
        if offset != upload.received or offset + size > upload.size:
            raise NoSuchPlace(upload.received)
        if size:
            self._store.put_piece(upload.id, offset, piece)
            upload.received += size
            self._session.flush()

    def hold(self, upload: Upload) -> None:
        """Hold an upload until the transaction ends, and read it again. Raises :class:`NoSuchUpload`."""
        lock(self._session, Upload, [upload.id])
        again = select(Upload).where(Upload.id == upload.id)
        if self._session.scalar(again, execution_options={"populate_existing": True}) is None:
            raise NoSuchUpload

    def keep(self, person_id: UUID, file_name: str, content: BinaryIO, size: int) -> Upload:
        """Keep a whole file until it is described: a form that was not filled in well need not be sent it again."""
        upload = self.begin(person_id, file_name, size)
        self.go_on(upload, 0, content, size)
        return upload

    @contextmanager
    def joined(self, upload: Upload) -> Iterator[BinaryIO]:
        """Give all of a file that arrived. Raises :class:`NoSuchPlace` when some is missing."""
        if upload.received != upload.size:
            raise NoSuchPlace(upload.received)
        self._folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=self._folder) as whole:
            try:
                for piece in self._store.join(upload.id, upload.size):
                    whole.write(piece)
            except FileNotFoundError:
                raise NoSuchPlace(whole.tell()) from None
            whole.seek(0)
            yield whole

    def forget(self, upload: Upload) -> None:
        """Let an upload be gone, with its pieces once that is sure."""
        self._forget([upload.id])

    def forget_late(self) -> None:
        """Forget what was begun more than a day ago."""
        late = select(Upload.id).where(Upload.expires_at <= self._clock.now())
        self._forget(self._session.scalars(late).all())

    def forget_all_of(self, person_id: UUID) -> None:
        self._forget(self._session.scalars(select(Upload.id).where(Upload.person_id == person_id)).all())

    def _forget(self, ids: Sequence[UUID]) -> None:
        for upload_id in ids:
            self._jobs.add("media.forget_pieces", {"upload_id": str(upload_id)})
        gone = delete(Upload).where(Upload.id.in_(ids))
        self._session.execute(gone, execution_options={"synchronize_session": "fetch"})
