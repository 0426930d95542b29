"""When a trail or a place may be published, and what its authors should look at again."""

from collections import Counter
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.rules.lines import MOST_VERTICES, distance, off_line
from maps.rules.trails import (
    FAR_FROM_LINE,
    MOST_STOPS,
    OFF_THE_LINE,
    far_stops,
    new_flaws,
    place_flaws,
    trail_flaws,
    trail_hints,
)
from maps.terms import FlawCode, HintCode, MediaFacts
from portal.licences import LICENCES
from tests.factories import maps
from tests.rules.maps.given import contents, place_contents

HEARD = UUID(int=7)
GOOD = MediaFacts(HEARD, licence="CC-BY-SA-4.0", attribution="Son’ar Mein", seconds=163, transcripts=frozenset({"fr"}))

some_media = st.dictionaries(
    st.integers(1, 8).map(lambda number: UUID(int=number)),
    st.builds(
        MediaFacts,
        id=st.just(HEARD),
        sound=st.booleans(),
        ready=st.booleans(),
        licence=st.sampled_from([*LICENCES, "", "all-rights-reserved"]),
        attribution=st.sampled_from(["", " ", "Nolwenn"]),
        seconds=st.sampled_from([None, 60.0, 601.0]),
        transcripts=st.sampled_from([frozenset(), frozenset({"fr"})]),
        voices_told=st.booleans(),
    ),
).map(lambda found: {media_id: replace(facts, id=media_id) for media_id, facts in found.items()})


def codes(found):
    return {one.code for one in found}


@given(contents, some_media)
def test_a_trail_without_flaws_has_all_that_a_published_trail_must_have(content, media):
    """Invariants I1 and I2."""
    flawless = not trail_flaws(content, media)
    labels = Counter(stop.label for stop in content.stops)
    heard = [media.get(media_id) for stop in content.stops for media_id in stop.media]
    assert flawless == (
        bool(content.stops)
        and max(labels.values(), default=0) == 1
        and all(
            any(stop.text.values()) or any(media_id in media and media[media_id].ready for media_id in stop.media)
            for stop in content.stops
        )
        and all(
            one is not None
            and one.ready
            and one.voices_told
            and one.licence in LICENCES
            and (one.attribution.strip() or not LICENCES[one.licence].credit)
            for one in heard
        )
        and (
            len(content.line) < 2
            or max(off_line(content.line, [stop.position for stop in content.stops]), default=0) <= FAR_FROM_LINE
        )
    )


@given(contents, some_media)
def test_every_flaw_of_a_stop_names_it(content, media):
    labels = {stop.label for stop in content.stops}
    for flaw in trail_flaws(content, media):
        if flaw.code not in (FlawCode.NO_STOPS,):
            assert flaw.values["stop"] in labels


def by_id(content):
    """Return a content whose stops are called by the numbers of their ids."""
    return replace(content, stops=tuple(replace(stop, label=str(stop.id.int)) for stop in content.stops))


def told(flaws):
    return {(flaw.code, *sorted(flaw.values.items())) for flaw in flaws}


@st.composite
def two_versions(draw):
    """A content with labels of its own for each stop, and one that shares some of its stops under other labels."""
    before, after = draw(contents), draw(contents)
    shared = {stop.id: stop for stop in before.stops}
    if draw(st.booleans()):
        after = replace(after, line=before.line, stops=tuple(shared.get(stop.id, stop) for stop in after.stops))
    labels = draw(st.permutations(["01", "02", "03", "04", "05", "06"]))
    stops = (replace(stop, label=label) for stop, label in zip(after.stops, labels, strict=False))
    return before, replace(after, stops=tuple(stops))


@given(two_versions(), some_media)
def test_a_flaw_is_new_when_the_stop_did_not_have_it_under_whatever_label(versions, media):
    before, after = versions
    labels = {str(stop.id.int): stop.label for stop in after.stops}
    new = told(trail_flaws(by_id(after), media)) - told(trail_flaws(by_id(before), media))
    expected = {
        (code, *((name, labels[value] if name == "stop" else value) for name, value in values)) for code, *values in new
    }
    assert told(new_flaws(before, after, media)) == expected


@given(contents, some_media)
def test_what_does_not_change_has_no_new_flaw(content, media):
    assert new_flaws(content, content, media) == []


def test_two_stops_that_get_one_label_are_a_new_flaw():
    one, other = maps.stop("01"), maps.stop("02", -4.4725, 48.3818)
    (flaw,) = new_flaws(maps.content(one, other), maps.content(one, replace(other, label="01")), {})
    assert (flaw.code, flaw.values) == (FlawCode.LABEL_TWICE, {"stop": "01"})


