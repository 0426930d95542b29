"""What is public? Asked by ``portal index``, which writes the public index again, answered by every feature."""

from typing import Protocol


class Publications(Protocol):
    def publish(self) -> None:
        """Put everything of the feature's that may be public into the index, as each change of it does by itself."""
        ...
