"""What is there to count? Asked by the home page and the statistics, answered by every feature."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class LoopStep(StrEnum):
    """A step of the circulation of the commons."""

    LEARN = "learn"
    BORROW = "borrow"
    MAKE = "make"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Figure:
    """One sentence with a number in it, in the reader's language, and the page behind it."""

    step: LoopStep
    sentence: str
    path: str


class Figures(Protocol):
    def figures(self) -> list[Figure]:
        """Return what the home page says of this feature's step of the loop."""
        ...
