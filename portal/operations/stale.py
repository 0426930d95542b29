"""What is in a backup and must not come back to life with it."""

from sqlalchemy import Connection, delete, update

from portal.jobs.models import Job
from portal.media.models import Upload
from portal.people.models import ApiToken, Invitation, Letter, SignIn

LEFT_ALREADY = "from a backup: this letter has most likely left since; have it tried again if it has not"


def let_go(connection: Connection) -> None:
    """End every sign-in, token and link, and set letters aside that waited to be sent, for somebody to decide on.

    Which of them were ended, used or sent since the backup, nobody can tell any more. To sign in again, to make a token
    or to ask for a link anew is little; to have been robbed of one, to revoke it, and find it good again is not.
    """
    # The pieces of files that were being sent are in no backup: who sent them begins again.
    for kind in (SignIn, ApiToken, Letter, Invitation, Upload):
        connection.execute(delete(kind))
    waiting = update(Job).where(Job.kind == "mail.send", Job.finished_at.is_(None), Job.given_up_at.is_(None))
    connection.execute(waiting.values(given_up_at=Job.run_at, claimed_by=None, claimed_until=None, error=LEFT_ALREADY))
