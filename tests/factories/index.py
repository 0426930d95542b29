"""Things in the public index."""

from uuid import uuid4

from sqlalchemy.orm import Session

from portal.clock import StoppedClock
from portal.index.models import IndexEntry
from portal.index.services import PublicIndex
from tests.conftest import NOW


def entry(session: Session, title: str | dict = "Vélo cargo", **given) -> IndexEntry:
    """Return the visible entry of a thing that can be borrowed, entered now or ``at`` another instant."""
    clock = StoppedClock(given.pop("at", NOW))
    usual = {
        "path": f"/equipment/{uuid4()}",
        "title": {"fr": title} if isinstance(title, str) else title,
        "summary": {"fr": ""},
    }
    kind, source_id = given.pop("kind", "equipment"), given.pop("source_id", None) or uuid4()
    return PublicIndex(session, clock).put(kind, source_id, **usual | given)
