"""What a file is, by its first bytes. Neither its name nor what a browser says of it is believed.

Only what is found here is decoded, and only by the demuxer that is named here: a playlist that calls itself a sound, or
a drawing with a script in it, is no media.
"""

from dataclasses import dataclass

from portal.media.terms import MediaKind

HEAD = 4096
"""How many of the first bytes are enough."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form of file. ``demuxer`` is ffmpeg's name of what reads it, None for a picture.

    ``kind`` is None where only the streams inside tell a sound from a video.
    """

    kind: MediaKind | None
    demuxer: str | None
    extension: str


JPEG = Form(MediaKind.IMAGE, None, "jpg")
PNG = Form(MediaKind.IMAGE, None, "png")
WEBP = Form(MediaKind.IMAGE, None, "webp")
WAV = Form(MediaKind.AUDIO, "wav", "wav")
W64 = Form(MediaKind.AUDIO, "w64", "w64")
AIFF = Form(MediaKind.AUDIO, "aiff", "aiff")
CAF = Form(MediaKind.AUDIO, "caf", "caf")
FLAC = Form(MediaKind.AUDIO, "flac", "flac")
MP3 = Form(MediaKind.AUDIO, "mp3", "mp3")
ADTS = Form(MediaKind.AUDIO, "aac", "aac")
AMR = Form(MediaKind.AUDIO, "amr", "amr")
OGG = Form(None, "ogg", "ogg")
MP4 = Form(None, "mov", "mp4")
MATROSKA = Form(None, "matroska", "mkv")

BEGINNINGS: tuple[tuple[bytes, Form], ...] = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"fLaC", FLAC),
    (b"OggS", OGG),
    (b"\x1a\x45\xdf\xa3", MATROSKA),
    (b"caff", CAF),
    (b"riff\x2e\x91\xcf\x11", W64),
    (b"#!AMR", AMR),
)
CHUNKS = {
    (b"RIFF", b"WAVE"): WAV,
    (b"RF64", b"WAVE"): WAV,
    (b"RIFF", b"WEBP"): WEBP,
    (b"FORM", b"AIFF"): AIFF,
    (b"FORM", b"AIFC"): AIFF,
}
MP4_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"})


def form_of(head: bytes) -> Form | None:
    """Return the form of a file that begins with ``head``, its first :data:`HEAD` bytes or all of it; None for others.

    >>> form_of(b"#EXTM3U") is None
    True
    """
    for beginning, form in BEGINNINGS:
        if head.startswith(beginning):
            return form
    chunk = CHUNKS.get((head[:4], head[8:12]))
    if chunk is not None:
        return chunk
    if head[4:8] in MP4_BOXES and int.from_bytes(head[:4], "big") < 2**31:
        return MP4
    return _frames(_after_tag(head), tagged=head.startswith(b"ID3"))


def _after_tag(head: bytes) -> bytes:
    """Return what follows an ID3v2 tag; nothing, where the tag (with its picture) is longer than the head."""
    if not head.startswith(b"ID3") or len(head) < 10:
        return head
    length = 0
    for seven_bits in head[6:10]:
        length = length << 7 | seven_bits & 0x7F
    return head[10 + length :]


def _frames(head: bytes, *, tagged: bool) -> Form | None:
    """Return MP3 or AAC by the head of its first frame. A tag alone is enough for an MP3: millions begin so."""
    if head.startswith(b"fLaC"):
        return FLAC
    if len(head) >= 4 and head[0] == 0xFF:
        if head[1] & 0xF6 == 0xF0 and head[2] >> 2 & 0xF < 13:
            return ADTS
        version, layer, bits, rate = head[1] >> 3 & 3, head[1] >> 1 & 3, head[2] >> 4, head[2] >> 2 & 3
        if head[1] & 0xE0 == 0xE0 and version != 1 and layer == 1 and 0 < bits < 15 and rate != 3:
            return MP3
    return MP3 if tagged else None


def announced_size(head: bytes) -> int | None:
    """Return how many bytes a WAV or AIFF file says that it has; None for others, and where the recorder never said.

    One that has fewer was cut short on its way, which its decoder would not notice.
    """
    if CHUNKS.get((head[:4], head[8:12])) not in (WAV, AIFF) or head.startswith(b"RF64"):
        return None
    told = int.from_bytes(head[4:8], "little" if head.startswith(b"RIFF") else "big")
    return None if told in (0, 0xFFFFFFFF) else told + 8
