"""What is said in a sound, as text or as WebVTT, which says when: read strictly, shown plainly."""

import re
from dataclasses import dataclass
from enum import StrEnum

import webvtt
from webvtt.errors import MalformedCaptionError, MalformedFileError

from portal.forms.text import cleaned
from portal.media.terms import TranscriptForm

LONGEST = 200_000
MOST_CUES = 10_000
TAG = re.compile(r"<[^>]*>")
TIMING = re.compile(r"^\s*(\d+:)?\d\d:\d\d\.\d{3}\s+-->", re.MULTILINE)
BEGINNING = "WEBVTT"


class TranscriptFlaw(StrEnum):
    """Why a transcript cannot be used."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    NOT_WEBVTT = "not_webvtt"
    OUT_OF_ORDER = "out_of_order"  # a cue ends before it begins, or begins before the one above it


class NotATranscript(Exception):
    """The text cannot be used; ``flaw`` says why."""

    def __init__(self, flaw: TranscriptFlaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw


@dataclass(frozen=True, slots=True)
class Cue:
    """What is said from ``start`` to ``end``, in seconds. ``speaker`` is "" where the transcript names nobody."""

    start: float
    end: float
    speaker: str
    text: str


def read(text: str) -> tuple[TranscriptForm, str]:
    """Return what a transcript is and its clean text. Raises :class:`NotATranscript`.

    What begins as WebVTT does is to be WebVTT; everything else is text.
    """
    clean = cleaned(text.removeprefix("\ufeff"), lines=True)
    if not clean:
        raise NotATranscript(TranscriptFlaw.EMPTY)
    if len(clean) > LONGEST:
        raise NotATranscript(TranscriptFlaw.TOO_LONG)
    if not re.match(rf"{BEGINNING}(\s|$)", clean):
        return TranscriptForm.TEXT, clean
    _check(cues(clean), clean)
    return TranscriptForm.WEBVTT, f"{clean}\n"


def cues(text: str) -> list[Cue]:
    """Return the cues of a WebVTT text, markup left out. Raises :class:`NotATranscript`."""
    try:
        captions = webvtt.from_string(text, strict=True).captions
    except (MalformedFileError, MalformedCaptionError):
        raise NotATranscript(TranscriptFlaw.NOT_WEBVTT) from None
    return [
        Cue(_seconds(one.start), _seconds(one.end), one.voice or "", TAG.sub("", one.text).strip()) for one in captions
    ]


def _check(found: list[Cue], text: str) -> None:
    if not found or len(found) != len(TIMING.findall(text)):  # the parser steps over what it does not know
        raise NotATranscript(TranscriptFlaw.NOT_WEBVTT)
    if len(found) > MOST_CUES:
        raise NotATranscript(TranscriptFlaw.TOO_LONG)
    begun = 0.0
    for cue in found:
        if cue.end <= cue.start or cue.start < begun:
            raise NotATranscript(TranscriptFlaw.OUT_OF_ORDER)
        begun = cue.start


def _seconds(time: str) -> float:
    """Return the seconds of ``00:01:02.500``."""
    hours, minutes, seconds = time.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
