"""What leaves the counter: how many units each of the things chosen gives."""

from collections.abc import Collection, Hashable, Mapping
from typing import TypeVar

from equipment_lending.rules.availability import free_throughout
from equipment_lending.terms import ItemUse, Period

Thing = TypeVar("Thing", bound=Hashable)
"""What is chosen: an item, or what stands for it."""


def at_hand(item: ItemUse, wanted: Period) -> int:
    """Return how many units under an item's tag nothing binds at any instant of ``wanted``."""
    return max(0, free_throughout(item.units, item.bound, wanted))


def allotted(chosen: Mapping[Thing, int], units: int) -> dict[Thing, int]:
    """Return how many units each of the ``chosen`` gives, of which so many are at hand, for ``units`` to leave.

    Single items come first, then the lots in the order chosen, each with all that is at hand until there are enough;
    what is chosen beyond that gives none.
    """
    given: dict[Thing, int] = {}
    for item in sorted(chosen, key=lambda item: chosen[item] > 1):
        given[item] = min(units - sum(given.values()), chosen[item])
    return given


def all_needed(at_hand: Collection[int], units: int) -> bool:
    """Does it take every one of the things that have so many ``at_hand`` each, to give so many ``units``?"""
    return sum(at_hand) - min(at_hand, default=0) < units
