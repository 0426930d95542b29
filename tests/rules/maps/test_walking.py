"""When a walker has come to a stop, held against a slower telling of the same rule, and walked (scenario 12)."""

import random
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.rules.lines import distance
from maps.rules.walking import BORDER, WORST, Fix, Post, Walk, chosen, finished, moved, next_of
from tests.rules.maps.walks import followed, geotrek, lingering, metres, noisy_walk, posts_along

POST = Post(UUID(int=1), *metres(0, 0), 30)


def at(east, accuracy=10.0):
    return Fix(*metres(east, 0), accuracy)


def after(*fixes, posts=(POST,), walk=None):
    walk = walk or Walk()
    for fix in fixes:
        walk = moved(walk, posts, fix)
    return walk


# The rule, sentence by sentence ---------------------------------------------------------------------------------------


def test_two_positions_in_a_row_within_the_radius_begin_a_stop():
    assert after(at(20)).playing is None
    assert after(at(20), at(25)).playing == POST.id
    assert after(at(20), at(40), at(20)).playing is None


@pytest.mark.parametrize("accuracy", [50.1, 100, float("inf"), float("nan")])
def test_a_position_that_is_not_known_well_enough_is_as_if_it_had_not_been(accuracy):
    assert after(at(0, accuracy), at(0, accuracy), at(0, accuracy)) == Walk()
    assert after(at(20), at(500, accuracy), at(20)).playing == POST.id


def test_a_stop_begins_by_itself_once():
    walk = finished(after(at(0), at(0)), [POST])
    assert walk.playing is None
    assert after(at(500), at(500), at(0), at(0), walk=walk).playing is None
    assert chosen(walk, POST.id).playing == POST.id


def test_a_stop_is_left_well_outside_only():
    inside = after(at(0), at(0))
    assert after(at(49), walk=inside).inside == {POST.id}
    assert after(at(51), walk=inside).inside == set()
    assert after(at(70, 45), walk=inside).inside == {POST.id}


def test_what_plays_is_not_interrupted_and_one_stop_waits():
    posts = [Post(UUID(int=number), *metres(25 * number, 0), 30) for number in (1, 2, 3)]
    walk = after(at(0), at(0), posts=posts)
    assert walk.playing == posts[0].id
    walk = after(at(35), at(35), at(60), at(60), posts=posts, walk=walk)
    assert (walk.playing, walk.waiting) == (posts[0].id, posts[1].id)
    walk = finished(walk, posts)
    assert (walk.playing, walk.waiting) == (posts[1].id, posts[2].id)
    walk = finished(finished(walk, posts), posts)
    assert (walk.playing, walk.waiting, walk.begun) == (None, None, tuple(post.id for post in posts))


def test_of_two_stops_entered_at_once_the_next_in_order_plays_first():
    posts = [replace(POST, id=UUID(int=number)) for number in (7, 3, 5)]
    walk = after(at(0), at(0), posts=posts)
    assert (walk.playing, walk.waiting) == (UUID(int=7), UUID(int=3))
    walk = after(at(0), at(0), posts=posts, walk=Walk(begun=(UUID(int=3),)))
    assert (walk.playing, walk.waiting) == (UUID(int=5), UUID(int=7))


def test_what_somebody_taps_plays_and_what_waited_goes_on_waiting():
    posts = [replace(POST, id=UUID(int=number)) for number in (1, 2)]
    walk = after(at(0), at(0), posts=posts)
    tapped = chosen(walk, UUID(int=2))
    assert (tapped.playing, tapped.waiting) == (UUID(int=2), None)
    assert chosen(walk, UUID(int=1)).waiting == UUID(int=2)
    assert finished(Walk(), posts) == Walk()


# The rule, told slowly ------------------------------------------------------------------------------------------------

easts = st.integers(-150, 150).map(float)
fixes = st.lists(st.builds(at, easts, st.sampled_from([5.0, 30.0, 50.0, 51.0, 100.0])), max_size=25)
some_posts = st.lists(st.tuples(easts, st.integers(10, 60)), min_size=1, max_size=4).map(
    lambda told: [Post(UUID(int=n), *metres(east, 0), radius) for n, (east, radius) in enumerate(told, 1)]
)


