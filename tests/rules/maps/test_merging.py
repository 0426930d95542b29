"""Two people's changes of the same revision, put together; held against a merge that knows nothing but paths."""

from dataclasses import fields, replace
from itertools import combinations
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maps.rules.content import ORDER, place_as_json, trail_as_json
from maps.rules.merging import merged_place, merged_trail, orders_without, woven
from maps.terms import Conflict, StopContent, TrailContent
from tests.factories import maps
from tests.rules.maps.given import contents, place_contents, stops

NOTHING = object()


@st.composite
def edited(draw, base):
    """The content after somebody's changes: some of its fields, stops changed, taken away, added, moved about."""
    other = draw(contents)
    changed = {one.name: getattr(draw(st.sampled_from([base, base, other])), one.name) for one in fields(TrailContent)}
    mine = []
    for stop in base.stops:
        act = draw(st.sampled_from(["leave", "leave", "leave", "change", "drop"]))
        if act == "change":
            strange = draw(stops(st.just(stop.id)))
            stop = StopContent(
                **{one.name: getattr(draw(st.sampled_from([stop, strange])), one.name) for one in fields(StopContent)}
            )
        if act != "drop":
            mine.append(stop)
    known = {stop.id for stop in base.stops}
    new = draw(st.lists(stops(st.integers(20, 24).map(lambda n: UUID(int=n))), max_size=2, unique_by=lambda s: s.id))
    for stop in new:
        if stop.id not in known:
            mine.insert(draw(st.integers(0, len(mine))), stop)
    if draw(st.integers(0, 4)) == 0:
        mine = draw(st.permutations(mine))
    return replace(TrailContent(**changed), stops=tuple(mine))


three = contents.flatmap(lambda base: st.tuples(st.just(base), edited(base), edited(base)))


def flat(told, path=()):
    """Every value of a content by its path; a list of sounds and the order of stops are not among them."""
    if isinstance(told, dict):
        return {where: value for key, inner in told.items() for where, value in flat(inner, (*path, key)).items()}
    if path and path[-1] == "stops":
        return flat({stop["id"]: stop for stop in told}, path)
    return {} if path and path[-1] == "media" else {path: told}


def by_paths(base, mine, theirs):
    """The slow and obvious merge: path by path; a stop taken away by one takes its paths along, or is a conflict."""
    base, mine, theirs = (flat(trail_as_json(one)) for one in (base, mine, theirs))
    ids = [{path[1] for path in one if path[0] == "stops" and len(path) > 2} for one in (base, mine, theirs)]
    found, conflicts = {}, set()
    for path in {*base, *mine, *theirs}:
        b, m, t = (one.get(path, NOTHING) for one in (base, mine, theirs))
        stop = path[1] if path[0] == "stops" else None
        if stop and stop in ids[0] and (stop in ids[1]) != (stop in ids[2]):
            value = t if m is NOTHING else m
            found[path] = value if path in (mine if stop in ids[1] else theirs) else NOTHING
        elif m in (b, t):
            found[path] = t
        elif t == b:
            found[path] = m
        else:
            found[path] = t
            conflicts.add(path)
    return {path: value for path, value in found.items() if value is not NOTHING}, conflicts


def stop_json(content, stop_id):
    return next((stop for stop in trail_as_json(content)["stops"] if stop["id"] == stop_id), None)


@settings(max_examples=50)
@given(three)
def test_what_only_one_changed_is_theirs_and_what_both_changed_is_listed(versions):
    base, mine, theirs = versions
    merged, conflicts = merged_trail(base, mine, theirs)
    expected, contradicting = by_paths(base, mine, theirs)
    taken_away = set()
    for stop in trail_as_json(base)["stops"]:
        here = [stop_json(mine, stop["id"]), stop_json(theirs, stop["id"])]
        if here.count(None) == 1 and stop in here:
            taken_away.add(stop["id"])  # and nobody minds
        elif here.count(None) == 1:
            contradicting.add(("stops", stop["id"]))
    expected = {path: value for path, value in expected.items() if path[0] != "stops" or path[1] not in taken_away}
    assert flat(trail_as_json(merged)) == expected
    told = {one.path for one in conflicts}
    assert contradicting <= told
    assert all(path[-1] in (ORDER, "label") for path in told - contradicting)


