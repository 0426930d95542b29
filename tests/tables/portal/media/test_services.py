"""Media are taken in, described, put into words, counted and taken back; large ones come in pieces."""

import io
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from maps.queries.media import transcripts
from portal.audit.models import AuditEntry
from portal.jobs.models import Job
from portal.media.models import Media, PlayTally, Transcript, Upload
from portal.media.offers import ModeratedMedia
from portal.media.queries import Listened, listened, one_shown, served, shown
from portal.media.services import Files, MediaLibrary, NoSuchPlace, Uploads
from portal.media.services.uploads import MOST_AT_ONCE, TooManyUploads
from portal.media.store import Store
from portal.media.terms import (
    FORMER_CONTRIBUTOR,
    LIMITS,
    MEBIBYTE,
    MOST_BYTES,
    Limits,
    MediaFlaw,
    MediaKind,
    MediaState,
    NotTaken,
    TranscriptForm,
    Voices,
)
from portal.moderation.models import ModerationAct
from portal.moderation.terms import Act, Standing
from portal.people.services import Erasure
from tests.conftest import NOW
from tests.factories import media as files
from tests.factories import people

DETAILS = {
    "title": "La cloche",
    "language": "fr",
    "licence": "CC-BY-SA-4.0",
    "attribution": "Soizic",
    "voices": Voices.NOBODY,
}

LARGE = 1024 * MEBIBYTE


@pytest.fixture
def library(asking):
    return asking.find_service(MediaLibrary)


@pytest.fixture
def uploads(asking):
    return asking.find_service(Uploads)


@pytest.fixture
def store(asking):
    return asking.find_service(Store)


@pytest.fixture
def kept(asking):
    return asking.find_service(Files)


@pytest.fixture
def soizic(session):
    return people.person(session, name="Soizic Le Bris")


def jobs(session, kind):
    return session.scalars(select(Job).where(Job.kind == kind)).all()


def acted(session, media, act: Act, number: int) -> None:
    session.add(
        ModerationAct(
            subject_kind="media",
            subject_id=media.id,
            number=number,
            act=act,
            reason="",
            actor_id=media.sender_id,
            at=NOW,
        )
    )
    session.flush()


def test_what_is_sent_is_kept_as_it_is_and_waits_for_a_worker(session, library, store, soizic):
    content = files.tone()
    media = library.receive(io.BytesIO(content), "cloche.wav", sender_id=soizic.id, **DETAILS)
    assert (media.state, media.kind, media.size) == (MediaState.RECEIVED, None, len(content))
    assert media.original.endswith("-original.wav")
    assert b"".join(store.read(media.original)) == content
    assert [job.payload for job in jobs(session, "media.prepare")] == [{"media_id": str(media.id)}]
    assert one_shown(session, media.id) is None
    assert one_shown(session, media.id, everything=True).state is MediaState.RECEIVED


@pytest.mark.parametrize(
    ("content", "flaw"),
    [(b"", MediaFlaw.EMPTY), (b"un texte", MediaFlaw.NOT_A_MEDIA), (b"#EXTM3U\n", MediaFlaw.NOT_A_MEDIA)],
)
def test_what_is_no_media_is_not_even_kept(session, library, soizic, content, flaw):
    with pytest.raises(NotTaken) as no:
        library.receive(io.BytesIO(content), "cloche.wav", sender_id=soizic.id, **DETAILS)
    assert no.value.flaw is flaw
    assert not session.scalars(select(Media)).all()


def test_a_picture_that_is_too_large_is_not_kept(monkeypatch, library, soizic):
    monkeypatch.setitem(LIMITS, MediaKind.IMAGE, Limits(100))
    with pytest.raises(NotTaken) as no:
        library.receive(io.BytesIO(files.photo()), "photo.jpg", sender_id=soizic.id, **DETAILS)
    assert no.value.flaw is MediaFlaw.TOO_LARGE


