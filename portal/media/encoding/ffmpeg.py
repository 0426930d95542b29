"""Running ffmpeg on what strangers send: one demuxer, no network, no other files, so much memory, so much time.

It writes to a pipe that we read. When we are killed the pipe breaks, and so does what we started.
"""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from imageio_ffmpeg import get_ffmpeg_exe

from portal.media.terms import MediaFlaw, NotTaken

WITHIN = 'ulimit -c 0; ulimit -s 2048; ulimit -v "$1"; ulimit -t "$2"; ulimit -f "$3"; shift 3; exec nice -n 5 "$@"'
"""Run by the shell, so that the limits are the child's alone: a worker may be one thread of a web server."""

ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "AV_LOG_FORCE_NOCOLOR": "1", "MALLOC_ARENA_MAX": "2"}
"""None of our own, secrets least of all; with few arenas, as each thread's counts as address space in full."""

OUT_OF_MEMORY = ("Cannot allocate memory", "Resource temporarily unavailable")
LARGEST_FILE_KIB = 512 * 1024
MOST_LOG = 64 * 1024
PIECE = 64 * 1024
THREADS = "2"
QUIET = ("-hide_banner", "-nostdin", "-nostats", "-y")
ALONE = ("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact")
"""Nothing of what the file tells of its maker goes on, and the same sound gives the same bytes."""

Heed = Callable[[bytes], None]


class Interrupted(Exception):
    """Somebody ended ffmpeg: it is not the file's fault."""


class NoRoom(Exception):
    """The disk is full."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file, and the one demuxer that may read it."""

    path: Path
    demuxer: str

    @property
    def arguments(self) -> tuple[str, ...]:
        return ("-protocol_whitelist", "file,pipe", "-f", self.demuxer, "-threads", THREADS, "-i", f"file:{self.path}")


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much one run may take: seconds on the wall, and MiB of address space."""

    seconds: int
    memory_mib: int = 1024


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended, and the end of what it said."""

    status: int
    said: str


_the_end: ContextVar[float] = ContextVar("_the_end", default=float("inf"))
"""When what is run now has to be over, on the monotonic clock."""


@contextmanager
def all_within(seconds: float) -> Iterator[None]:
    """Bound all runs of the ``with`` block together: one that is not over by then raises :class:`NotTaken`."""
    former = _the_end.set(min(time.monotonic() + seconds, _the_end.get()))
    try:
        yield
    finally:
        _the_end.reset(former)


def run(arguments: Sequence[str], bounds: Bounds, folder: Path, heed: Heed = lambda _output: None) -> str:
    """Run ffmpeg in ``folder``, give what it writes to its output to ``heed``, and return what it said.

    Raises :class:`NotTaken` when the file cannot be decoded or takes too much, :class:`Interrupted` and
    :class:`NoRoom` when the machine is to blame.
    """
    ended = attempt(arguments, bounds, folder, heed)
    if ended.status == 0:
        return ended.said
    raise _blame(ended)


def attempt(arguments: Sequence[str], bounds: Bounds, folder: Path, heed: Heed = lambda _output: None) -> Ended:
    """Run ffmpeg as :func:`run` does, and return how it ended."""
    limits = (bounds.memory_mib * 1024, bounds.seconds * int(THREADS), LARGEST_FILE_KIB * 2)
    command = ["/bin/sh", "-c", WITHIN, "sh", *map(str, limits), get_ffmpeg_exe(), *QUIET, *arguments]
    with (
        TemporaryFile(dir=folder) as log,
        subprocess.Popen(  # noqa: S603 (nothing that a stranger wrote is among the arguments)
            command,
            cwd=folder,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        ) as process,
    ):
        try:
            _listen(process, min(time.monotonic() + bounds.seconds, _the_end.get()), heed)
        finally:
            process.kill()
        status = process.wait()
        log.seek(max(0, log.seek(0, 2) - MOST_LOG))
        return Ended(status, log.read().decode("utf-8", "replace"))


def _listen(process: subprocess.Popen[bytes], deadline: float, heed: Heed) -> None:
    """Read what the process writes until it ends. Raises :class:`NotTaken` when that takes too long."""
    assert process.stdout is not None
    with selectors.DefaultSelector() as ready:
        ready.register(process.stdout, selectors.EVENT_READ)
        while True:
            if not ready.select(max(0.0, deadline - time.monotonic())):
                raise NotTaken(MediaFlaw.TOO_HEAVY)
            output = os.read(process.stdout.fileno(), PIECE)
            if not output:
                break
            heed(output)
    try:
        process.wait(max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise NotTaken(MediaFlaw.TOO_HEAVY) from None


def _blame(ended: Ended) -> Exception:
    if "received signal" in ended.said or ended.status in (-signal.SIGTERM, -signal.SIGINT):
        return Interrupted(f"ffmpeg was ended: {ended.status}")
    if "No space left" in ended.said:
        return NoRoom("no space left for what ffmpeg writes")
    if ended.status < 0 or any(words in ended.said for words in OUT_OF_MEMORY):  # a limit of ours, mostly
        return NotTaken(MediaFlaw.TOO_HEAVY)
    if ended.status in (126, 127):
        return OSError(f"ffmpeg cannot be started: {ended.said[-200:]}")
    return NotTaken(MediaFlaw.UNREADABLE)


class Progress:
    """Reads what ``-progress pipe:1`` writes, and tells how far of ``seconds`` the encoder is."""

    def __init__(self, seconds: float, tell: Callable[[float], None]) -> None:
        self._seconds = max(seconds, 0.1)
        self._tell = tell
        self._rest = b""

    def __call__(self, output: bytes) -> None:
        *lines, self._rest = (self._rest + output).split(b"\n")
        for line in lines:
            name, _, value = line.partition(b"=")
            if name == b"out_time_us" and value.strip().isdigit():
                self._tell(min(int(value) / 1_000_000 / self._seconds, 1.0))
