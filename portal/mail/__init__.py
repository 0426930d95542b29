"""Letters: rows of the transaction they tell of, in the reader's language, sent by the worker."""

from portal.jobs.services import Jobs
from portal.mail.letters import Writer
from portal.mail.post import post_of
from portal.mail.services import Outbox


def includeme(config) -> None:
    config.include("portal.mail.letters")
    config.include("portal.mail.tasks")
    config.include("portal.mail.offers")
    config.registry.post = post_of(config.registry.portal_settings)
    config.add_service(
        Outbox, lambda request: Outbox(request.db, request.clock, request.find_service(Jobs), Writer(request))
    )
