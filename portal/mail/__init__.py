"""Letters: rows of the transaction they tell of, in the reader's language, sent by the worker."""

from portal.jobs.services import Jobs
from portal.mail.letters import Writer
from portal.mail.services import Outbox


def includeme(config) -> None:
    config.include("portal.mail.letters")
    config.include("portal.mail.tasks")
    config.add_service(
        Outbox, lambda request: Outbox(request.db, request.clock, request.find_service(Jobs), Writer(request))
    )
