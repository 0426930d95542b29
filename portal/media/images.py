"""Photographs made fit to publish: upright, in three sizes, and without what the camera wrote into them.

Everything is encoded anew, so that neither the place where a photo was taken nor anything hidden in the file goes out.
"""

import hashlib
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from typing import BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError

SIZES: Mapping[str, int] = {"small": 480, "medium": 960, "large": 1600}
"""The longest side of each rendering, in pixels. A smaller photo is not enlarged."""

MOST_PIXELS: Mapping[str, int] = {"JPEG": 50_000_000, "PNG": 50_000_000, "WEBP": 25_000_000}
"""By what is accepted. A WebP is unpacked three times over before anybody sees a pixel of it."""

MIXED = ("L", "LA", "RGB", "RGBA", "CMYK")
"""How colours are kept that can be mixed as they are; elsewhere they are the numbers of others."""

LEAST_SIDE = 64
QUALITY = 82


class PhotoFlaw(StrEnum):
    """Why a file is not taken as a photo."""

    NOT_A_PHOTO = "not_a_photo"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SMALL = "too_small"


class UnusablePhoto(Exception):
    """The file cannot be published as a photo; ``flaw`` says why."""

    def __init__(self, flaw: PhotoFlaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo ready to be kept: ``key`` is the SHA-256 of its largest rendering, ``files`` are bytes by name."""

    key: str
    files: Mapping[str, bytes]


def file_name(key: str, size: str) -> str:
    """Return the name of one rendering of a photo. Raises ``KeyError`` for a size that there is not."""
    SIZES[size]
    return f"{key}-{size}.jpg"


def key_of(name: str) -> str:
    """Return the key of the photo of which a file is a rendering; some other text for what is none."""
    return name.partition("-")[0]


def photo(content: BinaryIO) -> Photo:
    """Return the photo in a file (JPEG, PNG or WebP), rendered in every size. Raises :class:`UnusablePhoto`."""
    sizes = renderings(content)
    key = hashlib.sha256(sizes["large"][0]).hexdigest()
    return Photo(key, {file_name(key, size): encoded for size, (encoded, _pixels) in sizes.items()})


def renderings(content: BinaryIO) -> dict[str, tuple[bytes, tuple[int, int]]]:
    """Return a photo in every size, each encoded and with its width and height. Raises :class:`UnusablePhoto`."""
    upright = _upright(content)
    return {size: _jpeg(upright, longest) for size, longest in SIZES.items()}


def _upright(content: BinaryIO) -> Image.Image:
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


def _jpeg(picture: Image.Image, longest: int) -> tuple[bytes, tuple[int, int]]:
    copy = picture.copy()
    copy.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    copy.info.clear()  # what the camera wrote, colour profile and comments included
    out = BytesIO()
    copy.save(out, "JPEG", quality=QUALITY, progressive=True, optimize=True)
    return out.getvalue(), copy.size
