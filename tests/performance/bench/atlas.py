"""OGC API - Features and vector tiles against tipg and pygeoapi: 100,000 points around Brest, one worker each.

Every server is asked the same questions on connections that stay open, as browsers, GDAL and QGIS have it; they may
pack their answers. How many requests for items a second a server answers is measured with four clients at once, the
servers in turn; how long one of them waits who is alone is told besides. No answer of ours is kept between two
questions for items; tiles are asked for anew, too, by letting the version of the index grow before each, and then once
more as they are kept.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from gzip import decompress
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import psycopg
from mapbox_vector_tile import decode
from pyogrio.raw import read

from maps.rules.clusters import shift, square
from portal.db import create_engine
from portal.places.grid import Tile, cell_of
from tests.cluster import Cluster, create_database, free_port
from tests.contracts.probes import PROBES, Service
from tests.performance.bench import load, peers
from tests.performance.bench.databases import DURABLE, migrated
from tests.performance.bench.measured import figure, ratio, seconds, verdict
from tests.performance.bench.points import QUARTER, fill, scattered, within

MANY, VERY_MANY, READ = 100_000, 1_000_000, 10_000
LIMIT = 1000
ZOOMS = (8, 10, 12, 14)
ROUNDS, MOST_TILES = 60, 40
BOX = ",".join(map(str, QUARTER))
OURS = f"/ogc/collections/place/items?bbox={BOX}&limit={LIMIT}&f=json"
ITEMS = {
    "tipg": f"/collections/public.places/items?bbox={BOX}&limit={LIMIT}",
    "pygeoapi": f"/collections/places/items?bbox={BOX}&limit={LIMIT}&f=json",
}
Asked = tuple[float, bytes, dict[str, str]]
KEPT_OPEN: dict[int, HTTPConnection] = {}


def run() -> list[str]:
    with Cluster(settings=DURABLE) as cluster:
        theirs = create_database(cluster.url("postgres"), "theirs")
        peers.fill(theirs, MANY)
        ours = filled(cluster, "ours", MANY)
        lines = [f"items: {within(scattered(MANY), QUARTER)} of {MANY} in the box"]
        with serving(ours) as port, peers.tipg(theirs) as tipg, peers.pygeoapi(theirs) as pygeoapi:
            lines += items(port, {"tipg": tipg, "pygeoapi": pygeoapi})
            lines += clients(port, tipg, pygeoapi)
            lines += tiles(port, tipg, ours)
        lines += larger(cluster, ours)
    return lines


def items(port: int, others: dict[str, int]) -> list[str]:
    """Compare requests for what is in a quarter of the city, and for what is unchanged."""
    found = {"ours": asked(port, OURS)} | {name: asked(where, ITEMS[name]) for name, where in others.items()}
    for name, (_took, body, _headers) in found.items():
        number = len(json.loads(body)["features"])
        if number != LIMIT:
            raise RuntimeError(f"{name} answered with {number} features")
    tag = {"If-None-Match": found["ours"][2]["ETag"]}
    alone = each_in_turn(
        {
            "ours": lambda: asked(port, OURS),
            "unchanged": lambda: asked(port, OURS, tag, status=304),
            **{name: lambda n=name: asked(others[n], ITEMS[n]) for name in others},
        }
    )
    rates = load.each_in_turn(
        {
            "ours": load.Question(port, OURS),
            "unchanged": load.Question(port, OURS, tuple(tag.items()), 304),
            **{name: load.Question(where, ITEMS[name]) for name, where in others.items()},
        }
    )
    for connection in KEPT_OPEN.values():  # whose servers did not wait as long; they open again by themselves
        connection.close()
    best = max(others, key=lambda name: rates[name])
    lines = [f"items, {name}: {rate:.1f} /s; alone {1000 / alone[name]:.1f} ms" for name, rate in rates.items()]
    for name, wanted in (("ours", 3), ("unchanged", 20)):
        said = f"items in a quarter of the city, {name} / {best}"
        lines.append(ratio(said, rates[name], rates[best], "/s", f"≥ {wanted}", rates[name] >= wanted * rates[best]))
    return lines


def clients(port: int, tipg: int, pygeoapi: int) -> list[str]:
    """Let GDAL read page by page from each, and put the questions of ``probes.py`` to each."""
    services = {
        "ours": Service(port, "/ogc", "place"),
        "tipg": Service(tipg, "", "public.places"),
        "pygeoapi": Service(pygeoapi, "", "places"),
    }
    took = {name: seconds(lambda it=it: read_by_gdal(it), rounds=5, warmup=1) for name, it in services.items()}
    told = ", ".join(f"{name} {took[name]:.2f} s" for name in took if name != "ours")
    lines = [figure(f"GDAL reads {READ:,} page by page ({told})", took["ours"], "s", "< 1", took["ours"] < 1)]
    for probe, holds in PROBES.items():
        found = {name: "yes" if holds(service) else "no" for name, service in services.items()}
        theirs = ", ".join(f"{name} {said}" for name, said in found.items() if name != "ours")
        lines.append(f"{probe}: {found['ours']} ({theirs}) {verdict('yes', found['ours'] == 'yes')}")
    return lines


def read_by_gdal(service: Service) -> None:
    address = f"OAPIF:http://127.0.0.1:{service.port}{service.root}/"
    _meta, _fids, geometries, _fields = read(address, layer=service.collection, max_features=READ)
    if len(geometries) != READ:
        raise RuntimeError(f"GDAL read {len(geometries)} features of {service.collection}")


def tiles(port: int, tipg: int, url: str) -> list[str]:
    """Compare tiles, and count what is in them."""
    lines = []
    with psycopg.connect(url, autocommit=True) as connection:
        for zoom in ZOOMS:
            there = sorted({square(cell_of(*spot) >> shift(zoom), zoom) for spot in scattered(MANY)})
            total = sum(counted(asked(port, path(tile))[1]) for tile in there)
            theirs = sum(features(asked(tipg, path(tile, tipg=True))[1]) for tile in there)
            some = (there * 10)[:: max(1, len(there) // MOST_TILES)][:MOST_TILES]
            turn = {"ours": iter(some * 3), "kept": iter(some * 3), "tipg": iter(some * 3)}

            def anew(turn=turn) -> Asked:
                connection.execute("UPDATE index_version SET version = version + 1")
                return asked(port, path(next(turn["ours"])))

            rates = each_in_turn(
                {
                    "ours": anew,
                    "kept": lambda turn=turn: kept(port, path(next(turn["kept"]))),
                    "tipg": lambda turn=turn: asked(tipg, path(next(turn["tipg"]), tipg=True)),
                },
                rounds=len(some),
            )
            said = f"tiles at zoom {zoom}, {len(there)} of them, ours / tipg"
            lines.append(ratio(said, rates["ours"], rates["tipg"], "/s", "≥ 1", rates["ours"] >= rates["tipg"]))
            lines.append(f"  as kept: {rates['kept']:.0f} /s; ours count {total} (wanted {MANY}), tipg has {theirs}")
            if total != MANY:
                raise RuntimeError(f"the tiles of zoom {zoom} count {total}")
    return lines


def kept(port: int, path: str) -> Asked:
    """Ask twice, and return the second answer: the first may have made it."""
    asked(port, path)
    return asked(port, path)


def path(tile: Tile, tipg: bool = False) -> str:
    where = f"{tile.zoom}/{tile.column}/{tile.row}"
    return f"/collections/public.places/tiles/WebMercatorQuad/{where}" if tipg else f"/tiles/{where}.mvt"


def counted(body: bytes) -> int:
    return sum(feature["properties"]["count"] for feature in decode(body)["points"]["features"])


def features(body: bytes) -> int:
    return sum(len(layer["features"]) for layer in decode(body).values()) if body else 0


def larger(cluster: Cluster, ours: str) -> list[str]:
    """Compare the same question on a million points with that on a hundred thousand."""
    million = filled(cluster, "million", VERY_MANY)
    with serving(ours) as few, serving(million) as many:
        rates = each_in_turn({"few": lambda: asked(few, OURS), "many": lambda: asked(many, OURS)})
    took = {name: 1000 / rate for name, rate in rates.items()}
    said = f"p50 of a quarter of the city, {VERY_MANY:,} / {MANY:,} points"
    return [ratio(said, took["many"], took["few"], "ms", "≤ 1.5", took["many"] <= 1.5 * took["few"])]


def filled(cluster: Cluster, name: str, many: int) -> str:
    """Return the URL of a portal's database with so many places in it."""
    url = create_database(cluster.url("postgres"), name)
    migrated(url)
    engine = create_engine(url)
    fill(engine, many)
    engine.dispose()
    return url


