"""List, map, tiles and OGC API show the same things for the same filter: sets compared, on both databases."""

from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from mapbox_vector_tile import decode

from maps.rules.clusters import mark_zoom, shift, square
from portal.index.queries import Filter, filtered
from portal.places.grid import Tile, cell_of
from tests.factories.atlas import entered, filters, fits, things


@pytest.fixture
def forgetting(config):
    """A function that forgets what was kept: a version that was rolled back may come again, with other things in it."""
    return config.registry.kept_of_map.clear


def asked(wanted: Filter, *, dates=("since", "until")) -> dict[str, str]:
    """Return a filter as the address of the map and the tiles has it."""
    told = {name: getattr(wanted, name) for name in ("theme", "licence", "language", "access", "q")}
    if wanted.kinds is not None:
        told["kinds"] = ",".join(wanted.kinds)
    told |= {name: getattr(wanted, name) and getattr(wanted, name).isoformat() for name in dates}
    return {name: value for name, value in told.items() if value}


def corners(wanted: Filter) -> dict[str, str]:
    box = wanted.box
    return {"bbox": f"{box.west},{box.south},{box.east},{box.north}"} if box else {}


def ogc_ids(browse, wanted: Filter) -> set[str]:
    """Walk through all pages of all collections that the filter wants."""
    given = {name: value for name, value in asked(wanted, dates=()).items() if name != "kinds"} | corners(wanted)
    if wanted.since or wanted.until:
        ends = (at.isoformat() if at else ".." for at in (wanted.since, wanted.until))
        given["datetime"] = "/".join(ends)
    found = []
    for kind in wanted.kinds if wanted.kinds is not None else ("trail", "place", "equipment", "stop", "point"):
        address = f"/ogc/collections/{kind}/items?{urlencode(given | {'limit': 2, 'f': 'json'})}"
        matched = None
        while address:
            page = browse.get(address).json
            found += [feature["id"] for feature in page["features"]]
            matched = page["numberMatched"] if matched is None else matched
            assert page["numberMatched"] == matched
            address = next((one["href"] for one in page["links"] if one["rel"] == "next"), None)
    assert len(found) == len(set(found))
    return set(found)


def tile_paths(browse, wanted: Filter, zoom: int) -> list[str]:
    found = []
    for column in range(1 << zoom):
        for row in range(1 << zoom):
            body = browse.get(f"/tiles/{zoom}/{column}/{row}.mvt", asked(wanted)).body
            layers = decode(body) if body else {}
            features = layers.get("points", {"features": []})["features"]
            assert all(feature["properties"]["count"] == 1 for feature in features)
            found += [feature["properties"]["path"] for feature in features]
    return found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.lists(things, max_size=8), filters, st.integers(0, 12), st.integers(0, 2))
def test_list_map_tiles_and_ogc_show_the_same_things(browse, session, forgetting, there, wanted, zoom, tile_zoom):
    if wanted.kinds == ():  # an address without kinds asks for all of them
        wanted = Filter(**{name: getattr(wanted, name) for name in wanted.__slots__} | {"kinds": None})
    assume(not (wanted.since and wanted.until and wanted.since > wanted.until))  # which no address may ask for
    with session.begin_nested() as savepoint:
        forgetting()
        entries = [entered(session, thing) for thing in there]
        placed = {str(entry.source_id): thing for entry, thing in zip(entries, there, strict=True)}
        paths = {str(entry.source_id): entry.path for entry in entries}

        def expected(asked_for: Filter) -> set[str]:
            return {name for name, thing in placed.items() if fits(thing, asked_for)}

        def like(**changed) -> Filter:
            return Filter(**{name: getattr(wanted, name) for name in wanted.__slots__} | changed)

        listed = filtered(session, like(placeless=True), limit=100)
        assert {str(row.source_id) for row in listed.rows} == expected(like(placeless=True))
        assert ogc_ids(browse, wanted) == expected(like(placeless=True))

        anywhere = {n for n in expected(like(box=None)) if placed[n]["where"]}
        in_tiles = tile_paths(browse, wanted, tile_zoom)
        assert sorted(in_tiles) == sorted(paths[name] for name in anywhere)

        told = browse.get("/api/v1/map", asked(wanted) | corners(wanted) | {"zoom": zoom}).json
        on_map = {n for n in expected(like(placeless=False)) if placed[n]["where"]}
        assert told["total"] == len(expected(like(placeless=False)))
        assert sum(cell["count"] for cell in told["cells"]) == len(on_map)
        assert told["without_position"] == told["total"] - len(on_map)
        assert {c["item"]["id"] for c in told["cells"] if "item" in c} <= on_map
        finest = mark_zoom(zoom, wanted.box)
        assert squares(told, finest) == sorted(
            square(cell_of(*placed[name]["where"][0]) >> shift(finest), finest) for name in on_map
        )
        savepoint.rollback()
    session.expunge_all()  # what is added next may have the number of what was rolled back
    forgetting()


def squares(told, zoom: int) -> list[Tile]:
    """Return the squares that the marks say they stand for, each as often as it has things in it."""
    return sorted(
        square(cell_of(*cell["bbox"][:2]) >> shift(zoom), zoom) for cell in told["cells"] for _ in range(cell["count"])
    )
