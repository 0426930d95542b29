"""Sixteen thousand things of one kind: pages, boxes, marks and tiles leave none of them out and count none twice."""

from math import atan, degrees, pi, sinh

import pytest
from mapbox_vector_tile import decode
from sqlalchemy.orm import Session
from webtest import TestApp

from maps.rules.clusters import shift, square
from maps.rules.tiles import EXTENT
from portal.app import configure
from portal.index.queries import Filter, filtered
from portal.migrations import history
from portal.places.grid import Box, Tile, cell_of
from tests.conftest import DATABASES
from tests.houses import own_settings, own_url
from tests.performance.bench.points import QUARTER, entries, fill, scattered, within

MANY = 16_269
ITEMS = "/ogc/collections/place/items"
BBOX = ",".join(map(str, QUARTER))
DETAILED = 17
"""At this zoom a unit of a tile is less than the last decimal of a position."""


@pytest.fixture(scope="module", params=DATABASES)
def house(request, tmp_path_factory):
    """A house of its own with so many places around Brest; nobody changes them."""
    folder = tmp_path_factory.mktemp("many")
    config = configure(own_settings(own_url(request.param, folder), folder, base_url="http://localhost"))
    history.upgrade(config.registry.engine)
    fill(config.registry.engine, MANY)
    yield config
    config.registry.engine.dispose()


@pytest.fixture
def browse(house):
    return TestApp(house.make_wsgi_app())


@pytest.fixture
def quarter() -> int:
    return within(scattered(MANY), QUARTER)


def page(browse, address=ITEMS, **asked):
    """Return the features of a page, how many there are in all, and where the next page is."""
    told = browse.get(address, asked, headers={"Accept": "application/geo+json"}).json
    after = [link["href"] for link in told["links"] if link["rel"] == "next"]
    assert told["numberReturned"] == len(told["features"])
    return told["features"], told["numberMatched"], after


@pytest.mark.parametrize(("offset", "left"), [(16_200, 69), (16_269, 0), (20_000, 0)])
def test_the_last_page_holds_what_is_left_and_leads_no_further(browse, offset, left):
    features, matched, after = page(browse, limit=100, offset=offset)
    assert (len(features), matched, after) == (left, MANY, [])


def test_the_page_before_the_last_leads_to_the_last(browse):
    features, _matched, [after] = page(browse, limit=100, offset=16_100)
    assert len(features) == 100
    assert len(page(browse, after)[0]) == 69


def test_all_pages_together_hold_each_thing_once(browse):
    features, matched, after = page(browse, limit=1000)
    found = [feature["id"] for feature in features]
    while after:
        features, _matched, after = page(browse, after[0])
        found += [feature["id"] for feature in features]
    assert len(found) == matched == MANY
    assert set(found) == {str(one["source_id"]) for one in entries(MANY)}


def test_list_and_map_and_ogc_count_in_a_box_what_is_in_it(house, browse, quarter):
    with Session(house.registry.engine) as session:
        listed = filtered(session, Filter(box=Box(*QUARTER)), limit=1000)
    assert listed.total == len(listed.rows) == quarter > 100
    told = browse.get("/api/v1/map", {"bbox": BBOX, "zoom": 14}).json
    assert (told["total"], told["without_position"]) == (quarter, 0)
    assert sum(cell["count"] for cell in told["cells"]) == quarter
    features, matched, _after = page(browse, bbox=BBOX, limit=1000)
    assert len(features) == matched == quarter


def test_the_tiles_over_a_box_hold_each_thing_in_it_where_it_is(browse):
    west, south, east, north = QUARTER
    first, last = (square(cell_of(*corner) >> shift(DETAILED), DETAILED) for corner in ((west, north), (east, south)))
    tiles = [
        Tile(DETAILED, column, row)
        for column in range(first.column, last.column + 1)
        for row in range(first.row, last.row + 1)
    ]
    found = [spot for tile in tiles for spot in spots_of(browse, tile)]
    inside = [spot for spot in scattered(MANY) if Box(*QUARTER).holds(*spot)]
    assert sorted(spot for spot in found if Box(*QUARTER).holds(*spot)) == sorted(inside)


def spots_of(browse, tile):
    """Yield the position of each thing in a tile, none of which stands for several."""
    body = browse.get("/tiles/{}/{}/{}.mvt".format(*tile)).body
    layers = decode(body, default_options={"y_coord_down": True}) if body else {}
    for feature in layers.get("points", {"features": []})["features"]:
        assert feature["properties"]["count"] == 1
        across, down = feature["geometry"]["coordinates"]
        side = EXTENT << tile.zoom
        longitude = (tile.column * EXTENT + across) / side * 360 - 180
        latitude = degrees(atan(sinh(pi * (1 - 2 * (tile.row * EXTENT + down) / side))))
        yield round(longitude, 6), round(latitude, 6)


def test_the_tile_of_the_whole_world_counts_everything(browse):
    [points] = decode(browse.get("/tiles/0/0/0.mvt").body).values()
    assert sum(feature["properties"]["count"] for feature in points["features"]) == MANY
