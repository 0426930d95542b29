"""Putting two people's changes of the same revision together: three versions in, one out, and what stands against it.

What only one of them changed is taken from them. Both may add: stops, sounds, languages of a text stand side by side.
Where both changed the same field in two ways, or one changed what the other took away, it is for a person to say: the
field keeps the version that was there first (theirs), and is listed; a stop that one changed and the other took away
stays.

Works on contents as JSON (see :mod:`maps.rules.content`): an object is merged key by key, ``stops`` stop by stop by
their ids, ``media`` as a list to which both may add; anything else is one value.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, TypeVar

from maps.rules.content import ORDER, Json, place_as_json, place_from_json, spanned, trail_as_json, trail_from_json
from maps.terms import Conflict, PlaceContent, TrailContent

One = TypeVar("One", bound=Hashable)
Stops = Mapping[str, Json]
"""By their ids."""


def merged_trail(
    base: TrailContent, mine: TrailContent, theirs: TrailContent
) -> tuple[TrailContent, tuple[Conflict, ...]]:
    """Return a trail with both changes in it, and where they contradict each other."""
    merging = _Merging()
    told = merging.of((), *(trail_as_json(one) for one in (base, mine, theirs)))
    return spanned(trail_from_json(told)), tuple(merging.conflicts)


def orders_without(conflicts: Iterable[Conflict], hidden: Collection[str]) -> tuple[Conflict, ...]:
    """Return conflicts for who does not see ``hidden`` stops: an order of stops names all, whoever moved them."""

    def seen(ids: Any) -> list[str]:
        return [one for one in ids if one not in hidden]

    return tuple(
        Conflict(one.path, seen(one.base), seen(one.mine), seen(one.theirs)) if one.path == ("stops", ORDER) else one
        for one in conflicts
    )


def merged_place(
    base: PlaceContent, mine: PlaceContent, theirs: PlaceContent
) -> tuple[PlaceContent, tuple[Conflict, ...]]:
    """Return a place with both changes in it, and where they contradict each other."""
    merging = _Merging()
    told = merging.of((), *(place_as_json(one) for one in (base, mine, theirs)))
    return place_from_json(told), tuple(merging.conflicts)


@dataclass
class _Merging:
    """Goes through three versions and notes what it cannot decide."""

    conflicts: list[Conflict] = field(default_factory=list)

    def of(self, path: tuple[str, ...], base: Json, mine: Json, theirs: Json) -> Json:
        """Return an object with the keys that both left or one added, each merged."""
        found = {}
        for key in _keys(base, mine, theirs):
            value = self._field((*path, key), base.get(key), mine.get(key), theirs.get(key))
            if value is not None or (key in mine and key in theirs):
                found[key] = value
        return found

    def _field(self, path: tuple[str, ...], base: Any, mine: Any, theirs: Any) -> Any:
        if path[-1] == "stops":
            return self._stops(path, base, mine, theirs)
        if path[-1] == "media":
            return self._sounds(path, base or [], mine, theirs)
        if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
            return self.of(path, dict(base or {}), dict(mine), dict(theirs))
        return self._value(path, base, mine, theirs)

    def _value(self, path: tuple[str, ...], base: Any, mine: Any, theirs: Any) -> Any:
        if mine in (base, theirs):
            return theirs
        if theirs == base:
            return mine
        self.conflicts.append(Conflict(path, base, mine, theirs))
        return theirs

    def _stops(self, path: tuple[str, ...], base: list[Json], mine: list[Json], theirs: list[Json]) -> list[Json]:
        before, ours, others = ({stop["id"]: stop for stop in stops} for stops in (base, mine, theirs))
        kept: dict[str, Json] = {}
        for stop_id in _keys(before, ours, others):
            stop = self._stop((*path, stop_id), before.get(stop_id), ours.get(stop_id), others.get(stop_id))
            if stop is not None:
                kept[stop_id] = stop
        order = self._in_order(path, list(before), list(ours), list(others), set(kept))
        self._look_at_labels(path, before, ours, others, kept)
        return [kept[stop_id] for stop_id in order]

    def _stop(self, path: tuple[str, ...], base: Json | None, mine: Json | None, theirs: Json | None) -> Json | None:
        """Return a stop as it is to be, None where it is to go."""
        if mine is not None and theirs is not None:
            return self.of(path, base or {}, mine, theirs)
        there = mine if mine is not None else theirs
        if base is None or there is None:
            return there
        if there == base:
            return None
        self.conflicts.append(Conflict(path, base, mine, theirs))
        return there

    def _sounds(self, path: tuple[str, ...], base: list[str], mine: list[str], theirs: list[str]) -> list[str]:
        before, ours, others = set(base), set(mine), set(theirs)
        return self._in_order(path, base, mine, theirs, before & ours & others | ours - before | others - before)

    def _in_order(
        self, path: tuple[str, ...], base: list[str], mine: list[str], theirs: list[str], kept: set[str]
    ) -> list[str]:
        """Return what is kept in the order of whoever changed it; what both added at one spot, theirs first."""
        base, mine, theirs = (_only(ids, kept) for ids in (base, mine, theirs))
        common = set(base) & set(mine) & set(theirs)
        before, ours, others = (_only(ids, common) for ids in (base, mine, theirs))
        if others == before:
            return woven(mine, theirs, first=False)
        if before != ours != others:
            self.conflicts.append(Conflict((*path, ORDER), base, mine, theirs))
        return woven(theirs, mine, first=True)

    def _look_at_labels(
        self, path: tuple[str, ...], base: Stops, mine: Stops, theirs: Stops, merged: Mapping[str, Json]
    ) -> None:
        """Note the stops that have the label of another one only now that both changes are together."""
        known = _alike(mine) | _alike(theirs)
        for one, other in sorted(_alike(merged) - known):
            changed = other if one in theirs and theirs[one]["label"] == merged[one]["label"] else one
            label = merged[changed]["label"]
            before = base[changed]["label"] if changed in base else None
            self.conflicts.append(Conflict((*path, changed, "label"), before, label, label))


def woven(order: Sequence[One], other: Sequence[One], *, first: bool) -> list[One]:
    """Return ``order`` with what only ``other`` has, each right after what comes before it in ``other``.

    Where both have something of their own at one spot, that of ``order`` stands ``first``, or last.
    """
    found, known, shared = list(order), set(order), set(other)
    spot = 0
    for one in other:
        if one in known:
            spot = found.index(one) + 1
            continue
        while first and spot < len(found) and found[spot] not in shared:
            spot += 1
        found.insert(spot, one)
        spot += 1
    return found


def _keys(*objects: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(key for one in reversed(objects) for key in one))


def _only(ids: Sequence[str], kept: Collection[str]) -> list[str]:
    return [one for one in ids if one in kept]


def _alike(stops: Stops) -> set[tuple[str, str]]:
    """Return the pairs of stops with the same label."""
    by_label: dict[str, list[str]] = {}
    for stop_id, stop in stops.items():
        by_label.setdefault(stop["label"].strip(), []).append(stop_id)
    return {pair for label, ids in by_label.items() if label for pair in combinations(sorted(ids), 2)}
