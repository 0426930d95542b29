"""Sounds, pictures and videos for programs: as described, and nothing a program sends is taken amiss."""

import io

import pytest
from sqlalchemy import select

from portal.licences import LICENCES
from portal.media.models import Media
from portal.media.services import Uploads
from portal.media.services.library import TRANSCRIPTS
from portal.media.store import OutOfReach, Store
from portal.media.terms import MEBIBYTE, MediaKind, MediaState, Voices
from portal.people.terms import Role
from tests.factories import media as files
from tests.factories import people

FIELDS = {"title": "La cloche", "licence": "CC-BY-4.0", "attribution": "Soizic", "language": "fr"}


@pytest.fixture
def soizic(session):
    return people.person(session, name="Soizic Le Bris")


@pytest.fixture
def bearer(session, soizic):
    return people.bearer(session, soizic)


def send(api, bearer, content=None, status=201, name="cloche.wav", **fields):
    given = {key: value for key, value in (FIELDS | fields).items() if value is not None}
    attached = [("file", name, files.tone() if content is None else content)] if content is not False else None
    return api.post("/api/v1/media", given, headers=bearer, upload_files=attached, status=status)


def test_the_licences_are_listed_the_one_proposed_first(api):
    answer = api.get("/api/v1/licences").json
    assert [one["id"] for one in answer["items"]] == list(LICENCES)
    assert answer["total"] == len(LICENCES)


def test_a_sound_is_sent_and_seen_by_its_sender_until_it_is_ready(api, session, bearer):
    answer = send(api, bearer)
    assert answer.json["state"] == "received"
    assert answer.json["voices"] == "not_told"
    address = f"/api/v1/media/{answer.json['id']}"
    assert answer.location == f"http://localhost{address}"
    assert api.get(address, headers=bearer).json == answer.json
    api.get(address, status=404)
    assert session.scalars(select(Media.language)).one() == "fr"


def test_nothing_is_kept_of_what_is_sent_while_the_files_are_out_of_reach(api, session, bearer, monkeypatch):
    monkeypatch.setattr(Store, "put", lambda *_given: (_ for _ in ()).throw(OutOfReach("no answer")))
    answer = send(api, bearer, status=503)
    assert answer.headers["Retry-After"]
    assert answer.content_type == "application/problem+json"


def test_a_sound_that_is_ready_is_told_with_all_its_files(api, session):
    media = files.media(session)
    files.transcript(session, media)
    answer = api.get(f"/api/v1/media/{media.id}")
    assert [one["rendering"] for one in answer.json["files"]] == ["aac", "opus"]
    assert answer.json["seconds"] == 135
    assert answer.json["transcripts"][0]["text"] == "Neuf coups de cloche."
    assert not answer.json["wants_transcript"]
    api.get(f"/api/v1/media/{media.id}", headers={"If-None-Match": answer.headers["ETag"]}, status=304)
    image = api.get(f"/api/v1/media/{files.media(session, MediaKind.IMAGE).id}").json
    assert [one["width"] for one in image["files"]] == [480, 960, 1600]


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [(b"", 422, "empty"), (b"un texte", 422, "not_a_media"), (b"#EXTM3U", 422, "not_a_media")],
)
def test_what_is_no_media_is_refused_with_its_reason(api, bearer, content, status, code):
    answer = send(api, bearer, content, status)
    assert [reason["code"] for reason in answer.json["reasons"]] == [code]


def test_whoever_has_many_unfinished_waits_and_whoever_keeps_much_keeps_no_more(api, session, bearer, soizic, settings):
    for _ in range(settings.media_unfinished):
        waiting = files.media(session, state=MediaState.RECEIVED, sender_id=soizic.id)
    assert send(api, bearer, status=422).json["reasons"] == [{"code": "too_many_unfinished"}]
    waiting.state = MediaState.READY
    session.flush()
    send(api, bearer)
    for _ in range(5):
        files.media(session, sender_id=soizic.id, size=settings.media_share_mib * MEBIBYTE // 5)
    assert send(api, bearer, status=422).json["reasons"] == [{"code": "no_room_left"}]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"licence": "ARR"}, 422),
        ({"title": ""}, 422),
        ({"language": "français"}, 422),
        ({"voices": "perhaps"}, 422),
        ({"attribution": None}, 422),
        ({"surprise": "x"}, 400),
        ({"language": None}, 422),
        ({"language": ""}, 422),
    ],
)
def test_what_is_said_badly_is_refused(api, bearer, fields, status):
    send(api, bearer, status=status, **fields)


