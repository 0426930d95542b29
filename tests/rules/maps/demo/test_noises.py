"""What is heard around the voices of the demo city: the same every time, audible, and within bounds."""

import wave
from array import array
from io import BytesIO
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maps.demo.noises import AFTER, BEFORE, LOUDEST, NOISES, RATE, Field, even, placed, shaped, soft, wav

short = st.floats(0.05, 0.6)


@pytest.mark.parametrize("name", sorted(NOISES))
def test_a_noise_is_the_same_every_time_and_can_be_heard(name):
    heard = NOISES[name](Random("once"), 3.0)
    assert heard == NOISES[name](Random("once"), 3.0)
    assert len(heard) == 3 * RATE
    assert max(map(abs, heard)) == pytest.approx(1.0)


@pytest.mark.parametrize("name", ["gulls", "sea", "birds"])
def test_another_chance_makes_another_noise(name):
    assert NOISES[name](Random("once"), 2.0) != NOISES[name](Random("again"), 2.0)


def test_a_place_sounds_the_same_whatever_was_recorded_before():
    first, second = Field(), Field()
    second.surroundings({"sea": 0.2, "wind": 1.0}, "elsewhere", 2.0)
    here = ({"wind": 0.5, "gulls": 0.4}, "here", 8.0)
    assert first.surroundings(*here) == second.surroundings(*here)


def test_noises_come_and_go_softly():
    heard = Field().surroundings({"engine": 1.0}, "quay", 6.0)
    assert max(map(abs, heard[:200])) < 0.05
    assert max(map(abs, heard[-200:])) < 0.05


def test_a_voice_is_heard_amid_noises_that_step_back():
    speech = array("h", [9000, -9000] * RATE)
    heard = Field().spoken(speech, {"rain": 0.5}, "garden")
    assert len(heard) == pytest.approx(RATE * (BEFORE + 2 + AFTER), abs=2)
    assert max(map(abs, heard)) > LOUDEST
    assert max(map(abs, heard[-RATE // 2 :])) < LOUDEST


def test_nobody_knows_a_noise_that_is_not_there():
    with pytest.raises(KeyError):
        Field().surroundings({"dragon": 1.0}, "cave", 1.0)


def test_the_file_is_a_wav_of_sixteen_bits_that_leaves_room_above():
    samples = NOISES["bell"](Random(1), 2.5)
    with wave.open(BytesIO(wav(samples))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        assert file.getnframes() == len(samples)
        loudest = max(map(abs, array("h", file.readframes(file.getnframes()))))
    assert loudest == pytest.approx(32_767 * LOUDEST, abs=2)


@given(samples=st.lists(st.floats(-1, 1), min_size=1, max_size=60), hertz=st.floats(200, 9000))
def test_softening_is_a_moving_mean_taken_twice(samples, hertz):
    width = max(2, round(RATE / (2 * hertz)))

    def mean(line):
        padded = [*line, *[0.0] * width]
        return [sum(padded[place : place + width]) / width for place in range(len(line))]

    assert soft(samples, hertz) == pytest.approx(array("d", mean(mean(samples))), abs=1e-9)


@given(points=st.lists(st.floats(0, 1), min_size=2, max_size=9), count=st.integers(2, 200))
def test_an_envelope_goes_through_its_points(points, count):
    heard = shaped([1.0] * count, points)
    spread = -(-count // (len(points) - 1))
    assert len(heard) == count
    for number, point in enumerate(points):
        if number * spread < count:
            assert heard[number * spread] == pytest.approx(point, abs=1e-9)


@settings(max_examples=30)
@given(seconds=short, at=st.floats(0, 1), length=short)
def test_what_is_placed_beyond_the_end_is_cut(seconds, at, length):
    base = placed(seconds, [(at, array("d", [0.5] * round(length * RATE)))])
    begin, end = round(at * RATE), round(at * RATE) + round(length * RATE)
    assert len(base) == max(1, round(seconds * RATE))
    assert sum(base) == pytest.approx(0.5 * max(0, min(end, len(base)) - begin))


@given(st.lists(st.floats(-1, 1), max_size=40))
def test_evening_out_never_goes_beyond_one(samples):
    assert max(map(abs, even(samples)), default=0.0) <= 1 + 1e-9
