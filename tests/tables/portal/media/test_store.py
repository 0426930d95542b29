"""A folder and an S3-compatible store keep files alike: the same promises, held against both."""

import io
import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import obstore
import pytest
from pyramid.registry import Registry

from portal.media.store import OutOfReach, Store, opened
from portal.operations.backup import back_up, restore
from portal.operations.checkup import Wrong, media
from portal.settings import BadSetting, Settings
from tests.cluster import free_port
from tests.conftest import NOW
from tests.houses import own_registry, own_settings, own_url

NAME = "ab" * 32 + "-small.jpg"
OTHER = "cd" * 32 + ".m4a"
BUCKET = "communs"


@pytest.fixture(scope="module")
def s3(worker_id):
    """The address of a server that speaks S3, on a free loopback port, with one bucket."""
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    server = make_server("127.0.0.1", free_port(), DomainDispatcherApplication(create_backend_app), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(timeout=5)


@pytest.fixture(params=["folder", "s3"])
def store(request, tmp_path, monkeypatch):
    if request.param == "folder":
        return Store.in_folder(tmp_path / "media")
    for name, value in {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}.items():
        monkeypatch.setenv(name, value)
    address, bucket = request.getfixturevalue("s3"), f"{BUCKET}-{uuid4().hex[:8]}"
    make_bucket(address, bucket)
    return opened(tmp_path, f"s3://{bucket}/portail/media?endpoint={address}&region=eu-west-3")


def make_bucket(address: str, bucket: str) -> None:
    import boto3

    client = boto3.client(
        "s3", endpoint_url=address, region_name="eu-west-3", aws_access_key_id="test", aws_secret_access_key="test"
    )
    client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
    client.close()


def content(store, name, *part) -> bytes:
    return b"".join(store.read(name, *part))


def test_what_is_kept_comes_back_whole_and_in_parts(store):
    assert store.size(NAME) is None
    store.put(NAME, b"0123456789")
    assert store.size(NAME) == 10
    assert content(store, NAME) == b"0123456789"
    assert content(store, NAME, 2, 5) == b"234"
    assert content(store, NAME, 7) == b"789"


def test_what_is_there_is_left_alone(store):
    store.put(NAME, b"first")
    store.put(NAME, b"second")
    assert content(store, NAME) == b"first"


def test_a_large_file_is_kept_as_it_comes(store):
    large = bytes(range(256)) * 4 * 12_000  # 12 MB: several parts
    store.put(OTHER, io.BytesIO(large))
    assert content(store, OTHER) == large
    assert content(store, OTHER, 11_000_000, 11_000_010) == large[11_000_000:11_000_010]


def test_what_is_not_there_is_said_not_to_be(store):
    with pytest.raises(FileNotFoundError):
        store.read(NAME)
    store.remove(NAME)
    store.put(NAME, b"x")
    store.remove(NAME)
    assert store.size(NAME) is None


@pytest.mark.parametrize("name", ["../../etc/passwd", "a.jpg", "", "uploads/x", f"{'ab' * 32}.jpg/.."])
def test_a_name_that_does_not_say_what_is_in_it_is_not_kept(store, name):
    with pytest.raises(ValueError, match="does not say"):
        store.put(name, b"")
    assert store.size(name) is None


def test_pieces_are_joined_and_forgotten(store):
    upload = uuid4()
    store.put_piece(upload, 0, io.BytesIO(b"abc"))
    store.put_piece(upload, 3, io.BytesIO(b"lost"))
    store.put_piece(upload, 3, io.BytesIO(b"de"))
    store.put(NAME, b"kept")
    assert b"".join(store.join(upload, 5)) == b"abcde"
    with pytest.raises(FileNotFoundError):
        b"".join(store.join(upload, 9))
    assert list(store.keys()) == [f"ab/{NAME}"]
    store.forget_pieces(upload)
    with pytest.raises(FileNotFoundError):
        b"".join(store.join(upload, 5))
    assert content(store, NAME) == b"kept"


def test_all_that_is_ours_is_known_and_can_be_removed(store):
    upload = uuid4()
    store.put(NAME, b"1")
    store.put(OTHER, b"2")
    store.put_piece(upload, 0, io.BytesIO(b"3"))
    for strange in ("notes.txt", "uploads/notes.txt", "ab/notes.txt"):
        obstore.put(store._objects, strange, b"somebody's")
    ours = store.everything()
    assert sorted(ours) == [f"ab/{NAME}", f"cd/{OTHER}", f"uploads/{upload}/{0:012}"]
    store.clear(set(ours) - {f"cd/{OTHER}"})
    assert store.everything() == [f"cd/{OTHER}"]
    assert bytes(obstore.get(store._objects, "ab/notes.txt").bytes()) == b"somebody's"


def test_what_comes_back_from_a_backup_takes_the_place_of_what_was_damaged(store):
    store.put(NAME, b"1")
    store.add(f"ab/{NAME}", io.BytesIO(b"back"))
    with store.open(f"ab/{NAME}") as found:
        assert bytes(found.read(10)) == b"back"
    with pytest.raises(ValueError, match="not a key"):
        store.add("../x", io.BytesIO(b""))


def test_what_is_old_is_told_by_name(store):
    upload, soon = uuid4(), datetime.now(UTC) + timedelta(hours=1)
    store.put(NAME, b"1")
    store.put_piece(upload, 0, io.BytesIO(b"2"))
    assert (list(store.names(soon)), list(store.uploads(soon))) == ([NAME], [upload])
    assert (list(store.names(NOW)), list(store.uploads(NOW))) == ([], [])


def test_it_can_be_tried_out(store):
    store.try_out()
    assert list(store.keys()) == []


def test_what_was_left_half_written_is_tidied_away(tmp_path):
    store = Store.in_folder(tmp_path)
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "half").write_bytes(b"hal")
    store.put(NAME, b"whole")
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()].count("half") == 1
    store.tidy(datetime.now(UTC) + timedelta(hours=1))
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [NAME]


