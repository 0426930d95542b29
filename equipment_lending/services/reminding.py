"""Reminding somebody of what is late, when a desk does not want to wait for the letter of the morning."""

from zoneinfo import ZoneInfo

from equipment_lending.models import Loan
from equipment_lending.queries.loans import open_custodies
from equipment_lending.rules.lateness import late_days
from portal.audit.services import Audit
from portal.clock import Clock
from portal.jobs.services import Jobs


class Reminding:
    """The desk's own reminders, besides those of every morning."""

    def __init__(self, clock: Clock, jobs: Jobs, audit: Audit) -> None:
        self._clock = clock
        self._jobs = jobs
        self._audit = audit

    def can_remind(self, loan: Loan) -> bool:
        """Is something of the loan late by a day or more, and does its borrower read e-mails?"""
        zone = ZoneInfo(loan.return_point.zone)
        late = late_days(loan.return_at, self._clock.now(), zone) > 0
        return late and bool(loan.borrower.email and open_custodies(loan))

    def remind(self, loan: Loan) -> bool:
        """Have a letter written about all that the borrower has to bring back there; at most once a day.

        Return False, and record nothing, where that was asked for today already, or nothing is late.
        """
        if not self.can_remind(loan):
            return False
        day = loan.return_point.day_of(self._clock.now())
        whom = {"person_id": str(loan.borrower_id), "point_id": str(loan.return_point_id)}
        key = f"lending.remind:{loan.borrower_id}:{loan.return_point_id}:{day}:desk"
        if not self._jobs.add("lending.remind", whom, key=key):
            return False
        self._audit.record("lending.remind", "loan", loan.id, loan=loan.number)
        return True
