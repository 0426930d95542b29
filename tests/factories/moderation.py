"""Things that can be moderated before any feature has some: the notices that organisations put up."""

from uuid import UUID

from portal.db.locking import lock
from portal.index.services import PublicIndex
from portal.moderation.models import Flag, ModerationAct
from portal.moderation.terms import Act, Concern, Standing
from portal.people.models import Membership, Organisation
from portal.ports.moderation import Moderated, Subject
from tests.conftest import NOW
from tests.factories import people

KIND = "notice"


class Noticeboard(Moderated):
    """A feature whose things are organisations; ``reflected`` is what it was told."""

    reflected: list[tuple[UUID, Standing]]

    def __init__(self, session) -> None:
        self._session = session
        self.reflected = []

    def kinds(self):
        return {KIND: "Notice"}

    def subjects(self, kind, ids):
        assert kind == KIND
        found = self._session.query(Organisation).filter(Organisation.id.in_(ids))
        authors = self._authors(ids)
        return {one.id: Subject(one.name, "/about", authors.get(one.id, ())) for one in found}

    def hold(self, kind, subject_id):
        lock(self._session, Organisation, [subject_id])

    def reflect(self, kind, subject_id, standing):
        self.reflected.append((subject_id, standing))

    def _authors(self, ids) -> dict[UUID, tuple[UUID, ...]]:
        rows = self._session.query(Membership).filter(Membership.organisation_id.in_(ids))
        found: dict[UUID, tuple[UUID, ...]] = {}
        for one in rows:
            found[one.organisation_id] = (*found.get(one.organisation_id, ()), one.person_id)
        return found


def answering(registry) -> None:
    """Let the noticeboard answer in a house."""
    registry.answers.setdefault(Moderated, []).append(lambda request: Noticeboard(request.db))


def notice(session, name: str = "Fest-noz aux Capucins", **given) -> Organisation:
    """Return a notice, in sight."""
    return people.organisation(session, name=name, **given)


def listed(session, clock, thing: Organisation, **given):
    """Return the entry of a notice in the public index."""
    usual = {"path": "/about", "title": {"fr": thing.name}, "summary": {"fr": ""}}
    return PublicIndex(session, clock).put(KIND, thing.id, **usual | given)


def flag(session, thing: Organisation, words: str = "Ce n’est plus là.", **given) -> Flag:
    """Return what a visitor says is wrong with a notice."""
    usual = {"subject_kind": KIND, "subject_id": thing.id, "concern": Concern.MISTAKE, "created_at": NOW}
    return _kept(session, Flag(**usual | {"words": words} | given))


def acted(session, thing: Organisation, *acts: Act, by=None) -> None:
    """Do acts to a notice, in this order, without anybody being told."""
    actor = by or people.staff(session)
    for number, act in enumerate(acts, 1):
        row = {"subject_kind": KIND, "subject_id": thing.id, "number": number, "act": act, "reason": "Périmé."}
        _kept(session, ModerationAct(**row, actor_id=actor.id, at=NOW))


def _kept(session, row):
    session.add(row)
    session.flush()
    return row
