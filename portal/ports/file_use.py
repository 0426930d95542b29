"""Which files are needed? Asked before one goes from the store, answered by everybody whose rows name some."""

from collections.abc import Collection
from typing import Protocol


class FileUse(Protocol):
    """A file of which nobody says so is removed, a day after it was kept at the soonest.

    Whoever takes a feature out of the house takes out what it alone showed.
    """

    def needed(self, names: Collection[str]) -> set[str]:
        """Return those of the names that something of ours shows or keeps."""
        ...
