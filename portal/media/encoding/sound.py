"""Sound: measured, brought to one loudness, encoded twice, and measured again."""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from portal.media.encoding.ffmpeg import ALONE, Bounds, Progress, Source, run
from portal.media.encoding.loudness import Aim, Measured, better
from portal.media.encoding.peaks import Peaks
from portal.media.encoding.probing import Probed
from portal.media.encoding.results import Made, Prepared
from portal.media.terms import LIMITS, MediaFlaw, MediaKind, NotTaken, Rendering

RATE = 48_000
LOOKED_AT = 8_000
"""Samples a second that are enough to draw a waveform, and to know how long a sound lasts."""

SHORTEST = 0.5
MISSING_SECONDS, MISSING_SHARE = 1.0, 0.02
"""How much less may be decoded than a file says it has."""

BOUNDS = Bounds(seconds=150, memory_mib=768)
LOUDNESS = re.compile(
    r"Integrated loudness:\s+I:\s+(-?[\d.]+|-?inf|nan) LUFS.*?True peak:\s+Peak:\s+(-?[\d.]+|-?inf|nan)", re.S
)
METER = "ebur128=peak=true:framelog=quiet"

AAC = Made(Rendering.AAC, Path("sound.m4a"), "m4a", "audio/mp4")
OPUS = Made(Rendering.OPUS, Path("sound.opus"), "opus", "audio/ogg; codecs=opus")
DEMUXERS = {AAC: "mov", OPUS: "ogg"}
ENCODERS = {
    AAC: ("-c:a", "aac", "-aac_coder", "fast", "-b:a", "64k", "-movflags", "+faststart", "-f", "mp4"),
    OPUS: ("-c:a", "libopus", "-b:a", "32k", "-f", "ogg"),
}

Tell = Callable[[float], None]


class Listener:
    """Hears a sound once through: how long it lasts and how its waveform goes. Raises when it lasts too long."""

    def __init__(self, most_seconds: float, expected: float | None, tell: Tell) -> None:
        self.peaks = Peaks()
        self._heard = 0
        self._most = most_seconds
        self._expected = expected or most_seconds
        self._tell = tell

    @property
    def seconds(self) -> float:
        return self._heard / 2 / LOOKED_AT

    def __call__(self, pcm: bytes) -> None:
        self._heard += len(pcm)
        if self.seconds > self._most + 1:
            raise NotTaken(MediaFlaw.TOO_LONG)
        self.peaks.add(pcm)
        self._tell(min(self.seconds / self._expected, 1.0))


def prepared(source: Source, known: Probed, folder: Path, tell: Tell) -> Prepared:
    """Return what was made of a sound. Raises :class:`NotTaken`."""
    listener = Listener(LIMITS[MediaKind.AUDIO].most_seconds or 0, known.seconds, lambda part: tell(0.2 * part))
    measured = heard(source, known, folder, listener)
    if measured.is_silent:
        raise NotTaken(MediaFlaw.SILENT)

    def encode(aims: Mapping[Made, Aim]) -> dict[Made, Measured]:
        progress = Progress(listener.seconds, lambda part: tell(0.2 + 0.7 * part))
        _encode(source, known, measured, aims, folder, progress)
        return {made: measure(Source(folder / made.path, DEMUXERS[made]), folder) for made in aims}

    found = aimed((AAC, OPUS), measured, encode)
    tell(1.0)
    return Prepared(
        MediaKind.AUDIO,
        (AAC, OPUS),
        seconds=listener.seconds,
        loudness=found[AAC].loudness,
        true_peak=max(one.true_peak for one in found.values()),
        peaks=listener.peaks.pairs(),
    )


def aimed(
    wanted: Iterable[Made], source: Measured, encode: Callable[[Mapping[Made, Aim]], dict[Made, Measured]]
) -> dict[Made, Measured]:
    """Encode until what comes out is as it is to be, or as near as it gets, and return what it was measured at.

    Each encoder overshoots in its own way: those whose work is good are not asked again.
    """
    found: dict[Made, Measured] = {}
    aims, tries = {made: Aim() for made in wanted}, 0
    while aims:
        latest, tries = encode(aims), tries + 1
        found |= latest
        following = {made: better(source, aim, latest[made], tries) for made, aim in aims.items()}
        aims = {made: aim for made, aim in following.items() if aim is not None}
    return found


def heard(source: Source, known: Probed, folder: Path, listener: Listener) -> Measured:
    """Decode a sound once and return what it was measured at. Raises :class:`NotTaken` for one that ends too soon."""
    stream = ("-map", f"0:{known.audio}")
    mono = f"aresample={RATE},aformat=channel_layouts=mono,{METER}"
    looking = (*stream, "-ac", "1", "-ar", str(LOOKED_AT), "-f", "s16le", "pipe:1")
    said = run([*source.arguments, *stream, "-af", mono, "-f", "null", "-", *looking], BOUNDS, folder, listener)
    if ends_too_soon(known, listener.seconds):
        raise NotTaken(MediaFlaw.CUT_SHORT)
    if listener.seconds < SHORTEST:
        raise NotTaken(MediaFlaw.TOO_SMALL)
    return measures(said)


def ends_too_soon(known: Probed, seconds: float) -> bool:
    """Is clearly less there than the file says? Where that was a guess, nobody can tell."""
    if known.seconds is None or known.estimated:
        return False
    return known.seconds - seconds > max(MISSING_SECONDS, MISSING_SHARE * known.seconds)


def measure(source: Source, folder: Path) -> Measured:
    """Return what the first sound in a file of our own is measured at."""
    said = run([*source.arguments, "-map", "0:a:0", "-af", METER, "-f", "null", "-"], BOUNDS, folder)
    return measures(said)


def measures(said: str) -> Measured:
    """Return what ffmpeg's meter said last. Raises :class:`NotTaken` when it said nothing."""
    found = list(LOUDNESS.finditer(said))
    if not found:
        raise NotTaken(MediaFlaw.UNREADABLE)
    return Measured(float(found[-1][1]), float(found[-1][2]))


def to_one_loudness(measured: Measured, aim: Aim) -> str:
    """Return the filters that bring a sound to what is aimed at: turned up as a whole, and peaks held down."""
    limiter = f"alimiter=limit={10 ** (aim.ceiling / 20):.6f}:level=disabled:attack=2:release=20:latency=1"
    return f"aresample={RATE},aformat=sample_fmts=flt:channel_layouts=mono,volume={aim.gain(measured):.2f}dB,{limiter}"


def _encode(
    source: Source, known: Probed, measured: Measured, aims: Mapping[Made, Aim], folder: Path, progress: Progress
) -> None:
    """Encode what is aimed for; the file is decoded once for all of it."""
    heads = [f"[in{number}]" for number in range(len(aims))]
    chains = [
        f"{head}{to_one_loudness(measured, aim)}[out{number}]"
        for number, (head, aim) in enumerate(zip(heads, aims.values(), strict=True))
    ]
    graph = ";".join([f"[0:{known.audio}]asplit={len(aims)}{''.join(heads)}", *chains])
    outputs = [
        argument
        for number, made in enumerate(aims)
        for argument in ("-map", f"[out{number}]", *ALONE, "-flags:a", "+bitexact", *ENCODERS[made], str(made.path))
    ]
    run([*source.arguments, "-progress", "pipe:1", "-filter_complex", graph, *outputs], BOUNDS, folder, progress)