@given(contents)
def test_stops_that_are_meant_to_be_far_are_no_flaw(content):
    assert FlawCode.FAR_FROM_LINE not in codes(trail_flaws(content, {}, far_stops(content)))


@given(place_contents(), some_media)
def test_a_place_without_flaws_shows_only_what_may_be_shown(content, media):
    flawless = not place_flaws(content, media)
    assert flawless == all(
        media_id in media
        and media[media_id].ready
        and media[media_id].voices_told
        and media[media_id].licence in LICENCES
        and bool(media[media_id].attribution.strip() or not LICENCES[media[media_id].licence].credit)
        for media_id in content.media
    )


@given(contents, some_media)
def test_two_stops_overlap_when_somebody_can_stand_in_both(content, media):
    told = {
        (hint.values["stop"], hint.values["other"])
        for hint in trail_hints(content, media)
        if hint.code is HintCode.OVERLAPPING
    }
    assert told == {
        (one.label, other.label)
        for number, one in enumerate(content.stops)
        for other in content.stops[number + 1 :]
        if distance(one.position, other.position) < one.radius + other.radius
    }


@given(contents, some_media)
def test_a_hint_of_a_sound_is_what_its_facts_say(content, media):
    found = trail_hints(content, media)
    heard = [media[media_id] for stop in content.stops for media_id in stop.media if media_id in media]
    assert sum(hint.code is HintCode.NO_TRANSCRIPT for hint in found) == sum(
        one.sound and not one.transcripts for one in heard
    )
    assert sum(hint.code is HintCode.LONG_SOUND for hint in found) == sum((one.seconds or 0) > 600 for one in heard)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": {}}, FlawCode.NO_TITLE),
        ({"licence": ""}, FlawCode.UNKNOWN_LICENCE),
        ({"line": tuple((-4.4, 48.3) for _ in range(MOST_VERTICES + 1))}, FlawCode.TOO_MANY_VERTICES),
        ({"line": ((-4.479, float("nan")), (-4.4, 48.3))}, FlawCode.OFF_THE_GLOBE),
        ({"line": ((180.0, 0.0), (-180.0, 0.0))}, FlawCode.ACROSS_180),
    ],
)
def test_what_nothing_can_be_made_of(change, code):
    assert code in codes(trail_flaws(maps.content(**change), {}))


def test_too_many_stops_or_one_twice():
    many = maps.content(*(maps.stop(str(number)) for number in range(MOST_STOPS + 1)))
    assert codes(trail_flaws(many, {})) == {FlawCode.TOO_MANY_STOPS}
    one = maps.stop("01")
    assert codes(trail_flaws(maps.content(one, replace(one, label="02")), {})) == {FlawCode.STOP_TWICE}
    assert FlawCode.OFF_THE_GLOBE in codes(trail_flaws(maps.content(maps.stop("01", 181.0, 0.0)), {}))


def test_a_sound_alone_is_enough_to_say_something():
    stop = maps.stop("01", text={}, media=(HEARD,))
    assert trail_flaws(maps.content(stop), {HEARD: GOOD}) == []
    assert codes(trail_flaws(maps.content(stop), {HEARD: replace(GOOD, ready=False)})) == {
        FlawCode.MEDIA_NOT_READY,
        FlawCode.STOP_SAYS_NOTHING,
    }


def test_a_stop_a_little_off_the_line_is_worth_a_look():
    """Hard case 6: 120 metres off it is a hint, beyond a kilometre somebody must say that it is meant so."""
    near, far = maps.stop("01", -4.4790, 48.3841), maps.stop("02", -4.4790, 48.3941)
    content = maps.content(near, far)
    (hint,) = [one for one in trail_hints(content, {}) if one.values["stop"] == "01" and "metres" in one.values]
    assert (hint.code, hint.values["metres"] > OFF_THE_LINE) == (HintCode.OFF_THE_LINE, True)
    (flaw,) = trail_flaws(content, {})
    assert (flaw.code, flaw.values["stop"]) == (FlawCode.FAR_FROM_LINE, "02")
    assert trail_flaws(content, {}, [far.id]) == []
    assert trail_flaws(replace(content, line=()), {}) == []


def test_a_radius_smaller_than_positions_are_known_is_worth_a_look():
    hints = trail_hints(maps.content(maps.stop("01", radius=14)), {})
    assert codes(hints) == {HintCode.SMALL_RADIUS}


def test_media_that_nobody_knows_is_named():
    unknown = uuid4()
    (flaw,) = trail_flaws(maps.content(maps.stop("01", media=(unknown,))), {})
    assert flaw.values == {"stop": "01", "media": str(unknown)}
