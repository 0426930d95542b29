"""Sounds, films and pictures that can be heard and seen in a browser: their files are in the store."""

import hashlib

from sqlalchemy.orm import Session

from portal.media.models import Media, Rendition
from portal.media.store import Store
from portal.media.terms import MediaKind, Rendering
from tests.factories import maps, media


def heard(session: Session, store: Store, seconds: float = 1.0, **given) -> Media:
    """Return a sound that lasts so long."""
    sound = maps.sound(session, milliseconds=round(seconds * 1000), **given)
    _keep(session, store, sound, Rendering.AAC, media.encoded("m4a", seconds=seconds), "m4a", "audio/mp4")
    return sound


def filmed(session: Session, store: Store, seconds: float = 1.0, **given) -> Media:
    """Return a film that lasts so long, with a still of it."""
    film = maps.sound(session, kind=MediaKind.VIDEO, milliseconds=round(seconds * 1000), width=320, height=240, **given)
    _keep(session, store, film, Rendering.MP4, media.film(seconds), "mp4", "video/mp4")
    _keep(session, store, film, Rendering.POSTER, media.photo(320, 240), "jpg", "image/jpeg", (320, 240))
    return film


def photographed(session: Session, store: Store, **given) -> Media:
    """Return a picture, in each of its sizes."""
    picture = maps.sound(session, kind=MediaKind.IMAGE, milliseconds=None, **given)
    for size, pixels in media.PIXELS.items():
        _keep(session, store, picture, size, media.photo(*pixels), "jpg", "image/jpeg", pixels)
    return picture


def _keep(session, store, of, rendering, content, extension, media_type, pixels=(None, None)) -> None:
    name = f"{hashlib.sha256(content).hexdigest()}.{extension}"
    store.put(name, content)
    made = {"name": name, "media_type": media_type, "size": len(content), "width": pixels[0], "height": pixels[1]}
    session.add(Rendition(media_id=of.id, rendering=rendering, **made))
    session.flush()
