"""When a trail may be published, and what its authors should look at again."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any
from uuid import UUID

from maps.rules.content import place_as_json, stop_as_json, trail_as_json
from maps.rules.limits import LONGEST, MOST_MEDIA, MOST_STOPS, too_long
from maps.rules.lines import MOST_VERTICES, crosses_180, distance, off_line
from maps.terms import (
    Flaw,
    FlawCode,
    Hint,
    HintCode,
    MediaFacts,
    PlaceContent,
    StopContent,
    Texts,
    TrailContent,
)
from portal.licences import LICENCES

OFF_THE_LINE = 50.0
FAR_FROM_LINE = 1_000.0
SMALL_RADIUS = 15
LONG_SOUND = 600.0

UNKEEPABLE = frozenset(
    {
        FlawCode.NO_TITLE,
        FlawCode.UNKNOWN_LICENCE,
        FlawCode.OFF_THE_GLOBE,
        FlawCode.ACROSS_180,
        FlawCode.STOP_TWICE,
        FlawCode.STOP_ELSEWHERE,
        FlawCode.TOO_MANY_STOPS,
        FlawCode.TOO_MANY_VERTICES,
        FlawCode.TOO_MANY_MEDIA,
        FlawCode.TOO_LONG,
    }
)
"""What not even a draft can have."""

OF_LABELS = frozenset({FlawCode.NO_LABEL, FlawCode.LABEL_TWICE})
"""What is wrong with the labels of stops alone."""

Media = Mapping[UUID, MediaFacts]


def trail_flaws(content: TrailContent, media: Media, meant: Collection[UUID] = ()) -> list[Flaw]:
    """Return every reason why a trail cannot be published as it is.

    ``media`` are the facts of those that exist, ``meant`` the stops of which somebody said that they are far from the
    line on purpose.
    """
    return [
        *_words(content.title, content.licence),
        *_lengths(trail_as_json(content), {}),
        *_shape(content),
        *_labels(content.stops),
        *(flaw for stop in content.stops for flaw in _stop_flaws(stop, media)),
        *_far(content, meant),
    ]


def new_flaws(before: TrailContent, after: TrailContent, media: Media, meant: Collection[UUID] = ()) -> list[Flaw]:
    """Return the flaws of a trail that it did not have ``before``; what a stop lacked, it may lack under a new label.

    ``media`` are the facts of those of both.
    """
    labels = {stop.id: stop.label for stop in after.stops}
    stops = tuple(replace(stop, label=labels.get(stop.id, str(stop.id))) for stop in before.stops)
    lacked = [flaw for flaw in trail_flaws(replace(before, stops=stops), media, meant) if flaw.code not in OF_LABELS]
    known = [*lacked, *_labels(before.stops)]
    return [flaw for flaw in trail_flaws(after, media, meant) if flaw not in known]


def place_flaws(content: PlaceContent, media: Media) -> list[Flaw]:
    """Return every reason why a place cannot be on the map as it is."""
    found = [*_words(content.title, content.licence), *_lengths(place_as_json(content), {})]
    if not on_the_globe(*content.position):
        found.append(Flaw(FlawCode.OFF_THE_GLOBE))
    return found + list(_media_flaws(content.media, media, {}))


def trail_hints(content: TrailContent, media: Media) -> list[Hint]:
    """Return what the authors should look at again, stop by stop."""
    return [hint for stop, off in _off_the_line(content) for hint in _stop_hints(stop, off, media)] + [
        Hint(HintCode.OVERLAPPING, {"stop": one.label, "other": other.label})
        for one, other in combinations(content.stops, 2)
        if distance(one.position, other.position) < one.radius + other.radius
    ]


def on_the_globe(longitude: float, latitude: float) -> bool:
    """Is it a position? What is not a number is none."""
    return -180 <= longitude <= 180 and -90 <= latitude <= 90


def far_stops(content: TrailContent) -> set[UUID]:
    """Return the stops that are so far from the line that somebody must say that it is meant so."""
    return {stop.id for stop, off in _off_the_line(content) if off > FAR_FROM_LINE}


def _words(title: Texts, licence: str) -> list[Flaw]:
    found = []
    if not any(text.strip() for text in title.values()):
        found.append(Flaw(FlawCode.NO_TITLE))
    if licence not in LICENCES:
        found.append(Flaw(FlawCode.UNKNOWN_LICENCE, {"licence": licence}))
    return found


def _lengths(content: Mapping[str, Any], where: Mapping[str, str]) -> Iterator[Flaw]:
    for name in dict.fromkeys(too_long(content)):
        yield Flaw(FlawCode.TOO_LONG, {**where, "text": name, "most": LONGEST[name]})


def _shape(content: TrailContent) -> Iterator[Flaw]:
    if not content.stops:
        yield Flaw(FlawCode.NO_STOPS)
    if len(content.stops) > MOST_STOPS:
        yield Flaw(FlawCode.TOO_MANY_STOPS, {"stops": len(content.stops), "most": MOST_STOPS})
    if len(content.line) > MOST_VERTICES:
        yield Flaw(FlawCode.TOO_MANY_VERTICES, {"vertices": len(content.line), "most": MOST_VERTICES})
    if not all(on_the_globe(vertex[0], vertex[1]) for vertex in content.line):
        yield Flaw(FlawCode.OFF_THE_GLOBE)
    elif crosses_180(content.line):
        yield Flaw(FlawCode.ACROSS_180)
    for stop in content.stops:
        if not on_the_globe(*stop.position):
            yield Flaw(FlawCode.OFF_THE_GLOBE, {"stop": stop.label})
    for stop_id, times in Counter(stop.id for stop in content.stops).items():
        if times > 1:
            yield Flaw(FlawCode.STOP_TWICE, {"id": str(stop_id)})


def _labels(stops: Sequence[StopContent]) -> Iterator[Flaw]:
    for rank, stop in enumerate(stops, 1):
        if not stop.label.strip():
            yield Flaw(FlawCode.NO_LABEL, {"rank": rank})
    for label, times in Counter(stop.label.strip() for stop in stops).items():
        if label and times > 1:
            yield Flaw(FlawCode.LABEL_TWICE, {"stop": label})


def _stop_flaws(stop: StopContent, media: Media) -> Iterator[Flaw]:
    says = any(text.strip() for text in stop.text.values())
    if not says and not any(media_id in media and media[media_id].ready for media_id in stop.media):
        yield Flaw(FlawCode.STOP_SAYS_NOTHING, {"stop": stop.label})
    yield from _lengths(stop_as_json(stop), {"stop": stop.label[: LONGEST["label"]]})
    yield from _media_flaws(stop.media, media, {"stop": stop.label})


def _media_flaws(ids: Sequence[UUID], media: Media, where: Mapping[str, str]) -> Iterator[Flaw]:
    if len(ids) > MOST_MEDIA:
        yield Flaw(FlawCode.TOO_MANY_MEDIA, {**where, "most": MOST_MEDIA})
    for media_id in ids:
        values = {**where, "media": str(media_id)}
        facts = media.get(media_id)
        if facts is None:
            yield Flaw(FlawCode.NO_SUCH_MEDIA, values)
            continue
        if not facts.ready:
            yield Flaw(FlawCode.MEDIA_NOT_READY, values)
        if facts.licence not in LICENCES:
            yield Flaw(FlawCode.MEDIA_WITHOUT_LICENCE, values)
        elif LICENCES[facts.licence].credit and not facts.attribution.strip():
            yield Flaw(FlawCode.MEDIA_WITHOUT_CREDIT, values)
        if not facts.voices_told:
            yield Flaw(FlawCode.VOICES_NOT_TOLD, values)


def _far(content: TrailContent, meant: Collection[UUID]) -> Iterator[Flaw]:
    if len(content.line) < 2 or not all(on_the_globe(*stop.position) for stop in content.stops):
        return
    for stop, off in _off_the_line(content):
        if stop.id not in meant and off > FAR_FROM_LINE:
            yield Flaw(FlawCode.FAR_FROM_LINE, {"stop": stop.label, "metres": round(off)})


def _off_the_line(content: TrailContent) -> list[tuple[StopContent, float]]:
    """Return the stops, each with how many metres it is off the line; none is where there is no line."""
    line = content.line if len(content.line) > 1 else ()
    return list(zip(content.stops, off_line(line, [stop.position for stop in content.stops]), strict=True))


def _stop_hints(stop: StopContent, off: float, media: Media) -> Iterator[Hint]:
    if off > OFF_THE_LINE:
        yield Hint(HintCode.OFF_THE_LINE, {"stop": stop.label, "metres": round(off)})
    if stop.radius < SMALL_RADIUS:
        yield Hint(HintCode.SMALL_RADIUS, {"stop": stop.label, "metres": stop.radius})
    for facts in (media[media_id] for media_id in stop.media if media_id in media):
        values = {"stop": stop.label, "media": str(facts.id)}
        if facts.sound and not facts.transcripts:
            yield Hint(HintCode.NO_TRANSCRIPT, values)
        if facts.seconds is not None and facts.seconds > LONG_SOUND:
            yield Hint(HintCode.LONG_SOUND, {**values, "minutes": round(facts.seconds / 60)})
