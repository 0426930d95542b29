"""The demo city. Every room of the house that has something to show brings it; nothing here knows what that is."""

from collections.abc import Iterator
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.app import rooms
from portal.audit.models import AuditEntry
from portal.audit.services import Audit
from portal.index.models import IndexEntry
from portal.people.demo import PASSWORD, address

SEED = 29
LOADED = "demo.load"
"""The act in the audit trail, from which nothing is ever removed, that says: the demo city was loaded."""


class NotHere(Exception):
    """The demo city has no place in this portal. The message is for whoever runs it."""


def load(request) -> bool:
    """Load the demo city and return True; False when it is there already.

    All of it is one transaction: cut short anywhere, there is nothing of it. Raises :class:`NotHere` in production,
    where accounts with a password that everybody knows would be open to everybody, and where there is a city already.
    """
    if request.registry.portal_settings.production:
        raise NotHere("everybody knows the passwords of the demo city: it is not for production")
    if is_loaded(request.db):
        return False
    if request.db.scalar(select(IndexEntry.id).limit(1)) is not None:
        raise NotHere("this portal has a city already; the demo city wants one without points and equipment")
    for room in rooms("demo"):
        room.load(request, Random(f"{SEED} {room.__name__}"))  # noqa: S311 (the same city every time)
    request.find_service(Audit).record(LOADED, "city", "demo", seed=SEED)
    return True


def is_loaded(session: Session) -> bool:
    return session.scalar(select(AuditEntry.id).where(AuditEntry.act == LOADED).limit(1)) is not None


def tour() -> Iterator[tuple[str, str, str, str]]:
    """Yield whom to sign in as: e-mail, password, who that is, what to try. Residents first, administrators last."""
    for room in reversed(list(rooms("demo"))):
        for who, what, to_try in getattr(room, "TOUR", ()):
            yield address(who), PASSWORD, what, to_try
