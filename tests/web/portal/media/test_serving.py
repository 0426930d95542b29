"""Files that are kept are served for good, and nothing else is."""

from io import BytesIO

import pytest
from PIL import Image

from portal.media.photos import Photos
from portal.media.store import Store


@pytest.fixture
def store(settings):
    return Store.in_folder(settings.data / "media")


@pytest.fixture
def key(store):
    content = BytesIO()
    Image.new("RGB", (640, 480), "teal").save(content, "JPEG")
    content.seek(0)
    return Photos(store).keep(content)


def test_a_photo_is_served_and_may_be_kept_for_ever(browse, key):
    answer = browse.get(f"/media/{key}-small.jpg")
    assert answer.content_type == "image/jpeg"
    assert Image.open(BytesIO(answer.body)).size == (480, 360)
    assert set(answer.headers["Cache-Control"].split(", ")) == {"public", "max-age=31536000", "immutable"}
    assert browse.get(f"/media/{key}-small.jpg", headers={"If-None-Match": answer.headers["ETag"]}, status=304)


def test_a_part_of_a_file_can_be_asked_for(browse, key):
    whole = browse.get(f"/media/{key}-small.jpg").body
    part = browse.get(f"/media/{key}-small.jpg", headers={"Range": "bytes=2-5"}, status=206)
    assert part.body == whole[2:6]


@pytest.mark.parametrize(
    "name",
    ["nothing", "../portal.db", "%2e%2e%2fportal", f"{'0' * 64}-small.jpg", "%C3%A9.jpg"],
)
def test_what_is_not_kept_is_not_served(browse, name):
    browse.get(f"/media/{name}", status=404)


def test_a_name_that_does_not_say_what_is_in_it_is_not_kept(store):
    with pytest.raises(ValueError, match="does not say"):
        store.put("../../etc/passwd", b"")


def test_what_is_kept_never_changes(store, key):
    name = f"{key}-small.jpg"
    before = b"".join(store.read(name))
    store.put(name, b"something else")
    assert b"".join(store.read(name)) == before
