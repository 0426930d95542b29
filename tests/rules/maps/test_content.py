"""What a revision says, as JSON and back."""

import json
from dataclasses import replace

from hypothesis import given

from maps.rules.content import place_as_json, place_from_json, tidied, tidied_place, trail_as_json, trail_from_json
from maps.terms import TrailContent
from tests.factories import maps
from tests.rules.maps.given import contents, place_contents


@given(contents)
def test_a_trail_comes_back_from_json_as_it_went(content):
    assert trail_from_json(json.loads(json.dumps(trail_as_json(content)))) == content


@given(place_contents())
def test_a_place_comes_back_from_json_as_it_went(content):
    assert place_from_json(json.loads(json.dumps(place_as_json(content)))) == content


def test_what_is_not_told_is_as_usual():
    told = {"title": {"fr": "Le port"}, "language": "fr", "licence": "CC0-1.0"}
    assert trail_from_json(told) == TrailContent(title={"fr": "Le port"}, language="fr", licence="CC0-1.0")


@given(contents)
def test_tidying_twice_changes_nothing_more(content):
    assert tidied(tidied(content)) == tidied(content)


@given(place_contents())
def test_tidying_a_place_twice_changes_nothing_more(content):
    assert tidied_place(tidied_place(content)) == tidied_place(content)


def test_what_is_kept_has_no_empty_text_and_no_more_than_a_centimetre():
    stop = replace(maps.stop(" 01 ", -4.47900000123, 48.3830), text={"fr": " Ici. ", "br": "  "})
    kept = tidied(maps.content(stop, line=((-4.123456789, 48.3, 12.34), (-4.1, 48.3))))
    assert kept.stops[0].text == {"fr": "Ici."}
    assert (kept.stops[0].label, kept.stops[0].longitude) == ("01", -4.479)
    assert kept.line[0] == (-4.1234568, 48.3, 12.3)