@given(contents.flatmap(lambda base: st.tuples(st.just(base), edited(base))))
def test_where_only_one_changed_anything_the_result_is_what_they_said(versions):
    base, changed = versions
    assert merged_trail(base, changed, base) == (changed, ())
    assert merged_trail(base, base, changed) == (changed, ())
    assert merged_trail(base, changed, changed) == (changed, ())


@settings(max_examples=50)
@given(three)
def test_it_makes_no_difference_to_what_is_a_conflict_who_came_first(versions):
    base, mine, theirs = versions
    here, there = merged_trail(base, mine, theirs)[1], merged_trail(base, theirs, mine)[1]
    assert sorted(one.path for one in here if one.path[-1] != "label") == sorted(
        one.path for one in there if one.path[-1] != "label"
    )


@settings(max_examples=50)
@given(three)
def test_no_stop_that_both_have_or_one_added_is_lost_and_none_is_there_twice(versions):
    base, mine, theirs = ({stop.id for stop in one.stops} for one in versions)
    merged = [stop.id for stop in merged_trail(*versions)[0].stops]
    assert len(set(merged)) == len(merged)
    assert mine & theirs | (mine - base) | (theirs - base) <= set(merged) <= mine | theirs


@settings(max_examples=50)
@given(three)
def test_two_stops_that_stand_alike_with_both_stand_so_in_the_end(versions):
    merged, conflicts = merged_trail(*versions)
    if ("stops", ORDER) in [one.path for one in conflicts]:
        return
    mine, theirs, found = ([stop.id for stop in one.stops] for one in (*versions[1:], merged))
    for one, other in combinations([stop_id for stop_id in mine if stop_id in found and stop_id in theirs], 2):
        if theirs.index(one) < theirs.index(other):
            assert found.index(one) < found.index(other)


orders = st.lists(st.integers(0, 9), unique=True, max_size=6)


@given(orders, orders, st.booleans())
def test_weaving_keeps_an_order_and_puts_each_newcomer_after_who_was_before_it(order, other, first):
    found = woven(order, other, first=first)
    assert [one for one in found if one in order] == order
    assert set(found) == {*order, *other}
    for before, one in zip([None, *other], other, strict=False):
        if one in order:
            continue
        between = found[found.index(before) + 1 if before is not None else 0 : found.index(one)]
        assert not set(between) & set(other)
        assert first or not between


# Examples of the field ------------------------------------------------------------------------------------------------


def paths(conflicts):
    return [one.path for one in conflicts]


def test_two_who_add_different_stops_at_one_spot_both_have_theirs():
    base = maps.content()
    mine = replace(base, stops=(base.stops[0], maps.stop("S1"), base.stops[1]))
    theirs = replace(base, stops=(base.stops[0], maps.stop("S2"), base.stops[1]))
    merged, conflicts = merged_trail(base, mine, theirs)
    assert conflicts == ()
    assert [stop.label for stop in merged.stops] == ["01", "S2", "S1", "02"]


def test_two_who_add_a_stop_of_the_same_number_must_say_which_is_which():
    """Hard case 12: two editors insert a stop at rank 3 from the same base."""
    base = maps.content()
    mine, theirs = (replace(base, stops=(*base.stops, maps.stop("03"))) for _ in range(2))
    merged, conflicts = merged_trail(base, mine, theirs)
    assert paths(conflicts) == [("stops", str(mine.stops[2].id), "label")]
    assert [stop.label for stop in merged.stops] == ["01", "02", "03", "03"]


def test_who_sends_the_same_addition_again_adds_nothing():
    base = maps.content()
    mine = replace(base, stops=(*base.stops, maps.stop("03")))
    assert merged_trail(base, mine, mine) == (mine, ())


