"""A city's emblem: any picture made a small one, without what else its file carried."""

import hashlib
import warnings
from io import BytesIO
from typing import BinaryIO

ACCEPTED = ("PNG", "JPEG", "WEBP")
LONGEST_SIDE = 320
MOST_PIXELS = 25_000_000


class UnusableLogo(Exception):
    """The file is no picture that we can read, or is too large."""


def logo(content: BinaryIO) -> tuple[str, bytes]:
    """Return a file name that says what is in it, and the picture as a PNG. Raises :class:`UnusableLogo`."""
    from PIL import Image, UnidentifiedImageError  # it takes memory that few processes have a use for

    from portal.media.pixels import reduced

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of what is refused below anyway
            picture = Image.open(content, formats=ACCEPTED)
            if picture.width * picture.height > MOST_PIXELS:
                raise UnusableLogo("it has too many pixels")
            small = reduced(picture, LONGEST_SIDE).convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError, EOFError) as wrong:
        raise UnusableLogo("it is no picture that we can read") from wrong
    small.info.clear()
    out = BytesIO()
    small.save(out, "PNG", optimize=True)
    return f"{hashlib.sha256(out.getvalue()).hexdigest()}.png", out.getvalue()
