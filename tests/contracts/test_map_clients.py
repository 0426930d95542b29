"""Real clients: GDAL as pyogrio has it, OWSLib, mapbox-vector-tile. All of them see what the database has.

The server is a process of its own, for GDAL waits for its answers without letting any other thread of ours run.
"""

from dataclasses import dataclass
from time import perf_counter

import pytest
from mapbox_vector_tile import decode
from owslib.ogcapi.features import Features
from pyogrio import list_layers, read_info
from pyogrio.raw import read

from maps.rules.clusters import shift, square
from portal.db import create_engine
from portal.migrations import history
from portal.places.grid import cell_of
from tests.cluster import free_port
from tests.conftest import DATABASES
from tests.contracts.probes import PROBES, Service
from tests.houses import own_url
from tests.performance.bench.points import QUARTER, fill, names, scattered, within
from tests.whole.servers import Server, call, portal_serve, running

MANY = 10_000
KINDS = ["equipment", "point", "trail", "stop", "place"]


@pytest.fixture(scope="module", params=DATABASES)
def site(request, tmp_path_factory):
    """A served house with ten thousand places around Brest."""
    folder = tmp_path_factory.mktemp("clients")
    url, port = own_url(request.param, folder), free_port()
    engine = create_engine(url)
    history.upgrade(engine)
    fill(engine, MANY)
    given = {"PORTAL_DATABASE_URL": url, "PORTAL_WORKER": "false", "PORTAL_BASE_URL": f"http://127.0.0.1:{port}"}
    with running(Server(portal_serve, folder, lambda: given, port)):
        yield Site(f"http://127.0.0.1:{port}", port, names(engine))
    engine.dispose()


@dataclass(frozen=True)
class Site:
    """Where the house is served, and what is in it."""

    address: str
    port: int
    names: set[str]


@pytest.fixture
def quarter() -> int:
    return within(scattered(MANY), QUARTER)


@pytest.mark.parametrize("probe", PROBES)
def test_it_answers_as_the_standard_wants(site, probe):
    """Scenario 1: the peers get the same questions in the benchmarks."""
    assert PROBES[probe](Service(site.port, "/ogc", "place"))


def test_gdal_lists_the_collections(site):
    assert [name for name, _geometry in list_layers(f"OAPIF:{site.address}/ogc/")] == KINDS


def test_gdal_reads_a_box(site, quarter):
    _meta, _fids, geometries, _fields = read(f"OAPIF:{site.address}/ogc/", layer="place", bbox=QUARTER)
    assert len(geometries) == quarter > 100


def test_gdal_reads_everything_page_by_page(site):
    began = perf_counter()
    meta, _fids, geometries, fields = read(f"OAPIF:{site.address}/ogc/", layer="place")
    took = perf_counter() - began
    found = dict(zip(meta["fields"], fields, strict=True))
    assert len(geometries) == MANY
    assert set(found["id"]) == site.names
    assert {"title", "summary", "url", "theme", "licence", "created_at"} <= set(found)
    assert took < 10  # 1.0 s is for a machine that does nothing else, and for the benchmark


def test_gdal_knows_how_many_there_are_without_reading_them(site):
    info = read_info(f"OAPIF:{site.address}/ogc/", layer="place", force_feature_count=True)
    assert info["features"] == MANY


def test_owslib_reads_it(site, quarter):
    service = Features(f"{site.address}/ogc/")
    assert any(name.endswith("/conf/core") for name in service.conformance()["conformsTo"])
    assert service.feature_collections() == KINDS
    assert service.api()["openapi"].startswith("3.0")
    assert service.collection("place")["id"] == "place"
    answer = service.collection_items("place", bbox=list(QUARTER), limit=1000)
    assert answer["numberMatched"] == len(answer["features"]) == quarter
    one = answer["features"][0]
    assert service.collection_item("place", one["id"])["properties"] == one["properties"]


@pytest.mark.parametrize("zoom", [0, 8, 10, 12, 14])
def test_what_the_tiles_of_a_zoom_count_is_everything_there_is(site, zoom):
    tiles = {square(cell_of(*spot) >> shift(zoom), zoom) for spot in scattered(MANY)}
    total = 0
    for tile in tiles:
        features = decode(tile_of(site, tile))["points"]["features"]
        total += sum(feature["properties"]["count"] for feature in features)
        assert len(features) <= 1024
        for feature in features:
            across, down = feature["geometry"]["coordinates"]
            assert 0 <= across <= 4096
            assert 0 <= down <= 4096
    assert total == MANY


def tile_of(site, tile) -> bytes:
    return call(site.port, "GET", f"/tiles/{tile.zoom}/{tile.column}/{tile.row}.mvt").body


def test_gdal_reads_a_tile(site, tmp_path):
    tile = square(cell_of(-4.49, 48.39) >> shift(14), 14)
    path = tmp_path / str(tile.zoom) / str(tile.column) / f"{tile.row}.pbf"
    path.parent.mkdir(parents=True)
    path.write_bytes(tile_of(site, tile))
    info = read_info(path, layer="points", force_feature_count=True)
    expected = sum(square(cell_of(*spot) >> shift(14), 14) == tile for spot in scattered(MANY))
    assert info["features"] == expected > 5
    assert {"count", "kind", "path", "title", "theme", "licence"} <= set(info["fields"])
