"""GPX, as receivers and other portals write it (1.0 and 1.1), read in one pass without keeping the document.

Each track, each segment of several and each route is a line to choose; waypoints are points. A document type, and with
it every entity of the file's own, is refused: that is how a small file becomes a large one.

Source: the GPX 1.1 schema of Topografix.
"""

import re
from collections.abc import Sequence
from io import BytesIO
from math import isfinite
from typing import Any
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler

from defusedxml import DefusedXmlException
from defusedxml.sax import make_parser

from maps.imports.brought import LONGEST_NAME, LONGEST_TEXT, Brought, Line, LineKind, Point, only_lines
from maps.imports.troubles import Trouble, Unreadable
from maps.rules.limits import HIGHEST
from maps.terms import Position, Vertex

MOST_POINTS = 1_000_000
DEEPEST = 50
POINTS = frozenset({"wpt", "trkpt", "rtept"})
SAID = frozenset({"name", "desc", "cmt", "ele"})
LABELLED = re.compile(r"\s*(\w{1,6})\s*[·.:–—)-]\s+(\S.*)", re.DOTALL)


def read_gpx(content: bytes) -> Brought:
    """Return what a GPX file holds. Raises :class:`Unreadable`."""
    reader = _Reader()
    parser = make_parser()
    parser.forbid_dtd = True
    parser.setContentHandler(reader)
    try:
        parser.parse(BytesIO(content))
    except DefusedXmlException as no:
        raise Unreadable(Trouble.FORBIDDEN) from no
    except Unreadable:
        raise
    except (SAXParseException, LookupError, ValueError) as wrong:  # an encoding it has not, or cannot work with
        line = wrong.getLineNumber() if isinstance(wrong, SAXParseException) else 1
        raise Unreadable(Trouble.NOT_XML, line=line or 1) from wrong
    return Brought(reader.name, only_lines(reader.lines), tuple(_labelled(reader.points)))


def _labelled(points: Sequence[Point]) -> Sequence[Point]:
    """Return points whose names all begin with a label of their own, «01 · La criée», with label and title apart."""
    found = [LABELLED.fullmatch(point.title.get("", "")) for point in points]
    labels = [match[1] for match in found if match]
    if len(labels) < len(points) or len(set(labels)) < len(labels):
        return points
    return [
        Point(point.position, {"": match[2].strip()}, point.text, match[1])
        for point, match in zip(points, found, strict=True)
        if match
    ]


class _Reader(ContentHandler):
    """Keeps what a trail can be made of while the document goes by."""

    def __init__(self) -> None:
        super().__init__()
        self.name = ""
        self.lines: list[Line] = []
        self.points: list[Point] = []
        self._count = 0
        self._open: list[str] = []
        self._beside = 0
        self._text: list[str] | None = None
        self._room = 0
        self._where: Any = None
        self._said: dict[str, dict[str, str]] = {}
        self._position: Position = (0.0, 0.0)
        self._vertices: list[Vertex] = []
        self._segments: list[tuple[Vertex, ...]] = []

    # What the parser tells ------------------------------------------------------------------------------------------

    def setDocumentLocator(self, locator: Any) -> None:  # noqa: N802 (the parser's name)
        self._where = locator

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802
        tag = name.rpartition(":")[2]
        if not self._open and tag != "gpx":
            raise Unreadable(Trouble.NOT_GPX)
        if len(self._open) >= DEEPEST:
            raise Unreadable(Trouble.TOO_DEEP)
        self._open.append(tag)
        if self._beside or tag == "extensions":
            self._beside += 1
            return
        if tag in POINTS:
            self._begin_point(attrs)
        if tag in ("trkseg", "rte"):
            self._vertices = []
        if tag == "trk":
            self._segments = []
        if tag in ("trk", "rte", "metadata", *POINTS):
            self._said[tag] = {}
        if tag in SAID:
            self._text, self._room = [], LONGEST_TEXT

    def characters(self, content: str) -> None:
        if self._text is not None and self._room > 0:
            self._text.append(content)
            self._room -= len(content)

    def endElement(self, name: str) -> None:  # noqa: N802
        tag = self._open.pop()
        if self._beside:
            self._beside -= 1
            return
        if tag in SAID:
            self._say(tag)
        elif tag in ("trkpt", "rtept"):
            self._vertices.append(self._vertex(tag))
        elif tag == "wpt":
            self._end_waypoint()
        elif tag == "trkseg":
            self._segments.append(tuple(self._vertices))
        elif tag == "trk":
            self._end_track()
        elif tag == "rte":
            self.lines.append(Line(LineKind.ROUTE, self._name_of("rte"), tuple(self._vertices)))

    # What is made of it ---------------------------------------------------------------------------------------------

    def _begin_point(self, attrs: Any) -> None:
        self._count += 1
        if self._count > MOST_POINTS:
            raise Unreadable(Trouble.TOO_MANY_POINTS, most=MOST_POINTS)
        told = attrs.get("lon", ""), attrs.get("lat", "")
        try:
            longitude, latitude = (float(one) for one in told)
            if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
                raise ValueError
        except ValueError:
            self._refuse(", ".join(told))
        self._position = longitude, latitude

    def _refuse(self, text: str) -> None:
        raise Unreadable(Trouble.BAD_POSITION, line=self._where.getLineNumber(), text=text[:60])

    def _say(self, tag: str) -> None:
        text, self._text = "".join(self._text or ()).strip(), None
        parent = self._open[-1] if self._open else ""
        if parent == "gpx" and tag == "name":  # as GPX 1.0 names the file
            self.name = text[:LONGEST_NAME]
        elif parent in self._said:
            self._said[parent][tag] = text[: LONGEST_NAME if tag == "name" else LONGEST_TEXT]
        if parent == "metadata" and tag == "name":
            self.name = text[:LONGEST_NAME]

    def _vertex(self, tag: str) -> Vertex:
        height = self._height(self._said[tag].get("ele"))
        return self._position if height is None else (*self._position, height)

    def _height(self, told: str | None) -> float | None:
        try:
            height = float(told) if told else None
        except ValueError:
            return None
        return height if height is not None and isfinite(height) and abs(height) <= HIGHEST else None

    def _name_of(self, tag: str) -> str:
        return self._said[tag].get("name", "")

    def _end_waypoint(self) -> None:
        said = self._said["wpt"]
        text = said.get("desc") or said.get("cmt") or ""
        title = {"": said["name"]} if said.get("name") else {}
        self.points.append(Point(self._position, title, {"": text} if text else {}))

    def _end_track(self) -> None:
        """Add a track: whole, and where it has several segments, each of them too."""
        name, segments = self._name_of("trk"), [segment for segment in self._segments if len(segment) > 1]
        if len(segments) != 1:
            whole = tuple(vertex for segment in segments for vertex in segment)
            self.lines.append(Line(LineKind.TRACK, name, whole))
            self.lines += [Line(LineKind.SEGMENT, name, segment, number) for number, segment in enumerate(segments, 1)]
        else:
            self.lines.append(Line(LineKind.TRACK, name, segments[0]))
