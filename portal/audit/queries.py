"""Reading the audit trail."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, Text, cast, func, select
from sqlalchemy.orm import Session

from portal.audit.models import AuditEntry
from portal.db import Found
from portal.people.models import Organisation, Person

NUMBER = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


@dataclass(frozen=True, slots=True)
class Sought:
    """Which entries are wanted: whose (part of a name, or an e-mail), what, on what, on which days.

    ``subject`` is a kind of thing, or one thing: its id, or what was noted of it, such as a loan's number or a tag.
    """

    person: str = ""
    act: str = ""
    subject: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the trail. ``actor`` is None for what the portal did itself."""

    at: datetime
    actor_id: UUID | None
    actor: str | None
    acting_for: str | None
    act: str
    subject_kind: str
    subject_id: str
    detail: dict[str, Any]
    named: str | None = None

    @property
    def subject(self) -> str:
        """What the thing is called: by its name, by what was noted of it, else by the beginning of its number."""
        number = self.subject_id[:8] if NUMBER.fullmatch(self.subject_id) else self.subject_id
        return self.named or str(self.detail.get(self.subject_kind) or number)

    @property
    def told(self) -> list[tuple[str, Any]]:
        """What was noted; what is not set, and what names the thing itself, is left out."""
        return [
            (name, value)
            for name, value in self.detail.items()
            if value not in (None, "", []) and name != self.subject_kind
        ]


def found_entries(session: Session, sought: Sought, zone: str, *, limit: int, offset: int = 0) -> Found[Entry]:
    """Return a page of what was sought, the latest first, and how many there are in all. Days are those of ``zone``."""
    wanted = conditions(sought, zone)
    total = session.scalar(select(func.count()).select_from(AuditEntry).outerjoin(AuditEntry.actor).where(*wanted))
    rows = session.execute(_entries().where(*wanted).limit(limit).offset(offset))
    return Found(_named(session, [Entry(*row) for row in rows]), total or 0)


def each_entry(session: Session, sought: Sought, zone: str) -> Iterator[Entry]:
    """Yield all that was sought, the latest first."""
    for row in session.execute(_entries().where(*conditions(sought, zone))):
        yield Entry(*row)


def acts(session: Session) -> list[str]:
    """Return the kinds of act that were ever recorded."""
    return list(session.scalars(select(AuditEntry.act).distinct().order_by(AuditEntry.act)))


def conditions(sought: Sought, zone: str) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if sought.person:
        named = Person.name.icontains(sought.person, autoescape=True)
        wanted.append(named | (func.lower(Person.email) == sought.person.lower()))
    if sought.act:
        wanted.append(AuditEntry.act == sought.act)
    if sought.subject:
        noted, quoted = cast(AuditEntry.detail, Text), json.dumps(sought.subject)
        is_named = noted.icontains(quoted, autoescape=True) & ~noted.icontains(f"{quoted}:", autoescape=True)
        of_kind = AuditEntry.subject_kind == sought.subject
        wanted.append((AuditEntry.subject_id == sought.subject) | of_kind | is_named)
    if sought.first:
        wanted.append(AuditEntry.at >= _midnight(sought.first, zone))
    if sought.last:
        wanted.append(AuditEntry.at < _midnight(sought.last + timedelta(days=1), zone))
    return wanted


def _named(session: Session, entries: list[Entry]) -> list[Entry]:
    """Return the entries with the names that people and organisations have now."""
    names: dict[str, str] = {}
    for kind, table in (("person", Person), ("organisation", Organisation)):
        ids = {number for entry in entries for number in _numbers(entry, kind)}
        if ids:
            names |= {
                str(id_): name for id_, name in session.execute(select(table.id, table.name).where(table.id.in_(ids)))
            }
    return [
        replace(
            entry,
            named=names.get(entry.subject_id),
            detail={name: names.get(str(value), value) for name, value in entry.detail.items()},
        )
        for entry in entries
    ]


def _numbers(entry: Entry, kind: str) -> Iterator[UUID]:
    """Yield the ids of people, or of organisations, that an entry tells of."""
    told = [entry.subject_id] if entry.subject_kind == kind else []
    told += [str(entry.detail["member"])] if kind == "person" and "member" in entry.detail else []
    yield from filter(None, map(_number, told))


def _number(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _entries() -> Select[Any]:
    entry = AuditEntry
    columns = (entry.at, entry.actor_id, Person.name, Organisation.name, entry.act)
    return (
        select(*columns, entry.subject_kind, entry.subject_id, entry.detail)
        .outerjoin(entry.actor)
        .outerjoin(entry.acting_for)
        .order_by(entry.at.desc(), entry.id)
    )


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(zone))
