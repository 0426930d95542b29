"""Two who do something to the same file at once: the one who comes second is told so, on both databases."""

import io
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.db.session import working_request
from portal.media.models import Media, Transcript
from portal.media.services import MediaLibrary, NoSuchUpload, Uploads
from portal.media.terms import TakenBack, TranscriptForm, Voices
from tests.conftest import DATABASES
from tests.factories import media as files
from tests.factories import people
from tests.houses import own_registry, own_settings, own_url

pytestmark = pytest.mark.whole

DETAILS = {
    "title": "La cloche",
    "language": None,
    "licence": "CC0-1.0",
    "attribution": "Soizic",
    "voices": Voices.NOBODY,
}
MEANWHILE = 0.5
"""How long the second one waits for the first, in seconds."""


@pytest.fixture(params=DATABASES)
def registry(request, tmp_path):
    registry = own_registry(own_settings(own_url(request.param, tmp_path), tmp_path))
    yield registry
    registry.engine.dispose()


@pytest.fixture
def upload(registry):
    """Whose upload, and its id: all of it has arrived."""
    with working_request(registry) as request:
        person, content = people.person(request.db), files.tone()
        kept = request.find_service(Uploads).keep(person.id, "x.wav", io.BytesIO(content), len(content))
        return person.id, kept.id


def second(registry, first: Callable, then: Callable) -> object:
    """Return what comes of ``then``, which begins before the transaction of ``first`` has ended."""

    def meanwhile() -> object:
        with working_request(registry) as request:
            return then(request)

    with ThreadPoolExecutor(1) as pool:
        with working_request(registry) as request:
            first(request)
            answer = pool.submit(meanwhile)
            time.sleep(MEANWHILE)
        return answer.result(timeout=60)


def described(upload):
    """Return the act of describing a file that has arrived: True when it became a media."""

    def describe(request) -> bool:
        uploads, library = request.find_service(Uploads), request.find_service(MediaLibrary)
        found = uploads.of(*upload)
        if found is None:  # SQLite does not let anybody begin before the other has ended
            return False
        try:
            return library.receive_upload(found, **DETAILS) is not None
        except NoSuchUpload:
            return False

    return describe


def ended(upload):
    return lambda request: request.find_service(Uploads).forget(request.find_service(Uploads).of(*upload))


def test_a_form_that_is_sent_twice_makes_one_media(registry, upload):
    assert second(registry, described(upload), described(upload)) is False
    with Session(registry.engine) as session:
        assert session.scalar(select(func.count()).select_from(Media)) == 1


def test_what_was_ended_meanwhile_becomes_no_media(registry, upload):
    assert second(registry, ended(upload), described(upload)) is False
    with Session(registry.engine) as session:
        assert session.scalar(select(func.count()).select_from(Media)) == 0


def test_no_piece_comes_after_the_end(registry, upload):
    def go_on(request) -> bool:
        uploads = request.find_service(Uploads)
        found = uploads.of(*upload)
        if found is None:
            return False
        try:
            uploads.go_on(found, found.size, io.BytesIO(b""), 0)
        except NoSuchUpload:
            return False
        return True

    assert second(registry, ended(upload), go_on) is False


@pytest.mark.parametrize(
    "act",
    [
        lambda library, media: library.change(media, title="Midi"),
        lambda library, media: library.transcribe(media, "fr", TranscriptForm.TEXT, "Midi.", media.sender_id),
    ],
    ids=["change", "transcribe"],
)
def test_nothing_is_said_any_more_of_what_was_taken_back_meanwhile(registry, act):
    with working_request(registry) as request:
        media_id = files.media(request.db).id

    def take_back(request) -> None:
        request.find_service(MediaLibrary).remove(request.db.get_one(Media, media_id))

    def say(request) -> bool:
        try:
            act(request.find_service(MediaLibrary), request.db.get_one(Media, media_id))
        except TakenBack:
            return False
        return True

    assert second(registry, take_back, say) is False
    with Session(registry.engine) as session:
        assert session.scalar(select(func.count()).select_from(Transcript)) == 0
