"""The words of media: what somebody sends, what becomes of it, and why it may not be taken."""

from dataclasses import dataclass
from enum import StrEnum

FORMER_CONTRIBUTOR = "former contributor"
"""The attribution of somebody who had themselves forgotten; pages say it in the reader's language."""

NOBODY_SPEAKS = "zxx"
"""The code of «no linguistic content», ISO 639-2."""

MEBIBYTE = 1024 * 1024
MINUTE = 60


class MediaKind(StrEnum):
    """What a file is, as found by looking into it."""

    AUDIO = "audio"
    IMAGE = "image"
    VIDEO = "video"


class MediaState(StrEnum):
    """Where a file stands. ``RECEIVED -> PREPARING -> READY``, or ``FAILED``; ``REMOVED`` ends it for good."""

    RECEIVED = "received"  # all of it is here, nobody has looked at it yet
    PREPARING = "preparing"  # a worker looks into it and encodes it
    READY = "ready"  # it can be seen or heard
    FAILED = "failed"  # it cannot be used; its flaw says why
    REMOVED = "removed"  # original and everything made of it are gone


class Rendering(StrEnum):
    """What is made of an original for others to see or hear."""

    AAC = "aac"  # sound that plays everywhere, in an MP4 file that starts at once
    OPUS = "opus"  # sound at half the size, for those who can
    MP4 = "mp4"  # video that starts at once
    POSTER = "poster"  # a still of a video
    SMALL = "small"  # a picture, its longest side 480 pixels
    MEDIUM = "medium"  # 960
    LARGE = "large"  # 1600


class Voices(StrEnum):
    """Whose voices can be heard or faces be seen."""

    NOBODY = "nobody"
    AGREED = "agreed"  # somebody's, who agreed to its publication
    NOT_TOLD = "not_told"  # nobody said whose; it is published nowhere before somebody does


class TranscriptForm(StrEnum):
    TEXT = "text"
    WEBVTT = "webvtt"


class MediaFlaw(StrEnum):
    """Why a file cannot be used."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SMALL = "too_small"
    NOT_A_MEDIA = "not_a_media"  # no sound, picture or video that we know how to read
    UNREADABLE = "unreadable"  # it claims to be one, but cannot be decoded
    CUT_SHORT = "cut_short"  # it ends before its time
    SILENT = "silent"
    TOO_HEAVY = "too_heavy"  # decoding it takes more time or memory than we give
    NOT_PREPARED = "not_prepared"  # what went wrong, again and again, went wrong here: the file may be well
    TOO_MANY_UNFINISHED = "too_many_unfinished"  # whoever sends it waits for many others of theirs
    NO_ROOM_LEFT = "no_room_left"  # whoever sends it keeps as much here as one may


class NotTaken(Exception):
    """The file cannot be used; ``flaw`` says why."""

    def __init__(self, flaw: MediaFlaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw


class TakenBack(Exception):
    """The media was removed: there is nothing more to be said of it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a kind is taken: bytes, seconds, pixels of a picture or of each frame. None: there is no such limit.

    ``usual_seconds`` is what a page warns beyond.
    """

    most_bytes: int
    most_seconds: int | None = None
    most_pixels: int | None = None
    usual_seconds: int | None = None


LIMITS = {
    MediaKind.AUDIO: Limits(200 * MEBIBYTE, most_seconds=30 * MINUTE, usual_seconds=10 * MINUTE),
    MediaKind.IMAGE: Limits(20 * MEBIBYTE, most_pixels=50_000_000),
    MediaKind.VIDEO: Limits(200 * MEBIBYTE, most_seconds=10 * MINUTE, most_pixels=4096 * 2304),
}
MOST_BYTES = max(limits.most_bytes for limits in LIMITS.values())
PIECES_ABOVE = 8 * MEBIBYTE
"""Files larger than this are better sent in pieces, so that a lost connection costs one piece."""
