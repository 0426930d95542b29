"""The line of a trail, held against slower and plainer ways to measure it."""

from itertools import combinations_with_replacement, pairwise
from math import acos, cos, degrees, hypot, radians, sin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maps.rules.lines import (
    EARTH,
    FORWARDS,
    MOST_VERTICES,
    UNDULATION,
    Simplified,
    along,
    climb,
    crosses_180,
    distance,
    is_loop,
    length,
    off_line,
    simplified,
)
from tests.rules.maps.given import positions

lines = st.lists(positions, min_size=2, max_size=7)
METRE = degrees(1 / EARTH)


def metres(east, north, middle=48.39):
    """The position so many metres from the middle of Brest."""
    return -4.49 + east * METRE / cos(radians(middle)), middle + north * METRE


def flat(position):
    """Metres on a plane, near the middle of Brest."""
    return (position[0] + 4.49) / METRE * cos(radians(48.39)), (position[1] - 48.39) / METRE


def gap(one, other):
    (x, y), (east, north) = flat(one), flat(other)
    return hypot(x - east, y - north)


def nearest(one, other, point):
    """The point between two nearest to a third, found by halving what is left."""
    low, high = 0.0, 1.0
    for _ in range(80):
        a, b = low + (high - low) / 3, high - (high - low) / 3
        if gap(between(one, other, a), point) < gap(between(one, other, b), point):
            high = b
        else:
            low = a
    return between(one, other, low)


def between(one, other, share):
    return one[0] + share * (other[0] - one[0]), one[1] + share * (other[1] - one[1])


# How long -------------------------------------------------------------------------------------------------------------


@given(st.tuples(st.floats(-179, 179), st.floats(-89, 89)), st.tuples(st.floats(-179, 179), st.floats(-89, 89)))
def test_a_distance_is_the_angle_between_two_directions_from_the_middle_of_the_earth(one, other):
    def direction(longitude, latitude):
        east, north = radians(longitude), radians(latitude)
        return cos(north) * cos(east), cos(north) * sin(east), sin(north)

    cosine = sum(a * b for a, b in zip(direction(*one), direction(*other), strict=True))
    assert distance(one, other) == pytest.approx(EARTH * acos(max(-1.0, min(1.0, cosine))), abs=1.0)


@given(lines)
def test_a_line_is_as_long_as_its_stretches_whichever_way_one_goes(line):
    assert length(line) == pytest.approx(length(line[::-1]))
    assert length(line) == pytest.approx(sum(gap(one, other) for one, other in pairwise(line)), rel=1e-3, abs=0.01)


def test_a_loop_ends_where_it_begins():
    square = [metres(0, 0), metres(300, 0), metres(300, 300), metres(0, 80)]
    assert is_loop(square)
    assert not is_loop(square[:3])
    assert not is_loop(square[:2])


def test_a_line_over_the_other_side_of_the_earth_is_told():
    assert crosses_180([(179.9, 0.0), (-179.9, 0.0)])
    assert not crosses_180([(-4.5, 48.3), (-4.4, 48.4)])


# How high -------------------------------------------------------------------------------------------------------------

heights = st.lists(st.integers(0, 1000).map(lambda one: one / 10), min_size=2, max_size=30)


def lifted(told):
    return [(-4.49, 48.39, height) for height in told]


@given(heights)
def test_what_goes_up_and_comes_down_again_ends_where_it_ends(told):
    found = climb(lifted(told))
    assert (found.lowest, found.highest) == (min(told), max(told))
    assert round(abs(found.up - found.down - (told[-1] - told[0])), 6) <= UNDULATION
    assert found.up >= max(after - min(told[: n + 1]) for n, after in enumerate(told)) - UNDULATION


@given(heights)
def test_a_climb_is_never_more_than_every_step_up_taken_together(told):
    found = climb(lifted(told))
    assert found.up <= sum(max(0.0, after - before) for before, after in pairwise(told)) + 1e-6
    back = climb(lifted(told[::-1]))
    assert back.up == pytest.approx(found.down, abs=2 * UNDULATION)


@given(st.lists(st.integers(0, 29).map(lambda one: one / 10), min_size=2, max_size=30))
def test_who_walks_on_the_level_does_not_climb(told):
    assert climb(lifted(told)).up == climb(lifted(told)).down == 0


def test_from_ten_metres_to_ninety_nine_and_back_is_eighty_nine_up():
    told = [*range(10, 100), *range(98, 9, -1)]
    assert climb(lifted(told)).up == climb(lifted(told)).down == 89


def test_without_all_heights_nothing_is_said_of_a_climb():
    assert climb([(-4.49, 48.39, 1.0), (-4.48, 48.39)]) is None
    assert climb([]) is None


# Where the stops are --------------------------------------------------------------------------------------------------


