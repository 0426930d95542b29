"""Two people changed the same thing; somebody chooses."""

from dataclasses import replace
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from maps.rules.content import tidied, trail_as_json, trail_from_json
from maps.rules.merging import merged_trail
from maps.schemas.settling import MINE, THEIRS, Choices, choices, is_label, is_text, settled
from maps.terms import StopContent, TrailContent

IDS = [UUID(int=number) for number in range(1, 5)]
MEDIA = [UUID(int=number) for number in range(11, 15)]
texts = st.dictionaries(st.sampled_from(["fr", "br"]), st.sampled_from(["a", "b", "c"]), max_size=2)


@st.composite
def trails(draw):
    ids = draw(st.lists(st.sampled_from(IDS), unique=True, max_size=4))
    several = tuple(
        StopContent(
            id=stop_id,
            label=f"{stop_id.int:02d}",
            title=draw(texts) or {"fr": "x"},
            longitude=draw(st.sampled_from([-4.5, -4.4])),
            latitude=48.39,
            media=tuple(draw(st.lists(st.sampled_from(MEDIA), unique=True, max_size=3))),
            optional=draw(st.booleans()),
        )
        for stop_id in ids
    )
    minutes = draw(st.sampled_from([None, 30, 60]))
    return tidied(TrailContent({"fr": "T"} | draw(texts), "fr", "CC0-1.0", minutes=minutes, stops=several))


def chosen(conflicts, side):
    return Choices(2, (side,) * len(conflicts), (None,) * len(conflicts))


@given(trails(), trails(), trails())
def test_what_is_chosen_stands_in_the_content(base, mine, theirs):
    merged, conflicts = merged_trail(base, mine, theirs)
    for side in (MINE, THEIRS):
        told = settled(trail_as_json(merged), conflicts, chosen(conflicts, side))
        content = trail_from_json(told)  # it is a content all the same
        for conflict in conflicts:
            wanted = conflict.mine if side == MINE else conflict.theirs
            if conflict.path[-1] == "order":
                there = value_at(told, conflict.path[:-1])
                ids = [one["id"] if isinstance(one, dict) else one for one in there or ()]
                assert [one for one in wanted if one in ids] == [one for one in ids if one in wanted]
            elif not gone(conflicts, conflict, side):
                assert value_at(told, conflict.path) == wanted
        assert len({stop.id for stop in content.stops}) == len(content.stops)


def gone(conflicts, conflict, side):
    """Was a stop, to which the conflict belongs, chosen to go?"""
    return any(
        one.path == conflict.path[:2] and (one.mine if side == MINE else one.theirs) is None
        for one in conflicts
        if len(one.path) == 2 and one is not conflict
    )


def value_at(told, path):
    here = told
    for step in path:
        if isinstance(here, list):
            here = next((one for one in here if one["id"] == step), None)
        else:
            here = here.get(step) if here is not None else None
    return here


def test_words_of_ones_own_can_be_put_in_place_of_either():
    base = TrailContent({"fr": "Port"}, "fr", "CC0-1.0")
    mine, theirs = replace(base, title={"fr": "Le port"}), replace(base, title={"fr": "Un port"})
    merged, conflicts = merged_trail(base, mine, theirs)
    assert [is_text(one) for one in conflicts] == [True]
    sent = {"theirs": "2", "choice-0": "mine", "words-0": " Le ou un port "}
    made = choices(sent, conflicts)
    assert made.seen == 2
    assert made.complete
    assert settled(trail_as_json(merged), conflicts, made)["title"] == {"fr": "Le ou un port"}


def test_two_new_stops_of_one_number_want_another():
    base = TrailContent({"fr": "Port"}, "fr", "CC0-1.0")
    stop = StopContent(IDS[0], "01", {"fr": "a"}, 0, 0)
    mine, theirs = replace(base, stops=(stop,)), replace(base, stops=(replace(stop, id=IDS[1]),))
    merged, conflicts = merged_trail(base, mine, theirs)
    assert [is_label(one) for one in conflicts] == [True]
    made = choices({"theirs": "2", "choice-0": "mine", "words-0": "02"}, conflicts)
    told = settled(trail_as_json(merged), conflicts, made)
    assert sorted(stop["label"] for stop in told["stops"]) == ["01", "02"]


def test_another_form_chose_nothing():
    made = choices({"theirs": "nine"}, merged_trail(*[TrailContent({"fr": "a"}, "fr", "CC0-1.0")] * 3)[1])
    assert made.seen is None
    assert made.complete  # of nothing
