"""What files of others hold, and those that are not read (hard cases 1, 3 and 4)."""

import json
import time
from contextlib import suppress
from itertools import count
from uuid import UUID
from xml.sax.saxutils import escape, quoteattr

import gpxpy.gpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maps.imports import Trouble, Unreadable, drafted, places_of, read, sentence
from maps.imports.brought import LineKind
from maps.imports.gpx import read_gpx
from maps.rules.lines import MOST_VERTICES, crosses_180, length
from maps.terms import Theme
from portal.spreadsheets import csv_chunks
from tests.rules.maps.given import positions, vertices

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def gpx(*inner, version="1.1", head=HEAD):
    space = f"http://www.topografix.com/GPX/{version.replace('.', '/')}"
    return f'{head}<gpx version="{version}" creator="t" xmlns="{space}">{"".join(inner)}</gpx>'.encode()


def points(tag, told):
    return "".join(
        f'<{tag} lat="{one[1]}" lon="{one[0]}">' + (f"<ele>{one[2]}</ele>" if len(one) > 2 else "") + f"</{tag}>"
        for one in told
    )


def track(*segments, name="Le port"):
    inner = "".join(f"<trkseg>{points('trkpt', told)}</trkseg>" for told in segments)
    return f"<trk><name>{escape(name)}</name>{inner}</trk>"


def waypoint(longitude, latitude, name=None, text=None):
    said = (f"<name>{escape(name)}</name>" if name else "") + (f"<desc>{escape(text)}</desc>" if text else "")
    return f"<wpt lat={quoteattr(str(latitude))} lon={quoteattr(str(longitude))}>{said}</wpt>"


def trouble(content):
    with pytest.raises(Unreadable) as no:
        read(content)
    assert "${" not in str(sentence(no.value).interpolate())
    return no.value.trouble


def draft(brought, **more):
    return drafted(brought, "balade", "fr", "CC-BY-SA-4.0", (UUID(int=n) for n in count(1)), **more)


OUT = [(-4.479, 48.383, 5.0), (-4.476, 48.3826, 8.5), (-4.4725, 48.3818, 4.0)]


# Tables ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize(
    "table",
    [
        'Nom;Latitude;Longitude;Texte\nLa criée;48,383;-4,479;"Avant l’aube; il fait noir"\n;48.3818;-4.4725;\n\n',
        'lon,lat,title,text\r\n-4.479,48.383,La criée,"Avant l’aube; il fait noir"\r\n-4.4725,48.3818,,\r\n',
        "TITLE\tY\tX\tTEXT\nLa criée\t48.383\t-4.479\tAvant l’aube; il fait noir\n\t48.3818\t-4.4725",
    ],
)
def test_a_table_has_a_point_each_row(table, mark):
    first, second = read((mark + table).encode()).points
    assert (first.position, first.title) == ((-4.479, 48.383), {"": "La criée"})
    assert (first.text, second.position) == ({"": "Avant l’aube; il fait noir"}, (-4.4725, 48.3818))


def test_a_table_from_windows_is_read():
    assert read("nom;lat;lon\nLa criée;48,383;-4,479".encode("cp1252")).points[0].title == {"": "La criée"}


@given(st.lists(st.tuples(positions, st.text(max_size=12)), min_size=1, max_size=5))
def test_our_own_tables_come_back(told):
    """What we give away as a table can be brought in again."""
    rows = [(f"{number:02d}", title, latitude, longitude) for number, ((longitude, latitude), title) in enumerate(told)]
    written = b"".join(csv_chunks(("label", "title", "latitude", "longitude"), rows, mark=True))
    found = read(written).points
    assert [one.position for one in found] == [position for position, _title in told]
    assert [one.label for one in found] == [row[0] for row in rows]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"lat,lon\n48.1,x\n", Trouble.BAD_POSITION),
        (b"lat,lon\n91,4\n", Trouble.BAD_POSITION),
        (b"lat,lon\n48.1\n", Trouble.BAD_POSITION),
        (b"lat,lon\nnan,4\n", Trouble.BAD_POSITION),
        (b"lat,lon\n", Trouble.NOTHING),
        (b"name,where\nx,y\n", Trouble.NEITHER),
        (b"lat,lon\n" + b"1,1\n" * 100_001, Trouble.TOO_MANY_POINTS),
        (b"lat,lon,name\n1,1," + b"a" * 200_000, Trouble.NOT_A_TABLE),
    ],
)
def test_what_is_no_table_of_points_says_why(content, why):
    assert trouble(content) is why


# GPX ------------------------------------------------------------------------------------------------------------------


