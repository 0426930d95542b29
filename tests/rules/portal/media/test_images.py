"""Photographs made fit to publish, whatever somebody sends."""

import struct
import subprocess
import sys
import zlib
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from portal.media.images import SIZES, PhotoFlaw, UnusablePhoto, photo

GPS, ORIENTATION, DESCRIPTION = 0x8825, 0x0112, 0x010E
TURNED_RIGHT = 6


def picture(width=900, height=600, mode="RGB", kind="JPEG", **save) -> BytesIO:
    content = BytesIO()
    Image.new(mode, (width, height), "teal").save(content, kind, **save)
    content.seek(0)
    return content


def renderings(content: BytesIO) -> dict[str, Image.Image]:
    taken = photo(content)
    return {size: Image.open(BytesIO(taken.files[f"{taken.key}-{size}.jpg"])) for size in SIZES}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_comes_in_three_sizes_and_is_not_enlarged(kind):
    assert {size: made.size for size, made in renderings(picture(2400, 1200, kind=kind)).items()} == {
        "small": (480, 240),
        "medium": (960, 480),
        "large": (1600, 800),
    }
    assert renderings(picture(300, 200, kind=kind))["large"].size == (300, 200)


def test_nothing_that_the_camera_wrote_goes_out():
    exif = Image.Exif()
    exif[DESCRIPTION] = "taken at home"
    exif.get_ifd(GPS)[2] = (48.0, 24.0, 0.0)
    taken = photo(picture(exif=exif, comment=b"taken at home", icc_profile=b"taken at home"))

    for encoded in taken.files.values():
        made = Image.open(BytesIO(encoded))
        assert not made.getexif()
        assert b"taken at home" not in encoded
        assert {"comment", "icc_profile", "exif"}.isdisjoint(made.info)


def test_a_photo_taken_with_the_camera_on_its_side_stands_upright():
    exif = Image.Exif()
    exif[ORIENTATION] = TURNED_RIGHT
    assert renderings(picture(800, 400, exif=exif))["large"].size == (400, 800)


def test_what_is_transparent_becomes_white():
    content = BytesIO()
    Image.new("RGBA", (100, 100), (255, 0, 0, 0)).save(content, "PNG")
    assert renderings(content)["small"].getpixel((50, 50)) == (255, 255, 255)


def test_the_same_photo_has_the_same_key():
    assert photo(picture()).key == photo(picture()).key
    assert photo(picture(width=901)).key != photo(picture()).key


def test_a_picture_that_unpacks_to_too_many_pixels_is_refused_before_it_is_unpacked():
    bomb = picture(20_000, 20_000, mode="1", kind="PNG")
    assert bomb.getbuffer().nbytes < 100_000
    with pytest.raises(UnusablePhoto) as no:
        photo(bomb)
    assert no.value.flaw is PhotoFlaw.TOO_MANY_PIXELS


def test_a_picture_too_small_to_show_anything_is_refused():
    with pytest.raises(UnusablePhoto) as no:
        photo(picture(40, 400))
    assert no.value.flaw is PhotoFlaw.TOO_SMALL


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-1.7", b"<svg onload='alert(1)'/>", b"GIF89a" + b"\0" * 99],
)
def test_what_is_not_a_jpeg_png_or_webp_is_refused(content):
    with pytest.raises(UnusablePhoto) as no:
        photo(BytesIO(content))
    assert no.value.flaw is PhotoFlaw.NOT_A_PHOTO


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(["JPEG", "PNG", "WEBP"]), st.data())
def test_a_damaged_file_is_a_photo_or_refused_and_nothing_else(kind, data):
    whole = picture(120, 90, kind=kind).getvalue()
    damaged = bytearray(whole[: data.draw(st.integers(0, len(whole)))])
    for at, value in data.draw(st.lists(st.tuples(st.integers(0, len(whole) - 1), st.integers(0, 255)), max_size=6)):
        if at < len(damaged):
            damaged[at] = value
    with suppress(UnusablePhoto):
        assert len(photo(BytesIO(bytes(damaged))).files) == len(SIZES)


LOOK = """
import re, sys
from portal.media.images import photo
def most() -> int:
    return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) // 1024
before = most()
photo(open(sys.argv[1], "rb"))
print(most() - before)
"""
UNPACKED_MIB = 49_980_000 * 4 / 1024**2


@pytest.mark.parametrize("mode", ["RGBA", "P"])
def test_the_largest_picture_is_made_small_before_it_is_copied(tmp_path, mode):
    """Looked at in a process of its own: nothing gives back what was the most."""
    file = tmp_path / "large.png"
    file.write_bytes(large_png(7000, 7140, mode))
    seen = subprocess.run([sys.executable, "-c", LOOK, str(file)], capture_output=True, check=True, text=True)
    assert int(seen.stdout) < 2.5 * UNPACKED_MIB


def large_png(width: int, height: int, mode: str) -> bytes:
    """A PNG made row by row, as whoever tests has no more memory than whoever publishes."""
    colour, depth = (6, 4) if mode == "RGBA" else (3, 1)
    packer, rows = zlib.compressobj(1), (b"\0" + bytes(range(depth)) * width) * 20
    data = b"".join(packer.compress(rows) for _ in range(height // 20)) + packer.flush()
    palette = png_chunk(b"PLTE", bytes(768)) + png_chunk(b"tRNS", b"\0") if mode == "P" else b""
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + palette + png_chunk(b"IDAT", data) + png_chunk(b"IEND", b"")


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def test_a_webp_may_have_half_the_pixels_as_unpacking_one_takes_twice_the_memory():
    with pytest.raises(UnusablePhoto) as no:
        photo(picture(5001, 5000, kind="WEBP", method=0, quality=1))
    assert no.value.flaw is PhotoFlaw.TOO_MANY_PIXELS


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "RGB", "RGBA"])
def test_a_picture_of_any_sort_is_taken(mode):
    content = BytesIO()
    Image.linear_gradient("L").convert("I" if mode == "I;16" else mode).convert(mode).save(content, "PNG")
    assert renderings(content)["small"].mode == "RGB"


def test_a_colour_that_stands_for_nothing_becomes_white():
    content = BytesIO()
    Image.new("RGB", (3000, 100), (1, 2, 3)).save(content, "PNG", transparency=(1, 2, 3))
    assert renderings(content)["large"].getpixel((800, 25)) == (255, 255, 255)