def test_a_stop_that_one_corrected_and_the_other_took_away_stays_until_somebody_decides():
    base = maps.content()
    mine = replace(base, stops=(replace(base.stops[0], radius=40), base.stops[1]))
    theirs = replace(base, stops=base.stops[1:])
    merged, (conflict,) = merged_trail(base, mine, theirs)
    assert merged == mine
    assert conflict.path == ("stops", str(base.stops[0].id))
    assert (conflict.mine["radius"], conflict.theirs) == (40, None)


def test_both_add_a_sound_to_one_stop():
    heard = [UUID(int=number) for number in range(3)]
    base = maps.content(maps.stop("01", media=(heard[0],)))
    mine, theirs = (
        replace(base, stops=(replace(base.stops[0], media=(heard[0], added)),)) for added in (heard[1], heard[2])
    )
    merged, conflicts = merged_trail(base, mine, theirs)
    assert (merged.stops[0].media, conflicts) == ((heard[0], heard[2], heard[1]), ())


def test_languages_are_apart_and_coordinates_are_not():
    base = maps.content()
    stop = base.stops[0]
    mine = replace(base, title={**base.title, "br": "Ar porzh"}, stops=(maps.moved(stop, -4.47, 48.383), base.stops[1]))
    theirs = replace(
        base, title={**base.title, "en": "The port"}, stops=(maps.moved(stop, -4.479, 48.384), base.stops[1])
    )
    merged, conflicts = merged_trail(base, mine, theirs)
    assert set(merged.title) == {"fr", "br", "en"}
    assert conflicts == (
        Conflict(("stops", str(stop.id), "position"), [-4.479, 48.383], [-4.47, 48.383], [-4.479, 48.384]),
    )


def test_two_orders_are_for_a_person_to_choose():
    base = maps.content(*(maps.stop(label) for label in ("01", "02", "03")))
    one, two, three = base.stops
    merged, conflicts = merged_trail(
        base, replace(base, stops=(three, one, two)), replace(base, stops=(two, one, three))
    )
    assert paths(conflicts) == [("stops", ORDER)]
    assert merged.stops == (two, one, three)


@given(place_contents(), place_contents())
def test_a_place_is_merged_by_the_same_rules(base, changed):
    assert merged_place(base, changed, base) == (changed, ())
    assert merged_place(base, base, changed) == (changed, ())
    merged, conflicts = merged_place(base, changed, replace(base, address="Quai de la Douane"))
    assert (changed.address in (base.address, "Quai de la Douane")) == (conflicts == ())
    assert {**place_as_json(merged), "address": ""} == {**place_as_json(changed), "address": ""}


@given(three, st.sets(st.integers(1, 24).map(lambda n: str(UUID(int=n)))))
def test_an_order_does_not_name_what_is_hidden_and_stays_the_order_of_the_others(versions, hidden):
    _merged, conflicts = merged_trail(*versions)
    seen = orders_without(conflicts, hidden)
    assert [one.path for one in seen] == [one.path for one in conflicts]
    for before, after in zip(conflicts, seen, strict=True):
        if before.path != ("stops", ORDER):
            assert after == before
            continue
        for name in ("base", "mine", "theirs"):
            order = list(getattr(before, name))
            for stop_id in hidden & set(order):
                order.remove(stop_id)
            assert getattr(after, name) == order


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "merged"),
    [
        ((50, None), (90, None), (50, 80), (90, None)),
        ((50, None), (60, None), (50, 80), (60, 80)),
        ((50, 80), (None, None), (50, 90), (None, None)),
        ((50, 80), (None, 80), (50, 80), (None, None)),
    ],
)
def test_what_a_trail_takes_at_most_goes_where_it_is_no_more_than_what_it_takes(base, mine, theirs, merged):
    told = [
        TrailContent({"fr": "a"}, "fr", "CC0-1.0", minutes=least, minutes_most=most)
        for least, most in (base, mine, theirs)
    ]
    found, _conflicts = merged_trail(*told)
    assert (found.minutes, found.minutes_most) == merged
