"""How things are measured and said: medians, and a ratio with the two figures it comes from."""

import gc
from collections.abc import Callable
from statistics import median
from time import perf_counter

MISSED = "NO)"
"""How a line ends whose figure is not as wanted."""


def seconds(act: Callable[[], object], rounds: int = 15, warmup: int = 3) -> float:
    """Return the median time of ``act`` over ``rounds``, after ``warmup`` that do not count.

    What the set-up left in memory is no business of the collector's while ``act`` runs.
    """
    gc.collect()
    gc.freeze()
    for _ in range(warmup):
        act()
    return median(_once(act) for _ in range(rounds))


def _once(act: Callable[[], object]) -> float:
    began = perf_counter()
    act()
    return perf_counter() - began


def ratio(what: str, ours: float, theirs: float, unit: str, wanted: str, good: bool) -> str:
    """Return a line: what, both figures, their ratio, what was wanted of it, and whether it holds."""
    return f"{what}: {ours:.1f} / {theirs:.1f} {unit} = {ours / theirs:.2f} {verdict(wanted, good)}"


def figure(what: str, value: float, unit: str, wanted: str, good: bool) -> str:
    return f"{what}: {value:.1f} {unit} {verdict(wanted, good)}"


def verdict(wanted: str, good: bool) -> str:
    """Return how a line ends that something was wanted of."""
    return f"(wanted {wanted}: {'yes)' if good else MISSED}"
