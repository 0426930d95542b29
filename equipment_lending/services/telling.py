"""Telling borrowers, once each time, that something cannot be as it was agreed.

Whom to tell is computed from the state of things, every few minutes, so what a desk saves and takes back at once
startles nobody. That somebody was told is the row of the work that told them, named after the concern: as long as the
concern lasts, asking for that work again changes nothing; once it is over, the row goes, and another time is another
letter. Rows of work that is done are kept for a month, so a concern that lasts longer is told of again then.
"""

from uuid import UUID

from sqlalchemy.orm import Session

from equipment_lending.models import Loan
from equipment_lending.queries import loans
from equipment_lending.queries.changed_hours import closed_in_time
from equipment_lending.queries.matters import Concern, concerns, concerns_of
from equipment_lending.services.letters import Letters
from equipment_lending.terms import Matter
from portal.clock import Clock
from portal.jobs.services import Jobs

WORK = "lending.tell"


class Telling:
    """Looks whom to tell, and tells them."""

    def __init__(self, session: Session, clock: Clock, jobs: Jobs, letters: Letters) -> None:
        self._session = session
        self._clock = clock
        self._jobs = jobs
        self._letters = letters

    def look(self) -> None:
        """Ask for a letter about each concern there is, and let those that are over be told of again another time."""
        present = {_key(one): one for one in concerns(self._session, self._clock.now())}
        self._jobs.forget_done(WORK, but=present)
        for key in sorted(present):
            one = present[key]
            self._jobs.add(WORK, {"loan_id": str(one.loan_id), "matter": one.matter}, key=key)

    def tell(self, loan_id: UUID, matter: Matter) -> None:
        """Write to the borrower of a loan how things stand; nothing, if it can be as it was agreed after all."""
        now = self._clock.now()
        loan = loans.loan(self._session, loan_id)
        if loan is None or not any(one.matter is matter for one in concerns_of(self._session, loan, now)):
            return
        closed = closed_in_time(self._session, now, Loan.id == loan_id).get(loan_id, ())
        self._letters.about(loan, LETTER_ABOUT[matter], closed=closed)


LETTER_ABOUT = {Matter.CLOSED: "hours_changed", Matter.AT_RISK: "at_risk", Matter.AWAITED: "awaited"}


def _key(one: Concern) -> str:
    return ":".join([WORK, one.matter, str(one.loan_id), one.about])
