"""The words of media: what somebody sends, what becomes of it, and why it may not be taken."""

from enum import StrEnum


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


class NotTaken(Exception):
    """The file cannot be used; ``flaw`` says why."""

    def __init__(self, flaw: MediaFlaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw
