"""The way of a trail: written point by point or drawn on a map, or brought in from a file that a phone recorded.

A file is shown before anything is changed: its lines, of which one is chosen, and its points, which may become stops.
What it holds travels with the page, simplified. The file itself is kept for who sent it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID, uuid4

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from maps.imports import Brought, Unreadable, is_json, is_table, read, sentence
from maps.imports.brought import Line, LineKind, Point
from maps.models import TrackFile
from maps.permissions import Maps
from maps.queries.tracks import files_of
from maps.rules.limits import LONGEST, MOST_STOPS
from maps.rules.lines import length, simplified
from maps.schemas import changes
from maps.schemas.contributing import LineSchema, TrackFileSchema
from maps.schemas.positions import read_line, read_position, write_line, write_position
from maps.services.tracks import TrackFiles, original
from maps.terms import StopContent, TrailContent, Vertex
from maps.views.editing import TEMPLATES, EditingTrail
from maps.views.plan import Plan, plan
from maps.views.showing import plan_of, plan_words
from maps.views.touching import surroundings
from maps.views.words import distance_words, size_words
from portal.forms import fail, submitted
from portal.forms.text import cleaned
from portal.i18n import _, in_language
from portal.security.limits import Attempts, Limit, says_too_many

MOST_LINES, MOST_DRAWN = 20, 40
NUMBER = re.compile("[0-9]{1,4}")
LOOKING_INTO_FILES = Limit("maps.track", 30, timedelta(hours=24))
"""How many files somebody may send in a day: each may be kept for good."""

TAKEN = _("It is taken in.")
TAKEN_WITH_STOPS = _("It is taken in. Look whether the stops are in the right order.")
KINDS = {
    LineKind.TRACK: _("recorded"),
    LineKind.SEGMENT: _("a part of what was recorded"),
    LineKind.ROUTE: _("planned"),
    LineKind.SHAPE: _("drawn"),
}


@dataclass(frozen=True, slots=True)
class FoundLine:
    """A line of a file, as its page carries it along: ``facts`` say how long it is, and of what kind."""

    name: str
    vertices: tuple[Vertex, ...]
    facts: str

    @property
    def written(self) -> str:
        return write_line(self.vertices)


@dataclass(frozen=True, slots=True)
class FoundPoint:
    """A point of a file, as its page carries it along."""

    name: str
    label: str
    text: str
    position: tuple[float, float]

    @property
    def written(self) -> str:
        return write_position(self.position)


@dataclass(frozen=True, slots=True)
class Found:
    """What a file holds that can be taken in, and what was chosen of it: the number of a line, those of points.

    ``file`` is the id under which the file itself is kept.
    """

    lines: tuple[FoundLine, ...]
    points: tuple[FoundPoint, ...]
    way: int | None = None
    stops: frozenset[int] = frozenset()
    left_out: int = 0
    file: str = ""

    def plan_of(self, line: FoundLine) -> Plan | None:
        """Return the plan of a line with the points on it, unless there are too many to tell apart."""
        points = self.points if len(self.points) <= MOST_DRAWN else ()
        stops = [StopContent(UUID(int=at), one.label or str(at), {}, *one.position) for at, one in enumerate(points, 1)]
        return plan(line.vertices, stops, [one.name for one in points])


@view_defaults(renderer=TEMPLATES + "line.jinja2", permission=Maps.REVISE)
class Way(EditingTrail):
    """The way that walkers follow from stop to stop."""

    def __init__(self, context, request) -> None:
        super().__init__(context, request)
        self.files = request.find_service(TrackFiles)
        self.line = self.form(LineSchema(), name="line", action=self.path("maps.trail.line"))
        self.file = self.form(
            TrackFileSchema(), _("Look into it"), name="track", kind="quiet", action=self.path("maps.trail.line.file")
        )

    @view_config(route_name="maps.trail.line", request_method="GET")
    def show(self):
        self.fill(self.line, {"base": self.number, "line": self.content.line})
        return self._page()

    @view_config(route_name="maps.trail.line", request_method="POST")
    def send(self):
        answer = self.change(self.line, lambda content, sent: changes.with_line(content, sent["line"]))
        return answer or self._page()

    @view_config(route_name="maps.trail.line.file", request_method="POST", decorator=says_too_many)
    def look(self):
        sent = submitted(self.file, self.request)
        if sent is None:
            return self.show()
        self.request.find_service(Attempts).spend(LOOKING_INTO_FILES, str(self.request.identity.person_id))
        content = sent["file"].content.read()
        brought = self._read(content)
        if brought is None:
            return self.show()
        kept = self.files.keep(self.trail.id, self.request.identity.person_id, sent["file"].name, content)
        found = replace(self._found(brought), file=str(kept.id))
        self.request.override_renderer = TEMPLATES + "tracks.jinja2"
        return self._tracks(found, self.number)

    @view_config(route_name="maps.trail.line.take", request_method="POST", renderer=TEMPLATES + "tracks.jinja2")
    def take(self):
        found, base = self._carried(), self.asked_base()
        told = TAKEN_WITH_STOPS if found.stops else TAKEN
        return self.revise(None, base, lambda content: taken(content, found), told=told) or self._tracks(found, base)

    def record(self, base: int, content: TrailContent, comment: str) -> None:
        """Record the way, and which file it is from."""
        before = self.number
        super().record(base, content, comment)
        if self.number > before and self.request.typed.get("track_file"):
            sender_id = self.request.identity.person_id
            self.files.taken_in(self.asked_id("track_file"), self.trail.id, sender_id, self.trail.current)

    def _read(self, content: bytes) -> Brought | None:
        try:
            return read(content)
        except Unreadable as no:
            self.request.response.status_int = 422
            fail(self.file, "file", sentence(no))
            return None

    def _found(self, brought: Brought) -> Found:
        lines = tuple(self._line(line) for line in brought.lines[:MOST_LINES])
        points = tuple(found_point(point, self.content.language) for point in brought.points[:MOST_STOPS])
        left_out = len(brought.lines) + len(brought.points) - len(lines) - len(points)
        return Found(lines, points, 0 if lines else None, frozenset(range(len(points))), left_out)

    def _line(self, line: Line) -> FoundLine:
        """Return a line of few enough points, with what it was before."""
        found = simplified(line.vertices)
        fewer = found.line
        kind = self.said(KINDS[line.kind])
        points = self.request.ngettext("${n} point", "${n} points", len(line.vertices))
        if len(fewer) < len(line.vertices):
            points = self.said(
                _("${before}, of which ${n} are kept, the others within ${metres} m of the line"),
                before=points,
                n=len(fewer),
                metres=self.request.words.number(found.within),
            )
        facts = " · ".join((distance_words(length(line.vertices), self.request), points, kind))
        name = line.name or self.said(_("A line without a name"))
        return FoundLine(f"{name} ({line.part})" if line.part else name, fewer, facts)

    def _carried(self) -> Found:
        """Return what the page carried along and what was chosen on it; what cannot be read is left out."""
        sent = self.request.typed
        chosen = {int(number) for number in sent.getall("stop") if NUMBER.fullmatch(number)}
        way = sent.get("way", "")
        return Found(
            tuple(_carried_lines(sent)),
            tuple(_carried_points(sent)),
            int(way) if NUMBER.fullmatch(way) else None,
            frozenset(chosen),
            file=sent.get("track_file", ""),
        )

    def _tracks(self, found: Found, base: int):
        return self.frame(
            _("What is in the file"),
            found=found,
            base=base,
            refused=self.refused,
            far=self.far,
            action=self.path("maps.trail.line.take"),
            back=self.path("maps.trail.line"),
        )

    def _page(self):
        return self.frame(
            _("The way"),
            line_form=self.line,
            file_form=self.file,
            plan=plan_of(self.content, self.told) if self.content.line else None,
            plan_words=plan_words(self.content, self.told, self.request),
            touch=surroundings(self.request, self.content),
            files=[
                self._file(one) for one in files_of(self.request.db, self.trail.id, self.request.identity.person_id)
            ],
        )

    def _file(self, kept: TrackFile) -> dict[str, str]:
        words, path = self.request.words, self.request.route_path
        return {
            "name": kept.file_name,
            "facts": f"{words.date(kept.created_at, self.request.city.zone)} · {size_words(kept.size, self.request)}",
            "url": path("maps.track_file", id=kept.id),
            "remove_url": path("maps.track_file.remove", id=kept.id),
        }


@view_defaults(permission=Maps.KEEP_TRACK)
class SentFile:
    """A file in which a way was sent, for who sent it."""

    def __init__(self, context, request) -> None:
        self.file: TrackFile = context.file
        self.request = request

    @view_config(route_name="maps.track_file", request_method="GET")
    def send(self) -> Response:
        content = original(self.file)
        kind = "geojson" if is_json(content) else "csv" if is_table(content) else "gpx"
        response = Response(content, content_type="application/octet-stream", charset=None)
        response.content_disposition = f'attachment; filename="{self.file.trail.slug}.{kind}"'
        response.cache_control = "private, no-cache"
        return response

    @view_config(route_name="maps.track_file.remove", request_method="POST")
    def remove(self):
        slug = self.file.trail.slug
        self.request.find_service(TrackFiles).remove(self.file.id)
        self.request.tell("good", _("The file is removed. The way stays as it is."))
        return HTTPSeeOther(self.request.route_path("maps.trail.line", slug=slug))


def found_point(point: Point, language: str) -> FoundPoint:
    """Return a point of a file in the language of the trail, or in the one that the file has."""
    name, text = (in_language(told, language, "")[0] for told in (point.title, point.text))
    return FoundPoint(name[: LONGEST["title"]], point.label[: LONGEST["label"]], text, point.position)


def taken(content: TrailContent, found: Found) -> TrailContent:
    """Return the trail with the line and the points that were chosen, the points as its last stops."""
    if found.way is not None and found.way < len(found.lines):
        content = changes.with_line(content, found.lines[found.way].vertices)
    for number in sorted(found.stops):
        if number < len(found.points):
            content = _with_point(content, found.points[number])
    return content


def _with_point(content: TrailContent, point: FoundPoint) -> TrailContent:
    labels = {stop.label for stop in content.stops}
    label = point.label if point.label and point.label not in labels else changes.next_label(content)
    language = content.language
    stop = StopContent(
        id=uuid4(),
        label=label,
        title={language: point.name or label},
        text=changes.said({}, language, point.text),
        longitude=point.position[0],
        latitude=point.position[1],
    )
    return replace(content, stops=(*content.stops, stop))


def _carried_lines(sent: Mapping[str, str]) -> Iterator[FoundLine]:
    for number in range(MOST_LINES):
        line = read_line(sent.get(f"line-{number}", ""))
        if not isinstance(line, tuple) or len(line) < 2:
            return
        yield FoundLine(sent.get(f"line-name-{number}", ""), line, sent.get(f"line-facts-{number}", ""))


def _carried_points(sent: Mapping[str, str]) -> Iterator[FoundPoint]:
    for number in range(MOST_STOPS):
        position = read_position(sent.get(f"point-{number}", ""))
        if position is None:
            return
        name, label = (cleaned(sent.get(f"{what}-{number}", "")) for what in ("name", "label"))
        text = cleaned(sent.get(f"text-{number}", ""), lines=True)
        yield FoundPoint(name[: LONGEST["title"]], label[: LONGEST["label"]], text[: LONGEST["text"]], position)
