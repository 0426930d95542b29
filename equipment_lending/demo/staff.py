"""Who does what, and when: the real services, in the name of somebody of the demo city, at an instant of its past."""

from datetime import datetime
from random import Random

from sqlalchemy.orm import Session

from equipment_lending.services.catalogue import Catalogue
from equipment_lending.services.desk import Desk
from equipment_lending.services.fleet import Fleet
from equipment_lending.services.requests import LoanRequests
from equipment_lending.services.turns import Turns
from equipment_lending.services.waitlist import Waitlist
from portal.audit.services import Audit
from portal.clock import StoppedClock
from portal.index.services import PublicIndex
from portal.people.models import Person
from portal.ports.certifications import Certifications
from portal.security.terms import Identity


class Staff:
    """The services as the demo city uses them, with its own ``clock``, which stands where its story is."""

    def __init__(self, session: Session, certifications: Certifications, at: datetime, chance: Random) -> None:
        self.session = session
        self.clock = StoppedClock(at)
        self._certifications = certifications
        self._chance = chance

    def audit(self, who: Person | None) -> Audit:
        return Audit(self.session, self.clock, Identity(who.id, who.name, who.language) if who else None)

    def catalogue(self, who: Person) -> Catalogue:
        return Catalogue(self.session, self.audit(who), PublicIndex(self.session, self.clock), self.fleet(who))

    def fleet(self, who: Person) -> Fleet:
        return Fleet(self.session, self.clock, self.audit(who))

    def desk(self, who: Person) -> Desk:
        return Desk(self.session, self.clock, self._certifications, self.audit(who))

    def requests(self, who: Person | None) -> LoanRequests:
        """The letters of the past are read, and kept no longer: none are written."""
        return LoanRequests(
            self.session, self.clock, self._certifications, self.audit(who), outbox=None, chance=self._chance
        )

    def waitlist(self) -> Waitlist:
        turns = Turns(self.session, self.clock, self._certifications, outbox=None)
        return Waitlist(self.session, self.clock, self.requests(None), turns)
