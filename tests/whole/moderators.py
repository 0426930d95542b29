"""What the processes of a race between moderators do, each on connections of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from uuid import UUID

from sqlalchemy.orm import Session

from portal.audit.services import Audit
from portal.clock import StoppedClock
from portal.db import create_engine
from portal.db.locking import lock
from portal.index.services import PublicIndex
from portal.moderation.services import Moderation
from portal.moderation.terms import Act, AlreadySo
from portal.people.models import Organisation
from tests.factories import moderation as things
from tests.factories.moderation import KIND, Noticeboard
from tests.whole.actors import committed

CLOCK = StoppedClock(datetime(2026, 10, 22, 10, 0, tzinfo=UTC))


@dataclass(frozen=True)
class Decision:
    """What one moderator does to a notice."""

    act: Act
    notice: UUID
    by: UUID

    def __call__(self, session: Session) -> None:
        moderation_of(session).act(self.act, KIND, self.notice, "Périmé.", self.by)


@dataclass(frozen=True)
class Republication:
    """What the notice's owner does: hold it, say it anew, and put it into the index."""

    notice: UUID
    name: str

    def __call__(self, session: Session) -> None:
        lock(session, Organisation, [self.notice])
        things.listed(session, CLOCK, session.get_one(Organisation, self.notice), title={"fr": self.name})


def moderation_of(session: Session) -> Moderation:
    audit, index = Audit(session, CLOCK, None), PublicIndex(session, CLOCK)
    return Moderation(session, CLOCK, audit, index, [Noticeboard(session)], None)


def all_at_once(url: str, decisions: Sequence[Callable[[Session], None]]) -> list[str]:
    """Return how each ended, ``done`` or where the thing stood already, begun at once in a process each."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.whole.moderators"])
    barrier, answers = context.Barrier(len(decisions)), context.Queue()
    processes = [context.Process(target=_decide, args=(url, one, barrier, answers)) for one in decisions]
    for process in processes:
        process.start()
    found = [answers.get(timeout=120) for _ in processes]
    for process in processes:
        process.join()
    return sorted(found)


def _decide(url: str, decision: Callable[[Session], None], barrier, answers) -> None:
    engine = create_engine(url)
    with engine.connect():  # connected before the start, so that all begin at once
        pass
    barrier.wait(timeout=100)
    try:
        committed(engine, decision)
        answers.put("done")
    except AlreadySo as no:
        answers.put(no.standing.value)
    except BaseException as error:
        answers.put(repr(error))
        raise
    finally:
        engine.dispose()
