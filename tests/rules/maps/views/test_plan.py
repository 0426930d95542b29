"""The plan of a trail."""

from itertools import combinations
from math import hypot
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

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


@given(near, near)
def test_the_bar_is_as_long_as_it_says(one, other):
    shown = drawn([one, other], ())
    assert 0 < shown.bar <= LONGEST_BAR or shown.metres == 10
