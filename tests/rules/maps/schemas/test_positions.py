"""Positions and lines as people write them."""

import doctest

import colander
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.schemas import positions
from maps.schemas.positions import Line, Where, read_line, read_position, write_line, write_position

BREST = (-4.4861, 48.3904)
longitudes = st.floats(-180, 180).map(lambda number: round(number, 7))
latitudes = st.floats(-90, 90).map(lambda number: round(number, 7))
places = st.tuples(longitudes, latitudes)
heights = st.floats(-400, 9000).map(lambda number: round(number, 1))


def test_the_examples_hold():
    assert doctest.testmod(positions).failed == 0


@given(places)
def test_what_a_field_shows_is_read_back(place):
    assert read_position(write_position(place)) == place


@given(places, st.sampled_from(["{1}, {0}", "{1} {0}", "{1};{0}", "geo:{1},{0}", "  {1} / {0} "]))
def test_however_two_numbers_are_parted(place, form):
    written = form.format(*(f"{number:.7f}" for number in place))
    assert read_position(written) == place


@given(places)
def test_a_comma_may_stand_for_the_point(place):
    written = " ".join(f"{number:.7f}".replace(".", ",") for number in reversed(place))
    assert read_position(written) == place


@pytest.mark.parametrize(
    "written",
    [
        "48.3904 N 4.4861 W",
        "4.4861 O, 48.3904 N",
        "48.3904° N, 4.4861° O",
        "https://www.openstreetmap.org/?mlat=48.3904&mlon=-4.4861#map=18/1.5/2.5",
        "https://www.openstreetmap.org/#map=17/48.3904/-4.4861",
        "https://maps.example/@48.3904,-4.4861,15z",
        "https://maps.example/?q=48.3904,-4.4861",
    ],
)
def test_other_ways_to_say_where(written):
    assert read_position(written) == BREST


@pytest.mark.parametrize("written", ["", "Brest", "48.39", "48,39", "91, 0", "0, 181", "1e5, 3", "nan, nan", "1,2,3,4"])
def test_what_is_no_position(written):
    assert read_position(written) is None


@given(st.text(max_size=600))
def test_anything_is_a_position_on_the_globe_or_none(written):
    found = read_position(written)
    assert found is None or (abs(found[0]) <= 180 and abs(found[1]) <= 90)


@given(st.lists(st.one_of(places, st.tuples(longitudes, latitudes, heights)), max_size=20).map(tuple))
def test_a_line_is_read_back(line):
    assert read_line(write_line(line)) == line


def test_a_row_that_cannot_be_read_is_named():
    assert read_line("48.1, -4.2\n\nby the church") == 3
    assert read_line("48.1, -4.2\n48.1, 200") == 2


def test_fields_say_what_is_wrong():
    where = colander.SchemaNode(Where())
    assert where.deserialize("48.3904, -4.4861") == BREST
    assert where.serialize(BREST) == "48.3904, -4.4861"
    assert where.serialize(None) is colander.null
    with pytest.raises(colander.Invalid):
        where.deserialize("somewhere")
    line = colander.SchemaNode(Line(), missing=())
    assert line.deserialize("") == ()
    assert line.serialize(None) is colander.null
    assert line.deserialize(line.serialize((BREST, (-4.5, 48.4, 12.0)))) == (BREST, (-4.5, 48.4, 12.0))
    for wrong in ("48.1", "48.1, -4.2"):
        with pytest.raises(colander.Invalid):
            line.deserialize(wrong)
