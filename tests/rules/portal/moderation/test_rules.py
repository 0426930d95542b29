"""Hidden and restored as often as need be; removed once, and nothing after it."""

from hypothesis import given
from hypothesis import strategies as st

from portal.moderation.rules import after, possible, standing_after
from portal.moderation.terms import Act, Standing

acts = st.lists(st.sampled_from(Act), max_size=12)


def slowly(done: list[Act]) -> Standing:
    """Say where acts leave a thing by counting, as the slow and obvious way: what is done twice is done once."""
    if Act.REMOVE in done:
        return Standing.REMOVED
    return Standing.HIDDEN if done and done[-1] is Act.HIDE else Standing.VISIBLE


@given(acts)
def test_the_last_act_decides_unless_it_comes_after_a_removal(done):
    assert standing_after(done) is slowly(done)


@given(acts, st.sampled_from(Act))
def test_an_act_can_be_done_exactly_when_it_changes_something(done, act):
    before = standing_after(done)
    left = after(before, act)
    assert (left is None) == (slowly([*done, act]) is before)
    assert left in (None, slowly([*done, act]))


@given(acts)
def test_acts_that_could_not_be_done_count_for_nothing(done):
    kept: list[Act] = []
    for act in done:
        if after(standing_after(kept), act):
            kept.append(act)
    assert standing_after(kept) is standing_after(done)


def test_nothing_can_be_done_to_what_was_removed():
    assert possible(Standing.REMOVED) == ()
    assert possible(Standing.VISIBLE) == (Act.HIDE, Act.REMOVE)
    assert possible(Standing.HIDDEN) == (Act.RESTORE, Act.REMOVE)
