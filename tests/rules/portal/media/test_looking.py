"""A file is what its first bytes say, whatever it is called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.media.looking import HEAD, announced_size, form_of
from tests.factories import media as files

SOUNDS = {
    "wav": "wav", "mp3": "mp3", "flac": "flac", "m4a": "mov", "ogg": "ogg", "opus": "ogg", "aac": "aac", "aiff": "aiff",
    "caf": "caf", "webm": "matroska",
}  # fmt: skip


@pytest.mark.parametrize(("extension", "demuxer"), SOUNDS.items())
def test_each_form_of_sound_is_known_and_read_by_its_own_demuxer(extension, demuxer):
    assert form_of(files.encoded(extension)[:HEAD]).demuxer == demuxer


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_pictures_are_read_without_a_demuxer(form):
    found = form_of(files.photo(form=form)[:HEAD])
    assert (found.kind, found.demuxer) == ("image", None)


NO_MEDIA = {
    "nothing": b"",
    "text": "Bonjour à tous, voici un texte.".encode(),
    "html": b"<!doctype html><title>x</title>",
    "drawing": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "xml drawing": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
    "playlist": b"#EXTM3U\n#EXT-X-TARGETDURATION:5\nfile:///etc/passwd\n",
    "list of files": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "session description": b"v=0\no=- 0 0 IN IP4 127.0.0.1\n",
    "manifest": b'<?xml version="1.0"?><MPD></MPD>',
    "archive": b"PK\x03\x04" + bytes(60),
    "program": b"\x7fELF" + bytes(60),
    "gif": b"GIF89a" + bytes(60),
    "subtitles": b"WEBVTT\n\n00:00.000 --> 00:01.000\nx\n",
    "avi": b"RIFF\x00\x00\x00\x00AVI LIST",
}


@pytest.mark.parametrize("content", NO_MEDIA.values(), ids=NO_MEDIA.keys())
def test_what_is_no_sound_picture_or_video_is_known_to_be_none(content):
    assert form_of(content) is None


def test_a_tag_before_the_first_frame_is_stepped_over():
    mp3 = files.encoded("mp3", "-id3v2_version", "3", "-metadata", "title=Cloche")
    assert mp3.startswith(b"ID3")
    assert form_of(mp3[:HEAD]).demuxer == "mp3"
    assert form_of(b"ID3\x04\x00\x00\x00\x00\x00\x00" + files.encoded("flac")[:HEAD]).demuxer == "flac"


@given(st.binary(max_size=200))
def test_no_bytes_are_too_strange_to_be_looked_at(head):
    found = form_of(head)
    assert found is None or found.extension
    announced_size(head)


@given(st.text(alphabet=st.characters(codec="ascii", categories=["L", "N", "P", "Z"]), max_size=60))
def test_no_text_passes_for_a_media(text):
    head = f"Bonjour {text}".encode()
    assert form_of(head) is None


def test_a_file_that_was_cut_says_how_long_it_was():
    whole = files.tone()
    assert announced_size(whole[:HEAD]) == len(whole)
    assert announced_size(files.encoded("aiff")[:HEAD]) == len(files.encoded("aiff"))
    assert announced_size(files.encoded("mp3")[:HEAD]) is None
    assert announced_size(whole[:4] + b"\xff\xff\xff\xff" + whole[8:HEAD]) is None
