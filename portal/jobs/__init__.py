"""Background work: rows written in the same transaction as what asks for it, claimed exactly once by any worker."""

from datetime import timedelta

from portal.jobs.queue import prune
from portal.jobs.services import Jobs


def includeme(config) -> None:
    config.include("portal.jobs.tasks")
    config.add_task("jobs.prune", lambda request: prune(request.db, request.clock.now()), every=timedelta(days=1))
    config.add_service(Jobs, lambda request: Jobs(request.db, request.clock))
