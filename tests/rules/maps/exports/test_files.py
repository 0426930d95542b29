"""GeoJSON, KML and tables: what programs that make maps of them read back."""

import csv as tables
import json
from dataclasses import replace
from io import StringIO
from uuid import UUID, uuid4
from xml.etree import ElementTree

from hypothesis import given

from maps.exports import csv, geojson, kml, listed_csv, listed_geojson, listed_kml
from maps.queries.exporting import Listed
from tests.conftest import NOW
from tests.factories.maps import content, stop
from tests.rules.maps.exports.exported import SITE, export
from tests.rules.maps.given import contents

PLACE = Listed(
    id=uuid4(),
    kind="place",
    path="/places/jardin-partagé",
    title={"fr": "Le jardin partagé", "br": "Al liorzh"},
    summary={"fr": "=1+1"},
    theme="garden",
    access="wheelchair",
    licence="CC0-1.0",
    longitude=-4.4985,
    latitude=48.3842,
    updated_at=NOW,
)


def positions(collection) -> list:
    return [feature["geometry"]["coordinates"] for feature in collection["features"][1:]]


@given(told=contents)
def test_geojson_has_the_line_first_and_then_the_stops_in_order(told):
    whole = json.loads(geojson(export(told)))
    line = whole["features"][0]["geometry"]
    assert whole["type"] == "FeatureCollection"
    assert (line["coordinates"] if line else None) == ([list(v) for v in told.line] if len(told.line) > 1 else None)
    assert positions(whole) == [list(one.position) for one in told.stops]
    ids = [feature["id"] for feature in whole["features"]]
    assert len(set(ids)) == len(ids)


def test_geojson_says_what_one_needs_to_name_whose_it_is():
    first = stop("01", media=(UUID(int=1),), directions={"fr": "Longez le quai."})
    whole = json.loads(geojson(export(content(first))))
    trail, at = (feature["properties"] for feature in whole["features"])
    assert (trail["licence"], trail["attribution"]) == ("CC-BY-SA-4.0", "Nolwenn Le Goff")
    assert trail["url"] == "https://communs.example/trails/les-voix-du-port"
    assert (at["label"], at["directions"]) == ("01", "Longez le quai.")
    [media] = at["media"]
    assert (media["licence"], media["attribution"], media["seconds"]) == ("CC-BY-4.0", "Son’ar Mein", 163.2)
    assert [one["type"] for one in media["files"]] == ["audio/mp4", "audio/ogg"]
    assert whole["bbox"] == [-4.4790, 48.3812, -4.4690, 48.3830]


def test_a_trail_without_a_line_and_without_stops_is_still_a_collection():
    whole = json.loads(geojson(export(content(line=()))))
    assert whole["features"][0]["geometry"] is None
    nothing = json.loads(listed_geojson([], "fr", SITE))
    assert nothing == {"type": "FeatureCollection", "features": []}


@given(told=contents)
def test_kml_is_well_formed_whatever_it_says(told):
    written = kml(export(told)).decode()
    assert written.count("<Placemark ") == len(told.stops) + (len(told.line) > 1)


@given(told=contents)
def test_a_table_has_a_line_for_each_stop(told):
    rows = list(tables.DictReader(StringIO(csv(export(told)).decode("utf-8-sig"))))
    assert [row["label"] for row in rows] == [one.label for one in told.stops]
    assert [float(row["longitude"]) for row in rows] == [one.longitude for one in told.stops]


def test_a_table_names_the_sounds_and_no_cell_is_calculated():
    first = stop("01", text={"fr": "=1+1"}, media=(UUID(int=1),))
    [row] = tables.DictReader(StringIO(csv(export(content(first))).decode("utf-8-sig")))
    assert row["text"] == "'=1+1"
    assert (row["seconds"], row["credits"]) == ("163", "Son’ar Mein, CC BY 4.0")
    assert row["sounds"].endswith(".m4a")


def test_places_are_told_in_the_language_asked_for():
    [feature] = json.loads(listed_geojson([PLACE], "br", SITE))["features"]
    assert feature["geometry"]["coordinates"] == [-4.4985, 48.3842]
    properties = feature["properties"]
    assert (properties["title"], properties["language"]) == ("Al liorzh", "br")
    assert properties["url"] == "https://communs.example/places/jardin-partag%C3%A9"
    [row] = tables.DictReader(StringIO(listed_csv([PLACE], "fr", SITE).decode("utf-8-sig")))
    assert (row["title"], row["summary"], row["access"]) == ("Le jardin partagé", "'=1+1", "wheelchair")


def test_what_has_no_place_is_in_every_list_all_the_same():
    nowhere = replace(PLACE, kind="equipment", longitude=None, latitude=None)
    whole = json.loads(listed_geojson([PLACE, nowhere], "fr", SITE))
    assert [feature["geometry"] is None for feature in whole["features"]] == [False, True]
    assert whole["bbox"] == [-4.4985, 48.3842, -4.4985, 48.3842]
    rows = list(tables.DictReader(StringIO(listed_csv([PLACE, nowhere], "fr", SITE).decode("utf-8-sig"))))
    assert [(row["kind"], row["latitude"]) for row in rows] == [("place", "48.3842"), ("equipment", "")]
    document = ElementTree.fromstring(listed_kml([PLACE, nowhere], "br", SITE))[0]
    told = [{child.tag.rpartition("}")[2]: child for child in placemark} for placemark in document[1:]]
    assert [("Point" in one, one["name"].text) for one in told] == [(True, "Al liorzh"), (False, "Al liorzh")]
    assert told[0]["Point"][0].text == "-4.4985000,48.3842000"
