"""Timed work of lending: reminders, loans nobody came for, whose turn it is, what cannot be as it was agreed.

All of it is computed from the state of things, whenever it runs.
"""

from datetime import timedelta
from functools import partial
from uuid import UUID

from equipment_lending.queries.agenda import appointments
from equipment_lending.queries.reminders import reminders, to_return
from equipment_lending.services.letters import Letters
from equipment_lending.services.requests import LoanRequests
from equipment_lending.services.telling import WORK, Telling
from equipment_lending.services.turns import Turns
from equipment_lending.terms import Matter
from portal.jobs.services import Jobs
from portal.people.models import Person


def includeme(config) -> None:
    config.add_task("lending.reminders", ask_for_reminders, every=timedelta(hours=1))
    config.add_task("lending.remind", remind)
    config.add_task("lending.expire", expire, every=timedelta(minutes=15))
    config.add_task("lending.look", look_whom_to_tell, every=timedelta(minutes=5))
    config.add_task(WORK, tell)
    config.add_task("lending.turns", take_turns)
    config.add_task("lending.all_turns", take_all_turns, every=timedelta(minutes=5))


def ask_for_reminders(request) -> None:
    """Ask for the day's letters, each person's about each point once, however often this runs."""
    jobs = request.find_service(Jobs)
    for asked in reminders(request.db, request.clock.now()):
        payload = {"person_id": str(asked.person_id), "point_id": str(asked.point_id)}
        jobs.add("lending.remind", payload, key=f"lending.remind:{asked.person_id}:{asked.point_id}:{asked.day}")


def remind(request, person_id: str, point_id: str) -> None:
    """Write to somebody what to bring back to a point; nothing, if it has come back in the meantime."""
    due = to_return(request.db, UUID(person_id), UUID(point_id), request.clock.now())
    if due.late or due.tomorrow:
        person = request.db.get_one(Person, UUID(person_id))
        loans, letter = (*due.late, *due.tomorrow), "overdue" if due.late else "reminder"
        request.find_service(Letters).write(
            person, letter, partial(appointments, loans), point=due.point, late=due.late, tomorrow=due.tomorrow
        )


def expire(request) -> None:
    """End the loans nobody came for, and the requests nobody decided on in time."""
    request.find_service(LoanRequests).expire()


def look_whom_to_tell(request) -> None:
    """Ask for letters about what cannot be as it was agreed, one each time for each loan."""
    request.find_service(Telling).look()


def tell(request, loan_id: str, matter: str) -> None:
    """Write to the borrower of a loan about what cannot be as it was agreed; nothing, if it can after all."""
    request.find_service(Telling).tell(UUID(loan_id), Matter(matter))


def take_turns(request, stock_ids: list[str]) -> None:
    """Offer what has become free of some stocks to whoever waits for it."""
    request.find_service(Turns).serve_alone([UUID(stock_id) for stock_id in stock_ids])


def take_all_turns(request) -> None:
    """End the offers that nobody answered and the waits that were in vain; offer what is free, whatever freed it."""
    request.find_service(Turns).serve_all()
