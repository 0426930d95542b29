"""Remixes, languages, differences, durations, short names."""

import re
from dataclasses import replace
from itertools import count, islice
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.rules.content import trail_as_json
from maps.rules.differences import changes
from maps.rules.durations import duration, listening
from maps.rules.lines import length
from maps.rules.naming import LONGEST_SLUG, RESERVED, slug_of, slugs_for
from maps.rules.remixing import licence_flaws, licences_for, remixed
from maps.rules.translating import languages
from maps.terms import FlawCode, Mode
from portal.licences import LICENCES, may_become
from tests.factories import maps
from tests.rules.maps.given import contents

# Remixes --------------------------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from([*LICENCES, "lost"])), st.sampled_from([*LICENCES, "all-rights-reserved"]))
def test_a_work_made_of_others_keeps_what_each_of_them_asks_for(sources, wanted):
    fine = wanted in LICENCES and all(may_become(source, wanted) for source in sources if source in LICENCES)
    assert (licence_flaws(sources, wanted) == []) == fine
    if wanted in LICENCES:
        assert {flaw.code for flaw in licence_flaws(sources, wanted)} <= {FlawCode.LICENCE_NOT_KEPT}


@pytest.mark.parametrize("source", LICENCES)
def test_the_licences_offered_for_a_remix_are_those_allowed_its_own_first(source):
    assert licences_for(source)[0] == source
    assert set(licences_for(source)) == {wanted for wanted in LICENCES if may_become(source, wanted)}


def test_nothing_is_made_of_what_has_no_open_licence():
    assert licences_for("all-rights-reserved") == ()


@given(contents)
def test_a_remix_says_the_same_under_ids_of_its_own(content):
    own = remixed(content, {"fr": "Autre"}, content.licence, (UUID(int=number) for number in count(100)))
    assert [replace(stop, id=old.id) for stop, old in zip(own.stops, content.stops, strict=True)] == list(content.stops)
    assert not {stop.id for stop in own.stops} & {stop.id for stop in content.stops}
    assert (own.line, own.title) == (content.line, {"fr": "Autre"})


# Languages ------------------------------------------------------------------------------------------------------------


def test_a_trail_is_in_a_language_when_all_its_stops_are():
    content = maps.content()
    assert languages(content) == {"fr"}
    first, second = (
        replace(stop, title=stop.title | {"br": "Ehan"}, text=stop.text | {"br": "Selaouit."}) for stop in content.stops
    )
    half = replace(content, title=content.title | {"br": "Ar porzh"}, stops=(first, content.stops[1]))
    assert languages(half) == {"fr"}
    assert languages(replace(half, stops=(first, second))) == {"fr", "br"}


# Differences ----------------------------------------------------------------------------------------------------------


@given(contents, contents)
def test_two_contents_differ_exactly_where_a_change_says_so(before, after):
    before, after = trail_as_json(before), trail_as_json(after)
    found = changes(before, after)
    assert bool(found) == (before != after)
    assert len({change.path for change in found}) == len(found)
    for change in found:
        assert change.before != change.after
        if change.path[-1] != "order":
            assert (at(before, change.path), at(after, change.path)) == (change.before, change.after)


def at(told, path):
    for step in path:
        told = {stop["id"]: stop for stop in told} if isinstance(told, list) else told
        told = (told or {}).get(step)
    return told


def test_a_history_names_the_stop_the_field_and_the_language():
    content = maps.content()
    louder = replace(content.stops[0], text={"fr": "Autrement."})
    (change,) = changes(trail_as_json(content), trail_as_json(replace(content, stops=(louder, content.stops[1]))))
    assert change.path == ("stops", str(louder.id), "text", "fr")
    swapped = changes(trail_as_json(content), trail_as_json(replace(content, stops=content.stops[::-1])))
    assert [change.path for change in swapped] == [("stops", "order")]


# Durations ------------------------------------------------------------------------------------------------------------


@given(contents, st.dictionaries(st.integers(1, 8).map(lambda number: UUID(int=number)), st.integers(0, 600)))
def test_who_listens_hears_every_sound_of_every_stop(content, seconds):
    heard = sum(seconds.get(media_id, 0) for stop in content.stops for media_id in stop.media)
    found = duration(content, seconds)
    assert found.listening == heard == sum(listening(stop, seconds) for stop in content.stops)
    assert found.total == found.moving + heard
    on_foot, by_bike = (duration(replace(content, mode=mode), {}).moving for mode in (Mode.FOOT, Mode.BIKE))
    assert by_bike <= on_foot


def test_four_kilometres_take_an_hour_and_sixty_metres_up_six_minutes_more():
    flat = maps.content(line=((-4.5, 48.4), (-4.5, 48.4 + 4000 / 111_195)))
    assert length(flat.line) == pytest.approx(4000, rel=0.001)
    assert duration(flat, {}).moving == pytest.approx(3600, rel=0.001)
    steep = replace(flat, line=((*flat.line[0], 10.0), (*flat.line[1], 70.0)))
    assert duration(steep, {}).moving == pytest.approx(3960, rel=0.001)


def test_without_a_line_one_goes_straight_from_stop_to_stop():
    content = maps.content(line=())
    straight = length([stop.position for stop in content.stops])
    assert duration(content, {}).moving == pytest.approx(straight / 4000 * 3600)


# Short names ----------------------------------------------------------------------------------------------------------


@given(st.text(max_size=120))
def test_a_short_name_can_be_in_an_address(title):
    slug = slug_of(title, "balade")
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
    assert len(slug) <= LONGEST_SLUG
    tried = list(islice(slugs_for(title, "balade"), 3))
    assert len(set(tried)) == 3
    assert not set(tried) & RESERVED


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Les voix du port de commerce", "les-voix-du-port-de-commerce"),
        ("L’île Vierge : œufs & goémon", "l-ile-vierge-oeufs-goemon"),
        ("日本", "balade"),
        ("a" * 90, "a" * LONGEST_SLUG),
    ],
)
def test_a_short_name_is_made_of_the_title(title, slug):
    assert slug_of(title, "balade") == slug


def test_a_page_of_its_own_is_no_short_name():
    assert next(slugs_for("New", "balade")) == "new-2"
