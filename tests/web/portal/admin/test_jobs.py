from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from portal.audit.models import AuditEntry
from portal.jobs.models import Job, WorkerPulse
from portal.mail.models import OutgoingMail
from portal.people.terms import Role
from tests.conftest import NOW
from tests.factories import people


@pytest.fixture
def admin(session):
    return people.staff(session, Role.ADMIN)


def job(session, **given):
    made = Job(**{"kind": "mail.send", "payload": {}, "created_at": NOW, "run_at": NOW} | given)
    session.add(made)
    session.flush()
    return made


def test_only_administrators_see_the_work(browse, session):
    people.signed_in(browse, people.staff(session, Role.DESK, "lambezellec"))
    browse.get("/admin/jobs", status=403)


def test_it_says_when_nobody_is_working(browse, session, admin):
    page = people.signed_in(browse, admin).get("/admin/jobs")
    assert page.html.select(".notice.is-wrong")

    session.add(WorkerPulse(name="tregarvan:12", seen_at=NOW - timedelta(seconds=20)))
    session.flush()
    page = browse.get("/admin/jobs")
    assert not page.html.select(".notice.is-wrong")
    page.mustcontain("tregarvan:12")


def test_work_that_was_given_up_is_shown_with_its_error_and_tried_again(browse, session, admin):
    failed = job(session, given_up_at=NOW, attempts=11, error="Undeliverable: 550 no such mailbox")
    people.signed_in(browse, admin)
    page = browse.get("/admin/jobs")
    page.mustcontain("550 no such mailbox")

    form = next(form for form in page.forms.values() if "retry" in form.fields)
    form.submit("retry").follow().mustcontain("notice")
    session.refresh(failed)
    assert (failed.given_up_at, failed.attempts, failed.run_at) == (None, 0, NOW)
    assert session.scalar(select(AuditEntry.subject_id).where(AuditEntry.act == "job.retry")) == str(failed.id)


def test_it_can_be_let_go(browse, session, admin):
    failed = job(session, given_up_at=NOW, attempts=11)
    page = people.signed_in(browse, admin).get("/admin/jobs")

    next(form for form in page.forms.values() if "forget" in form.fields).submit("forget").follow()
    assert session.scalar(select(Job.id).where(Job.id == failed.id)) is None


@pytest.mark.parametrize("act", ["retry", "forget"])
def test_work_that_is_not_given_up_is_left_alone(browse, session, admin, act):
    waiting = job(session)
    people.signed_in(browse, admin)
    browse.post(f"/admin/jobs/{waiting.id}", people.with_csrf(browse, {act: act}), status=303)

    session.refresh(waiting)
    assert (waiting.attempts, waiting.given_up_at) == (0, None)
    assert not session.scalar(select(AuditEntry.id).where(AuditEntry.subject_id == str(waiting.id)))


@pytest.mark.parametrize("path", ["nonsense", str(UUID(int=9))])
def test_what_is_not_there_harms_nobody(browse, session, admin, path):
    people.signed_in(browse, admin)
    answer = browse.post(f"/admin/jobs/{path}", people.with_csrf(browse, {"retry": "retry"}), expect_errors=True)
    assert answer.status_int in (303, 404)


def test_an_administrator_tries_out_the_mail(browse, session):
    chief = people.staff(session, Role.ADMIN, name="Armelle", language="en")
    page = people.signed_in(browse, chief).get("/admin/jobs")
    next(form for form in page.forms.values() if form.action.endswith("/admin/letter")).submit().follow()

    letter = session.scalars(select(OutgoingMail)).one()
    assert (letter.to, letter.language) == (chief.email, "en")
    assert letter.subject == "A test e-mail: Les communs"
    assert "Hello Armelle," in letter.text
    assert session.scalars(select(Job.payload).where(Job.kind == "mail.send")).one() == {"mail_id": str(letter.id)}
