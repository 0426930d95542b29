"""Who speaks when something is written, and in whose name."""

from typing import TypedDict
from uuid import UUID


class Speaker(TypedDict):
    """What services ask of who writes: a person, and the organisation that they act for, if any."""

    author_id: UUID
    organisation_id: UUID | None


def speaker(request) -> Speaker:
    """Return in whose name something is written: who is signed in, and for whom they act."""
    identity = request.identity
    return {"author_id": identity.person_id, "organisation_id": identity.acting_for_id}
