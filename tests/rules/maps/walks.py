"""Walks along a line as a telephone tells of them, drawn from a seed: the same for whoever else follows the rule."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, degrees, pi, radians, sin, sqrt
from uuid import UUID

from maps.rules.lines import EARTH, distance
from maps.rules.walking import Fix, Post, Walk, finished, moved

METRE = degrees(1 / EARTH)
BREST = (-4.49, 48.39)


def metres(east: float, north: float) -> tuple[float, float]:
    """The position so many metres from the middle of Brest."""
    return BREST[0] + east * METRE / cos(radians(BREST[1])), BREST[1] + north * METRE


def posts_along(number: int = 10, apart: float = 200.0, radius: float = 30.0) -> list[Post]:
    """Stops along a street, the first 100 metres from where one sets out."""
    return [Post(UUID(int=one + 1), *metres(100 + one * apart, 5), radius) for one in range(number)]


def noisy_walk(seed: int, posts: int = 10, apart: float = 200.0, worst: float = 100.0) -> Iterator[Fix]:
    """Twenty positions for each stop: twelve on the way to it, eight while one stands there and listens.

    What is known of each is between 5 and ``worst`` metres, most of it well. An accuracy is the radius within which 95
    of 100 positions are: the error has a normal distribution each way.
    """
    chance = random.Random(seed)
    for post in range(posts):
        for step in range(20):
            accuracy = 5 + (worst - 5) * chance.random() ** 4
            off = accuracy / sqrt(-2 * _LOG_OF_5_PERCENT)
            east = 100 + apart * (post - 1 + min(step + 1, 12) / 12)
            yield Fix(*metres(east + chance.gauss(0, off), chance.gauss(0, off)), accuracy)


_LOG_OF_5_PERCENT = -2.995732273553991


def lingering(seed: int, post: Post, fixes: int) -> Iterator[Fix]:
    """Somebody stands on the border of a stop, their positions known within 20 metres."""
    chance = random.Random(seed)
    for _ in range(fixes):
        turn = chance.random() * 2 * pi
        off = chance.gauss(0, 20 / sqrt(-2 * _LOG_OF_5_PERCENT))
        spot = (post.longitude - BREST[0]) / METRE * cos(radians(BREST[1])), (post.latitude - BREST[1]) / METRE
        yield Fix(*metres(spot[0] + post.radius + off * cos(turn), spot[1] + off * sin(turn)), 20.0)


@dataclass
class Heard:
    """What somebody heard: the stops in the order in which they began, and the fix at which each was entered."""

    begun: list[UUID]
    walk: Walk


def followed(posts: Sequence[Post], fixes: Sequence[Fix], lasting: int = 4) -> Heard:
    """Walk, each sound lasting so many fixes, and return what began by itself."""
    walk, left, begun = Walk(), 0, list[UUID]()
    for fix in fixes:
        before = walk.playing
        walk = moved(walk, posts, fix)
        if walk.playing != before and walk.playing is not None:
            begun.append(walk.playing)
            left = lasting
        elif walk.playing is not None:
            left -= 1
            if left <= 0:
                walk = finished(walk, posts)
                if walk.playing is not None:
                    begun.append(walk.playing)
                    left = lasting
    return Heard(begun, walk)


def geotrek(posts: Sequence[Post], fixes: Sequence[Fix], radius: float = 200.0) -> list[tuple[UUID, Fix]]:
    """What the telephone application of Geotrek fires on the same walk, with the fix that made it.

    One radius for all, no look at the accuracy, the first match in the order of the list, which is then taken out.
    """
    left, fired = list(posts), []
    for fix in fixes:
        for post in left:
            if distance(post.position, fix.position) <= radius:
                fired.append((post.id, fix))
                left.remove(post)
                break
    return fired
