"""Reading moderation: where things stand, what visitors pointed out, what was done and who looks after it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from portal.db import Found
from portal.moderation.models import Flag, ModerationAct
from portal.moderation.rules import standing_after
from portal.moderation.terms import Act, Standing
from portal.people.models import Person, RoleGrant
from portal.people.terms import Role

Thing = tuple[str, UUID]
"""What acts and flags are about: a kind and an id."""


def standings(session: Session, kind: str, ids: Collection[UUID]) -> dict[UUID, Standing]:
    """Return where each of the things stands, in one statement however many they are."""
    acts: dict[UUID, list[Act]] = {subject_id: [] for subject_id in ids}
    if acts:
        done = select(ModerationAct.subject_id, ModerationAct.act).where(_about(ModerationAct, kind, acts))
        for subject_id, act in session.execute(done.order_by(ModerationAct.number)):
            acts[subject_id].append(act)
    return {subject_id: standing_after(done) for subject_id, done in acts.items()}


def standing_of(session: Session, kind: str, subject_id: UUID) -> Standing:
    """Return where one thing stands."""
    return standings(session, kind, (subject_id,))[subject_id]


def is_visible(kind: str, column: Any) -> ColumnElement[bool]:
    """Return the condition that the thing whose id is in ``column`` is neither hidden nor removed.

    For others' statements: ``select(Trail).where(is_visible("trail", Trail.id))``. The last act on a thing decides,
    since none is recorded that could not be done.
    """
    last, later = aliased(ModerationAct), aliased(ModerationAct)
    same = and_(later.subject_kind == last.subject_kind, later.subject_id == last.subject_id)
    superseded = select(literal(1)).where(same, later.number > last.number).exists()
    out_of_sight = and_(last.subject_kind == kind, last.subject_id == column, last.act != Act.RESTORE, ~superseded)
    return ~select(literal(1)).where(out_of_sight).exists()


@dataclass(frozen=True, slots=True)
class Case:
    """A thing with what visitors say is wrong with it, the latest first."""

    kind: str
    subject_id: UUID
    flags: tuple[Flag, ...]
    standing: Standing

    @property
    def thing(self) -> Thing:
        return self.kind, self.subject_id


def open_cases(session: Session, *, limit: int, offset: int = 0) -> Found[Case]:
    """Return a page of the things that somebody says something is wrong with, the newest concern first."""
    newest = func.max(Flag.created_at)
    things = select(Flag.subject_kind, Flag.subject_id).where(Flag.settled_at.is_(None))
    things = things.group_by(Flag.subject_kind, Flag.subject_id)
    page = session.execute(things.order_by(newest.desc(), Flag.subject_id).limit(limit).offset(offset))
    shown = [(kind, subject_id) for kind, subject_id in page]
    flags, stand = _open_flags(session, shown), _standings(session, shown)
    rows = [Case(kind, id_, tuple(flags[kind, id_]), stand[kind, id_]) for kind, id_ in shown]
    return Found(rows, _count(session, things))


def case_of(session: Session, kind: str, subject_id: UUID) -> Case:
    """Return one thing with its open flags, if there are any."""
    flags = _open_flags(session, [(kind, subject_id)])[kind, subject_id]
    return Case(kind, subject_id, tuple(flags), standing_of(session, kind, subject_id))


def count_open(session: Session) -> int:
    """Return how many things wait for somebody to look at them."""
    things = select(Flag.subject_kind, Flag.subject_id).where(Flag.settled_at.is_(None)).distinct()
    return _count(session, things)


def acts_on(session: Session, kind: str, subject_id: UUID) -> Sequence[ModerationAct]:
    """Return what was done to a thing, the latest first."""
    about = _about(ModerationAct, kind, (subject_id,))
    return session.scalars(_acts().where(about).order_by(ModerationAct.number.desc())).all()


def latest_acts(session: Session, *, limit: int, offset: int = 0) -> Found[ModerationAct]:
    """Return a page of all that was done, the latest first."""
    page = _acts().order_by(ModerationAct.at.desc(), ModerationAct.number.desc(), ModerationAct.id)
    return Found(session.scalars(page.limit(limit).offset(offset)).all(), _count(session, select(ModerationAct.id)))


def out_of_sight(session: Session, *, limit: int, offset: int = 0) -> Found[ModerationAct]:
    """Return a page of the acts that keep things hidden now, the latest first. What was removed is not among them."""
    later = aliased(ModerationAct)
    same = and_(later.subject_kind == ModerationAct.subject_kind, later.subject_id == ModerationAct.subject_id)
    superseded = select(literal(1)).where(same, later.number > ModerationAct.number).exists()
    hiding = and_(ModerationAct.act == Act.HIDE, ~superseded)
    page = _acts().where(hiding).order_by(ModerationAct.at.desc(), ModerationAct.id).limit(limit).offset(offset)
    return Found(session.scalars(page).all(), _count(session, select(ModerationAct.id).where(hiding)))


def moderators(session: Session, today: date) -> list[UUID]:
    """Return who looks after what is published today: the moderators or, where there are none, the administrators."""
    for role in (Role.MODERATOR, Role.ADMIN):
        held = select(RoleGrant.person_id).where(
            RoleGrant.role == role,
            RoleGrant.since <= today,
            or_(RoleGrant.until.is_(None), RoleGrant.until >= today),
        )
        found = session.scalars(select(Person.id).where(Person.id.in_(held), Person.erased_at.is_(None))).all()
        if found:
            return list(found)
    return []


def _open_flags(session: Session, things: Sequence[Thing]) -> dict[Thing, list[Flag]]:
    found: dict[Thing, list[Flag]] = defaultdict(list)
    if things:
        about = or_(*(_about(Flag, kind, ids) for kind, ids in _by_kind(things).items()))
        raised = select(Flag).options(joinedload(Flag.by)).where(Flag.settled_at.is_(None), about)
        for flag in session.scalars(raised.order_by(Flag.created_at.desc(), Flag.id)):
            found[flag.subject_kind, flag.subject_id].append(flag)
    return found


def _standings(session: Session, things: Sequence[Thing]) -> dict[Thing, Standing]:
    found: dict[Thing, Standing] = {}
    for kind, ids in _by_kind(things).items():
        found |= {(kind, id_): standing for id_, standing in standings(session, kind, ids).items()}
    return found


def _by_kind(things: Sequence[Thing]) -> dict[str, list[UUID]]:
    found: dict[str, list[UUID]] = defaultdict(list)
    for kind, subject_id in things:
        found[kind].append(subject_id)
    return found


def _about(table: type[ModerationAct] | type[Flag], kind: str, ids: Collection[UUID]) -> ColumnElement[bool]:
    return and_(table.subject_kind == kind, table.subject_id.in_(ids))


def _acts() -> Select[ModerationAct]:
    return select(ModerationAct).options(joinedload(ModerationAct.actor))


def _count(session: Session, rows: Select[*tuple[Any, ...]]) -> int:
    return session.scalar(select(func.count()).select_from(rows.subquery())) or 0
