"""What a file holds once it is read, whichever its format."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise

from maps.rules.limits import LONGEST
from maps.terms import Position, Texts, Vertex

LONGEST_NAME = LONGEST["title"]
LONGEST_TEXT = LONGEST["text"]


class LineKind(StrEnum):
    """What a line is in its file."""

    TRACK = "track"  # a recording; of several segments, all of them one after the other
    SEGMENT = "segment"  # a part of a recording that was interrupted
    ROUTE = "route"  # planned, not recorded
    SHAPE = "shape"  # drawn


@dataclass(frozen=True, slots=True)
class Line:
    """A line to choose; ``part`` counts the segments of a track, or the two sides of 180 degrees, from 1."""

    kind: LineKind
    name: str
    vertices: tuple[Vertex, ...]
    part: int | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """A point that can become a stop or a place. ``properties`` are what else the file says of it."""

    position: Position
    title: Texts = field(default_factory=dict)
    text: Texts = field(default_factory=dict)
    label: str = ""
    properties: Mapping[str, object] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Brought:
    """All that a file holds: its ``name``, lines of which one can be chosen, points in their order."""

    name: str = ""
    lines: tuple[Line, ...] = ()
    points: tuple[Point, ...] = ()


def split_at_180(line: Line) -> Iterator[Line]:
    """Yield the line, or the parts of it on either side of 180 degrees, each ending there; none of a single point."""
    parts: list[list[Vertex]] = [list(line.vertices[:1])]
    for one, other in pairwise(line.vertices):
        if abs(one[0] - other[0]) > 180:
            east, west = _crossing(one, other)
            parts[-1].append(east)
            parts.append([west])
        parts[-1].append(other)
    if len(parts) == 1:
        yield line
        return
    whole = [part for part in parts if len(set(part)) > 1]
    for number, part in enumerate(whole, 1):
        yield replace(line, vertices=tuple(part), part=number)


def _crossing(one: Vertex, other: Vertex) -> tuple[Vertex, Vertex]:
    """Return where the way from ``one`` to ``other`` meets 180 degrees, once for each side."""
    edge = 180.0 if one[0] > 0 else -180.0
    way = other[0] + 2 * edge - one[0]
    share = (edge - one[0]) / way if way else 0.0
    latitude = one[1] + share * (other[1] - one[1])
    return (edge, latitude), (-edge, latitude)


def only_lines(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return the lines that lead somewhere, split where no map can draw them."""
    return tuple(part for line in lines if len(set(line.vertices)) > 1 for part in split_at_180(line))
