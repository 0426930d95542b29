"""What a waveform is drawn from: the least and the greatest sample of each of 1,800 stretches, 3,600 bytes in all."""

import sys
from array import array

PAIRS = 1800
STEP = 16


class Peaks:
    """Takes 16-bit samples as they come, however many, and keeps no more than a few thousand pairs of them."""

    def __init__(self) -> None:
        self.samples = 0
        self._step = STEP
        self._least = array("h")
        self._greatest = array("h")
        self._rest = b""

    def add(self, pcm: bytes) -> None:
        """Take signed 16-bit little-endian samples of one channel, cut anywhere."""
        pcm = self._rest + pcm
        usable = len(pcm) - len(pcm) % (2 * self._step)
        self._rest = pcm[usable:]
        values = _samples(pcm[:usable])
        self.samples += len(values)
        for start in range(0, len(values), self._step):
            self._keep(values[start : start + self._step])
        while len(self._least) >= 4 * PAIRS:
            self._halve()

    def pairs(self) -> bytes:
        """Return the pairs, signed bytes, the greatest of them all at full height; all 0 for silence."""
        rest = _samples(self._rest[: len(self._rest) // 2 * 2])
        if rest:
            self.samples += len(rest)
            self._keep(rest)
            self._rest = b""
        count = len(self._least)
        if not count:
            return bytes(2 * PAIRS)
        height = max(max(map(abs, self._least)), max(map(abs, self._greatest)), 1)
        pairs = array("b")
        for number in range(PAIRS):
            start = number * count // PAIRS
            end = max((number + 1) * count // PAIRS, start + 1)
            pairs.append(round(min(self._least[start:end]) * 127 / height))
            pairs.append(round(max(self._greatest[start:end]) * 127 / height))
        return pairs.tobytes()

    def _keep(self, values: array) -> None:
        self._least.append(min(values))
        self._greatest.append(max(values))

    def _halve(self) -> None:
        """Let each two stretches be one; what comes next is cut into stretches twice as long."""
        even = len(self._least) - len(self._least) % 2
        self._least = array("h", map(min, self._least[0:even:2], self._least[1:even:2])) + self._least[even:]
        self._greatest = (
            array("h", map(max, self._greatest[0:even:2], self._greatest[1:even:2])) + self._greatest[even:]
        )
        self._step *= 2


def _samples(pcm: bytes) -> array:
    values = array("h", pcm)
    if sys.byteorder == "big":
        values.byteswap()
    return values
