"""How much of the store, and of the workers' time, is one person's."""

from dataclasses import dataclass

from portal.media.terms import MediaFlaw


@dataclass(frozen=True, slots=True)
class Share:
    """So many media that wait or are being prepared, and so many bytes of what is kept or on its way."""

    unfinished: int
    size: int


def refusal(used: Share, size: int, most: Share) -> MediaFlaw | None:
    """Return why somebody who uses that much may not send a file of ``size`` bytes; None means they may."""
    if used.size + size > most.size:
        return MediaFlaw.NO_ROOM_LEFT
    return MediaFlaw.TOO_MANY_UNFINISHED if used.unfinished >= most.unfinished else None