def test_a_folder_that_cannot_be_written_is_out_of_reach(tmp_path):
    (tmp_path / "media").write_text("a file in the way")
    with pytest.raises(OutOfReach):
        Store.in_folder(tmp_path / "media").put(NAME, b"x")


def test_a_store_that_does_not_answer_is_out_of_reach(monkeypatch, tmp_path):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    store = opened(tmp_path, f"s3://communs?endpoint=http://127.0.0.1:{free_port()}&region=fr-1")
    with pytest.raises(OutOfReach):
        store.size(NAME)


@pytest.mark.parametrize(
    "url", ["s3://brest", "s3://bucket.name/a/b?endpoint=https://s3.example.bzh", "s3://brest/?region=fr-1"]
)
def test_a_store_is_named_by_its_url(url):
    assert Settings.from_ini({"portal.media_url": url}, environ={}).media_url == url


@pytest.mark.parametrize("url", ["/srv/media", "http://s3.example.bzh/b", "s3://", "s3://b?secret=x", "s3://B_/x y"])
def test_a_url_that_names_no_store_stops_the_start(url):
    with pytest.raises(BadSetting, match="media_url"):
        Settings.from_ini({"portal.media_url": url}, environ={})


def test_a_backup_follows_the_store_wherever_it_is(s3, tmp_path, monkeypatch):
    """From an S3-compatible store into an archive, and from that into a folder."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    bucket = f"{BUCKET}-{uuid4().hex[:8]}"
    make_bucket(s3, bucket)
    there, here = tmp_path / "there", tmp_path / "here"
    far = house(there, media_url=f"s3://{bucket}?endpoint={s3}&region=eu-west-3")
    far.media_store.put(OTHER, b"a sound")
    far.media_store.put_piece(uuid4(), 0, io.BytesIO(b"on its way"))
    assert media(far) == f"s3://{bucket} can be written to"
    archive = tmp_path / "saved.tar.gz"
    made = back_up(far.engine, far.portal_settings, NOW, archive, lambda names, _label: names)
    assert [name for name in made.files if name.startswith("media/")] == [f"media/cd/{OTHER}"]
    near = house(here)
    near.media_store.put(NAME, b"of before")
    restore(near.engine, near.portal_settings, NOW, archive, lambda names, _label: names, replace=True)
    assert list(near.media_store.keys()) == [f"cd/{OTHER}"]
    assert b"".join(near.media_store.read(OTHER)) == b"a sound"
    for one in (far, near):
        one.engine.dispose()


def house(folder, **given):
    folder.mkdir()
    return own_registry(own_settings(own_url("sqlite", folder), folder, **given))


def test_a_store_that_cannot_be_written_is_found_by_the_check(tmp_path):
    registry = Registry()
    (tmp_path / "media").write_text("a file in the way")
    registry.media_store = Store.in_folder(tmp_path / "media")
    with pytest.raises(Wrong, match="media_url"):
        media(registry)
