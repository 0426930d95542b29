"""GPX that its schema, gpxpy and our own import read back as it was."""

from itertools import pairwise
from pathlib import Path
from uuid import UUID

import gpxpy
import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st

from maps.exports import gpx
from maps.imports import read
from tests.factories.maps import content, stop
from tests.rules.maps.exports.exported import export, sound
from tests.rules.maps.given import contents

ELSEWHERE = 1e-7


@pytest.fixture(scope="session")
def schema():
    return xmlschema.XMLSchema(Path(__file__).with_name("gpx11.xsd"))


def near(one, other) -> bool:
    return all(abs(a - b) <= ELSEWHERE for a, b in zip(one, other, strict=True))


@given(told=contents)
def test_whatever_a_trail_says_the_schema_allows_it(schema, told):
    schema.validate(gpx(export(told)).decode())


anything = st.text(st.characters(codec="utf-8"), max_size=30)  # what no XML can hold is among it


@given(title=anything, text=anything, names=anything)
def test_whatever_somebody_wrote_the_file_is_well_formed(schema, title, text, names):
    told = content(stop("01", title={"fr": title}, text={"fr": text}), title={"fr": title or "x"})
    schema.validate(gpx(export(told, credits=names)).decode())


@given(told=contents)
def test_gpxpy_reads_the_line_and_the_stops_as_they_are(told):
    back = gpxpy.parse(gpx(export(told)).decode())
    assert [point.name.split(" · ")[0] for point in back.waypoints] == [one.label for one in told.stops]
    for point, one in zip(back.waypoints, told.stops, strict=True):
        assert near((point.longitude, point.latitude), one.position)
    if len(told.line) > 1:
        [segment] = back.tracks[0].segments
        assert len(back.tracks) == 1
        assert len(segment.points) == len(told.line)
        for point, vertex in zip(segment.points, told.line, strict=True):
            assert near((point.longitude, point.latitude), vertex[:2])
            assert point.elevation == (pytest.approx(vertex[2]) if len(vertex) == 3 else None)
    else:
        assert back.tracks == []


@given(told=contents)
def test_our_own_import_reads_back_what_was_taken_away(told):
    if len(told.line) < 2 or all(one == other for one, other in pairwise(told.line)):
        return  # no line was drawn
    brought = read(gpx(export(told)))
    assert [len(line.vertices) for line in brought.lines] == [len(told.line)]
    assert all(near(one, other) for one, other in zip(brought.lines[0].vertices, told.line, strict=True))
    assert all(near(point.position, one.position) for point, one in zip(brought.points, told.stops, strict=True))


def test_a_stop_says_what_it_is_called_what_to_read_how_to_go_on_and_where_its_sounds_are(schema):
    first = stop("01", title={"fr": "La criée"}, directions={"fr": "Longez le quai."}, media=(UUID(int=1),))
    written = gpx(export(content(first, stop("S2")))).decode()
    schema.validate(written)
    point, other = gpxpy.parse(written).waypoints
    assert (point.name, point.comment, point.description) == ("01 · La criée", "Longez le quai.", first.text["fr"])
    assert other.name == "S2 · Étape S2"
    assert point.link == f"https://communs.example/stops/{first.id}"
    name = f"{1:064x}"
    assert f'href="https://communs.example/media/{name}.m4a"' in written
    assert "La criée avant l’aube (Son’ar Mein, CC BY 4.0)" in written


def test_whose_it_is_and_under_which_licence_stands_at_the_beginning():
    back = gpxpy.parse(gpx(export(content())).decode())
    assert (back.name, back.author_name) == ("Les voix du port de commerce", "Nolwenn Le Goff")
    assert (back.copyright_author, back.copyright_year) == ("Nolwenn Le Goff", "2026")
    assert back.copyright_license == "https://creativecommons.org/licenses/by-sa/4.0/"
    assert back.link == "https://communs.example/trails/les-voix-du-port"


def test_where_no_line_was_drawn_there_is_a_route_from_stop_to_stop(schema):
    written = gpx(export(content(line=()))).decode()
    schema.validate(written)
    back = gpxpy.parse(written)
    assert back.tracks == []
    assert [point.name for point in back.routes[0].points] == ["01 · Étape 01", "02 · Étape 02"]


def test_the_meridian_on_the_other_side_of_the_world_is_written_as_the_schema_wants_it(schema):
    told = content(stop("01", 180.0, -17.5), line=((179.9, -17.5), (180.0, -17.5)))
    schema.validate(gpx(export(told)).decode())


def test_texts_are_in_the_language_asked_for_where_they_are_there():
    told = content(stop("01", title={"fr": "La criée", "br": "Ar c’hriezh"}), title={"fr": "Le port", "br": "Ar porzh"})
    back = gpxpy.parse(gpx(export(told, language="br")).decode())
    assert (back.name, back.waypoints[0].name) == ("Ar porzh", "01 · Ar c’hriezh")
    assert back.waypoints[0].description == "On entend les drisses."


def test_the_same_trail_is_the_same_file():
    told = content(stop("01", media=(UUID(int=1),)))
    assert gpx(export(told, sound(UUID(int=1)))) == gpx(export(told, sound(UUID(int=1))))
