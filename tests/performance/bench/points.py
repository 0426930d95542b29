"""Points inside the outline of Brest métropole, the same at every run, and a quick way to put them into the index."""

import json
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID

from shapely.geometry import Point, shape
from shapely.ops import unary_union
from shapely.prepared import prep
from shapely.wkt import loads
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from portal.index.models import IndexEntry
from portal.index.telling import told
from portal.places.grid import cell_of
from tests.conftest import NOW

SEED = 29019
OUTLINE = Path(os.environ.get("PORTAL_BENCH_OUTLINE", "../shared/data/brest/communes.geojson"))
# Drawn by hand along the coast and the edges of the outer communes, for where the real outline is not at hand.
BY_HAND = """
MULTIPOLYGON (((-4.344 48.400, -4.325 48.380, -4.332 48.368, -4.318 48.362, -4.341 48.345, -4.363 48.347, -4.378
48.326, -4.415 48.324, -4.441 48.327, -4.457 48.327, -4.450 48.336, -4.445 48.350, -4.437 48.360, -4.416 48.370,
-4.408 48.381, -4.368 48.395, -4.344 48.400)), ((-4.645 48.410, -4.610 48.411, -4.591 48.410, -4.601 48.427, -4.576
48.437, -4.556 48.444, -4.534 48.440, -4.532 48.445, -4.525 48.449, -4.512 48.457, -4.497 48.459, -4.485 48.462,
-4.471 48.470, -4.465 48.457, -4.449 48.455, -4.432 48.460, -4.404 48.461, -4.387 48.459, -4.375 48.453, -4.352
48.454, -4.341 48.442, -4.338 48.426, -4.328 48.418, -4.347 48.407, -4.369 48.406, -4.392 48.398, -4.402 48.390,
-4.431 48.397, -4.437 48.382, -4.453 48.382, -4.463 48.386, -4.477 48.383, -4.497 48.376, -4.530 48.363, -4.552
48.362, -4.565 48.356, -4.585 48.348, -4.609 48.338, -4.624 48.340, -4.617 48.358, -4.622 48.375, -4.634 48.397,
-4.645 48.410)))
"""
QUARTER = (-4.50, 48.38, -4.48, 48.40)
"""A quarter of the city, with some 1,455 of 100,000 points in it."""

THEMES = ("heritage", "work", "nature", "sea", "music", "memory")
LICENCES = ("CC-BY-SA-4.0", "CC-BY-4.0", "CC0-1.0")


@cache
def scattered(many: int) -> list[tuple[float, float]]:
    """Return so many points within the outline; the first of them are those of any smaller number."""
    if OUTLINE.exists():
        communes = json.loads(OUTLINE.read_text("utf-8"))["features"]
        outline = unary_union([shape(commune["geometry"]) for commune in communes])
    else:
        outline = loads(BY_HAND)
    inside, (west, south, east, north) = prep(outline), outline.bounds
    chance, found = random.Random(SEED), list[tuple[float, float]]()
    while len(found) < many:
        spot = round(chance.uniform(west, east), 6), round(chance.uniform(south, north), 6)
        if inside.contains(Point(spot)):
            found.append(spot)
    return found


def within(points: list[tuple[float, float]], box: tuple[float, float, float, float]) -> int:
    west, south, east, north = box
    return sum(west <= x <= east and south <= y <= north for x, y in points)


def entries(many: int) -> Iterator[dict]:
    """Yield the points as what stands in the index of them, four properties each besides their names."""
    for number, (longitude, latitude) in enumerate(scattered(many), 1):
        yield {
            "id": number,
            "source_id": UUID(int=random.Random(number).getrandbits(128), version=4),
            "title": f"Lieu {number}",
            "summary": f"Un lieu des communs, le numéro {number}",
            "theme": THEMES[number % len(THEMES)],
            "licence": LICENCES[number % len(LICENCES)],
            "longitude": longitude,
            "latitude": latitude,
        }


def fill(engine: Engine, many: int) -> None:
    """Put so many places into an empty index, and let the database take stock."""
    with engine.begin() as connection:
        put = _copy if engine.dialect.name == "postgresql" else _insert
        put(connection.connection.driver_connection, "place", PLACE, (_place(one) for one in entries(many)))
        put(connection.connection.driver_connection, "index_entry", ENTRY, (_entry(one) for one in entries(many)))
        if engine.dialect.name == "postgresql":  # which numbers rows by itself only where nobody else does
            for table in ("place", "index_entry"):
                asked = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
                connection.execute(text(asked))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        analyse = "VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"
        connection.exec_driver_sql(analyse)


PLACE = ("id", "name", "address", "longitude", "latitude", "geometry")
ENTRY = (
    *("id", "kind", "source_id", "path", "title", "summary", "theme", "language", "licence", "place_id", "longitude"),
    *("latitude", "cell", "has_path", "visible", "title_words", "words", "told", "created_at", "updated_at"),
)


def _place(one: dict) -> tuple:
    east, north = one["longitude"], one["latitude"]
    return one["id"], one["title"], "", east, north, f"POINT({east} {north})"


def _entry(one: dict) -> tuple:
    number, east, north = one["id"], one["longitude"], one["latitude"]
    texts = (json.dumps({"fr": one["title"]}), json.dumps({"fr": one["summary"]}))
    words = (f"lieu {number}", f"lieu {number} commun numero", told(_Told(**one)))
    who = (number, "place", one["source_id"].hex, f"/places/lieu-{number}", *texts)
    what = (one["theme"], "fr", one["licence"], number, east, north, cell_of(east, north), False, True)
    return *who, *what, *words, str(NOW.replace(tzinfo=None)), str(NOW.replace(tzinfo=None))


@dataclass
class _Told:
    """A point as the index tells it to programs."""

    id: int
    source_id: UUID
    title: str | dict
    summary: str | dict
    theme: str
    licence: str
    longitude: float
    latitude: float
    kind: str = "place"
    language: str = "fr"
    access: None = None
    starts_at: None = None
    ends_at: None = None
    created_at: datetime = NOW
    updated_at: datetime = NOW

    def __post_init__(self) -> None:
        self.path = f"/places/lieu-{self.id}"
        self.title, self.summary = {"fr": self.title}, {"fr": self.summary}


def _copy(connection, table: str, columns: tuple[str, ...], rows: Iterator[tuple]) -> None:
    with connection.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copied:
        for row in rows:
            copied.write_row((*row[:-1], f"SRID=4326;{row[-1]}") if table == "place" else row)


def _insert(connection, table: str, columns: tuple[str, ...], rows: Iterator[tuple]) -> None:
    values = ["?"] * len(columns)
    if table == "place":
        values[-1] = "GeomFromText(?, 4326)"
    connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(values)})", rows)


def names(engine: Engine) -> set[str]:
    """Return the ids of all things in the index."""
    with Session(engine) as session:
        return {str(name) for name in session.scalars(select(IndexEntry.source_id))}
