"""A waveform is the least and the greatest of each stretch, however the samples come."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from portal.media.encoding.peaks import PAIRS, Peaks
from portal.media.waveform import HEIGHT, STROKES, path_of

samples = st.lists(st.integers(-32768, 32767), max_size=3000)


def peaks_of(values: list[int], cuts=()) -> tuple[bytes, int]:
    pcm, peaks, start = struct.pack(f"<{len(values)}h", *values), Peaks(), 0
    for cut in sorted({c % (len(pcm) + 1) for c in cuts}):
        peaks.add(pcm[start:cut])
        start = cut
    peaks.add(pcm[start:])
    return peaks.pairs(), peaks.samples


@given(samples, st.lists(st.integers(0, 10_000), max_size=5))
def test_it_does_not_matter_how_the_samples_are_cut(values, cuts):
    assert peaks_of(values, cuts) == peaks_of(values)
    assert peaks_of(values)[1] == len(values)


@given(samples.filter(any))
def test_the_greatest_of_all_is_at_full_height_and_none_is_beyond(values):
    pairs = struct.unpack(f"{2 * PAIRS}b", peaks_of(values)[0])
    assert max(map(abs, pairs)) == 127
    assert all(least <= greatest for least, greatest in zip(pairs[::2], pairs[1::2], strict=True))


@given(st.lists(st.integers(-100, 100), min_size=1, max_size=20))
def test_a_long_sound_has_the_shape_of_a_short_one(shape):
    """Each level is held for as long as 1,800 pairs have of it; the slow model looks at each stretch by itself."""
    step = 16 * 900
    values = [level * 300 for level in shape for _ in range(step)]
    pairs = struct.unpack(f"{2 * PAIRS}b", peaks_of(values)[0])
    height = max(max(map(abs, shape)), 1)
    for number in range(PAIRS):
        here = shape[number * len(shape) // PAIRS], shape[min((number + 1) * len(shape) // PAIRS, len(shape) - 1)]
        expected = {round(level * 127 / height) for level in here}
        assert any(abs(pairs[2 * number] - one) <= 1 for one in expected)


def test_memory_stays_what_it_is_however_long_a_sound_lasts():
    peaks = Peaks()
    for _ in range(200):
        peaks.add(struct.pack("<16000h", *([0] * 16000)))
    assert len(peaks._least) < 4 * PAIRS
    assert peaks.pairs() == bytes(2 * PAIRS)


@given(st.binary(max_size=4000))
def test_a_waveform_stays_within_its_picture(pairs):
    path = path_of(pairs)
    assert path.count("M") == (STROKES if len(pairs) >= 2 else 0)
    for stroke in path.split("M")[1:]:
        top, bottom = stroke.split(" ")[1].split("V")
        assert 0 <= float(top) <= HEIGHT
        assert 0 <= float(bottom) <= HEIGHT
