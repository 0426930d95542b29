"""The words of permission: who somebody is for the length of a request, detached from the database."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from portal.people.terms import Role


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role in force now; ``scope`` is a lending point's slug, or None for everywhere."""

    role: Role
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """A person who proved who they are, by a signed-in browser (``sign_in_id``) or a bearer token (None)."""

    person_id: UUID
    name: str
    language: str | None
    roles: tuple[HeldRole, ...] = ()
    sign_in_id: UUID | None = None
    acting_for_id: UUID | None = None
    acting_for: str | None = None

    def holds(self, role: Role, scope: str | None = None) -> bool:
        """Is the role held everywhere, or in ``scope``? With no scope asked for: anywhere at all."""
        return any(
            held.role is role and (held.scope is None or scope is None or held.scope == scope) for held in self.roles
        )

    def scopes(self, role: Role) -> frozenset[str] | None:
        """Return where the role is held: slugs, or None for everywhere."""
        held = [h.scope for h in self.roles if h.role is role]
        return None if None in held else frozenset(scope for scope in held if scope)


Predicate = Callable[[Identity | None, object], bool]
"""A named test of who asks and what they ask about: ``(identity, context) -> bool``."""
