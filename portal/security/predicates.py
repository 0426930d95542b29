"""The tests that permission tables are written with. Each reads aloud: *may borrow: signed in*."""

from portal.people.terms import Role
from portal.security.terms import Identity, Predicate


def anyone(_identity: Identity | None, _context: object) -> bool:
    return True


def signed_in(identity: Identity | None, _context: object) -> bool:
    return identity is not None


def is_owner(identity: Identity | None, context: object) -> bool:
    """The thing asked about is the person's own: its context names them in ``owner_ids``."""
    return identity is not None and identity.person_id in getattr(context, "owner_ids", ())


def has_role(role: Role) -> Predicate:
    """The role is held, everywhere or in one of the scopes that the context names in ``scopes`` (none: anywhere)."""

    def holds_role(identity: Identity | None, context: object) -> bool:
        scopes = getattr(context, "scopes", ())
        if identity is None:
            return False
        return any(identity.holds(role, scope) for scope in scopes) if scopes else identity.holds(role)

    holds_role.__name__ = f"has_role_{role.value}"
    holds_role.__doc__ = f"has the role {role.value}"
    return holds_role
