"""What the processes of a race on the map do, each on connections of its own: begin, revise, publish, hide."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from uuid import UUID

from sqlalchemy.orm import Session

from maps.offers import MapPublications, MapThings
from maps.rules.content import trail_from_json
from maps.services.indexing import MapIndex
from maps.terms import MEDIA, NotPublishable, Stale
from portal.audit.services import Audit
from portal.clock import StoppedClock
from portal.db import create_engine
from portal.index.services import PublicIndex
from portal.media.offers import ModeratedMedia
from portal.media.services.library import MediaLibrary
from portal.moderation.services import Moderation
from portal.moderation.terms import Act as Deed
from tests.conftest import NOW
from tests.factories import maps
from tests.whole.actors import committed


@dataclass(frozen=True)
class Begin:
    """Somebody begins a trail and publishes it. The content is JSON, so that every process reads its own."""

    content: dict
    author: UUID

    def act(self, session: Session) -> None:
        trails = maps.trails(session, StoppedClock(NOW))
        trails.publish(trails.begin(trail_from_json(self.content), self.author).id)


@dataclass(frozen=True)
class Revise:
    """Somebody revises a trail, of which they have this revision before them."""

    trail: UUID
    base: int
    content: dict = field(hash=False)
    author: UUID

    def act(self, session: Session) -> None:
        trails = maps.trails(session, StoppedClock(NOW))
        trails.revise(self.trail, self.base, trail_from_json(self.content), self.author)


@dataclass(frozen=True)
class Publish:
    trail: UUID

    def act(self, session: Session) -> None:
        maps.trails(session, StoppedClock(NOW)).publish(self.trail)


@dataclass(frozen=True)
class Withdraw:
    trail: UUID

    def act(self, session: Session) -> None:
        maps.trails(session, StoppedClock(NOW)).withdraw(self.trail)


@dataclass(frozen=True)
class Hide:
    """Somebody who moderates takes a sound out of sight."""

    media: UUID
    by: UUID

    def act(self, session: Session) -> None:
        clock, asking = StoppedClock(NOW), Asking(session)
        owners = [ModeratedMedia(asking), MapThings(asking)]
        moderation = Moderation(session, clock, Audit(session, clock, None), PublicIndex(session, clock), owners, None)
        moderation.act(Deed.HIDE, MEDIA, self.media, "Une voix sans accord", self.by)


@dataclass(frozen=True)
class WriteAgain:
    """Somebody writes the public index again, ``portal index``."""

    def act(self, session: Session) -> None:
        MapPublications(Asking(session)).publish()


class Asking:
    """What answers to ports are given of a request: the session, services, words as they are."""

    def __init__(self, session: Session) -> None:
        self.db = session
        self.localizer = self
        self._services = {MapIndex: maps.index(session), MediaLibrary: None}  # nothing is removed here

    def find_service(self, service: type) -> object:
        return self._services[service]

    @staticmethod
    def translate(message: str) -> str:
        return message


Act = Begin | Revise | Publish


def all_at_once(url: str, acts: Sequence[Act]) -> list[str]:
    """Return how each act ended, ``done``, ``stale`` or ``refused``, begun at once in a process each."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.whole.mapmakers"])
    barrier, answers = context.Barrier(len(acts)), context.Queue()
    processes = [context.Process(target=_do, args=(url, one, barrier, answers)) for one in acts]
    for process in processes:
        process.start()
    found = [answers.get(timeout=120) for _ in processes]
    for process in processes:
        process.join()
    return sorted(found)


def _do(url: str, act: Act, barrier, answers) -> None:
    engine = create_engine(url)
    with engine.connect():  # connected before the start, so that all begin at once
        pass
    barrier.wait(timeout=100)
    try:
        committed(engine, act.act)
        answers.put("done")
    except Stale:
        answers.put("stale")
    except NotPublishable:
        answers.put("refused")
    except BaseException as error:
        answers.put(repr(error))
        raise
    finally:
        engine.dispose()
