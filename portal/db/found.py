"""What a list shows of all there is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Shown = TypeVar("Shown", covariant=True)


@dataclass(frozen=True, slots=True)
class Found(Generic[Shown]):
    """One page of the ``total`` rows found."""

    rows: Sequence[Shown]
    total: int
