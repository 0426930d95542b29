from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from portal.audit.models import AuditEntry
from portal.audit.services import Audit
from portal.people.terms import Role
from portal.security.terms import Identity
from tests.conftest import NOW
from tests.factories import people


@pytest.fixture
def entry(session, clock):
    who = people.person(session)
    club = people.organisation(session)
    identity = Identity(who.id, who.name, "fr", acting_for_id=club.id)
    detail = {"role": Role.DESK, "until": date(2027, 1, 31), "items": ("A-1", UUID(int=8)), "scope": None}
    Audit(session, clock, identity).record("role.grant", "person", UUID(int=7), **detail)
    return session.scalars(select(AuditEntry)).one()


def test_an_act_is_recorded_with_who_for_whom_on_what_and_when(session, entry):
    assert entry.at == NOW
    assert entry.actor_id is not None
    assert entry.acting_for_id is not None
    assert (entry.act, entry.subject_kind, entry.subject_id) == ("role.grant", "person", str(UUID(int=7)))
    assert entry.detail == {"role": "desk", "until": "2027-01-31", "items": ["A-1", str(UUID(int=8))], "scope": None}


def test_what_the_portal_does_itself_has_no_actor(session, clock):
    Audit(session, clock, None).record("loan.remind", "loan", 1)
    assert session.scalars(select(AuditEntry.actor_id)).one() is None


@pytest.mark.parametrize("tampering", [update(AuditEntry).values(act="nothing"), delete(AuditEntry)])
def test_the_database_refuses_to_change_the_trail(session, entry, tampering):
    with pytest.raises(DBAPIError, match="audit_entry_append_only"):
        session.execute(tampering)


ROUNDABOUT = {
    "sqlite": "INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry",
    "postgresql": "TRUNCATE audit_entry",
}


def test_the_database_refuses_its_own_roundabout_way_to_change_the_trail(session, entry):
    with pytest.raises(DBAPIError, match="audit_entry_append_only"):
        session.execute(text(ROUNDABOUT[session.bind.dialect.name]))
