"""What differs between two revisions, field by field, as a history tells it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from maps.rules.content import ORDER, Json


@dataclass(frozen=True, slots=True)
class Change:
    """A field that differs. ``path`` leads to it, a stop by its id; None stands for what was, or is, not there."""

    path: tuple[str, ...]
    before: Any
    after: Any


def changes(before: Json, after: Json) -> list[Change]:
    """Return what differs between two contents as JSON (see :mod:`maps.rules.content`), in the order of the later."""
    return list(_changes((), before, after))


def _changes(path: tuple[str, ...], before: Any, after: Any) -> Iterator[Change]:
    if before == after:
        return
    if path == ("stops",):
        ids = [stop["id"] for stop in before], [stop["id"] for stop in after]
        yield from _changes((*path, ""), *({stop["id"]: stop for stop in stops} for stops in (before, after)))
        common = set(ids[0]) & set(ids[1])
        orders = [[stop_id for stop_id in one if stop_id in common] for one in ids]
        if orders[0] != orders[1]:
            yield Change((*path, ORDER), *orders)
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        path = path[:-1] if path and not path[-1] else path
        for key in dict.fromkeys((*after, *before)):
            yield from _changes((*path, key), before.get(key), after.get(key))
    else:
        yield Change(path, before, after)