def test_a_recording_with_waypoints_is_a_line_and_candidate_stops():
    brought = read(gpx(waypoint(-4.479, 48.383, "La criée", "Au <quai>"), waypoint(-4.4725, 48.3818), track(OUT)))
    (line,) = brought.lines
    assert (line.kind, line.name, line.vertices) == (LineKind.TRACK, "Le port", tuple(OUT))
    found = draft(brought)
    assert (found.points, found.within, found.content.title) == (3, 0, {"fr": "Le port"})
    first, second = found.content.stops
    assert (first.label, first.title, first.text) == ("01", {"fr": "La criée"}, {"fr": "Au <quai>"})
    assert (second.label, second.title, second.position) == ("02", {}, (-4.4725, 48.3818))


def test_segments_are_choices_and_nothing_is_joined_unasked():
    brought = read(gpx(track(OUT, OUT[::-1]), track(OUT, name="Retour"), f"<rte>{points('rtept', OUT)}</rte>"))
    assert [(line.kind, line.part, len(line.vertices)) for line in brought.lines] == [
        (LineKind.TRACK, None, 6),
        (LineKind.SEGMENT, 1, 3),
        (LineKind.SEGMENT, 2, 3),
        (LineKind.TRACK, None, 3),
        (LineKind.ROUTE, None, 3),
    ]
    with pytest.raises(Unreadable) as no:
        draft(brought)
    assert (no.value.trouble, no.value.values) == (Trouble.CHOOSE, {"count": 5})
    assert draft(brought, line=3).content.line == tuple(OUT[::-1])
    assert draft(brought, line=0).content.line == ()
    with pytest.raises(Unreadable):
        draft(brought, line=6)


def test_only_a_route_or_only_waypoints_will_do():
    assert draft(read(gpx(f"<rte><name>Prévu</name>{points('rtept', OUT)}</rte>"))).content.title == {"fr": "Prévu"}
    found = draft(read(gpx(waypoint(-4.4, 48.3), waypoint(-4.5, 48.3))))
    assert (found.content.line, len(found.content.stops), found.content.title) == ((), 2, {"fr": "balade"})


def test_a_way_there_and_back_comes_in_whole():
    brought = read(gpx(track([*OUT, *OUT[-2::-1]])))
    assert draft(brought).content.line == (*OUT, *OUT[-2::-1])


def test_names_that_begin_with_labels_of_their_own_are_read_as_such():
    brought = read(gpx(waypoint(-4.4, 48.3, "01 · La criée"), waypoint(-4.5, 48.3, "S1 - Les voiles")))
    assert [(stop.label, stop.title["fr"]) for stop in draft(brought).content.stops] == [
        ("01", "La criée"),
        ("S1", "Les voiles"),
    ]
    alike = read(gpx(waypoint(-4.4, 48.3, "01 · La criée"), waypoint(-4.5, 48.3, "01 · Les voiles")))
    assert [stop.label for stop in draft(alike).content.stops] == ["01", "02"]
    assert draft(alike).content.stops[0].title == {"fr": "01 · La criée"}


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_both_versions_a_byte_order_mark_and_other_encodings_are_read(version):
    told = gpx(track(OUT, name="L’île"), version=version)
    assert read(b"\xef\xbb\xbf" + told) == read(told)
    latin = gpx(track(OUT, name="L'îlot"), head='<?xml version="1.0" encoding="ISO-8859-1"?>')
    assert read(latin.decode().encode("latin-1")).lines[0].name == "L'îlot"
    wide = gpx(track(OUT), head="").decode().encode("utf-16")
    assert read(wide).lines[0].vertices == tuple(OUT)
    assert read(b"\n " + gpx(track(OUT), head="")).lines[0].name == "Le port"


def test_what_extensions_say_is_left_alone():
    more = "<extensions><x:name xmlns:x='urn:x'>autre</x:name><trkpt lat='0' lon='0'/></extensions>"
    brought = read(gpx(f"<trk><name>Le port</name>{more}<trkseg>{points('trkpt', OUT)}</trkseg></trk>"))
    assert (brought.lines[0].name, len(brought.lines[0].vertices)) == ("Le port", 3)


@pytest.mark.parametrize("told", ["x", "nan", "1e999", "181", ""])
def test_a_position_that_is_none_is_named_with_its_line(told):
    content = gpx("\n\n", waypoint(told, 48.3))
    assert trouble(content) is Trouble.BAD_POSITION
    with pytest.raises(Unreadable) as no:
        read(content)
    assert no.value.values["line"] == 3


@pytest.mark.parametrize("told", ["", "x", "nan", "inf", "99999999"])
def test_a_height_that_is_none_is_left_out(told):
    brought = read(
        gpx(f"<wpt lat='48' lon='-4'><ele>{told}</ele></wpt>", track([(*OUT[0][:2], told or "0 m"), OUT[1]]))
    )
    assert [len(vertex) for vertex in brought.lines[0].vertices] == [2, 3]


