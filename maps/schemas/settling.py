"""Settling what two people changed in two ways: what somebody chose, and the content that it makes.

Works on contents as JSON, as merging does. What is not chosen stays as it was merged, which is theirs.
"""

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from maps.rules.content import ORDER
from maps.terms import Conflict
from portal.forms.text import cleaned

TEXTS = frozenset({"title", "summary", "text", "directions", "obstacles"})
"""Where one may write something new in place of either."""

THEIRS, MINE = "theirs", "mine"
CHOICE, WORDS, SEEN = "choice-{}", "words-{}", "theirs"


@dataclass(frozen=True, slots=True)
class Choices:
    """What was chosen for each conflict, in their order, on a page that showed revision ``seen`` as theirs."""

    seen: int | None
    sides: tuple[str | None, ...]
    words: tuple[str | None, ...]

    @property
    def complete(self) -> bool:
        return all(side in (THEIRS, MINE) for side in self.sides)


def choices(sent: Mapping[str, str], conflicts: Sequence[Conflict]) -> Choices:
    """Return what was chosen in a form; nothing where it was another form."""
    seen = sent.get(SEEN, "")
    numbers = range(len(conflicts))
    return Choices(
        int(seen) if re.fullmatch(r"[0-9]{1,9}", seen) else None,
        tuple(sent.get(CHOICE.format(number)) for number in numbers),
        tuple(sent.get(WORDS.format(number)) for number in numbers),
    )


def is_text(conflict: Conflict) -> bool:
    """Is it about words, which may be put together by hand?"""
    named = set(conflict.path) & TEXTS
    return bool(named) and not isinstance(conflict.mine, Mapping)


def is_label(conflict: Conflict) -> bool:
    """Do two stops have the same number only now that both changes are together? Then it wants another one."""
    return conflict.path[-1] == "label" and conflict.mine == conflict.theirs


def settled(merged: Mapping[str, Any], conflicts: Sequence[Conflict], chosen: Choices) -> dict[str, Any]:
    """Return the content with what was chosen for each conflict."""
    content = copy.deepcopy(dict(merged))
    for conflict, side, words in zip(conflicts, chosen.sides, chosen.words, strict=True):
        value = conflict.mine if side == MINE else conflict.theirs
        if side == MINE and words is not None and (is_text(conflict) or is_label(conflict)):
            value = cleaned(words, lines=not (is_label(conflict) or "title" in conflict.path))
        _put(content, conflict.path, value)
    return content


def _put(content: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    if path[-1] == ORDER:
        holder, name = _holder(content, path[:-1])
        if holder is not None:
            holder[name] = _ordered(holder[name], value or [])
        return
    if path[0] == "stops" and len(path) == 2:
        content["stops"] = _with_stop(content["stops"], path[1], value)
        return
    holder, name = _holder(content, path)
    if holder is None:
        return
    if value is None or (value == "" and set(path) & TEXTS):
        holder.pop(name, None)
    else:
        holder[name] = value


def _holder(content: dict[str, Any], path: tuple[str, ...]) -> tuple[dict[str, Any] | None, str]:
    """Return the object in which the last step of a path is a key; None where it is gone."""
    here: Any = content
    steps = list(path)
    if steps[0] == "stops" and len(steps) > 1:
        here = next((stop for stop in content["stops"] if stop["id"] == steps[1]), None)
        steps = steps[2:]
    for step in steps[:-1]:
        here = None if here is None else here.setdefault(step, {})
    return here, steps[-1]


def _ordered(there: list[Any], wanted: Sequence[str]) -> list[Any]:
    """Return a list in the order wanted; what it does not name stays behind what it stood behind."""
    ranks = {one: rank for rank, one in enumerate(wanted)}
    keyed: list[tuple[int, int, Any]] = []
    behind = -1
    for at, one in enumerate(there):
        behind = ranks.get(one["id"] if isinstance(one, Mapping) else one, behind)
        keyed.append((behind, at, one))
    return [one for _behind, _at, one in sorted(keyed, key=lambda key: key[:2])]


def _with_stop(stops: list[Any], stop_id: str, value: Any) -> list[Any]:
    if value is None:
        return [stop for stop in stops if stop["id"] != stop_id]
    if all(stop["id"] != stop_id for stop in stops):
        return [*stops, dict(value)]
    return [dict(value) if stop["id"] == stop_id else stop for stop in stops]
