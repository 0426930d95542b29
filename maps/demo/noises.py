"""Field-like noises for the demo city, made of arithmetic: the sea, gulls, an engine, a bell, steps on gravel.

Every noise is a pure function of a chance and a length, and gives samples around zero, not louder than about 1. The
work is done by the standard library's loops in C (``accumulate``, ``map``): a dozen seconds take a fraction of one.
"""

import wave
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from io import BytesIO
from itertools import accumulate, chain, cycle, islice, pairwise, repeat
from math import exp, pi, sin, tanh
from operator import add, mul, sub
from random import Random
from typing import TypeAlias

RATE = 22_050
"""Samples a second of everything here, mono."""

LOUDEST = 0.72
"""How much of the range of 16 bits is used: a little is kept for what encoders add."""
FADE, BEFORE, AFTER = 0.35, 1.1, 1.4
"""Seconds: how long it takes to come and go, and what is heard before and after somebody speaks."""
BEHIND, BETWEEN = 0.14, 0.45
"""How loud the surroundings are while somebody speaks, and before and after, where the voice is as loud as 0.72."""
STEP, TURN = 64, 1024
"""For how many samples a gliding pitch stays the same, and into how many steps one turn of a tone is cut."""
SILENCE = 1e-9
TAPE = 2.5
"""How much the peaks of a voice are bent."""
LOOP, SEAM = 7.0, 0.5
"""Seconds: how long a noise is made for; what is longer hears it again, its end running into its beginning."""

Samples: TypeAlias = array
Pitch: TypeAlias = Callable[[float], float]
"""How many hertz a tone has, by the time from 0 to 1."""
Noise: TypeAlias = Callable[[Random, float], Samples]


# What noises are made of ------------------------------------------------------------------------------------------


def hiss(chance: Random, seconds: float) -> Samples:
    """Return white noise."""
    raw = array("h", chance.randbytes(2 * _count(seconds)))
    return array("d", map(mul, raw, repeat(1 / 32_768)))


def soft(samples: Sequence[float], hertz: float) -> Samples:
    """Return the samples without what is higher than about ``hertz``: a moving mean, twice."""
    width = max(2, round(RATE / (2 * hertz)))
    return _mean(_mean(samples, width), width)


def sharp(samples: Sequence[float], hertz: float) -> Samples:
    """Return the samples without what is lower than about ``hertz``."""
    return array("d", map(sub, samples, soft(samples, hertz)))


