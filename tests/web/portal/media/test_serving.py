"""Files that are kept are served for good, and nothing else is."""

from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import update

from portal.media.images import photo
from portal.media.models import Media
from portal.media.photos import Photos
from portal.media.store import OutOfReach, Store
from portal.media.terms import MediaState
from tests.factories import media as files


@pytest.fixture
def store(settings):
    return Store.in_folder(settings.data / "media")


@pytest.fixture
def key(asking):
    content = BytesIO()
    Image.new("RGB", (640, 480), "teal").save(content, "JPEG")
    content.seek(0)
    return asking.find_service(Photos).keep(photo(content))


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


# Sounds and their kin -----------------------------------------------------------------------------------------------


@pytest.fixture
def sound(session, store):
    """A sound of ten bytes, and the address of what plays it."""
    media = files.media(session)
    name = media.renditions[0].name
    store.put(name, b"0123456789")
    yield f"/media/{name}"
    store.remove(name)


def test_a_sound_has_its_hash_as_a_strong_etag_and_can_be_had_in_parts(browse, sound):
    answer = browse.get(sound)
    assert answer.headers["ETag"] == f'"{sound.removeprefix("/media/").partition(".")[0]}"'
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Content-Type"] == "audio/mp4"
    assert "Set-Cookie" not in answer.headers


def test_caches_ask_whether_a_sound_is_still_to_be_heard(browse, session, sound):
    answer = browse.get(sound)
    assert answer.headers["Cache-Control"] == "public, no-cache"
    known = {"If-None-Match": answer.headers["ETag"]}
    again = browse.get(sound, headers=known, status=304)
    assert (again.body, again.headers["Cache-Control"]) == (b"", "public, no-cache")
    session.execute(update(Media).values(state=MediaState.REMOVED, original=None))
    browse.get(sound, headers=known, status=410)


@pytest.mark.parametrize(
    ("asked", "body", "told"),
    [
        ("bytes=0-1", b"01", "bytes 0-1/10"),
        ("bytes=8-", b"89", "bytes 8-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=5-99999", b"56789", "bytes 5-9/10"),
        ("bytes=-99", b"0123456789", "bytes 0-9/10"),
    ],
)
def test_the_part_asked_for_is_sent(browse, sound, asked, body, told):
    answer = browse.get(sound, headers={"Range": asked}, status=206)
    assert (answer.body, answer.headers["Content-Range"]) == (body, told)
    assert answer.headers["Content-Length"] == str(len(body))


def test_a_part_that_is_not_there_is_416(browse, sound):
    answer = browse.get(sound, headers={"Range": "bytes=99999999-"}, status=416)
    assert answer.headers["Content-Range"] == "bytes */10"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("asked", ["bytes=0-1,4-5", "bytes=5-2", "lines=0-1", "bytes=x"])
def test_what_is_asked_for_strangely_is_answered_with_all_of_it(browse, sound, asked):
    assert browse.get(sound, headers={"Range": asked}, status=200).body == b"0123456789"


def test_if_range_asks_for_a_part_of_this_very_file(browse, sound):
    etag = browse.get(sound).headers["ETag"]
    browse.get(sound, headers={"Range": "bytes=0-1", "If-Range": etag}, status=206)
    browse.get(sound, headers={"Range": "bytes=0-1", "If-Range": '"another"'}, status=200)
    browse.get(sound, headers={"Range": "bytes=0-1", "If-Range": f"W/{etag}"}, status=200)
    browse.get(sound, headers={"Range": "bytes=0-1", "If-None-Match": etag}, status=304)


def test_the_head_says_how_long_it_is(browse, sound):
    answer = browse.head(sound, headers={"Range": "bytes=0-1"}, status=200)
    assert (answer.headers["Content-Length"], answer.body) == ("10", b"")


def test_a_file_that_is_lost_is_a_404_and_not_a_500(browse, session):
    browse.get(f"/media/{files.media(session).renditions[0].name}", status=404)


def test_a_store_that_is_out_of_reach_is_said_to_be(browse, wsgi_app, sound, monkeypatch):
    monkeypatch.setattr(Store, "size", lambda self, name: (_ for _ in ()).throw(OutOfReach("no")))
    answer = browse.get(sound, status=503)
    assert answer.headers["Retry-After"]
