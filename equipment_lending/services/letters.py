"""Letters to borrowers about what was agreed with them, with its dates for their calendar."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from equipment_lending.models import Loan
from equipment_lending.queries.agenda import appointment
from portal.i18n import OFFERED, Words
from portal.mail.services import Outbox
from portal.people.calendar import feed
from portal.people.models import Person
from portal.ports.agenda import Appointment

LETTERS = "equipment_lending:templates/equipment_lending/mail/"


class Letters:
    """Writes letters with the present transaction; none without an ``outbox``."""

    def __init__(self, session: Session, outbox: Outbox | None, base_url: str = "") -> None:
        self._session = session
        self._outbox = outbox
        self._base_url = base_url

    def about(self, loan: Loan, letter: str, **values: Any) -> None:
        """Write to the borrower of a loan."""
        borrower = self._session.get_one(Person, loan.borrower_id)
        self.write(borrower, letter, lambda words: [appointment(loan, words)], loan=loan, point=loan.point, **values)

    def write(
        self, person: Person, letter: str, dates: Callable[[Words], Sequence[Appointment]], **values: Any
    ) -> None:
        """Write to somebody of ``values`` and of some ``dates``, told in the words of their language."""
        self._session.flush()
        if self._outbox is None:
            return
        told = dates(Words(person.language if person.language in OFFERED else OFFERED[0]))
        diary = feed(told, ", ".join(one.title for one in told), self._base_url).decode()
        self._outbox.send(person, f"{LETTERS}{letter}.txt", calendar=diary, **values)
