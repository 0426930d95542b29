"""Pictures: in three sizes, and without what the camera wrote into them."""

from pathlib import Path

from portal.media.encoding.results import Made, Prepared
from portal.media.images import PhotoFlaw, UnusablePhoto, renderings
from portal.media.terms import MediaFlaw, MediaKind, NotTaken, Rendering

FLAWS = {
    PhotoFlaw.NOT_A_PHOTO: MediaFlaw.UNREADABLE,
    PhotoFlaw.TOO_MANY_PIXELS: MediaFlaw.TOO_MANY_PIXELS,
    PhotoFlaw.TOO_SMALL: MediaFlaw.TOO_SMALL,
}


def prepared(original: Path, folder: Path) -> Prepared:
    """Return what was made of a picture. Raises :class:`NotTaken`."""
    try:
        with original.open("rb") as content:
            sizes = renderings(content)
    except UnusablePhoto as no:
        raise NotTaken(FLAWS[no.flaw]) from no
    made = []
    for size, (encoded, (width, height)) in sizes.items():
        path = Path(f"{size}.jpg")
        (folder / path).write_bytes(encoded)
        made.append(Made(Rendering(size), path, "jpg", "image/jpeg", width, height))
    return Prepared(MediaKind.IMAGE, tuple(made), width=made[-1].width, height=made[-1].height)
