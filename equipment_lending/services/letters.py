"""Letters to borrowers about what was agreed with them, with its dates for their calendar."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from equipment_lending.models import Loan, WaitlistEntry
from equipment_lending.queries.agenda import appointment, offered
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

    def about(self, loan: Loan, letter: str, taken_up: Sequence[WaitlistEntry] = (), **values: Any) -> None:
        """Write to the borrower of a loan; it takes the place of the offers that were ``taken_up``."""

        def dates(words: Words) -> list[Appointment]:
            return [appointment(loan, words), *(offered(entry, words) for entry in taken_up)]

        borrower = self._session.get_one(Person, loan.borrower_id)
        self.write(borrower, letter, dates, loan=loan, point=loan.point, **values)

    def about_offer(self, entry: WaitlistEntry, letter: str) -> None:
        """Write to somebody who waits."""
        person = self._session.get_one(Person, entry.person_id)
        about = {"person": person, "entry": entry, "point": entry.stock.point}
        self.write(person, letter, lambda words: [offered(entry, words)], **about)

    def write(
        self, person: Person, letter: str, dates: Callable[[Words], Sequence[Appointment]], /, **values: Any
    ) -> None:
        """Write to somebody of ``values`` and of some ``dates``, told in the words of their language."""
        self._session.flush()
        if self._outbox is None:
            return
        told = dates(Words(person.language if person.language in OFFERED else OFFERED[0]))
        diary = feed(told, told[0].title, self._base_url).decode()
        self._outbox.send(person, f"{LETTERS}{letter}.txt", calendar=diary, **values)
