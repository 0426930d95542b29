"""A transcript is text, or WebVTT read strictly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.media.terms import TranscriptForm
from portal.media.transcripts import NotATranscript, TranscriptFlaw, cues, read


def vtt(*parts: tuple[str, str, str]) -> str:
    return "WEBVTT\n\n" + "\n\n".join(f"{start} --> {end}\n{text}" for start, end, text in parts) + "\n"


def test_a_text_is_a_text():
    assert read("  La cloche sonne.\r\n[mouettes]  ") == (TranscriptForm.TEXT, "La cloche sonne.\n[mouettes]")


def test_webvtt_says_who_says_what_when():
    form, text = read(
        vtt(("00:01.500", "00:03.000", "<v Soizic>Bonjour <i>à tous</i>"), ("00:03.000", "01:00:04.000", "oui"))
    )
    assert form is TranscriptForm.WEBVTT
    first, second = cues(text)
    assert (first.start, first.end, first.speaker, first.text) == (1.5, 3.0, "Soizic", "Bonjour à tous")
    assert second.end == 3604


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        (" \n ", TranscriptFlaw.EMPTY),
        ("x" * 200_001, TranscriptFlaw.TOO_LONG),
        ("WEBVTT", TranscriptFlaw.NOT_WEBVTT),
        ("WEBVTT\n\nJuste du texte.", TranscriptFlaw.NOT_WEBVTT),
        (vtt(("00:05.000", "00:02.000", "x")), TranscriptFlaw.OUT_OF_ORDER),
        (vtt(("00:05.000", "00:06.000", "x"), ("00:01.000", "00:02.000", "y")), TranscriptFlaw.OUT_OF_ORDER),
        (vtt(("00:99.000", "01:00.000", "x")), TranscriptFlaw.NOT_WEBVTT),
    ],
)
def test_what_cannot_be_used_says_why(text, flaw):
    with pytest.raises(NotATranscript) as no:
        read(text)
    assert no.value.flaw is flaw


@given(st.text(max_size=200))
def test_whatever_somebody_writes_is_read_or_refused(text):
    for given_text in (text, f"WEBVTT\n{text}", f"WEBVTT\n\n00:00.000 --> 00:01.000\n{text}"):
        try:
            form, kept = read(given_text)
        except NotATranscript:
            continue
        assert form is TranscriptForm.TEXT or cues(kept)


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=8))
def test_every_cue_of_a_good_file_is_found(steps):
    at, parts = 0, []
    for step in steps:
        parts.append((stamp(at), stamp(at + step), f"mot {at}"))
        at += step
    assert [cue.text for cue in cues(read(vtt(*parts))[1])] == [text for _start, _end, text in parts]


def stamp(milliseconds: int) -> str:
    return f"{milliseconds // 60_000:02}:{milliseconds % 60_000 // 1000:02}.{milliseconds % 1000:03}"
