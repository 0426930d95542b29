"""Does somebody hold an achievement? Asked by lending, answered by training."""

from datetime import datetime
from typing import Protocol
from uuid import UUID


class Certifications(Protocol):
    """With no training feature, nobody holds anything."""

    def holds(self, person_id: UUID, achievement: str, at: datetime) -> bool:
        """Does the person hold ``achievement`` (a slug) at the instant ``at``?"""
        ...

    @staticmethod
    def default() -> "Certifications":
        return NobodyIsCertified()


class NobodyIsCertified(Certifications):
    def holds(self, person_id: UUID, achievement: str, at: datetime) -> bool:
        return False
