"""What nobody needs any more does not stay in the store for ever; what anybody needs does."""

import io
import os
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from equipment_lending.models import ModelPhoto
from portal.media.images import SIZES, file_name
from portal.media.services import Files, Uploads
from portal.media.store import Store
from portal.media.tasks import tidy
from portal.media.terms import MediaState
from portal.pages.services import CitySettings
from tests.conftest import NOW
from tests.factories import lending, people
from tests.factories import media as things

LOGO = "ab" * 32 + ".png"
KEY = "cd" * 32


@pytest.fixture
def store(asking):
    return asking.find_service(Store)


@pytest.fixture
def keep(store, settings):
    """A function that keeps a file, as if that had been so long ago, and gives its name back."""

    def act(name: str, ago: timedelta = timedelta(days=2)) -> str:
        store.put(name, b"x")
        aged(settings.data / "media" / name[:2] / name, ago)
        return name

    return act


def aged(path, ago: timedelta) -> None:
    at = (NOW - ago).timestamp()
    os.utime(path, (at, at))


def test_what_is_needed_stays(session, asking, store, keep):
    media = things.media(session)
    model = lending.model(session)
    session.add(ModelPhoto(model=model, position=0, key=KEY, text={"fr": "De face"}))
    asking.find_service(CitySettings).change({"logo": LOGO})
    session.flush()
    names = [media.original, *(made.name for made in media.renditions), LOGO, *(file_name(KEY, size) for size in SIZES)]
    for name in names:
        keep(name)
    tidy(asking)
    assert [name for name in names if store.size(name) is None] == []
    asking.find_service(Files).let_go(names)
    assert [name for name in names if store.size(name) is None] == []
    for name in names:
        store.remove(name)


def test_what_nobody_names_goes(session, asking, store, keep):
    """A photo that is shown no longer, the logo before this one, what was taken back, what never came to anything."""
    taken_back = things.media(session, state=MediaState.REMOVED, original=None)
    asking.find_service(CitySettings).change({"logo": LOGO})
    orphans = [
        keep(name)
        for name in (
            *(file_name(KEY, size) for size in SIZES),
            "ef" * 32 + ".png",
            "12" * 32 + "-original.wav",
            *(made.name for made in taken_back.renditions),
        )
    ]
    tidy(asking)
    assert [name for name in orphans if store.size(name) is not None] == []


def test_what_was_kept_since_yesterday_may_be_named_soon(asking, store, keep):
    name = keep("34" * 32 + ".png", ago=timedelta(hours=23))
    tidy(asking)
    assert store.size(name) is not None
    store.remove(name)


def test_pieces_of_what_nobody_sends_go(session, asking, store, settings):
    uploads = asking.find_service(Uploads)
    sending = uploads.keep(people.person(session).id, "longue.wav", io.BytesIO(b"abc"), 3)
    lost, recent = uuid4(), uuid4()
    for one, ago in ((lost, 30), (recent, 20), (sending.id, 30)):
        store.put_piece(one, 0, io.BytesIO(b"abc"))
        aged(settings.data / "media" / "uploads" / str(one) / f"{0:012}", timedelta(hours=ago))
    tidy(asking)
    assert not pieces(store, lost)
    assert pieces(store, recent)
    assert pieces(store, sending.id)
    store.forget_pieces(recent)


def pieces(store: Store, upload_id: UUID) -> bytes:
    try:
        return b"".join(store.join(upload_id, 3))
    except FileNotFoundError:
        return b""


def test_what_is_none_of_ours_is_let_be(asking, settings):
    path = settings.data / "media" / "uploads" / "notes.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    aged(path, timedelta(days=9))
    tidy(asking)
    assert path.exists()
    path.unlink()
