"""Real files, good and hostile, through the real encoder; all of them last a second or two."""

import math
import random
import struct
import time
import zlib
from pathlib import Path

import pytest

from portal.media.encoding import prepared
from portal.media.encoding.ffmpeg import Bounds, Source, all_within, attempt, run
from portal.media.encoding.sound import measure
from portal.media.terms import LIMITS, Limits, MediaFlaw, MediaKind, NotTaken, Rendering
from tests.factories import media as files


@pytest.fixture
def prepare(tmp_path):
    """A function that prepares a file of these bytes, and gives what was found and the folder that it is in."""

    def act(content: bytes, name: str = "original", tell=lambda _part: None):
        original = tmp_path / name
        original.write_bytes(content)
        return prepared(original, tmp_path, tell)

    return act


def refused(prepare, content: bytes, name: str = "original") -> MediaFlaw:
    with pytest.raises(NotTaken) as no:
        prepare(content, name)
    return no.value.flaw


def words() -> bytes:
    """Three seconds that swell and fall like speech, with a sharp peak in each word, very quiet."""
    rate, chance = 16_000, random.Random(3)
    samples = []
    for n in range(3 * rate):
        swell = max(0.0, math.sin(2 * math.pi * 2 * n / rate)) ** 2
        samples.append(int(900 * swell * chance.uniform(-1, 1)) if n % 4000 else 12_000)
    return files.pcm(struct.pack(f"<{len(samples)}h", *samples), rate)


def test_a_sound_comes_out_twice_at_one_loudness_and_without_clipping(prepare, tmp_path):
    told = []
    found = prepare(words(), tell=told.append)
    assert found.kind is MediaKind.AUDIO
    assert found.seconds == pytest.approx(3, abs=0.05)
    assert [made.rendering for made in found.made] == [Rendering.AAC, Rendering.OPUS]
    assert len(found.peaks) == 3600
    for made, demuxer in zip(found.made, ("mov", "ogg"), strict=True):
        again = measure(Source(tmp_path / made.path, demuxer), tmp_path)
        assert abs(again.loudness + 16) <= 1
        assert again.true_peak <= -1
    assert told[-1] == 1.0
    assert told == sorted(told) or max(told) <= 1.0


def test_the_sound_starts_at_once_and_says_nothing_of_its_maker(prepare, tmp_path):
    marked = files.encoded("m4a", "-metadata", "title=Secret", "-metadata", "comment=chez moi")
    found = prepare(marked)
    aac, opus = ((tmp_path / made.path).read_bytes() for made in found.made)
    assert aac.index(b"moov") < aac.index(b"mdat")
    assert b"Secret" not in aac + opus
    assert b"chez moi" not in aac + opus


def test_the_same_sound_gives_the_same_bytes(prepare, tmp_path):
    def made():
        return [(tmp_path / one.path).read_bytes() for one in prepare(files.tone()).made]

    assert made() == made()


@pytest.mark.parametrize("extension", ["mp3", "flac", "m4a", "ogg", "aac", "aiff", "webm", "caf"])
def test_each_form_that_people_have_is_taken(prepare, extension):
    found = prepare(files.encoded(extension))
    assert found.kind is MediaKind.AUDIO
    assert found.seconds == pytest.approx(1, abs=0.1)


def test_a_video_becomes_one_that_starts_at_once_with_a_still(prepare, tmp_path):
    found = prepare(files.film(size="1920x1080"))
    film, still = found.made
    assert (found.kind, film.rendering, still.rendering) == (MediaKind.VIDEO, Rendering.MP4, Rendering.POSTER)
    assert (film.width, film.height) == (1280, 720)
    content = (tmp_path / film.path).read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    assert (tmp_path / still.path).read_bytes().startswith(b"\xff\xd8")
    assert found.seconds == pytest.approx(1, abs=0.2)
    assert abs(found.loudness + 16) <= 1


@pytest.mark.parametrize(("seen", "heard"), [(0.4, 12.0), (6.0, 1.0)])
def test_picture_and_sound_of_a_video_may_end_one_before_the_other(prepare, tmp_path, seen, heard):
    found = prepare(files.film(seen, sound_seconds=heard))
    assert found.seconds == pytest.approx(max(seen, heard), abs=0.2)
    assert (tmp_path / found.made[1].path).read_bytes().startswith(b"\xff\xd8")


