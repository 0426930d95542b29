"""What is known about somebody? Asked by the export and the erasure of an account, answered by everybody."""

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID


class PersonalData(Protocol):
    def export(self, person_id: UUID) -> dict[str, Any]:
        """Return everything kept about the person, as JSON values under plain names."""
        ...

    def hindrances(self, person_id: UUID) -> list[str]:
        """Return why the person cannot be erased now (an item is still out), as sentences for the reader."""
        ...

    def erase(self, person_id: UUID, at: datetime) -> None:
        """Forget what says who the person is, free text included; what statistics need stays, under the bare id."""
        ...
