"""In what state a thing is back, and what is noted of it."""

from hypothesis import given
from hypothesis import strategies as st

from equipment_lending.rules.condition import condition_after, noted
from equipment_lending.terms import NOT_LENDABLE, Condition

conditions = st.sampled_from(Condition)
parts = st.lists(st.sampled_from(("bonnette", "carte", "câble")), max_size=3)


@given(conditions, parts)
def test_a_thing_is_never_better_than_it_was_said_to_be(said, missing):
    worst = list(Condition)
    assert worst.index(condition_after(said, missing)) >= worst.index(said)


@given(conditions, parts)
def test_what_lacks_a_part_is_not_lent_and_what_lacks_none_is_as_it_was_said_to_be(said, missing):
    found = condition_after(said, missing)
    assert found in NOT_LENDABLE if missing else found is said


@given(parts, st.text())
def test_what_is_noted_names_every_part_that_is_missing_and_says_what_was_said(missing, note):
    said = noted(missing, note) or ""
    assert all(part in said for part in missing)
    assert note.strip() in said
    assert (noted(missing, note) is None) == (not missing and not note.strip())
