"""Vector tiles: what is in them one by one, what is in them as numbers, the lines of trails."""

import gzip

import pytest
from mapbox_vector_tile import decode
from webtest import TestRequest

from maps.rules.clusters import MOST_SINGLE, shift, square
from maps.rules.tiles import BUFFER, EXTENT, LINES_FROM
from portal.places.grid import Tile, cell_of, tile_box
from tests.factories import index, places

BREST = (-4.4861, 48.3904)


def put(session, longitude=BREST[0], latitude=BREST[1], title="Le port", **given):
    given = {"kind": "place"} | given
    return index.entry(session, title, **given, place_id=places.at(session, longitude, latitude).id)


def tile_of(longitude, latitude, zoom) -> Tile:
    return square(cell_of(longitude, latitude) >> shift(zoom), zoom)


def read(browse, tile: Tile, layer="points", **asked):
    body = browse.get("/tiles/{}/{}/{}.mvt".format(*tile), asked).body
    return decode(body, default_options={"y_coord_down": True}).get(layer, {"features": []})["features"] if body else []


def test_a_thing_is_told_with_its_names_and_nothing_that_is_none(browse, session):
    there = put(session, title={"br": "Ar porzh", "fr": "Le port"}, language="br", licence="CC0-1.0", theme="sea")
    (feature,) = read(browse, tile_of(*BREST, 14))
    assert feature["properties"] == {
        "count": 1,
        "kind": "place",
        "path": there.path,
        "title": "Ar porzh",
        "title_fr": "Le port",
        "language": "br",
        "licence": "CC0-1.0",
        "theme": "sea",
    }


@pytest.mark.parametrize("zoom", [0, 1, 5, 13, 22])
@pytest.mark.parametrize("spot", [(0, 0), (-180, 90), (180, -90), (-180, -85.0511), (90, 66.51326044311186), BREST])
def test_what_lies_on_edges_is_in_one_tile_alone_and_within_it(browse, session, zoom, spot):
    put(session, *spot)
    home = tile_of(*spot, zoom)
    side = 1 << zoom
    around = {
        Tile(zoom, (home.column + right) % side, home.row + down) for right in (-1, 0, 1) for down in (-1, 0, 1)
        if 0 <= home.row + down < side
    }  # fmt: skip
    found = {tile: features for tile in around if (features := read(browse, tile))}
    assert list(found) == [home]
    across, down = found[home][0]["geometry"]["coordinates"]
    assert 0 <= across <= EXTENT
    assert 0 <= down <= EXTENT


def test_where_there_is_too_much_squares_say_how_many_and_single_things_keep_their_names(browse, session):
    box = tile_box(tile_of(*BREST, 10))
    for number in range(MOST_SINGLE + 2):
        put(session, box.west + 1e-6 * (number + 1), box.south + 1e-6, kind="place" if number % 2 else "trail")
    alone = put(session, box.east - 1e-4, box.north - 1e-4, title="Seul")
    features = read(browse, tile_of(*BREST, 10))
    assert sum(feature["properties"]["count"] for feature in features) == MOST_SINGLE + 3
    assert [f["properties"]["title"] for f in features if f["properties"]["count"] == 1] == ["Seul"]
    (many,) = (f["properties"] for f in features if f["properties"]["count"] > 1)
    half = MOST_SINGLE // 2 + 1
    assert many == {"count": 2 * half, "count_place": half, "count_trail": half}
    assert read(browse, tile_of(*BREST, 10), q="seul")[0]["properties"]["path"] == alone.path


def test_the_line_of_a_trail_is_in_every_tile_that_it_crosses_from_a_zoom_on(browse, session):
    line = [(-4.5, 48.39), (-4.4, 48.39), (-4.4, 48.41)]
    trail = index.entry(session, "Balade", kind="trail", place_id=places.along(session, line).id)
    near, middle, far = (tile_of(*spot, 13) for spot in ((-4.5, 48.39), (-4.45, 48.39), (-4.3, 48.2)))
    assert len(read(browse, near)) == 1
    assert read(browse, middle) == []
    for tile in (near, middle):
        (drawn,) = read(browse, tile, "lines")
        assert drawn["properties"]["path"] == trail.path
        assert drawn["geometry"]["type"] in ("LineString", "MultiLineString")
        spots = drawn["geometry"]["coordinates"]
        spots = spots if drawn["geometry"]["type"] == "LineString" else [s for piece in spots for s in piece]
        assert all(-BUFFER <= across <= EXTENT + BUFFER for across, _down in spots)
        assert max(across for across, _down in spots) - min(across for across, _down in spots) > 1000
    assert read(browse, far, "lines") == []
    assert read(browse, tile_of(-4.45, 48.39, LINES_FROM - 1), "lines") == []
    assert read(browse, middle, "lines", kinds="place") == []


def test_a_line_to_the_pole_is_drawn_as_far_as_maps_go(browse, session):
    index.entry(session, "Vers le nord", kind="trail", place_id=places.along(session, [(10, 80), (10, 90)]).id)
    assert read(browse, tile_of(10, 85, 11), "lines")


def test_an_empty_tile_is_an_answer_and_one_that_does_not_exist_is_none(browse):
    assert browse.get("/tiles/3/0/0.mvt").body == b""
    for path in ("/tiles/3/8/0.mvt", "/tiles/3/0/8.mvt", "/tiles/23/0/0.mvt", "/tiles/3/0/-1.mvt", "/tiles/3/a/0.mvt"):
        browse.get(path, status=404)
    answer = browse.get("/tiles/3/0/0.mvt?colour=red", status=422)
    assert list(answer.json["errors"]) == ["colour"]


def test_a_tile_travels_packed_and_unchanged_not_at_all(browse, session):
    there = put(session)
    path = "/tiles/{}/{}/{}.mvt".format(*tile_of(*BREST, 12))
    plain = browse.get(path)
    request = TestRequest.blank(path, environ=browse.extra_environ, headers={"Accept-Encoding": "gzip"})
    packed = request.get_response(browse.app)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert plain.content_type == "application/vnd.mapbox-vector-tile"
    assert plain.headers["Access-Control-Allow-Origin"] == "*"
    assert {"Accept-Encoding"} <= set(plain.headers["Vary"].split(", "))
    tag = {"If-None-Match": plain.headers["ETag"]}
    assert browse.get(path, headers=tag, status=304).body == b""
    there.title = {"fr": "Le port de plaisance"}
    session.flush()
    assert browse.get(path, headers=tag).body != plain.body
