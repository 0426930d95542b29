"""Short names, tags, and what a scanner reads off a label."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipment_lending.rules.naming import TAG, bare_tag, consecutive_tags, tag_in

tags = st.from_regex(TAG, fullmatch=True)


@pytest.mark.parametrize(
    ("first", "count", "expected"),
    [
        ("BR-0098", 3, ["BR-0098", "BR-0099", "BR-0100"]),
        ("BR-99", 2, ["BR-99", "BR-100"]),
        ("VELO", 3, ["VELO", "VELO-2", "VELO-3"]),
        ("VELO", 0, []),
        ("K7-a", 2, ["K7-a", "K7-a-2"]),
    ],
)
def test_tags_are_counted_on_from_the_first(first, count, expected):
    assert consecutive_tags(first, count) == expected


@given(tags, st.integers(1, 60))
def test_tags_that_are_counted_on_begin_with_the_first_and_never_repeat(first, count):
    made = consecutive_tags(first, count)
    assert made[0] == first
    assert len({tag.lower() for tag in made}) == count


@given(tags, st.sampled_from(["https://communs.example", "http://localhost:6543", "https://x.example/sous/dossier"]))
def test_a_label_that_is_scanned_is_as_good_as_its_tag_typed(tag, site):
    assert tag_in(f" {site}/items/{quote(tag)}\n") == tag_in(tag) == tag


@given(st.text(max_size=40))
def test_what_is_no_label_is_looked_for_as_it_was_typed(text):
    if "/items/" not in text:
        assert tag_in(text) == text.strip()


@given(tags, tags)
def test_tags_that_look_alike_are_those_whose_signs_are_the_same_or_are_taken_for_each_other(one, other):
    signs = [[{"o": "0", "i": "1", "l": "1"}.get(c, c) for c in tag.lower() if c not in "-._"] for tag in (one, other)]
    assert (bare_tag(one) == bare_tag(other)) == (signs[0] == signs[1])
    assert bare_tag(one) == bare_tag(one.upper().replace("0", "O").replace("1", "l").replace("-", " "))
