"""What is done to things after they were published, and what visitors point out about them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from portal.audit.services import Audit
from portal.clock import Clock
from portal.index.services import PublicIndex
from portal.mail.services import Outbox
from portal.moderation.models import Flag, ModerationAct
from portal.moderation.queries import standing_of
from portal.moderation.rules import after
from portal.moderation.terms import Act, AlreadySo, Concern, NoSuchThing, Standing
from portal.people.models import Person
from portal.ports.moderation import Moderated, Subject
from portal.security.limits import Limit

LETTER = "portal:templates/portal/mail/moderated.txt"
FLAGS = Limit("flag", most=10, length=timedelta(hours=1))
"""How often somebody may say that something is wrong, counted by network address."""


def includeme(config: Any) -> None:
    config.add_service(Moderation, _moderation)


def _moderation(request: Any) -> "Moderation":
    return Moderation(
        request.db,
        request.clock,
        request.find_service(Audit),
        request.find_service(PublicIndex),
        request.ask_all(Moderated),
        request.find_service(Outbox),
    )


class Moderation:
    """Hides, restores and removes things of any kind that somebody answers for; takes and settles flags."""

    def __init__(
        self,
        session: Session,
        clock: Clock,
        audit: Audit,
        index: PublicIndex,
        owners: Sequence[Moderated],
        outbox: Outbox | None,
    ) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit
        self._index = index
        self._owners = owners
        self._outbox = outbox

    def act(self, act: Act, kind: str, subject_id: UUID, reason: str, by_id: UUID) -> ModerationAct:
        """Do ``act`` to a thing and return what is kept of it; the open flags on the thing are settled by it.

        The thing is held first, so that of two who do the same at once one is too late. Its authors are told, with the
        reason. Raises :class:`NoSuchThing`, and :class:`AlreadySo` when it would change nothing or comes after a
        removal; nothing is recorded then.
        """
        owner = self._owner(kind)
        owner.hold(kind, subject_id)
        self._session.expire_all()
        subject = self._subject(owner, kind, subject_id)
        before = Standing.REMOVED if subject.gone else standing_of(self._session, kind, subject_id)
        standing = after(before, act)
        if standing is None:
            raise AlreadySo(before)
        done = self._record(act, kind, subject_id, reason, by_id)
        self._settle(kind, subject_id, by_id, done.at)
        self._audit.record(f"moderation.{act.value}", kind, subject_id)
        self._index.reflect(kind, subject_id, standing)
        for one in (owner, *(other for other in self._owners if other is not owner)):
            one.reflect(kind, subject_id, standing)
        self._tell(subject, act, reason, by_id)
        self._session.flush()
        return done

    def flag(self, kind: str, subject_id: UUID, concern: Concern, words: str, by_id: UUID | None) -> Flag:
        """Keep what somebody says is wrong with a thing, and return it.

        Raises :class:`NoSuchThing`, and :class:`AlreadySo` for what is gone.
        """
        if self._subject(self._owner(kind), kind, subject_id).gone:
            raise AlreadySo(Standing.REMOVED)
        raised = Flag(
            subject_kind=kind,
            subject_id=subject_id,
            concern=concern,
            words=words,
            by_id=by_id,
            created_at=self._clock.now(),
        )
        self._session.add(raised)
        self._session.flush()
        return raised

    def settle(self, kind: str, subject_id: UUID, by_id: UUID) -> int:
        """Settle the open flags on a thing with which nothing is wrong; return how many they were."""
        settled = self._settle(kind, subject_id, by_id, self._clock.now())
        if settled:
            self._audit.record("moderation.settle", kind, subject_id, flags=settled)
        return settled

    def forget(self, before: datetime) -> None:
        """Forget the flags that were settled before an instant."""
        self._session.execute(delete(Flag).where(Flag.settled_at < before))

    def _owner(self, kind: str) -> Moderated:
        for owner in self._owners:
            if kind in owner.kinds():
                return owner
        raise NoSuchThing(kind)

    @staticmethod
    def _subject(owner: Moderated, kind: str, subject_id: UUID) -> Subject:
        subject = owner.subjects(kind, (subject_id,)).get(subject_id)
        if subject is None:
            raise NoSuchThing(kind)
        return subject

    def _record(self, act: Act, kind: str, subject_id: UUID, reason: str, by_id: UUID) -> ModerationAct:
        about = (ModerationAct.subject_kind == kind, ModerationAct.subject_id == subject_id)
        last = self._session.scalar(select(func.max(ModerationAct.number)).where(*about))
        done = ModerationAct(
            subject_kind=kind,
            subject_id=subject_id,
            number=(last or 0) + 1,
            act=act,
            reason=reason,
            actor_id=by_id,
            at=self._clock.now(),
        )
        self._session.add(done)
        self._session.flush()
        return done

    def _settle(self, kind: str, subject_id: UUID, by_id: UUID, at: datetime) -> int:
        settled = self._session.execute(
            update(Flag)
            .where(Flag.subject_kind == kind, Flag.subject_id == subject_id, Flag.settled_at.is_(None))
            .values(settled_at=at, settled_by_id=by_id)
            .returning(Flag.id),
            execution_options={"synchronize_session": "fetch"},
        ).all()
        return len(settled)

    def _tell(self, subject: Subject, act: Act, reason: str, by_id: UUID) -> None:
        """Write to the authors what was done, and why; not to whoever did it."""
        ids = [author_id for author_id in subject.author_ids if author_id != by_id]
        if self._outbox is None or not ids:
            return
        reached = select(Person).where(Person.id.in_(ids), Person.erased_at.is_(None)).order_by(Person.id)
        for author in self._session.scalars(reached):
            self._outbox.send(author, LETTER, name=author.name, title=subject.title, act=act.value, reason=reason)
