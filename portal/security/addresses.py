"""The ids in addresses. What is no id names nothing: a 404."""

from uuid import UUID

from pyramid.httpexceptions import HTTPNotFound


def matched_id(request, name: str) -> UUID:
    """Return the id in the address. Raises ``HTTPNotFound`` for what is none."""
    try:
        return UUID(request.matchdict[name])
    except ValueError:
        raise HTTPNotFound from None
