"""What the audit trail knows of somebody is theirs to have; the trail itself stays as it is."""

from sqlalchemy import func, select

from portal.audit.models import AuditEntry
from portal.audit.offers import AuditData
from portal.audit.services import Audit
from portal.people.services import Erasure
from portal.security.terms import Identity
from tests.conftest import NOW
from tests.factories import people


def test_what_somebody_did_and_what_was_done_about_them_is_told_to_them(session, clock):
    rozenn, admin, club = people.person(session), people.person(session), people.organisation(session)
    hers = Audit(session, clock, Identity(rozenn.id, "Rozenn", "fr", acting_for_id=club.id))
    theirs = Audit(session, clock, Identity(admin.id, "Anna", "fr"))
    hers.record("lending.confirm", "loan", club.id, loan="K7M3PQR")
    clock.at = later = NOW.replace(hour=13)
    theirs.record("role.grant", "person", rozenn.id, role="desk")
    clock.at = last = NOW.replace(hour=14)
    theirs.record("membership.end", "organisation", club.id, member=rozenn.id)
    theirs.record("role.grant", "person", admin.id, role="desk")
    theirs.record("lending.confirm", "loan", rozenn.id)
    session.flush()
    assert AuditData(session).export(rozenn.id) == {
        "acts": [
            {
                "at": at.isoformat(),
                "act": act,
                "by_you": by_her,
                "for_organisation": str(club.id) if by_her else None,
                "kind": kind,
                "id": str(about.id),
                "noted": noted,
            }
            for at, act, by_her, kind, about, noted in (
                (NOW, "lending.confirm", True, "loan", club, {"loan": "K7M3PQR"}),
                (later, "role.grant", False, "person", rozenn, {"role": "desk"}),
                (last, "membership.end", False, "organisation", club, {"member": str(rozenn.id)}),
            )
        ]
    }


def test_the_export_of_an_account_holds_them_and_its_erasure_leaves_the_trail(session, asking, clock):
    who = people.person(session)
    Audit(session, clock, Identity(who.id, who.name, "fr")).record("lending.confirm", "loan", 7)
    session.flush()
    erasure = asking.find_service(Erasure)
    assert [one["act"] for one in erasure.export(who.id)["acts"]] == ["lending.confirm"]
    erasure.erase(who.id)
    assert session.scalar(select(func.count()).where(AuditEntry.actor_id == who.id)) == 1