def test_a_licence_that_is_not_open_is_not_taken(library, soizic):
    with pytest.raises(KeyError):
        library.receive(io.BytesIO(files.tone()), "x", sender_id=soizic.id, **DETAILS | {"licence": "CC-BY-NC-4.0"})


def test_what_is_said_of_it_can_be_changed_and_staff_sees_that_it_was(session, library):
    media = files.media(session)
    library.change(media, title="Midi", licence="CC0-1.0", attribution=media.attribution)
    assert (media.title, media.licence) == ("Midi", "CC0-1.0")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "media.change")).one()
    assert set(entry.detail["fields"]) == {"title", "licence"}
    with pytest.raises(KeyError):
        library.change(media, licence="ARR")
    with pytest.raises(TypeError):
        library.change(media, original="x")


def test_the_latest_transcript_in_a_language_is_shown(session, clock, library, soizic):
    media = files.media(session)
    assert one_shown(session, media.id).wants_transcript
    library.transcribe(media, "fr", TranscriptForm.TEXT, "Neuf coups.", soizic.id)
    clock.at = NOW + timedelta(minutes=1)
    library.transcribe(media, "fr", TranscriptForm.TEXT, "Dix coups.", soizic.id)
    library.transcribe(media, "br", TranscriptForm.TEXT, "Dek taol.", soizic.id)
    found = one_shown(session, media.id)
    assert {language: one.text for language, one in found.transcripts.items()} == {
        "fr": "Dix coups.",
        "br": "Dek taol.",
    }
    assert not found.wants_transcript


def test_however_often_it_was_mended_one_text_of_each_language_is_read(session):
    media, other = files.media(session), files.media(session)
    files.transcript(session, other, "Une mouette.")
    for number in range(6):
        for language in ("fr", "br"):
            files.transcript(session, media, str(number), language=language, created_at=NOW + timedelta(minutes=number))
    at_once = [files.transcript(session, other, str(number), language="en") for number in range(6)]
    newest = max(at_once, key=lambda one: one.id.hex).text
    session.expunge_all()
    with transcripts_read() as read:
        found = shown(session, [media.id, other.id])
    assert {language: one.text for language, one in found[media.id].transcripts.items()} == {"fr": "5", "br": "5"}
    assert found[other.id].transcripts["en"].text == newest
    assert sorted(read) == ["br", "en", "fr", "fr"]
    assert transcripts(session, [media.id, other.id])[media.id] == ["5", "5"]


@contextmanager
def transcripts_read():
    """Note which transcripts are loaded."""
    read = []

    def note(transcript, _context):
        read.append(transcript.language)

    event.listen(Transcript, "load", note)
    try:
        yield read
    finally:
        event.remove(Transcript, "load", note)


def test_nobody_fills_the_queue(session, library, soizic, asking):
    for _ in range(asking.registry.portal_settings.media_unfinished - 1):
        files.media(session, state=MediaState.PREPARING, sender_id=soizic.id)
    library.receive(io.BytesIO(files.tone()), "x.wav", sender_id=soizic.id, **DETAILS)
    with pytest.raises(NotTaken) as no:
        library.receive(io.BytesIO(files.tone()), "x.wav", sender_id=soizic.id, **DETAILS)
    assert no.value.flaw is MediaFlaw.TOO_MANY_UNFINISHED
    library.receive(io.BytesIO(files.tone()), "x.wav", sender_id=people.person(session).id, **DETAILS)


