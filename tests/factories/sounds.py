"""Sounds that can be heard: a short tone, encoded as the portal encodes, with its rows and files."""

import hashlib
import subprocess
from functools import cache

from imageio_ffmpeg import get_ffmpeg_exe
from sqlalchemy.orm import Session

from portal.media.models import Media, Rendition
from portal.media.store import Store
from portal.media.terms import Rendering
from tests.factories import maps


@cache
def tone(seconds: float, hertz: int = 440) -> bytes:
    """Return an AAC file with a tone."""
    source = f"sine=frequency={hertz}:duration={seconds}"
    command = [get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i", source, "-c:a", "aac", "-b:a", "64k", "-ac", "1"]
    fragments = ["-movflags", "frag_keyframe+empty_moov+default_base_moof", "-f", "mp4", "pipe:1"]
    return subprocess.run([*command, *fragments], check=True, capture_output=True).stdout


def heard(session: Session, store: Store, seconds: float = 1.0, hertz: int = 440, **given) -> Media:
    """Return a sound that browsers play."""
    content = tone(seconds, hertz)
    sound = maps.sound(session, milliseconds=round(seconds * 1000), **given)
    name = f"{hashlib.sha256(content).hexdigest()}.m4a"
    store.put(name, content)
    session.add(
        Rendition(media_id=sound.id, rendering=Rendering.AAC, name=name, media_type="audio/mp4", size=len(content))
    )
    session.flush()
    return sound
