"""Sounds that can be heard in a browser: their files are in the store."""

import hashlib

from sqlalchemy.orm import Session

from portal.media.models import Media, Rendition
from portal.media.store import Store
from portal.media.terms import Rendering
from tests.factories import maps, media


def heard(session: Session, store: Store, seconds: float = 1.0, **given) -> Media:
    """Return a sound that lasts so long."""
    content = media.encoded("m4a", seconds=seconds)
    sound = maps.sound(session, milliseconds=round(seconds * 1000), **given)
    name = f"{hashlib.sha256(content).hexdigest()}.m4a"
    store.put(name, content)
    session.add(
        Rendition(media_id=sound.id, rendering=Rendering.AAC, name=name, media_type="audio/mp4", size=len(content))
    )
    session.flush()
    return sound
