"""A worker prepares what was sent, in real transactions; killed or failing, it leaves nothing lost or half done."""

import io
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.db.session import working_request
from portal.jobs.models import Job
from portal.jobs.rules import MOST_ATTEMPTS
from portal.jobs.services import Jobs
from portal.jobs.worker import LEASE, Worker
from portal.media.encoding.ffmpeg import Bounds, Interrupted, NoRoom, run
from portal.media.models import Media, Rendition
from portal.media.queries import one_shown
from portal.media.services import MediaLibrary
from portal.media.services import preparing as work
from portal.media.store import OutOfReach
from portal.media.terms import MediaFlaw, MediaState, Voices
from tests.conftest import DATABASES
from tests.factories import media as files
from tests.factories import people
from tests.houses import own_registry, own_settings, own_url

pytestmark = pytest.mark.whole

DETAILS = {"title": "x", "language": None, "licence": "CC0-1.0", "attribution": "x", "voices": Voices.NOBODY}
KILLS = 10


@pytest.fixture(scope="module", params=DATABASES)
def house(request, tmp_path_factory):
    """A house of its own, whose only jobs are those of its media."""
    folder = tmp_path_factory.mktemp("house")
    registry = own_registry(own_settings(own_url(request.param, folder), folder))
    registry.tasks = {
        kind: task for kind, task in registry.tasks.items() if kind.startswith("media.") and not task.every
    }
    yield registry
    registry.engine.dispose()


@pytest.fixture(autouse=True)
def nothing_waits(house):
    with Session(house.engine) as session, session.begin():
        session.execute(update(Job).values(finished_at=house.clock.now(), claimed_by=None, claimed_until=None))


def received(house, content: bytes, name: str = "x.wav"):
    with working_request(house) as request:
        sender = people.person(request.db)
        library = request.find_service(MediaLibrary)
        return library.receive(io.BytesIO(content), name, sender_id=sender.id, **DETAILS).id


def seen(house, media_id):
    with Session(house.engine.execution_options(readonly=True)) as session:
        return one_shown(session, media_id, everything=True)


def left(house) -> list[Path]:
    """What was left of the work on this machine's disk, and half written in the store."""
    data = house.portal_settings.data
    return [*(data / "tmp").glob("media-*"), *(data / "media" / "new").glob("*")]


def stored(house) -> set[str]:
    return {path.name for path in (house.portal_settings.data / "media").rglob("*") if path.is_file()}


def test_what_was_sent_is_ready_once_a_worker_was_there(house):
    sound, picture, film = (received(house, content) for content in (files.tone(), files.photo(), files.film()))
    assert Worker(house).run_once() == 3
    for media_id, kind, names in ((sound, "audio", 2), (picture, "image", 3), (film, "video", 2)):
        media = seen(house, media_id)
        assert (media.state, media.kind, media.progress) == (MediaState.READY, kind, 100)
        made = [*media.sources, *filter(None, [media.poster]), *media.pictures.values()]
        assert len(made) == names
        for one in made:
            content = b"".join(house.media_store.read(one.path.removeprefix("/media/")))
            assert len(content) == one.size
    assert left(house) == []


@pytest.mark.parametrize(
    ("content", "flaw"),
    [
        (files.silence(), MediaFlaw.SILENT),
        (files.tone(4.0)[:60_000], MediaFlaw.CUT_SHORT),
        (b"fLaC" + bytes(3000), MediaFlaw.UNREADABLE),
    ],
    ids=["silence", "cut", "damaged"],
)
def test_what_is_wrong_with_a_file_is_found_once_and_final(house, content, flaw):
    media_id = received(house, content)
    assert Worker(house).run_once() == 1
    media = seen(house, media_id)
    assert (media.state, media.flaw) == (MediaState.FAILED, flaw)
    assert Worker(house).run_once() == 0
    assert left(house) == []


