"""What is in a backup and must not come back to life with it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, delete, insert, inspect, select, update

from portal.jobs.models import Job
from portal.media.models import Media, Upload
from portal.media.terms import MediaState
from portal.people.models import ApiToken, Invitation, Letter, Person, SignIn

LEFT_ALREADY = "from a backup: this letter has most likely left since; have it tried again if it has not"


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Who was erased and which media were taken back in the portal that a backup replaces, at the instant ``at``."""

    people: frozenset[UUID]
    media: frozenset[UUID]
    at: datetime


def forgotten(engine: Engine, at: datetime) -> Forgotten:
    """Return what is forgotten in a database, whatever its revision; nothing in one without tables."""
    with engine.execution_options(readonly=True).connect() as connection:
        there = set(inspect(connection).get_table_names())
        erased = select(Person.id).where(Person.erased_at.is_not(None))
        removed = select(Media.id).where(Media.state == MediaState.REMOVED)
        return Forgotten(
            frozenset(connection.scalars(erased)) if "person" in there else frozenset(),
            frozenset(connection.scalars(removed)) if "media" in there else frozenset(),
            at,
        )


def let_go(connection: Connection, gone: Forgotten) -> None:
    """End every sign-in, token and link, and set letters aside that waited to be sent, for somebody to decide on.

    Which of them were ended, used or sent since the backup, nobody can tell any more. To sign in again, to make a token
    or to ask for a link anew is little; to have been robbed of one, to revoke it, and find it good again is not.

    What is ``gone`` is asked to be forgotten once more, in the same transaction: every part of the portal takes part.
    """
    # The pieces of files that were being sent are in no backup: who sent them begins again.
    for kind in (SignIn, ApiToken, Letter, Invitation, Upload):
        connection.execute(delete(kind))
    waiting = update(Job).where(Job.kind == "mail.send", Job.finished_at.is_(None), Job.given_up_at.is_(None))
    connection.execute(waiting.values(given_up_at=Job.run_at, claimed_by=None, claimed_until=None, error=LEFT_ALREADY))
    work = [("operations.erase_again", {"person_id": str(one)}) for one in gone.people]
    work += [("operations.remove_again", {"media_id": str(one)}) for one in gone.media]
    for task, payload in work:
        asked = {"kind": task, "payload": payload, "created_at": gone.at, "run_at": gone.at, "attempts": 0}
        connection.execute(insert(Job).values(id=uuid4(), **asked))
