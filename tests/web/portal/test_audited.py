"""What people do in the portal's own pages is in the audit trail: what was done, to what, and who did it."""

import pytest
from sqlalchemy import select

from portal.audit.models import AuditEntry
from portal.jobs.models import Job
from portal.media.terms import MediaState
from portal.people.models import Organisation
from portal.people.terms import Role
from tests.conftest import NOW
from tests.factories import media, people


@pytest.fixture
def told(session):
    """The only entry about an act: who, the kind of thing, the thing."""

    def entry(act):
        one = session.scalars(select(AuditEntry).where(AuditEntry.act == act)).one()
        assert one.at == NOW
        return one.actor_id, one.subject_kind, one.subject_id

    return entry


def test_an_administrator_lets_work_go(browse, session, told):
    admin = people.staff(session, Role.ADMIN)
    failed = Job(kind="mail.send", payload={}, created_at=NOW, run_at=NOW, given_up_at=NOW, attempts=11)
    session.add(failed)
    session.flush()
    job_id = str(failed.id)
    page = people.signed_in(browse, admin).get("/admin/jobs")
    next(form for form in page.forms.values() if "forget" in form.fields).submit("forget", status=303)
    assert told("job.forget") == (admin.id, "job", job_id)


def test_somebody_takes_back_what_they_sent(browse, session, told):
    sender = people.person(session)
    sound = media.media(session, sender_id=sender.id)
    browser = people.signed_in(browse, sender)
    browser.post(f"/library/{sound.id}/remove", people.with_csrf(browser), status=303)
    assert sound.state is MediaState.REMOVED
    assert told("media.remove") == (sender.id, "media", str(sound.id))


def test_somebody_adds_an_organisation(browse, session, told):
    founder = people.person(session)
    form = people.signed_in(browse, founder).get("/account/organisations/new").forms["organisation"]
    form["name"], form["kind"] = "Radio Pikez", "association"
    form.submit(status=303)
    (created,) = session.scalars(select(Organisation))
    assert told("organisation.create") == (founder.id, "organisation", str(created.id))