@contextmanager
def serving(url: str) -> Iterator[int]:
    """The port of the portal, served by one worker of gunicorn, as the peers are."""
    port = free_port()
    with TemporaryDirectory() as folder:
        command = [Path(sys.executable).with_name("gunicorn"), "--paste", "development.ini", *peers.gunicorn(port)]
        environ = {
            "PORTAL_DATABASE_URL": url,
            "PORTAL_DATA": folder,
            "PORTAL_BASE_URL": f"http://127.0.0.1:{port}",
            "PORTAL_WORKER": "false",
        }
        with peers.running(command, environ, port, "/healthz"):
            yield port


def each_in_turn(questions: dict[str, Callable[[], Asked]], rounds: int = ROUNDS) -> dict[str, float]:
    """Return how many a second each question gets answered, one round after the other, so that all share alike."""
    for ask in questions.values():
        ask()
    took: dict[str, list[float]] = {name: [] for name in questions}
    for _ in range(rounds):
        for name, ask in questions.items():
            took[name].append(ask()[0])
    return {name: 1 / median(seconds) for name, seconds in took.items()}


def asked(port: int, path: str, headers: dict[str, str] | None = None, status: int = 200) -> Asked:
    """Return how long an answer took, its body unpacked, and its headers."""
    connection = KEPT_OPEN.setdefault(port, HTTPConnection("127.0.0.1", port, timeout=60))
    began = perf_counter()
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"} | (headers or {}))
    answer = connection.getresponse()
    body = answer.read()
    took = perf_counter() - began
    if answer.status != status:
        raise RuntimeError(f"{path} answered {answer.status}: {body[:300]!r}")
    packed = answer.headers.get("Content-Encoding") == "gzip"
    return took, decompress(body) if packed else body, dict(answer.headers)
