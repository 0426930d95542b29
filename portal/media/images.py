"""Photographs made fit to publish: upright, in three sizes, and without what the camera wrote into them.

Everything is encoded anew, so that neither the place where a photo was taken nor anything hidden in the file goes out.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

SIZES: Mapping[str, int] = {"small": 480, "medium": 960, "large": 1600}
"""The longest side of each rendering, in pixels. A smaller photo is not enlarged."""


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
    from portal.media.pixels import jpeg, upright  # Pillow takes memory that few processes have a use for

    seen = upright(content)
    return {size: jpeg(seen, longest) for size, longest in SIZES.items()}
