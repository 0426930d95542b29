"""Large files in pieces: the tus protocol, as our pages and programs speak it."""

import base64
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.media.models import Upload
from portal.media.terms import MEBIBYTE, MOST_BYTES
from tests.conftest import NOW
from tests.factories import media as files
from tests.factories import people

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {"Content-Type": "application/offset+octet-stream"}


@pytest.fixture
def soizic(session):
    return people.person(session)


@pytest.fixture
def bearer(session, soizic):
    return people.bearer(session, soizic) | TUS


def named(text: str) -> str:
    return f"filename {base64.b64encode(text.encode()).decode()}"


def begun(browse, headers, size=10, **more) -> str:
    return browse.post("/uploads", headers=headers | {"Upload-Length": str(size)} | more, status=201).headers[
        "Location"
    ]


def sent(browse, address, piece: bytes, offset: int, headers, status=204):
    there = headers | PIECE | {"Upload-Offset": str(offset)}
    return browse.request(address, method="PATCH", body=piece, headers=there, status=status)


def test_what_can_be_done_is_said(browse):
    answer = browse.options("/uploads", status=204)
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert set(answer.headers["Tus-Extension"].split(",")) == {"creation", "expiration", "termination"}
    assert answer.headers["Tus-Max-Size"] == str(MOST_BYTES)


def test_a_file_comes_in_pieces_and_goes_on_where_it_was_left(browse, session, bearer):
    address = begun(browse, bearer, **{"Upload-Metadata": named("../Ma balade.wav") + ",type YXVkaW8="})
    assert session.scalars(select(Upload.file_name)).one() == "Ma balade.wav"
    assert sent(browse, address, b"abcd", 0, bearer).headers["Upload-Offset"] == "4"
    state = browse.head(address, headers=bearer)
    assert (state.headers["Upload-Offset"], state.headers["Upload-Length"]) == ("4", "10")
    assert state.headers["Cache-Control"] == "no-store"
    assert state.headers["Upload-Expires"].endswith("GMT")
    assert sent(browse, address, b"ab", 0, bearer, 409).headers["Upload-Offset"] == "4"
    assert sent(browse, address, b"efghij", 4, bearer).headers["Upload-Offset"] == "10"
    sent(browse, address, b"k", 10, bearer, 409)


def test_our_own_pages_send_with_the_token_of_their_form(browse, soizic):
    browser = people.signed_in(browse, soizic)
    token = people.with_csrf(browser)["csrf_token"]
    assert browser.post("/uploads", headers=TUS | {"Upload-Length": "5"}, status="*").status_int == 400
    address = begun(browser, TUS | {"X-CSRF-Token": token})
    sent(browser, address, b"abcd", 0, TUS, status=400)
    sent(browser, address, b"abcd", 0, TUS | {"X-CSRF-Token": token})


def test_nobody_touches_what_others_send(browse, session, bearer):
    address = begun(browse, bearer)
    stranger = people.bearer(session, people.person(session)) | TUS
    sent(browse, address, b"abcd", 0, stranger, 404)
    browse.head(address, headers=stranger, status=404)
    browse.delete(address, headers=stranger, status=404)
    browse.post("/uploads", headers=TUS | {"Upload-Length": "5"}, status=403)


def test_who_changes_their_mind_ends_it(browse, session, bearer):
    address = begun(browse, bearer)
    browse.delete(address, headers=bearer, status=204)
    browse.head(address, headers=bearer, status=404)
    assert not session.scalars(select(Upload)).all()


def test_it_is_forgotten_after_a_day(browse, clock, bearer):
    address = begun(browse, bearer)
    clock.at = NOW + timedelta(hours=25)
    browse.head(address, headers=bearer, status=404)


def test_there_is_no_room_for_what_is_over_somebodys_share(browse, session, bearer, soizic, settings):
    for _ in range(5):
        files.media(session, sender_id=soizic.id, size=settings.media_share_mib * MEBIBYTE // 5)
    browse.post("/uploads", headers=bearer | {"Upload-Length": "5"}, status=413)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upload-Length": "x"}, 400),
        ({"Upload-Length": "-1"}, 400),
        ({"Upload-Length": "0"}, 400),
        ({}, 400),
        ({"Upload-Length": str(MOST_BYTES + 1)}, 413),
        ({"Upload-Length": "9" * 40}, 400),
        ({"Upload-Length": "5", "Upload-Metadata": "filename ***"}, 400),
        ({"Upload-Length": "5", "Upload-Metadata": "filename /w=="}, 400),
        ({"Upload-Length": "5", "Upload-Metadata": "other"}, 201),
        ({"Upload-Length": "5", "Tus-Resumable": "0.2.1"}, 412),
    ],
)
def test_what_is_announced_badly_is_refused(browse, bearer, headers, status):
    browse.post("/uploads", headers=bearer | headers, status=status)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upload-Offset": "0", "Content-Type": "text/plain"}, 415),
        (PIECE, 400),
        (PIECE | {"Upload-Offset": "x"}, 400),
        (PIECE | {"Upload-Offset": "3"}, 409),
        (PIECE | {"Upload-Offset": "0", "Tus-Resumable": "2.0.0"}, 412),
    ],
)
def test_a_piece_that_does_not_fit_is_refused(browse, bearer, headers, status):
    address = begun(browse, bearer)
    browse.request(address, method="PATCH", body=b"abcd", headers=bearer | headers, status=status)
    assert browse.head(address, headers=bearer).headers["Upload-Offset"] == "0"


def test_bodies_are_large_where_files_are_sent_and_nowhere_else(browse, bearer, settings):
    large = bytes(settings.max_body_mib * 1024 * 1024 + 1)
    address = begun(browse, bearer, size=len(large))
    sent(browse, address, large, 0, bearer)
    browse.post("/library", large, headers=bearer, status=413)
