"""Who does what, and when: the real services, in the name of somebody of the demo city, at an instant of its past."""

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from maps.demo.recordings import Take
from maps.models import Trail
from maps.queries.contents import trail_content
from maps.services.indexing import MapIndex
from maps.services.places import Places
from maps.services.trails import Trails
from maps.terms import TrailContent
from portal.audit.services import Audit
from portal.clock import StoppedClock
from portal.index.services import PublicIndex
from portal.jobs.services import Jobs
from portal.media.models import Media
from portal.media.services import MediaLibrary, Uploads
from portal.media.services.preparing import Conclusions
from portal.media.store import Store
from portal.media.terms import MediaState
from portal.moderation.services import Moderation
from portal.people.models import Organisation, Person
from portal.ports.moderation import Moderated
from portal.security.terms import Identity


class NothingToDo(Jobs):
    """Asks nobody: what would be work for later was done before."""

    def add(self, kind: str, payload: dict[str, Any], run_at: datetime | None = None, key: str | None = None) -> bool:
        return False


class Hands:
    """The services as the demo city uses them, with its own ``clock``, which stands where its story is.

    ``people`` are all who have an account, by the first word of their address; ``organisations`` go by their names.
    """

    def __init__(self, request, at: datetime) -> None:
        self.clock = StoppedClock(at)
        self.session: Session = request.db
        self._store: Store = request.find_service(Store)
        self._uploads: Uploads = request.find_service(Uploads)
        self._moderated = request.ask_all(Moderated)
        self._index = PublicIndex(self.session, self.clock)
        self.people = _people(self.session)
        self.organisations: Mapping[str, UUID] = {
            found.name: found.id for found in self.session.scalars(select(Organisation))
        }

    def trails(self, who: str) -> Trails:
        return Trails(self.session, self.clock, self._audit(who), self._map_index())

    def places(self) -> Places:
        return Places(self.session, self.clock, self._map_index())

    def library(self, who: str) -> MediaLibrary:
        jobs = NothingToDo(self.session, self.clock)
        return MediaLibrary(self.session, self.clock, self._store, jobs, self._audit(who), self._uploads)

    def moderation(self, who: str | None) -> Moderation:
        """The letters of the past are read, and kept no longer: none are written."""
        return Moderation(self.session, self.clock, self._audit(who), self._index, self._moderated, outbox=None)

    def send(self, who: str, take: Take, file_name: str, **details: Any) -> Media:
        """Let somebody send a sound, and return it once it is ready."""
        sender_id = self.people[who].person_id
        media = self.library(who).receive(BytesIO(take.content), file_name, sender_id=sender_id, **details)
        media.state = MediaState.PREPARING
        self.session.flush()
        Conclusions(self.session, self.clock, self._store).conclude(media.id, take.outcome, take.folder)
        return media

    def said(self, trail_id: UUID) -> tuple[int, TrailContent]:
        """Return what a trail says now, and the number of the revision in which it does."""
        trail = self.session.get_one(Trail, trail_id)
        return trail.current, trail_content(self.session, trail)

    def _audit(self, who: str | None) -> Audit:
        return Audit(self.session, self.clock, self.people[who] if who else None)

    def _map_index(self) -> MapIndex:
        return MapIndex(self.session, self.clock, self._index)


def _people(session: Session) -> dict[str, Identity]:
    """Return everybody who has an account online, by the first word of their address."""
    columns = select(Person.email, Person.id, Person.name, Person.language).where(Person.email.is_not(None))
    return {
        str(email).partition("@")[0]: Identity(person_id, name, language)
        for email, person_id, name, language in session.execute(columns)
    }
