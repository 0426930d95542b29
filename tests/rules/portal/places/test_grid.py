"""The grid against slow, obvious models: a position is in one cell, a tile is one run, a box all that it holds."""

from itertools import pairwise
from math import asinh, floor, isnan, pi, radians, tan

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portal.places.grid import FINEST, SIDE, Box, Tile, cell_of, interleaved, parted, runs, tile_box, tile_run

longitudes = st.floats(-180, 180)
latitudes = st.floats(-90, 90)
shown_latitudes = st.floats(-85, 85)
numbers = st.integers(0, SIDE - 1)
zooms = st.integers(0, FINEST)


@st.composite
def tiles(draw, zoom=zooms):
    zoom = draw(zoom)
    side = st.integers(0, (1 << zoom) - 1)
    return Tile(zoom, draw(side), draw(side))


@st.composite
def boxes(draw):
    south, north = sorted((draw(latitudes), draw(latitudes)))
    return Box(draw(longitudes), south, draw(longitudes), north)


@st.composite
def small_boxes(draw):
    """As a map shows them: some metres to some kilometres wide, perhaps across 180 degrees."""
    west, south = draw(longitudes), draw(st.floats(-89, 89))
    size = draw(st.floats(0, 0.2))
    east = west + size
    return Box(west, south, east - 360 if east > 180 else east, min(south + size, 90))


def tile_of(longitude, latitude, zoom) -> Tile:
    """The formula as every map says it, in numbers of any size."""
    side = 1 << zoom
    column = floor((longitude + 180) / 360 * side)
    row = floor((1 - asinh(tan(radians(latitude))) / pi) / 2 * side)
    return Tile(zoom, min(column, side - 1), min(max(row, 0), side - 1))


@given(numbers, numbers)
def test_bits_in_turn_are_those_of_both_numbers_written_in_turn(column, row):
    width = FINEST
    written = "".join(r + c for r, c in zip(f"{row:0{width}b}", f"{column:0{width}b}", strict=True))
    assert interleaved(column, row) == int(written, 2)
    assert parted(interleaved(column, row)) == (column, row)


@given(longitudes, shown_latitudes, zooms)
def test_a_position_is_in_the_run_of_the_tile_that_it_is_in_and_of_no_other(longitude, latitude, zoom):
    code = cell_of(longitude, latitude)
    column, row = parted(code)
    tile = Tile(zoom, column >> FINEST - zoom, row >> FINEST - zoom)
    assert tile == tile_of(longitude, latitude, zoom)
    first, end = tile_run(tile)
    assert first <= code < end
    for right, down in ((1, 0), (0, 1), (-1, 0), (0, -1)):
        beside = Tile(zoom, tile.column + right, tile.row + down)
        if 0 <= beside.column < 1 << zoom and 0 <= beside.row < 1 << zoom:
            first, end = tile_run(beside)
            assert not first <= code < end


@given(tiles(st.integers(0, 5)))
def test_the_quarters_of_a_tile_are_its_run_cut_in_four(tile):
    quarters = sorted(
        tile_run(Tile(tile.zoom + 1, 2 * tile.column + right, 2 * tile.row + down))
        for right in (0, 1)
        for down in (0, 1)
    )
    whole = tile_run(tile)
    assert quarters[0].first == whole.first
    assert quarters[-1].end == whole.end
    assert all(one.end == other.first for one, other in pairwise(quarters))


@given(tiles(st.integers(0, 20)), st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_what_is_well_inside_the_box_of_a_tile_is_in_the_tile(tile, across, up):
    box = tile_box(tile)
    longitude = box.west + across * (box.east - box.west)
    latitude = box.south + up * (box.north - box.south)
    first, end = tile_run(tile)
    assert first <= cell_of(longitude, latitude) < end


@given(longitudes, latitudes)
def test_every_position_on_the_globe_has_a_cell(longitude, latitude):
    assert 0 <= cell_of(longitude, latitude) < SIDE * SIDE


@pytest.mark.parametrize(("longitude", "latitude"), [(180.1, 0), (0, 90.1), (float("nan"), 0), (0, float("inf"))])
def test_what_is_not_on_the_globe_has_none(longitude, latitude):
    with pytest.raises(ValueError, match="not on the globe"):
        cell_of(longitude, latitude)


@given(st.one_of(boxes(), small_boxes()), st.data())
def test_the_runs_of_a_box_hold_every_position_in_it(box, data):
    part = data.draw(st.sampled_from(box.parts))
    longitude = data.draw(st.floats(part.west, part.east))
    latitude = data.draw(st.floats(part.south, part.north))
    assert box.holds(longitude, latitude)
    assert any(run.first <= cell_of(longitude, latitude) < run.end for run in runs(box))


@given(boxes(), st.integers(1, 40))
def test_the_runs_of_a_box_are_apart_in_order_and_few(box, most):
    found = runs(box, most)
    assert found
    assert all(run.first < run.end for run in found)
    assert all(one.end < other.first for one, other in pairwise(found))
    # Each part stops at the step after which there are enough squares, and a step makes at most four of one.
    assert len(found) <= 4 * most * len(box.parts)


@given(small_boxes(), longitudes, latitudes)
def test_what_is_far_from_a_small_box_is_in_none_of_its_runs(box, longitude, latitude):
    width = (box.east - box.west) % 360
    assume(all(abs(latitude) < 84 and abs(edge) < 84 for edge in (box.south, box.north)))
    far = max(abs(latitude - box.south), abs(latitude - box.north)) > 1 + box.north - box.south
    around = (longitude - box.west) % 360
    far = far or 1 + width < around < 359
    assume(far)
    assert not any(run.first <= cell_of(longitude, latitude) < run.end for run in runs(box))


@given(longitudes, latitudes, longitudes, latitudes, longitudes, latitudes)
def test_a_box_across_180_degrees_holds_what_its_two_parts_hold(west, south, east, north, longitude, latitude):
    south, north = sorted((south, north))
    box = Box(west, south, east, north)
    across = east < west
    within = (longitude >= west or longitude <= east) if across else west <= longitude <= east
    assert len(box.parts) == 1 + across
    assert box.holds(longitude, latitude) == (within and south <= latitude <= north)


@given(*[st.floats(allow_nan=True, allow_infinity=True)] * 4)
def test_only_what_is_on_the_globe_and_the_right_way_up_is_a_box(west, south, east, north):
    fits = not any(map(isnan, (west, south, east, north)))
    fits = fits and max(abs(west), abs(east)) <= 180 and max(abs(south), abs(north)) <= 90 and south <= north
    try:
        Box(west, south, east, north)
    except ValueError:
        assert not fits
    else:
        assert fits
