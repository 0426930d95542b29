"""How long a trail takes: walking it, climbing, and listening at every stop."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from maps.rules.lines import climb, length
from maps.terms import Mode, StopContent, TrailContent, Vertex

METRES_PER_HOUR = {Mode.FOOT: 4_000, Mode.BIKE: 12_000}
"""What one covers who looks around."""

CLIMBED_PER_HOUR = 600
"""Metres of height that take an hour more (Naismith's rule)."""


@dataclass(frozen=True, slots=True)
class Duration:
    """Seconds on the way and seconds of sound."""

    moving: float
    listening: float

    @property
    def total(self) -> float:
        return self.moving + self.listening


def way(content: TrailContent) -> tuple[Vertex, ...]:
    """Return the line that is walked: the one drawn, otherwise straight from stop to stop."""
    return content.line or tuple(stop.position for stop in content.stops)


def duration(content: TrailContent, seconds: Mapping[UUID, float]) -> Duration:
    """Return how long a trail takes, ``seconds`` of each sound given; a sound that is not in it takes no time."""
    line = way(content)
    risen = climb(line)
    hours = length(line) / METRES_PER_HOUR[content.mode] + (risen.up if risen else 0) / CLIMBED_PER_HOUR
    return Duration(hours * 3600, sum(listening(stop, seconds) for stop in content.stops))


def listening(stop: StopContent, seconds: Mapping[UUID, float]) -> float:
    """Return how long one listens at a stop: its sounds are heard one after the other."""
    return sum(seconds.get(media_id, 0.0) for media_id in stop.media)
