"""Which rules a city wrote for what, and what would hold if it had not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from equipment_lending.models import EquipmentModel, LendingPoint, PolicyLayer
from equipment_lending.rules.policy import SETTINGS, Policy, effective


@dataclass(frozen=True, slots=True)
class Subject:
    """What rules are for: a category, a model, a point, a model at a point; with nothing named, the whole city."""

    category_id: UUID | None = None
    model_id: UUID | None = None
    point_id: UUID | None = None


CITY = Subject()


def layer_of(session: Session, subject: Subject) -> PolicyLayer | None:
    """Return the rules written for a subject itself, None where there are none."""
    return session.scalar(select(PolicyLayer).where(*_is(subject)))


def _is(subject: Subject) -> list[ColumnElement[bool]]:
    pairs = (
        (PolicyLayer.category_id, subject.category_id),
        (PolicyLayer.model_id, subject.model_id),
        (PolicyLayer.point_id, subject.point_id),
    )
    return [column.is_(None) if value is None else column == value for column, value in pairs]


def settings_of(layer: PolicyLayer | None) -> dict[str, Any]:
    """Return what a layer settles, setting by setting; None for what it leaves to others."""
    return {name: getattr(layer, name) if layer else None for name in SETTINGS}


def inherited(session: Session, subject: Subject) -> Policy:
    """Return the policy that holds for a subject where its own rules say nothing."""
    return effective([_written(session, less_specific) for less_specific in _beneath(session, subject)])


def _beneath(session: Session, subject: Subject) -> list[Subject | Mapping[str, Any]]:
    """Return what is less specific than the subject, least first; a point's lead time counts as a rule of its own."""
    beneath: list[Subject | Mapping[str, Any]] = [] if subject == CITY else [CITY]
    if subject.model_id is not None:
        category_id = session.get_one(EquipmentModel, subject.model_id).category_id
        beneath.append(Subject(category_id=category_id))
    if subject.model_id is not None and subject.point_id is not None:
        beneath.append(Subject(model_id=subject.model_id))
    if subject.point_id is not None:
        beneath.append({"lead_days": session.get_one(LendingPoint, subject.point_id).lead_days})
    if subject.model_id is not None and subject.point_id is not None:
        beneath.append(Subject(point_id=subject.point_id))
    return beneath


def _written(session: Session, rules: Subject | Mapping[str, Any]) -> Mapping[str, Any]:
    return settings_of(layer_of(session, rules)) if isinstance(rules, Subject) else rules