@pytest.mark.parametrize("fault", [OutOfReach("no answer"), NoRoom("no space"), Interrupted("ended"), RuntimeError()])
def test_what_the_file_is_not_to_blame_for_condemns_no_file(house, monkeypatch, fault):
    """It is tried again for a day and a half; what is said in the end is that the file may be well."""
    media_id = received(house, files.tone())
    with monkeypatch.context() as broken:
        broken.setattr(work.Preparing.__init__, "__defaults__", (failing(fault),))
        for _attempt in range(MOST_ATTEMPTS):
            assert seen(house, media_id).state in (MediaState.RECEIVED, MediaState.PREPARING)
            assert Worker(house).run_once() == 1
            due_now(house)
    media = seen(house, media_id)
    assert (media.state, media.flaw) == (MediaState.FAILED, MediaFlaw.NOT_PREPARED)
    assert left(house) == []

    with working_request(house) as request:
        job_id = request.db.scalar(select(Job.id).where(Job.finished_at.is_(None)))
        assert request.find_service(Jobs).retry(job_id)
    assert Worker(house).run_once() == 1
    assert seen(house, media_id).state is MediaState.READY


def test_a_second_try_may_succeed(house, monkeypatch):
    media_id = received(house, files.tone())
    with monkeypatch.context() as broken:
        broken.setattr(work.Preparing.__init__, "__defaults__", (failing(RuntimeError()),))
        Worker(house).run_once()
    due_now(house)
    Worker(house).run_once()
    assert seen(house, media_id).state is MediaState.READY


def test_the_store_may_be_away_for_a_while(house, monkeypatch):
    media_id = received(house, files.tone())
    with monkeypatch.context() as away:
        away.setattr(house.media_store, "fetch", failing(OutOfReach("no answer")))
        for _attempt in range(3):
            assert Worker(house).run_once() == 1
            due_now(house)
    assert seen(house, media_id).state is MediaState.PREPARING
    Worker(house).run_once()
    assert seen(house, media_id).state is MediaState.READY


def test_all_of_the_work_on_a_file_ends_before_the_lease_does(house, monkeypatch):
    media_id, forever = received(house, files.tone()), ("-f", "lavfi", "-re", "-i", "anullsrc", "-f", "null", "-")

    def endless(_original, folder, _tell):
        run(forever, Bounds(seconds=60), folder)

    assert timedelta(seconds=work.MOST_SECONDS) < LEASE
    monkeypatch.setattr(work, "MOST_SECONDS", 1)
    monkeypatch.setattr(work.Preparing.__init__, "__defaults__", (endless,))
    Worker(house).run_once()
    media = seen(house, media_id)
    assert (media.state, media.flaw) == (MediaState.FAILED, MediaFlaw.TOO_HEAVY)


def failing(fault: Exception):
    def fail(*_whatever):
        raise fault

    return fail


def due_now(house) -> None:
    with Session(house.engine) as session, session.begin():
        session.execute(update(Job).where(Job.finished_at.is_(None)).values(run_at=house.clock.now()))


def test_what_was_taken_back_meanwhile_is_not_published(house, monkeypatch):
    media_id = received(house, files.tone())

    def taken_back(original, folder, tell):
        with working_request(house) as request:
            request.find_service(MediaLibrary).remove(request.db.get_one(Media, media_id))
        return work.prepared(original, folder, tell)

    before = stored(house)
    monkeypatch.setattr(work.Preparing.__init__, "__defaults__", (taken_back,))
    Worker(house).run_once()
    assert seen(house, media_id).state is MediaState.REMOVED
    with Session(house.engine) as session:
        assert not session.scalars(select(Rendition).where(Rendition.media_id == media_id)).all()
    assert stored(house) <= before


