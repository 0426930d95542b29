"""Where things are in a tile, against the formulas written out and against geometry done by others."""

from itertools import pairwise
from math import cos, log, pi, radians, tan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiLineString
from shapely.geometry import box as rectangle

from maps.rules.tiles import BUFFER, DEEPEST, EXTENT, SOUTHERNMOST, clipped, exists, rounded, spot
from portal.places.grid import FINEST, Tile, cell_of, parted

spots = st.tuples(st.integers(-9000, 9000), st.integers(-9000, 9000)).map(lambda p: (float(p[0]), float(p[1])))
SQUARE = rectangle(-BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER)


@given(st.floats(-180, 180), st.floats(-90, 90), st.integers(0, DEEPEST))
def test_a_position_is_within_the_tile_that_its_cell_is_in(longitude, latitude, zoom):
    column, row = parted(cell_of(longitude, latitude))
    across, down = spot(Tile(zoom, column >> FINEST - zoom, row >> FINEST - zoom), longitude, latitude)
    assert -1e-3 <= across <= EXTENT + 1e-3
    assert -1e-3 <= down <= EXTENT + 1e-3


@given(st.floats(-180, 180), st.floats(-85, 85), st.integers(0, 18), st.data())
def test_a_spot_is_where_web_maps_have_it(longitude, latitude, zoom, data):
    side = st.integers(0, (1 << zoom) - 1)
    tile = Tile(zoom, data.draw(side), data.draw(side))
    x = (longitude + 180) / 360
    y = (1 - log(tan(radians(latitude)) + 1 / cos(radians(latitude))) / pi) / 2
    expected = ((x * 2**zoom - tile.column) * EXTENT, (y * 2**zoom - tile.row) * EXTENT)
    assert spot(tile, longitude, latitude) == pytest.approx(expected, abs=1e-2)


def test_what_is_beyond_the_last_latitude_is_on_the_edge():
    assert spot(Tile(0, 0, 0), 0, 90)[1] == pytest.approx(0)
    assert spot(Tile(0, 0, 0), 0, -90)[1] == pytest.approx(EXTENT)
    assert pytest.approx(-85.0511288, abs=1e-6) == SOUTHERNMOST


@given(st.lists(spots, max_size=12))
def test_a_clipped_line_is_the_part_of_it_within_the_square(line):
    pieces = clipped(line)
    for piece in pieces:
        assert len(piece) >= 2
        assert all(SQUARE.buffer(1e-6).covers(LineString([spot, spot])) for spot in piece)
    if len(line) > 1:
        expected = LineString(line).intersection(SQUARE)
        drawn = MultiLineString(pieces)
        assert drawn.length >= expected.length - 1e-3  # which counts what is walked twice once
        assert drawn.within(LineString(line).buffer(1e-3)) or drawn.length == 0
        assert not pieces or expected.is_empty or drawn.buffer(1e-3).covers(expected)


@given(st.lists(spots, min_size=2, max_size=12))
def test_pieces_are_parted_only_where_the_line_leaves_the_square(line):
    within = [-BUFFER <= x <= EXTENT + BUFFER and -BUFFER <= y <= EXTENT + BUFFER for x, y in line]
    if all(within):
        assert clipped(line) == [line]
    assert sum(map(len, clipped(line))) <= 2 * len(line)


@given(st.lists(st.tuples(st.floats(-100, 5000), st.floats(-100, 5000)), min_size=2, max_size=12))
def test_a_rounded_piece_never_stands_still(piece):
    whole = rounded(piece)
    assert all(one != other for one, other in pairwise(whole))
    assert whole[0] == (round(piece[0][0]), round(piece[0][1]))
    assert {*whole} == {(round(x), round(y)) for x, y in piece}


@pytest.mark.parametrize(
    ("tile", "there"),
    [((0, 0, 0), True), ((1, 1, 1), True), ((1, 2, 0), False), ((22, 0, 4194303), True), ((23, 0, 0), False)],
)
def test_there_are_four_times_as_many_tiles_with_each_zoom(tile, there):
    assert exists(Tile(*tile)) == there
