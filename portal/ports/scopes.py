"""Where may a role be held? Asked by the page on which roles are granted, answered by lending: at its points."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Scope:
    """A place where a role can be held: its slug, and its name for the reader."""

    slug: str
    label: str


class RoleScopes(Protocol):
    """With nobody to answer, roles are held everywhere or not at all."""

    def scopes(self) -> list[Scope]:
        """Return the places, by name."""
        ...
