"""The work on a file that was received: the worker's side. It talks to the database only in short transactions.

Whenever it is cut short, by a kill or a lost lease, all that there is of it is a folder that nobody looks into, and
files in the store that no row names. The rows come at the end, all in one transaction, and only if nobody was faster.
"""

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID, uuid4

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session

from portal.clock import Clock
from portal.db.locking import lock
from portal.media.encoding import Prepared, prepared
from portal.media.encoding.ffmpeg import all_within
from portal.media.encoding.results import Made
from portal.media.models import Media, Rendition
from portal.media.services.files import hold
from portal.media.store import Store
from portal.media.terms import MediaFlaw, MediaState, NotTaken
from portal.ports.media_use import MediaUse

PREFIX = "media-"
FORGOTTEN_AFTER = timedelta(hours=1)
MOST_SECONDS = 9 * 60
"""For all of the work on one file. What it comes to is written down before the worker's lease ends."""

JUST_MADE = 1.0
STEP = 5
"""Percent between two notes of how far the work is."""

Work = Callable[[Path, Path, Callable[[float], None]], Prepared]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the work: what was prepared, and the names of its files; or the flaw that was found."""

    prepared: Prepared | None = None
    names: tuple[tuple[Made, str, int], ...] = ()
    flaw: MediaFlaw | None = None


class Preparing:
    """Prepares one media after another; ``folder`` is where the work is done, on this machine's disk."""

    def __init__(self, engine: Engine, clock: Clock, store: Store, folder: Path, work: Work = prepared) -> None:
        self._engine = engine
        self._clock = clock
        self._store = store
        self._folder = folder
        self._work = work

    def do(self, media_id: UUID, conclude: Callable[[Outcome, Path], None]) -> None:
        """Look into a media's file, make of it what is to be made, and ``conclude`` while the files are still there.

        A media that is not waiting to be prepared is left alone. What the file is not to blame for is raised.
        """
        original = self._begin(media_id)
        if original is None:
            return
        with self._working_folder() as folder:
            with all_within(MOST_SECONDS):
                outcome = self._outcome(original, folder, self._noting(media_id))
            conclude(outcome, folder)

    def _begin(self, media_id: UUID) -> str | None:
        waiting = Media.state.in_((MediaState.RECEIVED, MediaState.PREPARING)) | (Media.flaw == MediaFlaw.NOT_PREPARED)
        begun = update(Media).where(Media.id == media_id, waiting).returning(Media.original)
        begun = begun.values(state=MediaState.PREPARING, flaw=None, progress=0)
        with Session(self._engine) as session, session.begin():
            return session.scalar(begun.execution_options(synchronize_session=False))

    def _outcome(self, original: str, folder: Path, tell: Callable[[float], None]) -> Outcome:
        source = folder / "original"
        try:
            self._store.fetch(original, source)
        except FileNotFoundError:  # removed in the meantime, or lost with a disk: nothing can be made of it
            return Outcome(flaw=MediaFlaw.UNREADABLE)
        try:
            found = self._work(source, folder, tell)
        except NotTaken as no:
            return Outcome(flaw=no.flaw)
        outcome = Outcome(found, tuple(named(made, folder) for made in found.made))
        keep(self._store, outcome, folder)
        return outcome

    def _noting(self, media_id: UUID) -> Callable[[float], None]:
        """Return what notes how far the work is, now and then, for whoever looks at the page."""
        last, due = 0, time.monotonic() + 1

        def note(part: float) -> None:
            nonlocal last, due
            percent = min(int(part * 100), 99)
            if percent < last + STEP or time.monotonic() < due:
                return
            last, due = percent, time.monotonic() + 1
            there = Media.id == media_id, Media.state == MediaState.PREPARING
            with Session(self._engine) as session, session.begin():
                session.execute(
                    update(Media).where(*there).values(progress=percent),
                    execution_options={"synchronize_session": False},
                )

        return note

    @contextmanager
    def _working_folder(self) -> Iterator[Path]:
        """Give a folder that is gone afterwards; those over which somebody was killed go first.

        Whoever works in a folder holds a lock on it, which ends with them, however they end.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        for left in self._folder.glob(f"{PREFIX}*"):
            if _is_nobodys(left):
                shutil.rmtree(left, ignore_errors=True)
        made = TemporaryDirectory(dir=self._folder, prefix=PREFIX, ignore_cleanup_errors=True)
        with made as folder, _held(Path(folder)):
            yield Path(folder)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _is_nobodys(folder: Path) -> bool:
    """Does nobody work in it any more? One that was made a moment ago may not be held yet."""
    try:
        if time.time() - folder.stat().st_mtime < JUST_MADE:
            return False
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


class Conclusions:
    """Writes down what the work came to, in the transaction in which its job ends."""

    def __init__(self, session: Session, clock: Clock, store: Store, users: Sequence[MediaUse] = ()) -> None:
        self._session = session
        self._clock = clock
        self._store = store
        self._users = users

    def conclude(self, media_id: UUID, outcome: Outcome, folder: Path) -> bool:
        """Publish what was made of a media, or say what is wrong with it. False when it was removed in the meantime."""
        lock(self._session, Media, [media_id])
        media = self._session.scalar(select(Media).where(Media.id == media_id), execution_options=FRESH)
        if media is None or media.state is not MediaState.PREPARING:
            return False
        if outcome.prepared is None:
            media.state, media.flaw = MediaState.FAILED, outcome.flaw or MediaFlaw.UNREADABLE
            return True
        hold(self._session, [name for _made, name, _size in outcome.names])
        keep(self._store, outcome, folder)
        self._publish(media, outcome.prepared, outcome.names)
        for user in self._users:
            user.changed(media.id)
        return True

    def give_up(self, media_id: UUID) -> None:
        """Say that nothing came of a media, for no fault of its own. It can still be prepared, should somebody ask."""
        lock(self._session, Media, [media_id])
        unfinished = Media.state.in_((MediaState.RECEIVED, MediaState.PREPARING))
        failed = update(Media).where(Media.id == media_id, unfinished)
        values = {"state": MediaState.FAILED, "flaw": MediaFlaw.NOT_PREPARED}
        self._session.execute(failed.values(**values), execution_options={"synchronize_session": False})

    def _publish(self, media: Media, found: Prepared, names: tuple[tuple[Made, str, int], ...]) -> None:
        self._session.execute(delete(Rendition).where(Rendition.media_id == media.id))
        for made, name, size in names:
            self._session.add(
                Rendition(
                    id=uuid4(),
                    media_id=media.id,
                    rendering=made.rendering,
                    name=name,
                    media_type=made.media_type,
                    size=size,
                    width=made.width,
                    height=made.height,
                )
            )
        media.state, media.kind, media.progress = MediaState.READY, found.kind, 100
        media.ready_at = self._clock.now()
        media.milliseconds = None if found.seconds is None else round(found.seconds * 1000)
        media.width, media.height, media.peaks = found.width, found.height, found.peaks
        media.loudness, media.true_peak = found.loudness, found.true_peak
        self._session.flush()


FRESH = {"populate_existing": True}


def keep(store: Store, outcome: Outcome, folder: Path) -> None:
    """Keep what was made, where it is not kept yet.

    That is done before anybody holds anything, so that nobody waits for large files; and once more when they are held,
    as one that had been there for long, and was no longer needed, may have been swept away in between.
    """
    for made, name, _size in outcome.names:
        with (folder / made.path).open("rb") as content:
            store.put(name, content)


def named(made: Made, folder: Path) -> tuple[Made, str, int]:
    """Return a file that was made with the name that says what is in it, and its size."""
    path = folder / made.path
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return made, f"{digest}.{made.extension}", path.stat().st_size
