"""How much a trail or a place may say: the same on every way in, so that whatever was read can be sent back."""

from collections.abc import Iterator, Mapping
from typing import Any

LONGEST: Mapping[str, int] = {
    "title": 200,
    "summary": 1_000,
    "text": 20_000,
    "directions": 2_000,
    "obstacles": 2_000,
    "label": 12,
    "address": 300,
    "comment": 500,
}
"""How many characters a text of that name may have, in each language."""

MOST_STOPS = 100
MOST_MEDIA = 20
"""How many sounds, pictures and videos one stop or place may have."""

MOST_MINUTES = 6_000
STEEPEST_PERCENT = 100
NARROWEST_CM, WIDEST_CM = 1, 10_000
LEAST_RADIUS, MOST_RADIUS = 5, 500
HIGHEST = 20_000
"""How many metres above or below the sea a point of a line may be."""


def too_long(content: Mapping[str, Any]) -> Iterator[str]:
    """Yield the name of each text of a content, as JSON values, that is longer than it may be."""
    for name, value in content.items():
        if isinstance(value, Mapping):
            texts = value.values() if name in LONGEST else ()
            yield from (name for text in texts if len(text) > LONGEST[name])
            yield from too_long(value) if name == "access" else ()
        elif isinstance(value, str) and len(value) > LONGEST.get(name, len(value)):
            yield name