@given(lines, st.lists(positions, min_size=1, max_size=5))
def test_no_stop_is_before_an_earlier_one(line, stops):
    found = along(line, stops)
    assert all(one.metres <= other.metres for one, other in pairwise(found))
    assert all(-1e-6 <= one.metres <= length(line) + 1e-6 for one in found)
    assert [one.off for one in found] == pytest.approx(off_line(line, stops))


@given(lines, positions)
def test_how_far_off_the_line_is_the_nearest_point_of_all_stretches(line, stop):
    slow = min(gap(nearest(one, other, stop), stop) for one, other in pairwise(line))
    assert off_line(line, [stop])[0] == pytest.approx(slow, rel=1e-3, abs=0.05)


@settings(max_examples=60)
@given(st.lists(positions, min_size=2, max_size=4), st.lists(positions, min_size=1, max_size=3))
def test_of_all_ways_to_pass_the_stops_in_order_it_is_the_one_that_leads_nearest_to_them(line, stops):
    places = []
    start = 0.0
    for one, other in pairwise(line):
        whole = distance(one, other)
        for point in (one, *(nearest(one, other, stop) for stop in stops), other):
            share = gap(one, point) / gap(one, other) if whole else 0.0
            places.append((start + share * whole, point))
        start += whole
    places.sort()

    def cost(chosen):
        return sum(gap(point, stop) + FORWARDS * at for (at, point), stop in zip(chosen, stops, strict=True))

    best = min(map(cost, combinations_with_replacement(places, len(stops))))
    found = along(line, stops)
    at = [min(places, key=lambda place: abs(place[0] - one.metres)) for one in found]
    assert cost(at) <= best + 1.0


def test_on_a_way_there_and_back_the_stops_follow_each_other():
    """Real: stop 7 of the Île Vierge is a there-and-back on the line; the nearest point alone picks the way there."""
    line = [metres(0, 0), metres(1000, 0), metres(0, 0)]
    start, end, half = metres(0, 5), metres(1000, 5), metres(400, 5)
    assert [round(one.metres) for one in along(line, [start, half, end])] == [0, 400, 1000]
    assert [round(one.metres) for one in along(line, [start, end, half])] == [0, 1000, 1600]
    assert [round(one.metres) for one in along(line, [half, end, half])] == [400, 1000, 1600]


def test_where_a_line_crosses_itself_the_passage_after_the_stop_before_is_meant():
    line = [metres(0, 0), metres(400, 0), metres(400, 300), metres(200, 300), metres(200, -300)]
    crossing, corner = metres(200, 2), metres(400, 300)
    assert [round(one.metres) for one in along(line, [crossing, corner])] == [200, 700]
    assert [round(one.metres) for one in along(line, [corner, crossing])] == [700, 1198]


def test_without_a_line_nothing_is_along_it():
    assert along([], [metres(0, 0)]) == ()
    assert along([metres(0, 0), metres(10, 0)], []) == ()
    assert off_line([], [metres(0, 0)]) == [0]
    assert off_line([metres(0, 0)], [metres(30, 0)]) == pytest.approx([30], rel=0.01)


# Fewer points ---------------------------------------------------------------------------------------------------------

wiggles = st.lists(st.tuples(st.integers(-30, 30), st.integers(-30, 30)), min_size=2, max_size=40)


def kept_of(line, found):
    """The numbers of the points that stayed."""
    numbers, here = [], 0
    for vertex in found:
        while line[here] is not vertex:
            here += 1
        numbers.append(here)
    return numbers


@given(wiggles, st.integers(2, 10), st.sampled_from([1.0, 2.0, 20.0]))
def test_every_point_left_out_is_near_the_stretch_that_replaced_it(told, most, within):
    line = [metres(*point) for point in told]
    found = simplified(line, most, within)
    numbers = kept_of(line, found.line)
    assert len(found.line) <= max(most, 2)
    assert (numbers[0], numbers[-1]) == (0, len(line) - 1)
    for one, other in pairwise(numbers):
        for left_out in line[one + 1 : other]:
            spot = nearest(line[one], line[other], left_out)
            assert gap(spot, left_out) <= found.within + 0.05


def test_a_line_of_no_more_points_than_a_map_needs_stays_as_it_is():
    line = tuple(metres(one, 0) for one in range(MOST_VERTICES))
    assert simplified(line) == Simplified(line, 0)


def test_a_walk_of_many_points_keeps_its_shape_within_two_metres():
    line = [metres(one / 5, 40 * sin(one / 500)) for one in range(20_000)]
    found = simplified(line)
    assert len(found.line) <= MOST_VERTICES
    assert found.within == 2
    assert length(found.line) == pytest.approx(length(line), rel=0.01)


def test_a_way_there_and_back_keeps_its_end():
    line = [metres(one, 0) for one in (*range(1500), *range(1500, -1, -1))]
    found = simplified(line)
    assert off_line(found.line, [line[1500]])[0] <= 2
    assert length(found.line) == pytest.approx(length(line), rel=0.01)
