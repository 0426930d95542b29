"""Nobody has more than their share, and nobody is refused who has less."""

from hypothesis import given
from hypothesis import strategies as st

from portal.media.shares import Share, refusal
from portal.media.terms import MediaFlaw

sizes = st.integers(1, 60)


@given(st.lists(st.tuples(st.booleans(), sizes), max_size=12), st.integers(1, 4), st.integers(1, 200))
def test_whoever_sends_what_is_taken_stays_within_their_share(sent, unfinished, size):
    """One file after another, some of which are ready at once."""
    most, kept = Share(unfinished, size), []
    for ready, one in sent:
        used = Share(sum(not done for done, _size in kept), sum(bytes_ for _done, bytes_ in kept))
        flaw = refusal(used, one, most)
        if flaw is None:
            kept.append((ready, one))
        else:
            fits = sum(bytes_ for _done, bytes_ in kept) <= size - one
            assert flaw is (MediaFlaw.TOO_MANY_UNFINISHED if fits else MediaFlaw.NO_ROOM_LEFT)
            assert not fits or used.unfinished == unfinished
        assert sum(not done for done, _size in kept) <= unfinished
        assert sum(bytes_ for _done, bytes_ in kept) <= size
