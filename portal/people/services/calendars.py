"""The secret addresses at which calendar programs read what is in somebody's diary."""

import secrets

from sqlalchemy.orm import Session

from portal.people.models import Person


class CalendarTokens:
    """Makes and changes the token of ``/calendar/{token}.ics``, which is kept as it is, to be shown again."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def rotate(self, person: Person) -> str:
        """Return a new token; at the former address there is nothing any more."""
        person.calendar_token = secrets.token_urlsafe(32)
        self._session.flush()
        return person.calendar_token
