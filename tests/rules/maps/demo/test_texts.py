"""What the demo city's trails and places say: complete in their languages, where they say they are, said by nobody."""

import re
from collections import Counter
from itertools import chain

import pytest

from maps.demo.noises import NOISES
from maps.demo.told import REMIX, TRAILS, access, places, sheets, told
from maps.demo.voices import VOICES
from maps.terms import AccessLevel, Difficulty, Mode, Theme
from portal.licences import LICENCES, may_become
from portal.people.demo import told as people_told

METROPOLE = (-4.64485, 48.3236, -4.31848, 48.46994)
LANGUAGES = {name: {"fr", "en"} for name in (*TRAILS, REMIX)} | {"penfeld": {"br", "fr", "en"}}
TYPEWRITTEN = re.compile(r"\w'\w| [;:?!»]|« ")
"""What is not good French typography: straight apostrophes, and spaces at which a line may break."""


def trails():
    return {name: told(name) for name in (*TRAILS, REMIX)}


def inside(position):
    west, south, east, north = METROPOLE
    return west <= position[0] <= east and south <= position[1] <= north


def texts(name):
    """Yield every text of a trail by where it is, with its translations."""
    sheet = told(name)
    for part in ("title", "summary", "text"):
        yield part, sheet[part]
    yield "obstacles", sheet["access"]["obstacles"]
    for stop in sheet["stops"]:
        for part in ("title", "text", "directions"):
            if part in stop:
                yield f"{stop.get('label')} {part}", stop[part]


def test_there_are_four_trails_with_forty_stops_and_a_remix():
    assert sum(len(told(name)["stops"]) for name in TRAILS) == 40
    assert told(REMIX)["of"] == told("recouvrance")["key"]
    assert may_become(told("recouvrance")["licence"], told(REMIX)["licence"])


@pytest.mark.parametrize("name", [*TRAILS, REMIX])
def test_every_text_is_there_in_every_language_of_its_trail(name):
    assert {where: set(said) for where, said in texts(name) if set(said) != LANGUAGES[name]} == {}
    assert all(all(said.values()) for _, said in texts(name))


@pytest.mark.parametrize("name", [*TRAILS, REMIX])
def test_french_and_breton_are_set_as_they_should_be(name):
    said = chain.from_iterable((text for language, text in t.items() if language != "en") for _, t in texts(name))
    heard = (sound.get("says", "") for stop in told(name)["stops"] for sound in stop.get("sounds", ()))
    assert [text for text in (*said, *heard) if TYPEWRITTEN.search(text)] == []


@pytest.mark.parametrize("name", [*TRAILS, REMIX])
def test_what_a_trail_says_of_itself_is_in_our_words(name):
    sheet = told(name)
    assert Theme(sheet["theme"])
    assert Mode(sheet["mode"])
    assert Difficulty(sheet["difficulty"])
    assert sheet["licence"] in LICENCES
    assert access(sheet["access"]).level is not AccessLevel.UNKNOWN
    assert all(map(inside, sheet["line"]))


@pytest.mark.parametrize("name", TRAILS)
def test_labels_and_keys_are_unique_and_every_stop_has_sound(name):
    stops = told(name)["stops"]
    for part in ("label", "key"):
        assert Counter(stop[part] for stop in stops).most_common(1)[0][1] == 1
    assert all(stop["sounds"] for stop in stops)
    assert all(inside(stop["at"]) for stop in stops)


def test_one_trail_can_be_followed_in_a_wheelchair_and_one_cannot():
    levels = {name: access(sheet["access"]).level for name, sheet in trails().items()}
    assert levels[REMIX] is AccessLevel.WHEELCHAIR
    assert levels["recouvrance"] is AccessLevel.NOT


def test_some_stops_are_detours_and_two_have_two_sounds():
    stops = [stop for name in TRAILS for stop in told(name)["stops"]]
    assert {stop["label"] for stop in stops if stop.get("optional")} == {"S1", "H1", "H2"}
    assert sum(len(stop["sounds"]) == 2 for stop in stops) == 2


def test_every_sound_can_be_made_and_has_words_or_wants_them():
    found = [sound for _, sound in sheets()]
    assert len(found) == len({sheet["key"] for sheet in found}) == 44
    for sheet in found:
        assert set(sheet["around"]) <= set(NOISES)
        assert ("says" in sheet) is (sheet.get("voice") in VOICES)
        assert sum(part in sheet for part in ("says", "heard", "wanted")) == 1
        assert "says" in sheet or 6 <= sheet["seconds"] <= 20
    assert sum(sheet.get("wanted", False) for sheet in found) == 4


def test_what_is_said_in_breton_is_translated_into_french():
    for stop in told("penfeld")["stops"]:
        for sound in stop["sounds"]:
            if "says" in sound:
                assert set(sound["in_other_words"]) == {"fr", "en"}


def test_whoever_made_something_lives_in_the_demo_city():
    people = people_told()
    names = {one["who"] for one in (*people["staff"], *people["residents"])}
    organisations = {one["name"] for one in people["organisations"]}
    for sheet in trails().values():
        assert set(sheet["authors"]) <= names
        assert sheet["organisation"] in organisations
    assert {sound["by"] for _, sound in sheets()} <= names


def test_there_are_two_hundred_places_of_every_theme_in_every_quarter():
    found = list(places())
    assert len(found) >= 200
    assert {place.theme for place in found} == set(Theme)
    assert {place.quarter for place in found} == {quarter["name"] for quarter in told("quarters").values()}
    assert {place.level for place in found} == set(AccessLevel) - {AccessLevel.UNKNOWN}
    assert all(inside(place.position) for place in found)
    assert len({place.title["fr"] for place in found}) == len(found)
    assert sum("en" in place.title and "en" in place.text for place in found) >= 150


def test_places_are_where_they_were():
    assert [place.position for place in places()] == [place.position for place in places()]


def test_the_places_too_are_set_as_they_should_be():
    french = chain.from_iterable((place.title["fr"], place.text["fr"]) for place in places())
    assert [text for text in french if TYPEWRITTEN.search(text)] == []
