"""What preparing a file comes to."""

from dataclasses import dataclass
from pathlib import Path

from portal.media.terms import MediaKind, Rendering


@dataclass(frozen=True, slots=True)
class Made:
    """A file that was made, in the folder of the work."""

    rendering: Rendering
    path: Path
    extension: str
    media_type: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a file is, and what was made of it. Loudness is in LUFS, the true peak in dBTP, as measured at the end."""

    kind: MediaKind
    made: tuple[Made, ...]
    seconds: float | None = None
    width: int | None = None
    height: int | None = None
    loudness: float | None = None
    true_peak: float | None = None
    peaks: bytes | None = None
