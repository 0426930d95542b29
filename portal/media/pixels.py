"""What is done to pictures, with Pillow: opened within limits, made small, turned upright, encoded anew."""

import warnings
from collections.abc import Mapping
from io import BytesIO
from typing import BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError

from portal.media.images import SIZES, PhotoFlaw, UnusablePhoto

MOST_PIXELS: Mapping[str, int] = {"JPEG": 50_000_000, "PNG": 50_000_000, "WEBP": 25_000_000}
"""By what is accepted. A WebP is unpacked three times over before anybody sees a pixel of it."""

MIXED = ("L", "LA", "RGB", "RGBA", "CMYK")
"""How colours are kept that can be mixed as they are; elsewhere they are the numbers of others."""

LEAST_SIDE = 64
QUALITY = 82


def upright(content: BinaryIO) -> Image.Image:
    """Return the picture as it is meant to be seen, opaque, in RGB, no larger than is kept.

    Its size is known before it is unpacked, and it is made small before anything makes a copy of it.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of what is refused below anyway
            turned = ImageOps.exif_transpose(reduced(_opened(content), SIZES["large"]))
            if turned.has_transparency_data:
                turned = Image.alpha_composite(Image.new("RGBA", turned.size, "white"), turned.convert("RGBA"))
            return turned.convert("RGB")
    except Image.DecompressionBombError:
        raise UnusablePhoto(PhotoFlaw.TOO_MANY_PIXELS) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, KeyError):
        raise UnusablePhoto(PhotoFlaw.NOT_A_PHOTO) from None


def _opened(content: BinaryIO) -> Image.Image:
    picture = Image.open(content, formats=tuple(MOST_PIXELS))
    if picture.width * picture.height > MOST_PIXELS[picture.format or ""]:
        raise UnusablePhoto(PhotoFlaw.TOO_MANY_PIXELS)
    if min(picture.size) < LEAST_SIDE:
        raise UnusablePhoto(PhotoFlaw.TOO_SMALL)
    return picture


def reduced(picture: Image.Image, longest: int) -> Image.Image:
    """Return a picture of which no side is longer, made from one that was opened and not yet unpacked."""
    picture.draft("RGB", (longest, longest))  # a JPEG need not be unpacked in full
    if picture.mode not in MIXED or "transparency" in picture.info:
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    picture.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return picture


def jpeg(picture: Image.Image, longest: int) -> tuple[bytes, tuple[int, int]]:
    """Return a picture as a JPEG of which no side is longer, and its width and height."""
    copy = picture.copy()
    copy.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    copy.info.clear()  # what the camera wrote, colour profile and comments included
    out = BytesIO()
    copy.save(out, "JPEG", quality=QUALITY, progressive=True, optimize=True)
    return out.getvalue(), copy.size
