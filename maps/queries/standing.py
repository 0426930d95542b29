"""Where moderation left a thing: visible, hidden, removed. What its acts add up to is what the last of them says."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, not_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from portal.moderation.models import ModerationAct
from portal.moderation.terms import Act, Standing

STANDINGS = {Act.HIDE: Standing.HIDDEN, Act.RESTORE: Standing.VISIBLE, Act.REMOVE: Standing.REMOVED}

TRAIL, STOP, PLACE, MEDIA = "trail", "stop", "place", "media"
"""The kinds of things that moderation and the index know, as far as the map has to do with them."""


def standings(session: Session, kind: str, ids: Collection[UUID]) -> dict[UUID, Standing]:
    """Return where each thing stands, in one statement."""
    found = dict.fromkeys(ids, Standing.VISIBLE)
    if not ids:
        return found
    last = (
        select(ModerationAct.subject_id, func.max(ModerationAct.number).label("number"))
        .where(ModerationAct.subject_kind == kind, ModerationAct.subject_id.in_(ids))
        .group_by(ModerationAct.subject_id)
        .subquery()
    )
    acts = select(ModerationAct.subject_id, ModerationAct.act).join(
        last,
        and_(
            ModerationAct.subject_kind == kind,
            ModerationAct.subject_id == last.c.subject_id,
            ModerationAct.number == last.c.number,
        ),
    )
    return found | {subject_id: STANDINGS[act] for subject_id, act in session.execute(acts)}


def standing(session: Session, kind: str, subject_id: UUID) -> Standing:
    """Return where one thing stands."""
    return standings(session, kind, [subject_id])[subject_id]


def visible(kind: str, subject_id: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """Return the condition that a thing is neither hidden nor removed, for a list of things."""
    act, later = aliased(ModerationAct), aliased(ModerationAct)
    same = and_(later.subject_kind == act.subject_kind, later.subject_id == act.subject_id)
    last = not_(exists().where(same, later.number > act.number))
    return not_(exists().where(act.subject_kind == kind, act.subject_id == subject_id, act.act != Act.RESTORE, last))
