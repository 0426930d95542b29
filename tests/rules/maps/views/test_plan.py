"""The plan of a trail."""

from itertools import combinations
from math import hypot
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.rules.lines import off_line
from maps.rules.trails import OFF_THE_LINE
from maps.terms import StopContent
from maps.views.plan import LEAST_HEIGHT, LONGEST_BAR, MOST_HEIGHT, RADIUS, STRIP, plan

near = st.tuples(st.floats(-4.6, -4.3), st.floats(48.3, 48.5))
anywhere = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


def stops(positions, **given):
    return [StopContent(uuid4(), f"{n:02d}", {}, *at, **given) for n, at in enumerate(positions, 1)]


def drawn(line, positions):
    several = stops(positions)
    return plan(line, several, [stop.label for stop in several])


def test_nothing_is_drawn_of_nothing():
    assert drawn((), ()) is None


@given(st.lists(anywhere, max_size=30), st.lists(anywhere, max_size=12))
def test_all_of_it_is_in_sight(line, positions):
    shown = drawn(line, positions)
    if shown is None:
        return
    assert LEAST_HEIGHT + STRIP <= shown.height <= MOST_HEIGHT + STRIP + 1
    points = [tuple(map(float, part.split())) for part in shown.path.replace("L", "M").split("M") if part.strip()]
    assert len(points) == len(line)
    for x, y in [*points, *((one.at_x, one.at_y) for one in shown.markers)]:
        assert -0.1 <= x <= shown.width + 0.1
        assert -0.1 <= y <= shown.height - STRIP + 0.1
    for one in shown.markers:
        assert RADIUS <= one.x <= shown.width - RADIUS
        assert RADIUS <= one.y <= shown.height - STRIP - RADIUS


@given(st.lists(near, min_size=2, max_size=10))
def test_stops_can_be_told_from_each_other(positions):
    shown = drawn((), positions)
    for one, other in combinations(shown.markers, 2):
        assert hypot(one.x - other.x, one.y - other.y) > RADIUS


def test_two_at_one_spot_lie_side_by_side_and_lead_to_it():
    shown = drawn((), [(-4.48, 48.39), (-4.48, 48.39)])
    assert all(marker.is_moved for marker in shown.markers)
    assert len({(marker.at_x, marker.at_y) for marker in shown.markers}) == 1


def test_north_is_up_and_east_is_right():
    south_west, north_east = drawn((), [(-4.5, 48.3), (-4.4, 48.4)]).markers
    assert north_east.y < south_west.y
    assert north_east.x > south_west.x


@given(st.lists(near, max_size=8), st.lists(near, min_size=1, max_size=8))
def test_where_somebody_is_is_drawn_as_the_stops_are(line, positions):
    shown = drawn(line, positions)
    for (longitude, latitude), marker in zip(positions, shown.markers, strict=True):
        assert (longitude - shown.west) * shown.across == pytest.approx(marker.at_x, abs=0.1)
        assert (shown.north - latitude) * shown.down == pytest.approx(marker.at_y, abs=0.1)


@given(near, near)
def test_how_unsure_a_position_is_is_drawn_to_the_scale_of_the_plan(one, other):
    shown = drawn([one, other], ())
    assert shown.metres * shown.metre == pytest.approx(shown.bar, abs=0.1)


@given(st.lists(near, min_size=2, max_size=8), st.lists(near, min_size=1, max_size=8))
def test_a_leg_leads_from_the_line_to_each_stop_that_is_off_it_and_to_no_other(line, positions):
    shown = drawn(line, positions)
    for position, marker in zip(positions, shown.markers, strict=True):
        (off,) = off_line(line, [position])
        if abs(off - OFF_THE_LINE) > 0.02 * off:  # two ways to lay the earth flat differ by less
            assert (marker.leg is not None) is (off > OFF_THE_LINE)
        if marker.leg:
            long = hypot(marker.leg[0] - marker.at_x, marker.leg[1] - marker.at_y)
            assert long == pytest.approx(off * shown.metre, rel=0.02, abs=0.2)


def test_without_a_line_there_is_nothing_to_leave():
    assert [marker.leg for marker in drawn((), [(-4.48, 48.39), (-4.40, 48.42)]).markers] == [None, None]


@given(near, near)
def test_the_bar_is_as_long_as_it_says(one, other):
    shown = drawn([one, other], ())
    assert 0 < shown.bar <= LONGEST_BAR or shown.metres == 10