def test_a_line_over_180_degrees_is_split_there():
    brought = read(gpx(track([(179.9, -16.0), (-179.9, -16.2), (-179.8, -16.2)])))
    assert [line.vertices for line in brought.lines] == [
        ((179.9, -16.0), (180.0, pytest.approx(-16.1))),
        ((-180.0, pytest.approx(-16.1)), (-179.9, -16.2), (-179.8, -16.2)),
    ]
    assert not any(crosses_180(line.vertices) for line in brought.lines)


# What is not read -----------------------------------------------------------------------------------------------------

BOMB = HEAD + "".join(
    ["<!DOCTYPE gpx [<!ENTITY a 'aaaaaaaaaa'>", *(f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in ["ab", "bc"]), "]>"]
)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", Trouble.EMPTY),
        (b"\xef\xbb\xbf \n", Trouble.EMPTY),
        (b"PK\x03\x04zip", Trouble.NEITHER),
        (b"\x1f\x8b\x08gzip", Trouble.NEITHER),
        (b"label;lat;lon", Trouble.NOTHING),
        (b"<gpx><trk>", Trouble.NOT_XML),
        (b"<gpx>\xff</gpx>", Trouble.NOT_XML),
        (b'<?xml version="1.0" encoding="klingon"?><gpx/>', Trouble.NOT_XML),
        (b'<?xml version="1.0" encoding="Shift_JIS"?><gpx/>', Trouble.NOT_XML),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Trouble.NOT_GPX),
        (b"<html><gpx/></html>", Trouble.NOT_GPX),
        (gpx("<name>&c;</name>", head=BOMB), Trouble.FORBIDDEN),
        (gpx(head='<!DOCTYPE gpx SYSTEM "file:///etc/passwd">'), Trouble.FORBIDDEN),
        (gpx("<a>" * 60 + "</a>" * 60), Trouble.TOO_DEEP),
        (gpx(), Trouble.NOTHING),
        (gpx("<trk><trkseg/></trk>"), Trouble.NOTHING),
        (gpx(track([OUT[0]])), Trouble.NOTHING),
        (b"{", Trouble.NOT_JSON),
        (b'{"a": NaN}', Trouble.NOT_JSON),
        (b"\xef\xbb\xbf[1]", Trouble.NOT_GEOJSON),
        (b'{"type": "Topology"}', Trouble.NOT_GEOJSON),
        (b'{"type": "Feature", "geometry": {"type": "Circle"}}', Trouble.NOT_GEOJSON),
        (b'{"type": "Point", "coordinates": [-4.4]}', Trouble.BAD_POSITION),
        (b'{"type": "Point", "coordinates": ["-4", "48"]}', Trouble.BAD_POSITION),
        (b'{"type": "Point", "coordinates": [true, false]}', Trouble.BAD_POSITION),
        (b'{"type": "Point", "coordinates": [48.3, 1e400]}', Trouble.BAD_POSITION),
        (b'{"type": "Feature", "geometry": null}', Trouble.NOTHING),
        (b'{"type": "FeatureCollection", "features": {}}', Trouble.NOT_GEOJSON),
        (b'{"a":' * 100_000, Trouble.TOO_DEEP),
    ],
    ids=lambda value: value.value if isinstance(value, Trouble) else "",
)
def test_what_is_not_read_says_why(content, expected):
    assert trouble(content) is expected


def test_what_is_too_large_is_not_even_looked_at():
    assert trouble(b"<" * 20_000_001) is Trouble.TOO_LARGE


def test_more_than_a_million_points_are_refused(monkeypatch):
    monkeypatch.setattr("maps.imports.gpx.MOST_POINTS", 5)
    monkeypatch.setattr("maps.imports.geojson.MOST_POINTS", 5)
    assert trouble(gpx(track(OUT, OUT))) is Trouble.TOO_MANY_POINTS
    assert trouble(json.dumps({"type": "LineString", "coordinates": OUT * 2}).encode()) is Trouble.TOO_MANY_POINTS


def test_a_million_and_one_points_are_refused_whichever_format_they_are_in():
    """Hard case 3: at the limit itself; as GPX they are more bytes than a file may have."""
    assert trouble(b'{"type":"LineString","coordinates":[' + b"[1,1]," * 1_000_000 + b"[1,1]]}") is (
        Trouble.TOO_MANY_POINTS
    )
    with pytest.raises(Unreadable) as no:
        read_gpx(gpx("<trk><trkseg>" + '<trkpt lat="1" lon="1"/>' * 1_000_001 + "</trkseg></trk>"))
    assert no.value.trouble is Trouble.TOO_MANY_POINTS


