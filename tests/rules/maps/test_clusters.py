"""Marks and the squares they stand for: counts add up, whatever the zoom, and there are never too many."""

from hypothesis import given
from hypothesis import strategies as st

from maps.rules.clusters import MARK_STEPS, MOST_MARKS, bulk, mark_zoom, shift, square, tile_zoom
from portal.places.grid import FINEST, Box, Tile, cell_of, interleaved, tile_run

longitudes, latitudes = st.floats(-180, 180), st.floats(-90, 90)
zooms = st.integers(0, FINEST)


@given(st.lists(st.tuples(longitudes, latitudes), max_size=30), zooms)
def test_every_position_is_in_the_square_of_its_shifted_cell_and_in_no_other(positions, zoom):
    cells = [cell_of(*position) for position in positions]
    squares = {square(cell >> shift(zoom), zoom) for cell in cells}
    runs = [tile_run(one) for one in squares]
    assert sum(run.first <= cell < run.end for run in runs for cell in cells) == len(cells)
    assert all(one.zoom == zoom for one in squares)


@given(zooms, st.data())
def test_a_square_and_its_number_are_one(zoom, data):
    side = st.integers(0, (1 << zoom) - 1)
    tile = Tile(zoom, data.draw(side), data.draw(side))
    assert square(interleaved(tile.column, tile.row), zoom) == tile


@given(st.integers(0, 30), longitudes, longitudes, latitudes, latitudes)
def test_a_box_never_has_too_many_marks_and_a_screen_is_never_coarsened(zoom, west, east, one, other):
    box = Box(west, min(one, other), east, max(one, other))
    finest = mark_zoom(zoom, box)
    assert 0 <= finest <= min(zoom + MARK_STEPS, FINEST)
    width = (east - west) % 360
    across = width / 360 * 2**finest
    up = (box.north - box.south) / 360 * 2**finest
    assert finest == 0 or across * up <= MOST_MARKS
    on_screen = 4 * 256 / 2**zoom * 360 / 256  # four tiles wide and high
    if width < on_screen and box.north - box.south < on_screen:
        assert finest == min(zoom + MARK_STEPS, FINEST)


def test_the_whole_world_has_a_bounded_number_of_marks():
    assert 4 ** mark_zoom(20, None) <= 4 * MOST_MARKS


@given(zooms)
def test_a_tile_is_cut_as_fine_as_the_grid_allows(zoom):
    assert zoom <= tile_zoom(zoom) <= FINEST
    assert tile_zoom(zoom) == min(zoom + 5, FINEST)


squares = st.builds(Tile, st.just(8), st.integers(0, 12), st.integers(0, 12))


@given(st.dictionaries(squares, st.integers(1, 50), max_size=12))
def test_a_map_begins_with_four_things_of_five_near_each_other_or_with_all(counts):
    found = bulk(counts)
    assert found <= counts.keys()
    assert bool(found) == bool(counts)
    assert 5 * sum(counts[tile] for tile in found) >= 4 * sum(counts.values())
    wide = [max(tile[side] for tile in found) - min(tile[side] for tile in found) for side in (1, 2)] if found else [0]
    assert found == counts.keys() or max(wide) <= 2


def test_one_thing_of_ten_that_is_far_away_is_left_out():
    brest, beside, bastia = Tile(8, 124, 88), Tile(8, 125, 88), Tile(8, 134, 94)
    assert bulk({brest: 5, beside: 4, bastia: 1}) == {brest, beside}
    assert bulk({brest: 3, bastia: 1}) == {brest, bastia}
