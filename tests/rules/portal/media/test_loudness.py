"""A sound comes out at −16 LUFS and below −1 dBTP, whatever an encoder adds to it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.media.encoding.loudness import CEILING, MOST_TRIES, TARGET, Aim, Measured, better

decibels = st.floats(-60, 3, allow_nan=False)


class Encoder:
    """A simple one: a limiter, then something that loses loudness and overshoots, more the harder the limiter works."""

    def __init__(self, source: Measured, loss: float, overshoot: float) -> None:
        self.source, self.loss, self.overshoot = source, loss, overshoot

    def __call__(self, aim: Aim) -> Measured:
        gain = aim.gain(self.source)
        peak = min(self.source.true_peak + gain, aim.ceiling)
        return Measured(self.source.loudness + gain - self.loss, peak + self.overshoot)


LOUD = Measured(TARGET, 3.0)
"""A source that always reaches the limiter."""


def tried(encode, source: Measured = LOUD) -> tuple[list[Measured], Aim]:
    aim, found = Aim(), []
    while aim is not None:
        last = aim
        found.append(encode(aim))
        aim = better(source, aim, found[-1], len(found))
    return found, last


@example(loudness=-8.0, crest=11.0, loss=2.0, overshoot=3.0)  # what the encoder is given stays below the limiter
@example(loudness=-8.0, crest=10.7, loss=2.0, overshoot=3.0)
@given(
    loudness=st.floats(-55, -6),
    crest=st.floats(3, 20),
    loss=st.floats(-1.5, 2),
    overshoot=st.floats(0, 3),
)
def test_speech_comes_out_as_it_is_to_be_in_a_few_tries(loudness, crest, loss, overshoot):
    source = Measured(loudness, min(loudness + crest, 3))
    found, _aim = tried(Encoder(source, loss, overshoot), source)
    assert abs(found[-1].loudness - TARGET) <= 1
    assert found[-1].true_peak <= CEILING
    assert len(found) <= 3


@given(st.lists(st.tuples(decibels, st.floats(-20, 6)), min_size=MOST_TRIES, max_size=MOST_TRIES))
def test_no_encoder_is_asked_for_ever_and_none_for_more_than_there_is(answers):
    replies = iter([Measured(*answer) for answer in answers])
    found, aim = tried(lambda _aim: next(replies))
    assert len(found) <= MOST_TRIES
    assert -40 <= aim.ceiling <= 0


@given(st.floats(-25, -8), st.floats(-1, 4))
def test_what_is_above_the_ceiling_is_asked_for_lower(loudness, peak):
    following = better(LOUD, Aim(), Measured(loudness, peak + 0.1), 1)
    assert following.ceiling < Aim().ceiling


def test_once_asked_often_enough_loudness_is_given_up_and_not_the_ceiling():
    found, _aim = tried(lambda aim: Measured(aim.loudness - 3, aim.ceiling + 3 + (aim.loudness + 16) / 2))
    assert found[-1].true_peak <= CEILING or len(found) == MOST_TRIES


@pytest.mark.parametrize(
    ("loudness", "peak"), [(-70.0, -30.0), (float("-inf"), -20.0), (float("nan"), 0.0), (-30, float("-inf"))]
)
def test_silence_is_known_as_such(loudness, peak):
    assert Measured(loudness, peak).is_silent


def test_the_meter_says_tenths_and_is_not_trusted_with_more():
    assert Measured(-16.9, -1.1).is_good
    assert not Measured(-17.0, -1.1).is_good
    assert not Measured(-16.0, -1.0).is_good
