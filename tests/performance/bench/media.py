"""One worker: how soon a 6-minute WAV is ready after it was sent, and how much memory a 30-minute one takes."""

import math
import os
import random
import re
import subprocess
import sys
import threading
import wave
from array import array
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from sqlalchemy.orm import Session

from portal.db.session import working_request
from portal.media.models import Media
from portal.media.services import MediaLibrary
from portal.media.terms import MediaState, Voices
from tests.factories import people
from tests.houses import own_registry, own_settings, own_url
from tests.performance.bench.measured import figure, ratio

RATE = 48_000
MINUTE = 60
SIX, THIRTY = 352, 30 * MINUTE - 5
DETAILS = {"title": "bench", "language": None, "licence": "CC0-1.0", "attribution": "bench", "voices": Voices.NOBODY}


def run() -> list[str]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        registry = own_registry(own_settings(own_url("sqlite", folder), folder))
        six, thirty = (_prepared(registry, _speech(seconds, folder / f"{seconds}.wav")) for seconds in (SIX, THIRTY))
        registry.engine.dispose()
    return [
        figure("a WAV of 34 MB is taken in", six.taken_in * 1000, "ms", "< 1000", six.taken_in < 1),
        figure("a WAV of 5:52 is ready after", six.ready, "s", "≤ 30", six.ready <= 30),
        ratio("preparing / the sound's own length", six.ready, SIX, "s", "≤ 0.08", six.ready <= 0.08 * SIX),
        ratio("the same with 30 minutes", thirty.ready, THIRTY, "s", "≤ 0.08", thirty.ready <= 0.08 * THIRTY),
        figure("memory of worker and encoder with 30 minutes", thirty.mib, "MiB", "≤ 300", thirty.mib <= 300),
        figure("loudness after encoding", six.loudness, "LUFS", "-16 ± 1", abs(six.loudness + 16) <= 1),
        figure("true peak after encoding", six.true_peak, "dBTP", "≤ -1", six.true_peak <= -1),
    ]


@dataclass(frozen=True, slots=True)
class Run:
    """How a sound fared: seconds until it was here and until it was ready, memory at most, and how loud it came out."""

    taken_in: float
    ready: float
    mib: float
    loudness: float
    true_peak: float


def _speech(seconds: int, path: Path) -> Path:
    """Write a mono WAV at 48 kHz that swells and pauses as speech does; a few seconds of it, again and again."""
    chance, samples = random.Random(29019), array("h")
    for n in range(7 * RATE):
        at = n / RATE
        syllable = max(0.0, math.sin(2 * math.pi * 3.1 * at)) * (1.0 if at % 3.5 < 2.7 else 0.02)
        voice = sum(math.sin(2 * math.pi * 120 * k * at) / k for k in range(1, 6)) + 0.15 * chance.uniform(-1, 1)
        samples.append(int(3500 * syllable * voice))
    with wave.open(str(path), "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(RATE)
        block, whole = samples.tobytes(), 2 * RATE * seconds
        for start in range(0, whole, len(block)):
            written.writeframes(block[: whole - start])
    return path


def _prepared(registry, path: Path) -> Run:
    """Send a sound, and have a worker prepare it that starts then, in a process of its own."""
    began = perf_counter()
    with working_request(registry) as request, path.open("rb") as content:
        sender = people.person(request.db)
        library = request.find_service(MediaLibrary)
        media_id = library.receive(content, path.name, sender_id=sender.id, **DETAILS).id
    taken_in = perf_counter() - began
    settings = registry.portal_settings
    environ = os.environ | {"PORTAL_DATA": str(settings.data), "PORTAL_DATABASE_URL": settings.database_url}
    began = perf_counter()
    command = [Path(sys.executable).with_name("portal"), "work", "--once"]
    with subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL) as worker, Watch(worker.pid) as watch:
        worker.wait()
    ready = perf_counter() - began
    with Session(registry.engine) as session:
        media = session.get_one(Media, media_id)
        if media.state is not MediaState.READY:
            raise RuntimeError(f"the sound is not ready: {media.state}, {media.flaw}")
        return Run(taken_in, ready, watch.most, media.loudness, media.true_peak)


class Watch:
    """Looks, twenty times a second, how much memory a process and those that it started have."""

    def __init__(self, pid: int) -> None:
        self.most = 0.0
        self._pid = pid
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_error) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(0.05):
            self.most = max(self.most, sum(map(_resident_mib, [self._pid, *_children(self._pid)])))


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        return [int(child) for child in listed.read_text().split()]
    except OSError:
        return []


def _resident_mib(pid: int) -> float:
    try:
        resident = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0.0
    return int(resident.group(1)) / 1024 if resident else 0.0
