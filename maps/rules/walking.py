"""When a walker has come to a stop, told by a telephone's positions; what is then played, and what waits.

A position is an estimate. Those known worse than ``WORST`` metres are left out altogether; two in a row must lie within
a stop's radius for it to be entered, and it is left only well outside, so that standing on the border changes nothing.
A stop begins by itself once in a walk. What plays is never interrupted: one stop waits until it is over.

The script that does this on the telephone must give the same answers: this is what it is held against.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from maps.rules.lines import distance
from maps.terms import Position

WORST = 50.0
"""How well a position must be known, in metres, to count."""

BORDER = 20.0
"""How far outside its radius a stop is left, in metres, or as far as the position is unsure where that is more."""


@dataclass(frozen=True, slots=True)
class Fix:
    """What a telephone says of where it is: within ``accuracy`` metres of here, in 95 of 100 cases."""

    longitude: float
    latitude: float
    accuracy: float

    @property
    def position(self) -> Position:
        return self.longitude, self.latitude


@dataclass(frozen=True, slots=True)
class Post:
    """A stop as a walk knows it; the order of the posts is that of the trail."""

    id: UUID
    longitude: float
    latitude: float
    radius: float

    @property
    def position(self) -> Position:
        return self.longitude, self.latitude


@dataclass(frozen=True, slots=True)
class Walk:
    """How a walk stands. ``near`` are the stops that the last position was within, ``inside`` those entered.

    ``begun`` are the stops that have been heard or begun, in this order; ``playing`` is the one that is heard now, and
    ``waiting`` the one that begins when it is over.
    """

    near: frozenset[UUID] = frozenset()
    inside: frozenset[UUID] = frozenset()
    begun: tuple[UUID, ...] = ()
    playing: UUID | None = None
    waiting: UUID | None = None


def moved(walk: Walk, posts: Sequence[Post], fix: Fix) -> Walk:
    """Return the walk after a position: what was entered begins if nothing plays, otherwise it waits."""
    if not fix.accuracy <= WORST:  # nor where nothing is said of it
        return walk
    away = {post.id: distance(post.position, fix.position) for post in posts}
    near = frozenset(post.id for post in posts if away[post.id] <= post.radius)
    left = frozenset(post.id for post in posts if away[post.id] > post.radius + max(BORDER, fix.accuracy))
    entered = (near & walk.near) - walk.inside
    walk = replace(walk, near=near, inside=(walk.inside | entered) - left)
    return _called(walk, posts, entered)


def finished(walk: Walk, posts: Sequence[Post]) -> Walk:
    """Return the walk after a sound is over: what waited begins, and of what one is still within the next waits."""
    if walk.playing is None:
        return walk
    walk = replace(walk, playing=None)
    if walk.waiting is None:
        return walk
    walk = _begun(replace(walk, waiting=None), walk.waiting)
    return replace(walk, waiting=next_of(posts, walk.begun, walk.inside))


def chosen(walk: Walk, stop_id: UUID) -> Walk:
    """Return the walk after somebody asked for a stop, by a tap: it plays now, also a second time."""
    walk = replace(walk, waiting=None if walk.waiting == stop_id else walk.waiting)
    return _begun(walk, stop_id)


def next_of(posts: Sequence[Post], begun: Sequence[UUID], among: Iterable[UUID]) -> UUID | None:
    """Return which of several stops comes next: the first not begun yet after the one begun last, else the first."""
    possible = set(among) - set(begun)
    order = [post.id for post in posts]
    last = order.index(begun[-1]) + 1 if begun and begun[-1] in order else 0
    return next((stop_id for stop_id in (*order[last:], *order[:last]) if stop_id in possible), None)


def _called(walk: Walk, posts: Sequence[Post], entered: frozenset[UUID]) -> Walk:
    """Let one of the stops just entered begin or wait. Those passed over are still entered, and may come next."""
    stop_id = next_of(posts, walk.begun, entered)
    if stop_id is None:
        return walk
    if walk.playing is None:
        walk = _begun(walk, stop_id)
        stop_id = next_of(posts, walk.begun, entered)
    return walk if walk.waiting is not None or stop_id is None else replace(walk, waiting=stop_id)


def _begun(walk: Walk, stop_id: UUID) -> Walk:
    begun = walk.begun if stop_id in walk.begun else (*walk.begun, stop_id)
    return replace(walk, begun=begun, playing=stop_id)
