"""Looking into a file and making of it what others can see or hear: all of it here, on this machine, in bounds.

``prepared`` is a function of a file and nothing else: no database, no store, no names but those of its own folder.
"""

from collections.abc import Callable
from pathlib import Path

from portal.media.encoding import pictures, sound, video
from portal.media.encoding.ffmpeg import Source
from portal.media.encoding.probing import probe
from portal.media.encoding.results import Prepared
from portal.media.looking import HEAD, Form, announced_size, form_of
from portal.media.terms import LIMITS, MediaFlaw, MediaKind, NotTaken

__all__ = ["Prepared", "prepared"]

Tell = Callable[[float], None]
"""Is told how far one is, from 0 to 1. It may raise, which ends the work."""


def prepared(original: Path, folder: Path, tell: Tell) -> Prepared:
    """Return what was found in a file and what was made of it, in ``folder``. Raises :class:`NotTaken`.

    The file is looked into: its name says nothing. What the machine, not the file, is to blame for raises other errors.
    """
    with original.open("rb") as content:
        head = content.read(HEAD)
    form = form_of(head)
    if form is None:
        raise NotTaken(MediaFlaw.NOT_A_MEDIA if head else MediaFlaw.EMPTY)
    size = original.stat().st_size
    if form.kind is MediaKind.IMAGE:
        _keep_within(size, form.kind)
        return pictures.prepared(original, folder)
    announced = announced_size(head)
    if announced is not None and announced > size + 8:
        raise NotTaken(MediaFlaw.CUT_SHORT)
    return _played(Source(original, _demuxer(form)), folder, size, tell)


def _played(source: Source, folder: Path, size: int, tell: Tell) -> Prepared:
    known = probe(source, folder)
    kind = MediaKind.AUDIO if known.video is None else MediaKind.VIDEO
    _keep_within(size, kind)
    if known.seconds is not None and not known.estimated and known.seconds > (LIMITS[kind].most_seconds or 0):
        raise NotTaken(MediaFlaw.TOO_LONG)
    return (sound if known.video is None else video).prepared(source, known, folder, tell)


def _keep_within(size: int, kind: MediaKind) -> None:
    if size > LIMITS[kind].most_bytes:
        raise NotTaken(MediaFlaw.TOO_LARGE)


def _demuxer(form: Form) -> str:
    assert form.demuxer is not None
    return form.demuxer
