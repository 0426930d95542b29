"""How loud a sound is to be, and what to ask of the encoder so that it is: a rule on measures, without a sound in it.

Speech at −16 LUFS is heard on a telephone in the street without being turned up, and the next one without being turned
down. A lossy encoder overshoots the limiter that stands before it, so what comes out is measured again.

Sources: EBU R 128 and ITU-R BS.1770 for the measures; field notes on maps, section 5, for the target.
"""

import math
from dataclasses import dataclass

TARGET = -16.0
TOLERANCE = 1.0
CEILING = -1.0
"""The highest true peak of anything we hand out, in dBTP."""

FIRST_CEILING = -2.5
LOWEST_CEILING = -18.0
READING = 0.05
"""The meter says tenths: what it shows may be so much more."""

SPARE = 0.5
SILENCE = -69.0
"""Below this many LUFS nothing was measured: the gate of BS.1770 stands at −70."""

MOST_TRIES = 7
SURE_AFTER = 5
MOST_GAIN = 54.0


@dataclass(frozen=True, slots=True)
class Measured:
    """What a sound was measured at: integrated loudness in LUFS, true peak in dBTP."""

    loudness: float
    true_peak: float

    @property
    def is_silent(self) -> bool:
        return not self.loudness > SILENCE or not math.isfinite(self.true_peak)

    @property
    def is_good(self) -> bool:
        """Is it as loud as it is to be, and nothing above the ceiling?"""
        return abs(self.loudness - TARGET) + READING <= TOLERANCE and self.true_peak + READING <= CEILING


@dataclass(frozen=True, slots=True)
class Aim:
    """What to ask for: this loudness before the limiter, and no sample above ``ceiling`` behind it."""

    loudness: float = TARGET
    ceiling: float = FIRST_CEILING

    def gain(self, source: Measured) -> float:
        """Return by how many decibels the source is to be turned up, or down."""
        return min(self.loudness - source.loudness, MOST_GAIN)

    def peak(self, source: Measured) -> float:
        """Return the true peak that the encoder is given: below the ceiling where nothing reaches the limiter."""
        return min(source.true_peak + self.gain(source), self.ceiling)


def better(source: Measured, aim: Aim, found: Measured, tries: int) -> Aim | None:
    """Return what to ask an encoder for next, after ``tries`` tries of which the last had ``aim`` and gave ``found``.

    None: it is good, or as good as it gets. The limiter goes below the peak of what the encoder was given, by what that
    overshot, and the loudness up by what it cost. Who was asked often enough gives up loudness rather than the ceiling:
    claps in a quiet place cannot be as loud as speech without being bent.
    """
    over = found.true_peak + READING - CEILING
    sure = tries >= SURE_AFTER
    if found.is_good or tries >= MOST_TRIES or (sure and over <= 0):
        return None
    if over <= 0:
        return Aim(aim.loudness + TARGET - found.loudness, aim.ceiling)
    ceiling = max(aim.peak(source) - over - SPARE, LOWEST_CEILING)
    if sure:
        return Aim(aim.loudness - over - 2 * SPARE, ceiling)
    return Aim(aim.loudness + TARGET - SPARE - found.loudness, ceiling)
