"""Timed work of moderation: a letter a day to who moderates, as long as something waits for them; forgetting."""

from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from portal.i18n import OFFERED, speaking
from portal.jobs.services import Jobs
from portal.mail.services import Outbox
from portal.moderation.queries import count_open, moderators, open_cases
from portal.moderation.services import Moderation
from portal.moderation.things import subjects
from portal.people.models import Person

MAIL = "portal:templates/portal/mail/flags.txt"
MORNING = 8
"""From which hour on, by the city's clocks, the day's letters are written."""

NAMED = 20
"""How many things a letter names."""

KEPT = timedelta(days=365)
"""How long settled flags are kept, as the privacy page says."""


def includeme(config) -> None:
    config.add_task("moderation.digests", ask_for_digests, every=timedelta(hours=1))
    config.add_task("moderation.digest", digest)
    config.add_task("moderation.forget", forget, every=timedelta(days=1))


def ask_for_digests(request) -> None:
    """Ask for the day's letters, one for each who moderates, however often this runs."""
    now = request.clock.now().astimezone(ZoneInfo(request.city.zone))
    if now.hour < MORNING or not count_open(request.db):
        return
    jobs = request.find_service(Jobs)
    for person_id in moderators(request.db, now.date()):
        key = f"moderation.digest:{person_id}:{now.date()}"
        jobs.add("moderation.digest", {"person_id": str(person_id)}, key=key)


def digest(request, person_id: str) -> None:
    """Write to somebody what waits for them; nothing, if nothing does any more."""
    person = request.db.get_one(Person, UUID(person_id))
    found = open_cases(request.db, limit=NAMED)
    if not found.total or person.erased_at is not None:
        return
    with speaking(request, person.language if person.language in OFFERED else request.locale_name):
        known = subjects(request, [case.thing for case in found.rows])
    request.find_service(Outbox).send(
        person, MAIL, name=person.name, cases=found.rows, subjects=known, total=found.total
    )


def forget(request) -> None:
    """Forget the flags that were settled a year ago."""
    request.find_service(Moderation).forget(request.clock.now() - KEPT)
