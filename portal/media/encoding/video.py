"""Video: 720 lines at most, in a form that every telephone plays and that starts at once, and a still of it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from portal.media.encoding.ffmpeg import ALONE, Bounds, Progress, Source, run
from portal.media.encoding.loudness import Aim, Measured
from portal.media.encoding.probing import Probed
from portal.media.encoding.results import Made, Prepared
from portal.media.encoding.sound import Listener, aimed, ends_too_soon, heard, measure, to_one_loudness
from portal.media.terms import LIMITS, MediaFlaw, MediaKind, NotTaken, Rendering

BOUNDS = Bounds(seconds=420, memory_mib=2048)
STILL = Bounds(seconds=30, memory_mib=1024)
FILM, SILENT_FILM, POSTER = Path("film.mp4"), Path("silent.mp4"), Path("poster.jpg")
FITTED = (
    "scale=w='min(iw,if(gte(iw,ih),1280,720))':h='min(ih,if(gte(iw,ih),720,1280))'"
    ":force_original_aspect_ratio=decrease:force_divisible_by=2,fps=fps='min(30,source_fps)',format=yuv420p"
)
H264 = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "24", "-maxrate", "2500k", "-bufsize", "5000k")
FRAMES = ("-profile:v", "main", "-g", "120", "-threads", "2", "-flags:v", "+bitexact")

Tell = Callable[[float], None]


def prepared(source: Source, known: Probed, folder: Path, tell: Tell) -> Prepared:
    """Return what was made of a video. Raises :class:`NotTaken`."""
    limits = LIMITS[MediaKind.VIDEO]
    if known.pixels is None:
        raise NotTaken(MediaFlaw.UNREADABLE)
    if known.pixels[0] * known.pixels[1] > (limits.most_pixels or 0):
        raise NotTaken(MediaFlaw.TOO_MANY_PIXELS)
    listener = Listener(limits.most_seconds or 0, known.seconds, lambda part: tell(0.1 * part))
    sound = replace(known, seconds=None)  # which may well end before the picture does
    measured = heard(source, sound, folder, listener) if known.audio is not None else None
    seen = _film(source, known, folder, lambda part: tell(0.1 + 0.7 * part))
    seconds = max(seen, listener.seconds)
    if ends_too_soon(known, seconds):
        raise NotTaken(MediaFlaw.CUT_SHORT)
    found = _with_sound(source, known, measured, folder) if measured and not measured.is_silent else None
    if found is None:
        (folder / SILENT_FILM).rename(folder / FILM)
    still = _still(Source(folder / FILM, "mov"), seen, folder)
    tell(1.0)
    film = Made(Rendering.MP4, FILM, "mp4", "video/mp4", still.width, still.height)
    return Prepared(
        MediaKind.VIDEO,
        (film, still),
        seconds=seconds,
        width=still.width,
        height=still.height,
        loudness=found.loudness if found else None,
        true_peak=found.true_peak if found else None,
        peaks=listener.peaks.pairs() if found else None,
    )


def _film(source: Source, known: Probed, folder: Path, tell: Tell) -> float:
    """Encode the pictures, and return how long they last."""
    most, reached = LIMITS[MediaKind.VIDEO].most_seconds or 0, 0.0
    expected = known.seconds or most

    def heed(part: float) -> None:
        nonlocal reached
        reached = part * (most + 2)
        if reached > most + 1:
            raise NotTaken(MediaFlaw.TOO_LONG)
        tell(min(reached / expected, 1.0))

    picture = ("-map", f"0:{known.video}", "-an", "-vf", FITTED, *H264, *FRAMES, *ALONE, "-f", "mp4", str(SILENT_FILM))
    run([*source.arguments, "-progress", "pipe:1", *picture], BOUNDS, folder, Progress(most + 2, heed))
    if reached <= 0:
        raise NotTaken(MediaFlaw.UNREADABLE)
    return reached


def _with_sound(source: Source, known: Probed, measured: Measured, folder: Path) -> Measured:
    """Put the sound to the pictures, as loud as sounds are here, and return what it was measured at."""
    whole = Made(Rendering.MP4, FILM, "mp4", "video/mp4")

    def encode(aims: Mapping[Made, Aim]) -> dict[Made, Measured]:
        pictures = Source(folder / SILENT_FILM, "mov").arguments
        graph = f"[0:{known.audio}]{to_one_loudness(measured, aims[whole])}[a]"
        sound = ("-map", "[a]", "-flags:a", "+bitexact", "-c:a", "aac", "-aac_coder", "fast", "-b:a", "96k")
        film = ("-map", "1:v:0", "-c:v", "copy", *ALONE, "-movflags", "+faststart", "-f", "mp4", str(FILM))
        run([*source.arguments, *pictures, "-filter_complex", graph, *sound, *film], BOUNDS, folder)
        return {whole: measure(Source(folder / FILM, "mov"), folder)}

    return aimed((whole,), measured, encode)[whole]


def _still(film: Source, seconds: float, folder: Path) -> Made:
    """Make a still of what is seen after a tenth of the picture, which lasts so many seconds."""
    from PIL import Image  # it takes memory that only who encodes has a use for

    begin = ("-ss", f"{min(seconds / 10, 10):.2f}")
    run([*begin, *film.arguments, "-frames:v", "1", "-q:v", "4", *ALONE, "-f", "mjpeg", str(POSTER)], STILL, folder)
    with Image.open(folder / POSTER, formats=("JPEG",)) as picture:
        width, height = picture.size
    return Made(Rendering.POSTER, POSTER, "jpg", "image/jpeg", width, height)
