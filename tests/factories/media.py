"""Believable media: rows as they are when a worker is done, and real files, short ones, in whichever form."""

import io
import math
import struct
import subprocess
import tempfile
import wave
from datetime import timedelta
from functools import lru_cache
from itertools import count
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.media.models import Media, Rendition, Transcript, Upload
from portal.media.store import Store
from portal.media.terms import MediaKind, MediaState, Rendering, TranscriptForm, Voices
from tests.conftest import NOW
from tests.factories import people

_numbers = count(1)
MADE = {
    MediaKind.AUDIO: (
        (Rendering.AAC, "m4a", "audio/mp4"),
        (Rendering.OPUS, "opus", "audio/ogg; codecs=opus"),
    ),
    MediaKind.IMAGE: tuple(
        (size, "jpg", "image/jpeg") for size in (Rendering.SMALL, Rendering.MEDIUM, Rendering.LARGE)
    ),
    MediaKind.VIDEO: ((Rendering.MP4, "mp4", "video/mp4"), (Rendering.POSTER, "jpg", "image/jpeg")),
}
PIXELS = {Rendering.SMALL: (480, 320), Rendering.MEDIUM: (960, 640), Rendering.LARGE: (1600, 1067)}


def media(session: Session, kind: MediaKind = MediaKind.AUDIO, **given) -> Media:
    """Return a media that is ready; there is no file behind its names."""
    number = next(_numbers)
    heard = kind is not MediaKind.IMAGE
    usual = {
        "kind": kind,
        "state": MediaState.READY,
        "progress": 100,
        "title": "La cloche de Saint-Martin",
        "language": "fr",
        "licence": "CC-BY-SA-4.0",
        "attribution": "Soizic Le Bris",
        "voices": Voices.NOBODY,
        "sender_id": None if "sender_id" in given else people.person(session).id,
        "created_at": NOW - timedelta(hours=2),
        "ready_at": NOW - timedelta(hours=1),
        "file_name": "cloche.wav",
        "original": f"{number:064x}-original.wav",
        "size": 88_244,
        "milliseconds": 135_000 if heard else None,
        "peaks": bytes([206, 50] * 900 + [156, 100] * 900) if heard else None,
    }
    one = Media(**usual | given)
    if one.state is not MediaState.READY:
        one.ready_at = one.milliseconds = one.peaks = None
    for rendering, extension, media_type in MADE[kind] if one.state is MediaState.READY else ():
        name = f"{number:062x}{len(one.renditions):02x}.{extension}"
        width, height = PIXELS.get(rendering, (1280, 720) if kind is MediaKind.VIDEO else (None, None))
        made = Rendition(rendering=rendering, name=name, media_type=media_type, size=40_000, width=width, height=height)
        one.renditions.append(made)
    session.add(one)
    session.flush()
    return one


def with_files(session: Session, store: Store) -> None:
    """Put real files behind the names of all that was made of media."""
    contents = {"m4a": encoded("m4a", seconds=2.0), "opus": encoded("opus", seconds=2.0), "mp4": film(2.0)}
    for made in session.scalars(select(Rendition)):
        extension = made.name.rpartition(".")[2]
        store.put(made.name, contents.get(extension) or photo(made.width or 480, made.height or 320))


def transcript(session: Session, of: Media, text: str = "Neuf coups de cloche.", **given) -> Transcript:
    usual = {
        "media_id": of.id,
        "language": "fr",
        "form": TranscriptForm.TEXT,
        "text": text,
        "author_id": of.sender_id,
        "created_at": NOW,
    }
    one = Transcript(**usual | given)
    session.add(one)
    session.flush()
    return one


def upload(session: Session, **given) -> Upload:
    usual = {
        "file_name": "balade.wav",
        "size": 10,
        "received": 0,
        "created_at": NOW,
        "expires_at": NOW + timedelta(hours=24),
    }
    one = Upload(**usual | given)
    session.add(one)
    session.flush()
    return one


@lru_cache
def tone(seconds: float = 1.0, loudness: float = 0.2, rate: int = 16_000) -> bytes:
    """Return a WAV file of a tone that swells and fades, as a voice does."""
    samples = (
        int(32_767 * loudness * math.sin(2 * math.pi * 220 * n / rate) * (0.6 + 0.4 * math.sin(20 * n / rate)))
        for n in range(int(seconds * rate))
    )
    return pcm(b"".join(struct.pack("<h", sample) for sample in samples), rate)


@lru_cache
def silence(seconds: float = 1.0, rate: int = 16_000) -> bytes:
    return pcm(bytes(2 * int(seconds * rate)), rate)


def pcm(samples: bytes, rate: int) -> bytes:
    """Return a WAV file of 16-bit samples."""
    out = io.BytesIO()
    with wave.open(out, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(rate)
        written.writeframes(samples)
    return out.getvalue()


@lru_cache
def encoded(extension: str, *arguments: str, seconds: float = 1.0) -> bytes:
    """Return a tone in another form: ``encoded("mp3")``, ``encoded("m4a", "-movflags", "+faststart")``."""
    return ffmpeg(extension, "-f", "lavfi", "-i", f"sine=f=330:d={seconds}", *arguments)


@lru_cache
def film(
    seconds: float = 1.0, size: str = "320x240", sound: bool = True, sound_seconds: float | None = None, *more: str
) -> bytes:
    """Return an MP4 file of a test picture, with a tone, which lasts as long unless one says otherwise."""
    tone = ("-f", "lavfi", "-i", f"sine=f=330:d={sound_seconds or seconds}", "-c:a", "aac") if sound else ()
    picture = ("-f", "lavfi", "-i", f"testsrc2=d={seconds}:s={size}:r=15")
    return ffmpeg("mp4", *picture, *tone, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", *more)


def ffmpeg(extension: str, *arguments: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / f"out.{extension}"
        command = [get_ffmpeg_exe(), "-loglevel", "error", "-y", *arguments, str(out)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        return out.read_bytes()


@lru_cache
def photo(width: int = 640, height: int = 480, form: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(out, form)
    return out.getvalue()