def shaped(samples: Sequence[float], points: Sequence[float]) -> Samples:
    """Return the samples as loud as the points say, which are spread evenly and joined by straight lines."""
    spread = max(1, -(-len(samples) // (max(1, len(points) - 1))))
    slopes = chain.from_iterable(repeat((after - before) / spread, spread) for before, after in pairwise(points))
    return array("d", map(mul, samples, accumulate(slopes, initial=points[0])))


def gliding(hertz: float, by: float = 0.0) -> Pitch:
    """Return a pitch that rises evenly, in the end by this share of it; that stays the same when there is none."""
    return lambda time: hertz * (1 + by * time)


def trembling(hertz: float, by: float, speed: float) -> Pitch:
    """Return a pitch that goes up and down by this share of it."""
    return lambda time: hertz * (1 + by * sin(speed * time))


def arched(hertz: float, by: float) -> Pitch:
    """Return a pitch that is higher by this share of it in the middle."""
    return trembling(hertz, by, pi)


def tone(seconds: float, pitch: Pitch, partials: Sequence[float]) -> Samples:
    """Return a tone whose ``pitch`` in hertz may glide with the time from 0 to 1; ``partials`` are its overtones."""
    count = _count(seconds)
    pitches = [pitch(place / count) for place in range(0, count, STEP)]
    turns = islice(chain.from_iterable(repeat(TURN / RATE * hertz, STEP) for hertz in pitches), count)
    one_turn = [_at(place * 2 * pi / TURN, partials) for place in range(TURN)]
    return array("d", [one_turn[int(place) & TURN - 1] for place in accumulate(turns)])


def _at(phase: float, partials: Sequence[float]) -> float:
    return sum(share * sin(number * phase) for number, share in enumerate(partials, 1))


def struck(seconds: float, partials: Iterable[tuple[float, float, float]]) -> Samples:
    """Return what a struck thing sounds like: each partial has its hertz, its loudness, and how fast it dies away."""
    count = _count(seconds)
    mixed = array("d", bytes(8 * count))
    for hertz, share, decay in partials:
        turn = 2 * pi * hertz / RATE
        fall = exp(-decay / RATE)
        fading = accumulate(repeat(fall, count - 1), mul, initial=share)
        mixed = array("d", map(add, mixed, map(mul, fading, map(sin, accumulate(repeat(turn, count))))))
    return mixed


def placed(seconds: float, sounds: Iterable[tuple[float, Samples]]) -> Samples:
    """Return silence in which each of ``sounds`` begins at its second. What would last longer is cut."""
    base = array("d", bytes(8 * _count(seconds)))
    for at, sound in sounds:
        begin = round(at * RATE)
        end = min(len(base), begin + len(sound))
        base[begin:end] = array("d", map(add, base[begin:end], sound))
    return base


def rounded(samples: array) -> Samples:
    """Return 16-bit samples with their peaks bent down, as tape does it: what is soft comes nearer to what is loud."""
    bent = _bent()
    return array("d", [bent[sample + 32_768] for sample in samples])


@cache
def _bent() -> Sequence[float]:
    return [tanh(TAPE * sample / 32_768) for sample in range(-32_768, 32_768)]


def even(samples: Sequence[float], loudest: float = 1.0) -> Samples:
    """Return the samples as loud as ``loudest`` where they are loudest; silence stays silence."""
    peak = max(max(samples, default=0.0), -min(samples, default=0.0))
    return array("d", map(mul, samples, repeat(loudest / peak if peak > SILENCE else 1.0)))


# Water, wind and weather ------------------------------------------------------------------------------------------


def sea(chance: Random, seconds: float) -> Samples:
    """Return waves that come in on a slipway, one every few seconds."""
    swell = [0.25]
    while len(swell) < 2 * seconds + 2:
        height = chance.uniform(0.6, 1.0)
        swell += [0.35 * height, height, 0.7 * height, 0.45, *repeat(0.25, chance.randrange(1, 4))]
    rolling = soft(hiss(chance, seconds), 500)
    foam = array("d", map(mul, soft(sharp(hiss(chance, seconds), 1500), 4500), repeat(0.35)))
    return even(shaped(array("d", map(add, rolling, foam)), swell[: int(2 * seconds) + 2]))


def wind(chance: Random, seconds: float) -> Samples:
    """Return wind that comes in gusts."""
    gusts = [chance.uniform(0.2, 1.0) for _ in range(int(1.5 * seconds) + 2)]
    return even(shaped(soft(sharp(hiss(chance, seconds), 120), 420), gusts))


def stream(chance: Random, seconds: float) -> Samples:
    """Return a stream over stones: a steady rush, and bubbles."""
    rush = soft(sharp(hiss(chance, seconds), 700), 2600)
    bubbles = placed(seconds, ((at, _bubble(chance)) for at in _now_and_then(chance, seconds, 0.045)))
    return even(array("d", map(add, even(rush, 0.3), even(bubbles, 0.7))))


def rain(chance: Random, seconds: float) -> Samples:
    """Return rain on leaves."""
    drops = placed(seconds, ((at, _drop(chance)) for at in _now_and_then(chance, seconds, 0.02)))
    return even(array("d", map(add, even(sharp(hiss(chance, seconds), 2500), 0.35), even(drops, 0.65))))


def fountain(chance: Random, seconds: float) -> Samples:
    """Return water that falls from a spout into a basin of stone."""
    fall = soft(sharp(hiss(chance, seconds), 1200), 5000)
    basin = placed(seconds, ((at, _bubble(chance, low=260, high=620)) for at in _now_and_then(chance, seconds, 0.07)))
    return even(array("d", map(add, even(fall, 0.4), even(basin, 0.6))))


def _bubble(chance: Random, low: float = 420, high: float = 1500) -> Samples:
    hertz, share = chance.uniform(low, high), chance.uniform(0.2, 1.0)
    rising = tone(chance.uniform(0.02, 0.06), gliding(hertz, 0.35), (share,))
    return shaped(rising, (0, 1, 0.5, 0.2, 0))


def _drop(chance: Random) -> Samples:
    return struck(0.012, ((chance.uniform(1800, 5200), chance.uniform(0.1, 1.0), 420),))


# Birds and other animals ------------------------------------------------------------------------------------------


def gulls(chance: Random, seconds: float) -> Samples:
    """Return gulls that call, some nearer, some farther."""
    return even(placed(seconds, chain.from_iterable(_gull(chance, at) for at in _now_and_then(chance, seconds, 1.9))))


def _gull(chance: Random, at: float) -> Iterator[tuple[float, Samples]]:
    """Yield one gull's call: a long cry, then shorter and shorter ones that fall."""
    hertz, far = chance.uniform(780, 1150), chance.uniform(0.25, 1.0)
    for number in range(chance.randrange(2, 6)):
        lasts = max(0.14, 0.42 - 0.06 * number) * chance.uniform(0.9, 1.1)
        cry = tone(lasts, lambda time: hertz * (0.82 + 0.5 * sin(pi * min(1, 1.5 * time + 0.1))), (0.5, 0.9, 0.6, 0.3))
        yield at, shaped(cry, (0, 0.6 * far, far, 0.8 * far, 0.5 * far, 0))
        at += lasts + chance.uniform(0.05, 0.12)


def birds(chance: Random, seconds: float) -> Samples:
    """Return small birds in a wood: whistles, trills, a phrase said twice."""
    return even(placed(seconds, chain.from_iterable(_phrase(chance, at) for at in _now_and_then(chance, seconds, 1.1))))


def _phrase(chance: Random, at: float) -> Iterator[tuple[float, Samples]]:
    far = chance.uniform(0.2, 1.0)
    notes = [(chance.uniform(2300, 4600), chance.uniform(-0.25, 0.3)) for _ in range(chance.randrange(2, 5))]
    for hertz, bend in notes * chance.randrange(1, 4):
        lasts = chance.uniform(0.05, 0.13)
        whistle = tone(lasts, gliding(hertz, bend), (1.0, 0.12))
        yield at, shaped(whistle, (0, far, 0.7 * far, 0))
        at += lasts + 0.03


def owl(chance: Random, seconds: float) -> Samples:
    """Return an owl in the dusk."""
    calls = []
    for at in _now_and_then(chance, seconds, 3.4):
        long = tone(0.9, trembling(400, 0.02, 40), (1.0, 0.15))
        calls += [(at, shaped(long, (0, 0.8, 1, 0.7, 0))), (at + 1.3, shaped(long, (0, 0.3, 0.2, 0.7, 0.9, 0.4, 0)))]
    return even(placed(seconds, calls))


def frogs(chance: Random, seconds: float) -> Samples:
    """Return frogs at a pond, that answer each other."""
    voices = [(chance.uniform(480, 900), chance.uniform(0.3, 1.0)) for _ in range(5)]
    calls = []
    for at in _now_and_then(chance, seconds, 0.35):
        hertz, far = chance.choice(voices)
        croak = tone(0.22, gliding(hertz), (0.6, 0.8, 0.4))
        calls.append((at, shaped(croak, [far * (place % 2) for place in range(13)])))
    return even(placed(seconds, calls))


# Things and people ------------------------------------------------------------------------------------------------


def engine(chance: Random, seconds: float) -> Samples:
    """Return a ship's diesel that idles in the harbour."""
    hertz = chance.uniform(27, 34)
    drone = tone(seconds, trembling(hertz, 0.012, 23), (0.8, 1.0, 0.5, 0.6, 0.2, 0.25))
    beats = [0.75 + 0.25 * (place % 2) for place in range(int(seconds * hertz / 4) + 2)]
    rattle = shaped(soft(sharp(hiss(chance, seconds), 300), 1400), beats)
    return even(array("d", map(add, even(drone, 0.8), even(rattle, 0.2))))


def rigging(chance: Random, seconds: float) -> Samples:
    """Return halyards that beat against the masts of a marina."""
    masts = [chance.uniform(900, 2100) for _ in range(4)]
    return even(placed(seconds, ((at, _clink(chance, masts)) for at in _now_and_then(chance, seconds, 0.23))))


def _clink(chance: Random, masts: Sequence[float]) -> Samples:
    hertz, share = chance.choice(masts), chance.uniform(0.2, 1.0)
    return struck(0.3, ((hertz, share, 26), (2.76 * hertz, 0.5 * share, 40), (5.4 * hertz, 0.2 * share, 60)))


def bell(chance: Random, seconds: float) -> Samples:
    """Return a church bell, not far."""
    hertz = chance.uniform(300, 380)
    stroke = struck(
        min(seconds, 4.0),
        (
            (hertz / 2, 0.5, 0.8),
            (hertz, 1.0, 1.1),
            (1.19 * hertz, 0.7, 1.7),
            (2 * hertz, 0.6, 2.2),
            (3 * hertz, 0.3, 4),
        ),
    )
    return even(placed(seconds, ((0.2 + 1.9 * number, stroke) for number in range(int(seconds / 1.9)))))


def hammer(chance: Random, seconds: float) -> Samples:
    """Return a hammer on iron, in a large hall."""
    hertz = chance.uniform(1050, 1400)
    blow = struck(0.9, ((hertz, 1.0, 9), (2.3 * hertz, 0.7, 14), (4.1 * hertz, 0.4, 22), (180, 0.6, 40)))
    echo = array("d", map(mul, blow, repeat(0.22)))
    beats = [0.3 + 0.62 * number + chance.uniform(-0.03, 0.03) for number in range(int(seconds / 0.62))]
    heard = [beat for place, beat in enumerate(beats) if place % 5 != 4]
    return even(placed(seconds, chain(((at, blow) for at in heard), ((at + 0.19, echo) for at in heard))))


def steps(chance: Random, seconds: float) -> Samples:
    """Return somebody's steps on gravel."""
    return even(
        placed(
            seconds, ((0.54 * number + chance.uniform(0, 0.04), _step(chance)) for number in range(int(seconds / 0.54)))
        )
    )


def _step(chance: Random) -> Samples:
    crunch = soft(sharp(hiss(chance, 0.24), 900), 4200)
    return shaped(crunch, [0, *(chance.uniform(0.3, 1.0) for _ in range(7)), 0.3, 0.1, 0])


def bicycle(chance: Random, seconds: float) -> Samples:
    """Return the freewheel of a bicycle, and its bell."""
    tick = struck(0.02, ((3300, 0.7, 300), (5100, 0.4, 400)))
    ring = struck(1.2, ((2350, 1.0, 4), (2390, 0.9, 4), (5900, 0.4, 8)))
    rings = ((seconds / 2, ring), (seconds / 2 + 0.22, ring))
    return even(placed(seconds, chain(((at, tick) for at in _every(0.055, seconds)), rings)))


def tram(chance: Random, seconds: float) -> Samples:
    """Return a tram that passes on a bridge and rings."""
    whine = tone(seconds, arched(210, 0.76), (1.0, 0.4, 0.5))
    wheels = soft(hiss(chance, seconds), 260)
    passing = shaped(array("d", map(add, even(whine, 0.25), even(wheels, 0.75))), (0.05, 0.3, 1.0, 0.6, 0.2, 0.05))
    gong = struck(1.4, ((880, 0.5, 3), (1320, 0.35, 4), (2210, 0.2, 6)))
    return even(array("d", map(add, passing, placed(seconds, ((seconds / 3, gong), (seconds / 3 + 0.4, gong))))))


def cable(chance: Random, seconds: float) -> Samples:
    """Return a cable car that hums over the river, and the thud of its pylon."""
    hum = tone(seconds, trembling(96, 0.08, 6), (0.6, 1.0, 0.3, 0.4))
    thud = struck(0.6, ((62, 1.0, 9), (145, 0.6, 14)))
    thuds = even(placed(seconds, ((at, thud) for at in _now_and_then(chance, seconds, 2.2))), 0.6)
    return even(array("d", map(add, even(hum, 0.5), thuds)))


def foghorn(chance: Random, seconds: float) -> Samples:
    """Return a foghorn, far out."""
    hertz = chance.uniform(105, 125)
    blast = shaped(tone(2.2, gliding(hertz, -0.04), (1.0, 0.7, 0.5, 0.3, 0.15)), (0, 1, 1, 0.9, 0))
    return even(placed(seconds, ((at, blast) for at in (0.8, 4.6, 8.4, 12.2) if at < seconds - 1)))


def crane(chance: Random, seconds: float) -> Samples:
    """Return a crane on the quay that warns, lifts and sets down."""
    motor = tone(seconds, arched(150, 0.4), (0.6, 0.3, 0.5, 0.2))
    beep = shaped(tone(0.25, gliding(1180), (1.0, 0.2)), (0, 1, 1, 0))
    chain_link = struck(0.35, ((720, 0.6, 14), (1930, 0.5, 22)))
    warned = ((at, beep) for at in _every(0.8, min(seconds, 4.5)))
    links = ((at, chain_link) for at in _now_and_then(chance, seconds, 0.9))
    return even(array("d", map(add, even(motor, 0.35), even(placed(seconds, chain(warned, links)), 0.65))))


def crowd(chance: Random, seconds: float) -> Samples:
    """Return people who talk at a market, too far to be understood."""
    mixed = array("d", bytes(8 * _count(seconds)))
    for _ in range(4):
        hertz = chance.uniform(110, 230)
        murmur = tone(seconds, trembling(hertz, 0.08, 41), (0.7, 1.0, 0.6, 0.5))
        syllables = [chance.choice((0, 0.2, 0.7, 1.0)) for _ in range(int(6 * seconds) + 2)]
        mixed = array("d", map(add, mixed, shaped(murmur, syllables)))
    return even(array("d", map(add, even(soft(mixed, 900), 0.6), even(soft(hiss(chance, seconds), 700), 0.4))))


def music(chance: Random, seconds: float) -> Samples:
    """Return a tune of five notes for a dance, on something like a small accordion."""
    scale = (293.7, 329.6, 349.2, 392.0, 440.0, 523.3)
    rhythm = cycle((0.3, 0.15, 0.3, 0.15, 0.3))
    at, notes, degree = 0.0, [], 2
    while at < seconds:
        lasts = next(rhythm)
        degree = max(0, min(len(scale) - 1, degree + chance.choice((-2, -1, -1, 1, 1, 2))))
        note = tone(lasts, gliding(scale[degree]), (0.7, 0.5, 0.4, 0.25, 0.2))
        notes.append((at, shaped(note, (0, 1, 0.9, 0.8, 0))))
        at += lasts
    return even(placed(seconds, notes))


NOISES: Mapping[str, Noise] = {
    noise.__name__: noise
    for noise in (
        sea, wind, stream, rain, fountain, gulls, birds, owl, frogs, engine, rigging, bell, hammer, steps, bicycle,
        tram, cable, foghorn, crane, crowd, music,
    )
}  # fmt: skip


# All of it together -----------------------------------------------------------------------------------------------


class Field:
    """Where recordings are made. Each noise is made once, and heard from another of its instants each time."""

    def __init__(self) -> None:
        self._loops: dict[str, Samples] = {}

    def surroundings(
        self, layers: Mapping[str, float], seed: str, seconds: float, loudness: Sequence[float] = ()
    ) -> Samples:
        """Return the noises named in ``layers`` together, each as loud as it says there; they come and go softly.

        ``loudness`` are points that say how loud they are in between. Raises ``KeyError`` when there is no such noise.
        """
        count = _count(seconds)
        mixed = array("d", bytes(8 * count))
        for name, loud in layers.items():
            loop = self._loop(name)
            begin = Random(f"{seed} {name}").randrange(len(loop))  # noqa: S311 (the same every time)
            heard = islice(cycle(loop[begin:] + loop[:begin]), count)
            mixed = array("d", map(add, mixed, map(mul, heard, repeat(loud))))
        return shaped(mixed, loudness or _coming_and_going(seconds))

    def spoken(self, speech: array, layers: Mapping[str, float], seed: str) -> Samples:
        """Return somebody's ``speech`` (16-bit samples) amid noises, which step back meanwhile."""
        seconds = BEFORE + len(speech) / RATE + AFTER
        voice = even(rounded(speech), LOUDEST)
        points = round(seconds / FADE)
        loudness = [
            BEHIND if BEFORE <= FADE * place <= seconds - AFTER else BETWEEN if 0 < place < points else 0.0
            for place in range(points + 1)
        ]
        around = self.surroundings(layers, seed, seconds, loudness)
        begin = _count(BEFORE)
        around[begin : begin + len(voice)] = array("d", map(add, around[begin : begin + len(voice)], voice))
        return around

    def _loop(self, name: str) -> Samples:
        if name not in self._loops:
            noise = NOISES[name](Random(name), LOOP + SEAM)  # noqa: S311 (the same every time)
            seam = _count(SEAM)
            ending, rest = shaped(noise[-seam:], (1, 0)), noise[:-seam]
            rest[:seam] = array("d", map(add, shaped(rest[:seam], (0, 1)), ending))
            self._loops[name] = rest
        return self._loops[name]


def wav(samples: Sequence[float]) -> bytes:
    """Return the samples as a WAV file of 16 bits, mono, as loud as is good for encoders."""
    whole = array("h", map(int, even(samples, 32_767 * LOUDEST)))
    content = BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(whole.itemsize)
        file.setframerate(RATE)
        file.writeframes(whole.tobytes())
    return content.getvalue()


# ------------------------------------------------------------------------------------------------------------------


def _count(seconds: float) -> int:
    return max(1, round(seconds * RATE))


def _mean(samples: Sequence[float], width: int) -> Samples:
    sums = array("d", accumulate(chain(samples, repeat(0.0, width)), initial=0.0))
    return array("d", map(mul, map(sub, sums[width:-1], sums), repeat(1 / width)))[: len(samples)]


def _now_and_then(chance: Random, seconds: float, every: float) -> Iterator[float]:
    """Yield instants at which something happens by chance, ``every`` so many seconds on average."""
    at = chance.uniform(0, every)
    while at < seconds:
        yield at
        at += chance.expovariate(1 / every)


def _every(pause: float, seconds: float) -> Iterator[float]:
    return (pause * number for number in range(int(seconds / pause)))


def _coming_and_going(seconds: float) -> list[float]:
    steps_of_fade = max(2, round(seconds / FADE))
    return [0.0, *repeat(1.0, steps_of_fade - 1), 0.0]