def test_a_video_that_was_cut_short_is_not_published(prepare):
    whole = files.film(4.0, "320x240", True, None, "-movflags", "+faststart")
    assert refused(prepare, whole[: len(whole) // 2]) is MediaFlaw.CUT_SHORT


def test_a_video_without_sound_stays_without(prepare):
    found = prepare(files.film(sound=False))
    assert (found.kind, found.loudness, found.peaks) == (MediaKind.VIDEO, None, None)


def test_a_picture_comes_in_three_sizes(prepare):
    found = prepare(files.photo(1200, 800))
    assert [(made.rendering, made.width) for made in found.made] == [
        (Rendering.SMALL, 480),
        (Rendering.MEDIUM, 960),
        (Rendering.LARGE, 1200),
    ]


def test_an_mp3_is_one_whatever_it_is_called(prepare):
    assert prepare(files.encoded("mp3"), "chanson.m4a").kind is MediaKind.AUDIO


HOSTILE = {
    "a text called mp3": ("chanson.mp3", b"Bonjour, je suis un texte.", MediaFlaw.NOT_A_MEDIA),
    "a playlist": ("liste.mp3", b"#EXTM3U\n#EXTINF:5,\nfile:///etc/passwd\n", MediaFlaw.NOT_A_MEDIA),
    "a list of files": ("liste.wav", b"ffconcat version 1.0\nfile '/etc/hostname'\n", MediaFlaw.NOT_A_MEDIA),
    "a drawing with a script": ("dessin.png", b"<svg><script>alert(1)</script></svg>", MediaFlaw.NOT_A_MEDIA),
    "nothing": ("rien.wav", b"", MediaFlaw.EMPTY),
    "a tag and nothing else": ("x.mp3", b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(5000), MediaFlaw.UNREADABLE),
    "the beginning of a film": ("x.mp4", b"\x00\x00\x00\x18ftypisom" + bytes(3000), MediaFlaw.UNREADABLE),
    "noise that says it is flac": ("x.flac", b"fLaC" + random.Random(1).randbytes(5000), MediaFlaw.UNREADABLE),
    "noise that says it is a picture": ("x.jpg", b"\xff\xd8\xff" + bytes(500), MediaFlaw.UNREADABLE),
    "a picture of one pixel": ("x.png", files.photo(1, 1, "PNG"), MediaFlaw.TOO_SMALL),
}


@pytest.mark.parametrize(("name", "content", "flaw"), HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_no_media_is_said_to_be_none(prepare, name, content, flaw):
    assert refused(prepare, content, name) is flaw


@pytest.mark.parametrize("extension", ["wav", "aiff", "flac", "mp3", "m4a", "webm"])
def test_a_file_that_was_cut_short_is_not_published(prepare, extension):
    if extension == "wav":
        whole = files.tone(4)
    else:
        options = ("-movflags", "+faststart") if extension == "m4a" else ()
        whole = files.encoded(extension, *options, seconds=4.0)
    assert refused(prepare, whole[: len(whole) // 2]) is MediaFlaw.CUT_SHORT


def test_silence_is_not_published(prepare):
    assert refused(prepare, files.silence()) is MediaFlaw.SILENT


def test_ten_hours_of_silence_are_refused_at_once(prepare):
    """Such a file is small, and says how long it is: nobody need listen."""
    flac = bytearray(files.ffmpeg("flac", "-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono", "-t", "1"))
    told = int.from_bytes(flac[18:26], "big") >> 36 << 36  # rate, channels and bits; then the number of samples
    flac[18:26] = (told | 10 * 3600 * 8000).to_bytes(8, "big")
    began = time.monotonic()
    assert refused(prepare, bytes(flac)) is MediaFlaw.TOO_LONG
    assert time.monotonic() - began < 5


def test_a_sound_that_does_not_say_how_long_it_is_is_stopped_when_it_is_too_long(prepare, monkeypatch):
    monkeypatch.setitem(LIMITS, MediaKind.AUDIO, Limits(LIMITS[MediaKind.AUDIO].most_bytes, most_seconds=1))
    assert refused(prepare, files.encoded("aac", seconds=4.0)) is MediaFlaw.TOO_LONG


def test_a_picture_that_unpacks_to_gigabytes_is_not_unpacked(prepare):
    began = time.monotonic()
    assert refused(prepare, bomb(60_000)) is MediaFlaw.TOO_MANY_PIXELS
    assert time.monotonic() - began < 2


def bomb(side: int) -> bytes:
    """A PNG of a few kilobytes that says it has ``side`` by ``side`` pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(100_000)))
        + chunk(b"IEND", b"")
    )


def test_a_film_of_too_many_pixels_is_not_decoded(prepare):
    assert refused(prepare, files.film(0.2, size="5000x2400", sound=False)) is MediaFlaw.TOO_MANY_PIXELS


def test_a_sound_that_names_other_files_reads_none_of_them(prepare, tmp_path):
    """Only the one demuxer is used: what a playlist inside a sound would name is never opened."""
    secret = tmp_path / "secret.wav"
    secret.write_bytes(files.tone())
    source = Source(Path("concat:secret.wav"), "wav")
    assert attempt([*source.arguments, "-f", "null", "-"], Bounds(5), tmp_path).status != 0
    listed = tmp_path / "list"
    listed.write_text(f"ffconcat version 1.0\nfile {secret}\n")
    assert attempt([*Source(listed, "wav").arguments, "-f", "null", "-"], Bounds(5), tmp_path).status != 0


def test_what_takes_too_long_is_stopped(tmp_path):
    forever = ("-f", "lavfi", "-i", "anullsrc", "-f", "null", "-")
    began = time.monotonic()
    with pytest.raises(NotTaken) as no:
        run(forever, Bounds(seconds=1), tmp_path)
    assert no.value.flaw is MediaFlaw.TOO_HEAVY
    assert time.monotonic() - began < 5


def test_several_runs_share_the_time_that_there_is_for_all_of_them(tmp_path):
    done = []

    def second():
        run(("-f", "lavfi", "-re", "-i", "anullsrc", "-t", "1", "-f", "null", "-"), Bounds(seconds=20), tmp_path)
        done.append(1)

    with pytest.raises(NotTaken) as no, all_within(1.5):  # noqa: PT012 which of them is stopped depends on the machine
        for _ in range(9):
            second()
    assert no.value.flaw is MediaFlaw.TOO_HEAVY
    assert len(done) < 4
    second()


def test_what_takes_too_much_memory_is_stopped(tmp_path):
    huge = ("-f", "lavfi", "-i", "anullsrc", "-af", "areverse", "-f", "null", "-")  # keeps all of it, for ever
    with pytest.raises(NotTaken) as no:
        run(huge, Bounds(seconds=20, memory_mib=300), tmp_path)
    assert no.value.flaw is MediaFlaw.TOO_HEAVY
