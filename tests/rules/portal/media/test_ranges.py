"""A browser gets the part of a file that it asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.media.ranges import Unsatisfiable, part_of


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 200))
def test_a_range_is_the_bytes_that_it_names(start, end, size):
    there = [byte for byte in range(size) if start <= byte <= end]
    if start > end:
        assert part_of(f"bytes={start}-{end}", size) is None
    elif there:
        assert part_of(f"bytes={start}-{end}", size) == (there[0], there[-1] + 1)
    else:
        with pytest.raises(Unsatisfiable):
            part_of(f"bytes={start}-{end}", size)


@given(st.integers(1, 300), st.integers(1, 200))
def test_the_end_can_be_asked_for(length, size):
    start, end = part_of(f"bytes=-{length}", size)
    assert list(range(start, end)) == list(range(size))[-length:]


@given(st.integers(0, 300), st.integers(1, 200))
def test_all_from_a_place_on_can_be_asked_for(start, size):
    if start < size:
        assert part_of(f"bytes={start}-", size) == (start, size)
    else:
        with pytest.raises(Unsatisfiable):
            part_of(f"bytes={start}-", size)


@given(st.text(max_size=30))
def test_what_is_not_understood_is_answered_with_all_of_it(asked):
    assert part_of(f"lines {asked}", 10) is None
    assert part_of(None, 10) is None


@pytest.mark.parametrize("asked", ["bytes=0-1,3-4", "bytes=-", "bytes=a-b", "bytes", "items=0-1", "bytes=٠-١"])
def test_several_parts_and_nonsense_are_answered_with_all_of_it(asked):
    assert part_of(asked, 10) is None