def entered_by(posts, told):
    """For each good position the stops that are entered at it, from the whole story so far each time."""
    good = [fix for fix in told if fix.accuracy <= WORST]
    for number in range(len(good)):
        yield {post.id for post in posts if is_inside(post, good[: number + 1]) and not is_inside(post, good[:number])}


def is_inside(post, good):
    """Was there an entry since the last time that the stop was left?"""
    for number in range(len(good) - 1, -1, -1):
        if distance(post.position, good[number].position) > post.radius + max(BORDER, good[number].accuracy):
            return False
        near = [distance(post.position, fix.position) <= post.radius for fix in good[max(0, number - 1) : number + 1]]
        if len(near) == 2 and all(near):
            return True
    return False


@given(some_posts, fixes)
def test_what_is_entered_is_what_the_whole_story_says(posts, told):
    walk, found = Walk(), []
    for fix in told:
        before = walk.inside
        walk = moved(walk, posts, fix)
        if fix.accuracy <= WORST:
            found.append(set(walk.inside - before))
    assert found == list(entered_by(posts, told))


@given(some_posts, fixes, st.randoms(use_true_random=False))
def test_no_stop_begins_twice_none_is_interrupted_and_what_waits_was_entered(posts, told, chance):
    walk, begun = Walk(), []
    for fix in told:
        before = walk
        walk = moved(walk, posts, fix)
        assert before.playing in (None, walk.playing)
        if before.playing is None and walk.playing is not None:
            begun.append(walk.playing)
        if chance.random() < 0.3:
            walk = finished(walk, posts)
            if walk.playing is not None:
                begun.append(walk.playing)
        assert walk.waiting is None or walk.playing is not None
        assert walk.waiting not in begun
    assert len(set(begun)) == len(begun)
    assert walk.begun == tuple(begun)


@given(st.permutations(range(1, 6)), st.sets(st.integers(1, 5)), st.sets(st.integers(1, 5)))
def test_the_next_stop_is_the_first_not_begun_after_the_last_one_begun(order, begun, among):
    posts = [replace(POST, id=UUID(int=number)) for number in order]
    heard = [UUID(int=number) for number in sorted(begun)]
    ranks = {UUID(int=number): rank for rank, number in enumerate(order)}
    last = ranks[heard[-1]] if heard else -1
    left = [UUID(int=number) for number in among - begun]
    expected = min(left, key=lambda one: (ranks[one] <= last, ranks[one]), default=None)
    assert next_of(posts, heard, {UUID(int=number) for number in among}) == expected


# Scenario 12 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_on_a_walk_of_two_hundred_noisy_positions_each_stop_begins_once_and_in_order(seed):
    posts, told = posts_along(), list(noisy_walk(seed))
    assert len(told) == 200
    assert min(fix.accuracy for fix in told) >= 5
    assert max(fix.accuracy for fix in told) > 80
    assert followed(posts, told).begun == [post.id for post in posts]


def test_a_walk_whose_positions_are_known_within_a_hundred_metres_begins_nothing():
    told = [replace(fix, accuracy=100.0) for fix in noisy_walk(1)]
    assert followed(posts_along(), told).begun == []


@pytest.mark.parametrize("seed", range(5))
def test_who_lingers_on_the_border_for_ten_minutes_hears_the_stop_once(seed):
    (post,) = posts_along(1)
    told = list(lingering(seed, post, 600))
    assert any(distance(post.position, fix.position) > post.radius for fix in told)
    assert followed([post], told).begun == [post.id]


def test_the_rule_of_geotrek_fires_on_the_same_walk_too_early_and_where_nothing_is_known(record_property):
    """For comparison: 200 metres, whatever the accuracy, the first match in the order of the list."""
    posts, told = posts_along(), list(noisy_walk(0))
    place = {post.id: post.position for post in posts}
    fired = geotrek(posts, told)
    blind = geotrek(posts, [replace(fix, accuracy=100.0) for fix in told])
    early = [distance(place[stop_id], fix.position) for stop_id, fix in fired]
    ours = followed(posts, told).begun
    record_property("geotrek_fired", len(fired))
    record_property("geotrek_fired_without_accuracy", len(blind))
    assert (len(ours), len(fired), len(blind)) == (10, 10, 10)
    assert sum(off > 100 for off in early) >= 8

    jumbled = random.Random(12).sample(posts, len(posts))
    assert followed(jumbled, told).begun == [post.id for post in posts]
