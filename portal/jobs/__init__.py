"""Background work: rows written in the same transaction as what asks for it, claimed exactly once by any worker."""

from portal.jobs.services import Jobs


def includeme(config) -> None:
    config.include("portal.jobs.tasks")
    config.add_service(Jobs, lambda request: Jobs(request.db, request.clock))