@pytest.mark.parametrize("licence", [None, "", "all rights reserved", "all-rights-reserved", "cc-by-4.0"])
def test_what_is_not_under_one_of_the_open_licences_is_refused_by_that_name(api, session, bearer, licence):
    """Hard case 7: nothing is kept, and the message names the field."""
    answer = send(api, bearer, status=422, licence=licence)
    assert list(answer.json["errors"]) == ["licence"]
    assert not session.scalars(select(Media)).all()


@pytest.mark.parametrize("voices", list(Voices))
def test_nothing_is_said_of_voices_but_what_its_sender_said(api, bearer, voices):
    assert send(api, bearer, voices=voices.value).json["voices"] == voices


def test_a_program_says_that_nobody_speaks(api, bearer):
    assert send(api, bearer, language="zxx").json["language"] is None


def test_a_form_is_asked_for_and_somebody_who_sends_it(api, bearer):
    api.post_json("/api/v1/media", FIELDS, headers=bearer, status=415)
    send(api, {}, status=401)


def test_a_file_that_came_in_pieces_is_named(api, session, asking, soizic, bearer):
    uploads = asking.find_service(Uploads)
    whole = uploads.keep(soizic.id, "balade.wav", io.BytesIO(files.tone()), len(files.tone()))
    half = uploads.begin(soizic.id, "x.wav", 10)
    assert form(api, bearer, upload=str(half.id)).json["reasons"] == [{"code": "incomplete", "received": 0}]
    assert form(api, bearer, upload="nonsense").json["errors"].keys() == {"upload"}
    assert form(api, bearer).json["errors"].keys() == {"file"}
    sent = form(api, bearer, upload=f"http://localhost/uploads/{whole.id}")
    assert (sent.status_int, session.scalars(select(Media.file_name)).one()) == (201, "balade.wav")


def form(api, bearer, **fields):
    """Send a form without a file, in the way of forms that could have one."""
    boundary = "la-cloche"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (FIELDS | fields).items()
    ]
    body = f"{''.join(parts)}--{boundary}--\r\n".encode()
    headers = bearer | {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    return api.post("/api/v1/media", body, headers=headers, status="*")


def test_who_sent_it_takes_it_back(api, session, soizic, bearer):
    media = files.media(session, sender_id=soizic.id)
    address = f"/api/v1/media/{media.id}"
    api.delete(address, status=401)
    for other in (people.person(session), people.staff(session, Role.MODERATOR), people.staff(session, Role.ADMIN)):
        api.delete(address, headers=people.bearer(session, other), status=403)
    api.delete(address, headers=bearer, status=204)
    assert media.state is MediaState.REMOVED
    for headers in ({}, bearer):
        assert api.get(address, headers=headers, status=410).json["status"] == 410


def test_anybody_writes_down_what_is_said(api, session, bearer):
    media = files.media(session)
    address = f"/api/v1/media/{media.id}/transcripts"
    assert (
        api.post_json(address, {"language": "fr", "text": "Neuf coups."}, headers=bearer, status=201).json["form"]
        == "text"
    )
    timed = {"language": "br", "text": "WEBVTT\n\n00:00.000 --> 00:01.000\nDeiz mat\n"}
    assert api.post_json(address, timed, headers=bearer, status=201).json["form"] == "webvtt"
    wrong = api.post_json(address, {"language": "fr", "text": "WEBVTT\n\nx"}, headers=bearer, status=422)
    assert wrong.json["reasons"] == [{"code": "not_webvtt"}]
    api.post_json(address, {"language": "fr", "text": "x"}, status=401)
    image = files.media(session, MediaKind.IMAGE)
    said = {"language": "fr", "text": "x"}
    api.post_json(f"/api/v1/media/{image.id}/transcripts", said, headers=bearer, status=404)


def test_no_program_mends_without_end(api, session, bearer):
    address = f"/api/v1/media/{files.media(session).id}/transcripts"
    for _ in range(TRANSCRIPTS.most):
        api.post_json(address, {"language": "fr", "text": "Midi."}, headers=bearer, status=201)
    api.post_json(address, {"language": "fr", "text": "Midi."}, headers=bearer, status=429)
