"""Writing letters into the outbox."""

from sqlalchemy.orm import Session

from portal.clock import Clock
from portal.jobs.services import Jobs
from portal.mail.letters import Writer
from portal.mail.models import OutgoingMail
from portal.people.models import Person


class Outbox:
    """Letters that leave if, and only if, the present transaction is committed."""

    def __init__(self, session: Session, clock: Clock, jobs: Jobs, writer: Writer) -> None:
        self._session = session
        self._clock = clock
        self._jobs = jobs
        self._writer = writer

    def send(
        self,
        to: Person | str,
        template: str,
        *,
        language: str | None = None,
        calendar: str | None = None,
        of: Person | None = None,
        **values: object,
    ) -> OutgoingMail | None:
        """Write the letter of ``template`` to a person or an address and return it; None for a person without e-mail.

        Its language is ``language``, else the person's (``Writer.language_of``); ``calendar`` is an iCalendar text that
        goes with it; ``of`` is whose letter it is where the address is not theirs yet, or no longer. Raises
        ``ValueError`` for an address that holds a control character.
        """
        person = to if isinstance(to, Person) else None
        owner = person or of
        address = to.email if isinstance(to, Person) else to
        if not address:
            return None
        if not address.isprintable():
            raise ValueError("an address on one line is needed")
        self._session.flush()  # a person who is new has an id from here on
        written = self._writer.write(
            template, language or (self._writer.language_of(person) if person else None), values
        )
        mail = OutgoingMail(
            person_id=owner.id if owner else None,
            to=address,
            language=written.language,
            subject=written.subject,
            text=written.text,
            calendar=calendar,
            created_at=self._clock.now(),
        )
        self._session.add(mail)
        self._session.flush()
        self._jobs.add("mail.send", {"mail_id": str(mail.id)})
        return mail
