"""What ffmpeg finds in a file before it decodes any of it: how long it says it lasts, and which streams it has."""

import re
from dataclasses import dataclass
from pathlib import Path

from portal.media.encoding.ffmpeg import Bounds, Interrupted, Source, attempt
from portal.media.terms import MediaFlaw, NotTaken

DURATION = re.compile(r"^  Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)", re.MULTILINE)
STREAM = re.compile(r"^  Stream #0:(\d+)(?:\[0x[0-9a-f]+\])?(?:\([^)\n]*\))?: (Audio|Video): ([^\n]*)", re.MULTILINE)
PIXELS = re.compile(r"[ ,](\d{2,5})x(\d{2,5})[ ,\n]")
GUESSED = "Estimating duration from bitrate"
PATIENCE = Bounds(seconds=30, memory_mib=1024)


@dataclass(frozen=True, slots=True)
class Probed:
    """What a file says of itself. ``seconds`` is None where it does not say; ``estimated`` where that is a guess.

    ``audio`` and ``video`` are the first stream of each, by number; a cover picture is no video. ``pixels`` are the
    width and the height of a frame.
    """

    seconds: float | None
    estimated: bool
    audio: int | None
    video: int | None
    pixels: tuple[int, int] | None


def probe(source: Source, folder: Path) -> Probed:
    """Return what a file says of itself. Raises :class:`NotTaken` for one without sound or pictures."""
    ended = attempt(source.arguments, PATIENCE, folder)  # without anything to do it ends with a complaint
    if "received signal" in ended.said:
        raise Interrupted("ffmpeg was ended")
    if "Input #0" not in ended.said:
        raise NotTaken(MediaFlaw.TOO_HEAVY if ended.status < 0 else MediaFlaw.UNREADABLE)
    known = read(ended.said)
    if known.audio is None and known.video is None:
        raise NotTaken(MediaFlaw.NOT_A_MEDIA)
    return known


def read(said: str) -> Probed:
    """Return what ffmpeg's description of its first input says.

    What the file itself put into its title stands further to the right, and is not taken for a stream.
    """
    length, streams = DURATION.search(said), list(STREAM.finditer(said))
    seconds = int(length[1]) * 3600 + int(length[2]) * 60 + float(length[3]) if length else None
    sounds = [int(found[1]) for found in streams if found[2] == "Audio"]
    films = [found for found in streams if found[2] == "Video" and "(attached pic)" not in found[3]]
    size = PIXELS.search(f"{films[0][3]}\n") if films else None
    return Probed(
        seconds=seconds,
        estimated=GUESSED in said,
        audio=min(sounds, default=None),
        video=int(films[0][1]) if films else None,
        pixels=(int(size[1]), int(size[2])) if size else None,
    )