def test_nobody_fills_the_store(session, library, uploads, store, soizic, asking):
    """What was taken back counts no more; what is on its way does, before any of it has come."""
    most, content = asking.registry.portal_settings.media_share_mib * MEBIBYTE, files.tone(0.7)
    for _ in range(most // LARGE - 1):
        files.media(session, sender_id=soizic.id, size=LARGE)
    large = files.media(session, sender_id=soizic.id, size=most % LARGE + LARGE - len(content) + 1)
    before = set(store.keys())
    with pytest.raises(NotTaken) as no:
        library.receive(io.BytesIO(content), "x.wav", sender_id=soizic.id, **DETAILS)
    assert no.value.flaw is MediaFlaw.NO_ROOM_LEFT
    assert set(store.keys()) == before
    with pytest.raises(NotTaken) as no:
        uploads.begin(soizic.id, "x.wav", len(content))
    assert no.value.flaw is MediaFlaw.NO_ROOM_LEFT

    large.size = most % LARGE + LARGE - MOST_BYTES
    uploads.begin(soizic.id, "x.wav", MOST_BYTES - 10)
    with pytest.raises(NotTaken):
        uploads.begin(soizic.id, "y.wav", 11)
    library.remove(large)
    uploads.begin(soizic.id, "y.wav", 11)
    library.receive(io.BytesIO(content), "x.wav", sender_id=soizic.id, **DETAILS)


def test_who_takes_it_back_takes_back_all_of_it(session, library, store, kept, soizic):
    content = io.BytesIO(files.tone())
    media = library.receive(content, "cloche.wav", sender_id=soizic.id, **DETAILS)
    original = media.original
    ready = files.media(session, sender_id=soizic.id, original=f"{'f' * 64}-original.wav")
    files.transcript(session, ready)
    for one in (media, ready, ready):
        library.remove(one)
    assert (ready.state, ready.original, ready.peaks, ready.file_name) == (MediaState.REMOVED, None, None, "")
    assert not session.scalars(select(Transcript)).all()
    names = [job.payload["names"] for job in jobs(session, "media.let_go")]
    assert names[0] == [original]
    assert len(names) == 2
    kept.let_go(names[0] + names[1])
    assert store.size(original) is None
    assert served(session, ready.renditions[0].name).standing is Standing.REMOVED
    assert shown(session, [media.id, ready.id]) == {}


def test_a_file_that_somebody_else_sent_too_stays(library, store, kept, soizic):
    first, second = (
        library.receive(io.BytesIO(files.tone()), "x.wav", sender_id=soizic.id, **DETAILS) for _ in range(2)
    )
    assert first.original == second.original
    name = first.original
    library.remove(first)
    kept.let_go([name])
    assert store.size(name) is not None
    library.remove(second)
    kept.let_go([name])
    assert store.size(name) is None


def test_what_is_shown_takes_three_questions_however_many_are_shown(session, config):
    media = [files.media(session) for _ in range(7)]
    for one in media:
        files.transcript(session, one)
    asked = []
    event.listen(config.registry.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    found = shown(session, [one.id for one in media])
    assert len(found) == 7
    assert len([one for one in asked if one.startswith("SELECT")]) == 3


def test_what_is_hidden_is_not_shown_until_it_is_restored(session):
    media = files.media(session)
    name = media.renditions[0].name
    assert served(session, name).standing is Standing.VISIBLE
    for number, (act, visible) in enumerate(((Act.HIDE, False), (Act.RESTORE, True), (Act.HIDE, False)), start=1):
        acted(session, media, act, number)
        assert (one_shown(session, media.id) is not None) is visible
        assert served(session, name).standing is (Standing.VISIBLE if visible else Standing.HIDDEN)
    assert one_shown(session, media.id, everything=True).hidden


def test_a_sound_is_shown_with_all_that_plays_it(session):
    sound = one_shown(session, files.media(session).id)
    assert [one.media_type for one in sound.sources] == ["audio/mp4", "audio/ogg; codecs=opus"]
    assert sound.sources[0].path == f"/media/{sound.sources[0].sha256}.m4a"
    assert sound.seconds == 135
    assert sound.wave.startswith("M1.5 ")
    assert sound.licence.label == "CC BY-SA 4.0"
    film, image = (one_shown(session, files.media(session, kind).id) for kind in (MediaKind.VIDEO, MediaKind.IMAGE))
    assert film.poster == film.picture
    assert image.picture.width == 960
    assert not image.wants_transcript


def test_listening_is_counted_by_the_day_and_nothing_else_is_kept(session, library, clock):
    media = files.media(session)
    for completed in (False, False, True):
        library.heard(media.id, NOW.date(), completed)
    library.heard(media.id, NOW.date() + timedelta(days=1), False)
    tallies = session.scalars(select(PlayTally).order_by(PlayTally.day)).all()
    assert [(one.starts, one.completions) for one in tallies] == [(2, 1), (1, 0)]
    assert set(PlayTally.__table__.columns.keys()) == {"id", "media_id", "day", "starts", "completions"}
    assert listened(session, [media.id]) == {media.id: Listened(3, 1)}


def test_moderators_take_a_media_out_for_good(session, asking, soizic):
    media, draft = files.media(session, sender_id=soizic.id), files.media(session, state=MediaState.RECEIVED)
    moderated = ModeratedMedia(asking)
    known = moderated.subjects("media", [media.id, draft.id])
    assert {media_id: one.author_ids for media_id, one in known.items()} == {media.id: (soizic.id,)}
    moderated.hold("media", media.id)
    moderated.reflect("media", media.id, Standing.HIDDEN)
    moderated.reflect("trail", media.id, Standing.REMOVED)  # of which everybody is told
    assert media.state is MediaState.READY
    moderated.reflect("media", media.id, Standing.REMOVED)
    assert media.state is MediaState.REMOVED
    assert moderated.kinds().keys() == {"media"}


def test_what_nobody_but_its_sender_saw_keeps_no_title_once_it_is_taken_back(session, asking, library, soizic):
    draft, ready = (
        files.media(session, sender_id=soizic.id, state=state, title="Chez ma mère", description="Sa voix.")
        for state in (MediaState.RECEIVED, MediaState.READY)
    )
    for media in (draft, ready):
        library.remove(media)
    moderated = ModeratedMedia(asking)
    assert (draft.title, draft.description, draft.attribution) == ("", "", "")
    known = moderated.subjects("media", [draft.id, ready.id])
    assert {media_id: (one.title, one.gone) for media_id, one in known.items()} == {ready.id: ("Chez ma mère", True)}
    asking.find_service(Erasure).erase(soizic.id)
    assert (ready.title, ready.description) == ("", "")
    assert moderated.subjects("media", [ready.id])[ready.id].title == moderated.kinds()["media"]


# Large files in pieces ----------------------------------------------------------------------------------------------


def test_a_large_file_comes_in_pieces_and_becomes_a_media(session, library, uploads, store, soizic):
    content = files.tone()
    upload = uploads.begin(soizic.id, "cloche.wav", len(content))
    for start in range(0, len(content), 9000):
        piece = content[start : start + 9000]
        uploads.go_on(upload, start, io.BytesIO(piece), len(piece))
    media = library.receive_upload(upload, **DETAILS)
    assert b"".join(store.read(media.original)) == content
    assert media.file_name == "cloche.wav"
    assert not session.scalars(select(Upload)).all()
    assert len(jobs(session, "media.forget_pieces")) == 1


def test_a_piece_goes_where_the_last_one_ended_and_nowhere_else(uploads, soizic):
    upload = uploads.begin(soizic.id, "x.wav", 10)
    uploads.go_on(upload, 0, io.BytesIO(b"abcd"), 4)
    for offset, piece in ((0, b"abcd"), (5, b"x"), (4, b"too many!")):
        with pytest.raises(NoSuchPlace) as no:
            uploads.go_on(upload, offset, io.BytesIO(piece), len(piece))
        assert no.value.received == 4


def test_what_is_not_all_here_becomes_no_media(library, uploads, soizic):
    upload = uploads.begin(soizic.id, "x.wav", 10)
    with pytest.raises(NoSuchPlace):
        library.receive_upload(upload, **DETAILS)


def test_a_file_that_is_too_large_is_not_even_begun(uploads, soizic):
    for size, flaw in ((0, MediaFlaw.EMPTY), (MOST_BYTES + 1, MediaFlaw.TOO_LARGE)):
        with pytest.raises(NotTaken) as no:
            uploads.begin(soizic.id, "x.wav", size)
        assert no.value.flaw is flaw


def test_nobody_begins_more_than_they_finish(session, uploads, soizic):
    for _ in range(MOST_AT_ONCE):
        uploads.begin(soizic.id, "x.wav", 10)
    with pytest.raises(TooManyUploads):
        uploads.begin(soizic.id, "x.wav", 10)
    assert uploads.begin(people.person(session).id, "x.wav", 10)


def test_an_upload_is_forgotten_after_a_day(session, clock, uploads, soizic):
    upload = uploads.begin(soizic.id, "x.wav", 10)
    stranger = people.person(session)
    assert uploads.of(soizic.id, upload.id) is upload
    assert uploads.of(stranger.id, upload.id) is None
    clock.at = NOW + timedelta(hours=25)
    assert uploads.of(soizic.id, upload.id) is None
    uploads.forget_late()
    assert not session.scalars(select(Upload)).all()
    assert len(jobs(session, "media.forget_pieces")) == 1


# What is known of somebody ------------------------------------------------------------------------------------------


def test_what_somebody_sent_is_in_their_export(session, asking, soizic):
    media = files.media(session, sender_id=soizic.id)
    files.transcript(session, media, text="Neuf coups.")
    files.upload(session, person_id=soizic.id)
    known = asking.find_service(Erasure).export(soizic.id)
    assert [one["title"] for one in known["media"]] == ["La cloche de Saint-Martin"]
    assert known["media"][0]["attribution"] == "Soizic Le Bris"
    assert [one["text"] for one in known["transcripts"]] == ["Neuf coups."]
    assert [one["file"] for one in known["uploads"]] == ["balade.wav"]


def test_who_is_forgotten_leaves_their_work_and_not_their_name(session, asking, soizic):
    radio = people.organisation(session, name="Radio Évasion")
    theirs = files.media(session, sender_id=soizic.id, organisation_id=radio.id, attribution="Soizic et la radio")
    published = files.media(session, sender_id=soizic.id)
    files.transcript(session, published)
    pending = files.media(session, sender_id=soizic.id, state=MediaState.RECEIVED)
    files.upload(session, person_id=soizic.id)
    asking.find_service(Erasure).erase(soizic.id)
    session.expire_all()
    assert (published.state, published.attribution) == (MediaState.READY, FORMER_CONTRIBUTOR)
    assert published.file_name == ""
    assert (theirs.attribution, theirs.organisation_id) == ("Radio Évasion", radio.id)
    assert one_shown(session, published.id).transcripts
    assert pending.state is MediaState.REMOVED
    assert not session.scalars(select(Upload)).all()


def test_who_is_forgotten_takes_along_the_files_as_they_came_which_may_tell(session, asking, store, kept, soizic):
    files.media(session, sender_id=soizic.id, original=f"{'a' * 64}-original.jpg")
    shared = f"{'b' * 64}-original.jpg"
    mine, another = files.media(session, sender_id=soizic.id, original=shared), files.media(session, original=shared)
    for name in (f"{'a' * 64}-original.jpg", shared):
        store.put(name, b"as it came")
    asking.find_service(Erasure).erase(soizic.id)
    [job] = jobs(session, "media.let_go")
    kept.let_go(job.payload["names"])
    assert store.size(f"{'a' * 64}-original.jpg") is None
    assert store.size(shared) is not None  # of another who sent the same
    session.expire_all()
    assert (mine.original, another.original) == (None, shared)
    assert one_shown(session, mine.id).sources
    store.remove(shared)
