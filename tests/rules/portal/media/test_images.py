"""Photographs made fit to publish, whatever somebody sends."""

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
