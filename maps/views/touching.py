"""What the small map needs on which somebody touches where something is: where it begins, and what is there already."""

import json
from dataclasses import dataclass

from maps.queries.middle import middle
from maps.rules.durations import way
from maps.terms import TrailContent


@dataclass(frozen=True, slots=True)
class Touch:
    """For the script alone, as JSON: latitude first, as Leaflet has it."""

    around: str
    centre: str


def surroundings(request, content: TrailContent | None = None) -> Touch:
    """Return what is around: the way and the stops of a trail, otherwise the middle of all that there is."""
    line = [[vertex[1], vertex[0]] for vertex in way(content)] if content and content.line else []
    stops = [[stop.latitude, stop.longitude] for stop in content.stops] if content else []
    longitude, latitude = middle(request.db) if not line and not stops else (0.0, 0.0)
    return Touch(json.dumps({"line": line, "stops": stops}), f"{latitude:.5f},{longitude:.5f}")
