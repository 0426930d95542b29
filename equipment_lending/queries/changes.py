"""When what is lent last changed, as far as anything says so."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.audit.models import AuditEntry


def points_changed_at(session: Session) -> datetime | None:
    """Return when a lending point was last added or changed: by an act of staff, all of which the audit trail dates.

    None where no point was ever added by one. Points are never removed, so this never goes back.
    """
    return session.scalar(select(func.max(AuditEntry.at)).where(AuditEntry.subject_kind == "point"))
