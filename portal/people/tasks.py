"""Timed work: what is of no more use is forgotten."""

from datetime import timedelta

from portal.people.services import Letters, SignIns
from portal.security.limits import Attempts

DAY = timedelta(days=1)


def includeme(config) -> None:
    config.add_task("people.forget", forget, every=DAY)


def forget(request) -> None:
    """Delete sign-ins that ran out, letters of no use, and counts of attempts that no limit asks for any more."""
    request.find_service(SignIns).forget_ended()
    request.find_service(Letters).forget_spent()
    request.find_service(Attempts).forget(before=request.clock.now() - DAY)