def test_twenty_megabytes_of_points_are_read_and_simplified_within_seconds(record_property):
    """Hard case 3: what is published has 2,000 points at most, and both counts are told."""
    point = '<trkpt lat="48.38{:04}" lon="-4.4{:05}"/>'
    told = "".join(point.format(number % 7, number // 4) for number in range(400_000))
    content = gpx(f"<trk><trkseg>{told}</trkseg></trk>")
    began = time.perf_counter()
    found = draft(read(content))
    record_property("seconds", round(time.perf_counter() - began, 1))
    record_property("bytes", len(content))
    assert found.points == 400_000
    assert 2 <= len(found.content.line) <= MOST_VERTICES


@settings(max_examples=200)
@given(
    st.binary(max_size=300) | st.text(max_size=200).map(lambda text: f"<gpx>{text}</gpx>".encode("utf-8", "replace"))
)
def test_whatever_is_sent_is_read_or_refused(content):
    with suppress(Unreadable):
        read(content)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.sampled_from(["Point", "Feature", "LineString"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "coordinates", "geometry", "features", "properties", "name"]), inner)
    ),
    max_leaves=12,
)


@given(json_values)
def test_whatever_json_is_sent_is_read_or_refused(told):
    with suppress(Unreadable):
        read(json.dumps(told).encode())


# Round trips ----------------------------------------------------------------------------------------------------------


@given(st.lists(vertices, min_size=2, max_size=8, unique=True), st.lists(positions, max_size=4))
def test_what_another_program_wrote_comes_in_as_it_was(line, stops):
    other = gpxpy.gpx.GPX()
    segment = gpxpy.gpx.GPXTrackSegment(
        [gpxpy.gpx.GPXTrackPoint(one[1], one[0], one[2] if len(one) > 2 else None) for one in line]
    )
    other.tracks.append(gpxpy.gpx.GPXTrack("Le port"))
    other.tracks[0].segments.append(segment)
    other.waypoints += [gpxpy.gpx.GPXWaypoint(north, east, name="Ici") for east, north in stops]
    brought = read(other.to_xml().encode())
    assert brought.lines[0].vertices == tuple(line)
    assert [point.position for point in brought.points] == stops
    assert length(draft(brought).content.line) == pytest.approx(length(line))


# GeoJSON --------------------------------------------------------------------------------------------------------------


def feature(geometry, **properties):
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def collection(*features, **more):
    return json.dumps({"type": "FeatureCollection", "features": features} | more).encode()


def test_lines_and_points_of_geojson_are_lines_and_points():
    brought = read(
        collection(
            feature({"type": "LineString", "coordinates": OUT}, name="Le port"),
            feature({"type": "Point", "coordinates": [-4.4, 48.3]}, label=3, title={"fr": "La criée", "xx": "?"}),
            feature({"type": "Polygon", "coordinates": []}),
            feature(None),
            name="Brest",
        )
    )
    assert [(line.kind, line.name, line.vertices) for line in brought.lines] == [
        (LineKind.SHAPE, "Le port", tuple(OUT))
    ]
    found = draft(brought)
    assert found.content.title == {"fr": "Brest"}
    assert [(stop.label, stop.title) for stop in found.content.stops] == [("3", {"fr": "La criée"})]


def test_points_of_geojson_become_places():
    told = collection(
        feature(
            {"type": "Point", "coordinates": [-4.4, 48.3]}, nom="Le lavoir", theme="water", address="Rue du Lavoir"
        ),
        feature({"type": "MultiPoint", "coordinates": [[-4.5, 48.3], [-4.6, 48.3]]}, theme="?", text="\ud800 ici\0"),
    )
    first, second, third = places_of(read(told), "fr", "CC0-1.0", "sans nom")
    assert (first.title, first.theme, first.address) == ({"fr": "Le lavoir"}, Theme.WATER, "Rue du Lavoir")
    assert (second.title, second.theme, second.text) == ({"fr": "sans nom"}, Theme.HERITAGE, {"fr": "ici"})
    assert third.position == (-4.6, 48.3)


def test_more_places_than_anybody_checks_are_refused(monkeypatch):
    monkeypatch.setattr("maps.imports.drafting.MOST_PLACES", 1)
    with pytest.raises(Unreadable):
        places_of(read(b'{"type": "MultiPoint", "coordinates": [[1, 1], [2, 2]]}'), "fr", "CC0-1.0", "x")


def test_of_more_points_than_a_trail_has_room_for_the_rest_is_counted():
    found = draft(read(json.dumps({"type": "MultiPoint", "coordinates": [[1, 1]] * 103}).encode()))
    assert (len(found.content.stops), found.left_out) == (100, 3)