def test_nobody_waits_while_what_was_made_is_kept(house, monkeypatch):
    """On SQLite one transaction writes at a time: large files are copied before it begins."""
    media_id, put = received(house, files.tone()), house.media_store.put
    written = []

    def slowly(name, content):
        if house.media_store.size(name) is None:
            with working_request(house) as request:
                request.db.add(people.person(request.db))
            written.append(name)
        put(name, content)

    monkeypatch.setattr(house.media_store, "put", slowly)
    for made in house.media_store.names(house.clock.now() + timedelta(days=1)):
        if not made.endswith(".wav"):
            house.media_store.remove(made)
    Worker(house).run_once()
    assert len(written) == 2
    assert seen(house, media_id).state is MediaState.READY


def test_what_was_swept_before_it_was_named_is_kept_again(house, monkeypatch):
    media_id, hold = received(house, files.tone(1.2)), work.hold

    def held(session, names):
        hold(session, names)
        for name in names:
            house.media_store.remove(name)

    monkeypatch.setattr(work, "hold", held)
    Worker(house).run_once()
    for one in seen(house, media_id).sources:
        assert house.media_store.size(one.path.removeprefix("/media/")) == one.size


def test_progress_can_be_seen_while_the_work_goes_on(house, monkeypatch):
    media_id, noted = received(house, files.tone()), []

    def slow(original, folder, tell):
        time.sleep(1.1)
        tell(0.4)
        noted.append(seen(house, media_id).progress)
        return work.prepared(original, folder, lambda _part: None)

    monkeypatch.setattr(work.Preparing.__init__, "__defaults__", (slow,))
    Worker(house).run_once()
    assert noted == [40]


def test_deleting_an_original_deletes_all_that_was_derived(house):
    media_id = received(house, files.tone(1.5))
    Worker(house).run_once()
    with working_request(house) as request:
        media = request.db.get_one(Media, media_id)
        names = {media.original, *(made.name for made in media.renditions)}
        assert names <= stored(house)
        request.find_service(MediaLibrary).remove(media)
    Worker(house).run_once()
    assert not names & stored(house)


def test_ten_kills_while_transcoding_lose_nothing_and_leave_nothing_half_done(house):
    """Each of ten workers is killed in the middle of its work; the eleventh does it."""
    media_id = received(house, files.encoded("flac", seconds=120.0), "longue.flac")
    before = stored(house)
    with workers(house, lease=0.3) as another:
        for _ in range(KILLS):
            pid = another()
            wait_for(lambda pid=pid: children(pid), 30)
            os.kill(pid, signal.SIGKILL)
            assert seen(house, media_id).state is MediaState.PREPARING
            assert stored(house) == before
        wait_for(lambda: not orphans(house), 15)
        time.sleep(work.JUST_MADE)
        pid = another()
        wait_for(lambda: seen(house, media_id).state is MediaState.READY, 60)
        wait_for(lambda: left(house) == [], 5)
        os.kill(pid, signal.SIGTERM)
    media = seen(house, media_id)
    assert media.seconds == pytest.approx(120, abs=0.5)
    for one in media.sources:
        assert house.media_store.size(one.path.removeprefix("/media/")) == one.size
    with Session(house.engine) as session:
        assert len(session.scalars(select(Rendition).where(Rendition.media_id == media_id)).all()) == 2


@contextmanager
def workers(house, lease: float):
    """Give what starts a worker, in a process of its own, and returns its id."""
    settings = house.portal_settings
    command = [sys.executable, "-m", "tests.tables.portal.media.transcoder", settings.database_url, str(settings.data)]
    with subprocess.Popen([*command, str(lease)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as nursery:

        def another() -> int:
            print(file=nursery.stdin, flush=True)
            return int(nursery.stdout.readline())

        yield another


def children(pid: int) -> list[int]:
    return [int(one) for one in re.findall(r"\d+", Path(f"/proc/{pid}/task/{pid}/children").read_text())]


def orphans(house) -> list[str]:
    """The encoders that still work in this house's folders, killed workers' ones."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if b"ffmpeg" in command and str(house.portal_settings.data).encode() in command:
            found.append(process.name)
    return found


def wait_for(condition, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
