"""What lending answers when the kernel asks: the diary, what is known of somebody, figures, scopes."""

import pytest
from sqlalchemy import select

from equipment_lending.models import Claim, Loan
from equipment_lending.services.desk import Desk, Lost, Returned
from equipment_lending.tasks import take_all_turns
from equipment_lending.terms import ClaimKind, Condition, LoanState, ServiceState, WaitlistState
from portal.ports.agenda import Agenda
from portal.ports.figures import Figures, LoopStep
from portal.ports.personal_data import PersonalData
from portal.ports.scopes import RoleScopes
from tests.factories import desk, lending, people


def ours(asking, port):
    return next(one for one in asking.ask_all(port) if type(one).__module__ == "equipment_lending.offers")


@pytest.fixture
def borrower(session):
    return people.person(session)


def test_a_loan_is_one_appointment_from_pick_up_to_return(session, asking, borrower):
    stock = lending.stock(session, units=2)
    loan = lending.loan(session, stock, "2026-10-30T10:00", "2026-11-02T18:00", borrower=borrower, units=2, revision=3)
    (found,) = ours(asking, Agenda).appointments(borrower.id, lending.instant("2026-10-22T12:00"))
    assert (found.starts_at, found.ends_at) == (loan.pickup_at, loan.return_at)
    assert (found.title, found.sequence, found.cancelled) == ("2 × Enregistreur de terrain", 3, False)
    assert found.where.startswith(stock.point.name)
    assert found.path == f"/loans/{loan.id}"


def test_what_was_called_off_stays_in_the_diary_as_cancelled(session, asking, borrower):
    stock = lending.stock(session)
    for state in (LoanState.CANCELLED, LoanState.REJECTED, LoanState.NO_SHOW, LoanState.CLOSED):
        lending.loan(session, stock, "2026-10-30T10:00", "2026-11-02T18:00", borrower=borrower, state=state)
    found = ours(asking, Agenda).appointments(borrower.id, lending.instant("2026-10-22T12:00"))
    assert sorted(one.cancelled for one in found) == [False, True, True, True]


def test_the_diary_holds_nobody_elses_loans_and_none_that_are_long_over(session, asking, borrower):
    stock = lending.stock(session, units=2)
    lending.loan(session, stock, "2026-10-30T10:00", "2026-11-02T18:00")
    lending.loan(session, stock, "2026-09-30T10:00", "2026-10-02T18:00", borrower=borrower)
    assert ours(asking, Agenda).appointments(borrower.id, lending.instant("2026-10-22T12:00")) == []


def test_the_export_holds_every_loan_with_what_was_written_in_it(session, asking, borrower):
    stock = lending.stock(session)
    told = {"purpose": "Les voix du port", "project": "Balade sonore"}
    loan = lending.loan(session, stock, "2026-10-20T10:00", "2026-10-22T18:00", borrower=borrower, **told)
    lending.custody(session, loan.lines[0], out_note="sans la bonnette")
    (exported,) = ours(asking, PersonalData).export(borrower.id)["loans"]
    assert {name: exported[name] for name in told} == told
    assert exported["lines"] == [{"equipment": stock.model.slug, "units": 1}]
    assert exported["items"][0]["note_out"] == "sans la bonnette"
    assert (exported["items"][0]["units"], exported["items"][0]["condition_out"]) == (1, "good")


def test_nobody_is_forgotten_who_has_something_out_or_to_come(session, asking, borrower):
    stock = lending.stock(session, units=2)
    data = ours(asking, PersonalData)
    lending.loan(session, stock, "2026-09-20T10:00", "2026-09-22T18:00", borrower=borrower, state=LoanState.CLOSED)
    assert data.hindrances(borrower.id) == []
    out = lending.loan(session, stock, "2026-10-20T10:00", "2026-10-22T18:00", borrower=borrower, state=LoanState.OUT)
    lending.custody(session, out.lines[0])
    to_come = lending.loan(session, stock, "2026-11-20T10:00", "2026-11-22T18:00", borrower=borrower)
    session.expire_all()
    said = " ".join(data.hindrances(borrower.id))
    assert out.number in said
    assert to_come.number in said


def test_erasure_forgets_every_free_text_and_keeps_what_was_lent_when(session, asking, borrower):
    stock = lending.stock(session)
    told = {"purpose": "Mon nom est Nolwenn", "project": "Nolwenn", "reason": "Nolwenn est malade"}
    loan = lending.loan(session, stock, "2026-09-20T10:00", "2026-09-22T18:00", borrower=borrower, **told)
    lending.custody(session, loan.lines[0], out_note="Nolwenn", in_note="Nolwenn", in_at=loan.return_at)
    ours(asking, PersonalData).erase(borrower.id, lending.instant("2026-10-22T12:00"))
    session.expire_all()
    kept = session.get_one(Loan, loan.id)
    assert (kept.purpose, kept.project, kept.reason) == ("", None, None)
    custody = kept.lines[0].custodies[0]
    assert (custody.out_note, custody.in_note) == (None, None)
    assert (kept.borrower_id, kept.lines[0].units) == (borrower.id, 1)


def test_erasure_leaves_of_a_return_only_what_is_about_the_thing(session, asking, borrower):
    stock = lending.stock(session, units=2)
    loan = lending.loan(session, stock, "2026-10-20T10:00", "2026-10-22T18:00", borrower=borrower, units=2)
    first, second = desk.handed_out(session, loan)
    asking.find_service(Desk).check_in(
        loan.id,
        [
            Returned(first.item.asset_tag, missing=("bonnette", "le manteau de Nolwenn"), note="Nolwenn l’apporte"),
            Returned(second.item.asset_tag, Condition.DAMAGED, note="Nolwenn est tombée"),
        ],
        borrower.id,
    )
    assert "Nolwenn" in first.item.condition_note

    ours(asking, PersonalData).erase(borrower.id, lending.instant("2026-10-22T19:00"))

    session.expire_all()
    assert (first.missing, first.item.condition_note, second.item.condition_note) == ([], "bonnette", None)
    reasons = session.scalars(select(Claim.reason).where(Claim.kind == ClaimKind.MAINTENANCE))
    assert set(reasons) == {"bonnette", "damaged"}


def test_erasure_leaves_alone_what_was_written_of_a_thing_since(session, asking, borrower):
    stock = lending.stock(session)
    loan = lending.loan(session, stock, "2026-10-20T10:00", "2026-10-22T18:00", borrower=borrower)
    (custody,) = desk.handed_out(session, loan)
    back = Returned(custody.item.asset_tag, Condition.WORN, note="Nolwenn l’a nettoyé")
    asking.find_service(Desk).check_in(loan.id, [back], borrower.id)
    custody.item.condition_note = "Rayure sur l’écran"
    ours(asking, PersonalData).erase(borrower.id, lending.instant("2026-10-22T19:00"))
    session.expire_all()
    assert (custody.item.condition_note, custody.in_note) == ("Rayure sur l’écran", None)


def test_erasure_leaves_nothing_of_why_something_was_written_off(session, asking, borrower):
    stock = lending.stock(session)
    loan = lending.loan(session, stock, "2026-10-20T10:00", "2026-10-22T13:00", borrower=borrower)
    (custody,) = desk.handed_out(session, loan, at=loan.pickup_at)
    lost = [Lost(custody.item.asset_tag)]
    asking.find_service(Desk).write_off(loan.id, lost, "Nolwenn l’a perdu en mer", borrower.id)
    assert ours(asking, PersonalData).hindrances(borrower.id) == []
    ours(asking, PersonalData).erase(borrower.id, lending.instant("2026-10-22T19:00"))
    session.expire_all()
    assert (custody.item.service_state, custody.item.state_reason) == (ServiceState.LOST, None)
    assert (custody.in_note, custody.is_lost) == (None, True)


def test_erasure_leaves_other_peoples_loans_alone(session, asking, borrower):
    loan = lending.loan(session, lending.stock(session), "2026-09-20T10:00", "2026-09-22T18:00", purpose="Un tournage")
    ours(asking, PersonalData).erase(borrower.id, lending.instant("2026-10-22T12:00"))
    session.expire_all()
    assert session.get_one(Loan, loan.id).purpose == "Un tournage"


def test_the_export_holds_what_somebody_waits_for(session, asking, borrower):
    stock = lending.stock(session)
    lending.waiting(session, stock, "2026-10-30T10:00", "2026-11-02T18:00", who=borrower)
    lending.waiting(session, stock, "2026-10-30T10:00", "2026-11-02T18:00")
    (exported,) = ours(asking, PersonalData).export(borrower.id)["waiting_list"]
    assert (exported["equipment"], exported["state"]) == (stock.model.slug, "waiting")
    assert exported["purpose"] == "Les voix du port de commerce"


def test_erasure_leaves_every_line_and_lets_go_of_what_is_held(session, asking, borrower):
    stock = lending.stock(session)
    when = "2026-10-30T10:00", "2026-11-02T18:00"
    entry, behind = lending.waiting(session, stock, *when, who=borrower), lending.waiting(session, stock, *when)
    take_all_turns(asking)
    assert entry.state is WaitlistState.OFFERED
    ours(asking, PersonalData).erase(borrower.id, asking.clock.now())
    take_all_turns(asking)
    assert (entry.state, entry.purpose) == (WaitlistState.LEFT, "")
    assert behind.state is WaitlistState.OFFERED


def test_what_is_waited_for_is_in_no_diary(session, asking, borrower):
    lending.waiting(session, lending.stock(session), "2026-10-30T10:00", "2026-11-02T18:00", who=borrower)
    take_all_turns(asking)
    assert ours(asking, Agenda).appointments(borrower.id, asking.clock.now()) == []


def test_figures_count_what_can_be_borrowed_where_and_what_was(session, asking):
    assert ours(asking, Figures).figures() == []
    stock = lending.stock(session, units=3)
    lending.stock(session, units=12, lot=True, at=stock.point)
    lending.loan(session, stock, "2026-09-20T10:00", "2026-09-22T18:00", state=LoanState.CLOSED)
    lending.loan(session, stock, "2026-10-20T10:00", "2026-10-22T18:00", state=LoanState.CANCELLED)
    figures = ours(asking, Figures).figures()
    assert {figure.step for figure in figures} == {LoopStep.BORROW}
    assert figures[0].sentence.split()[0] == "15"
    assert figures[2].sentence.split()[0] == "1"
    assert [figure.path for figure in figures] == ["/equipment", "/points", "/equipment"]


def test_a_desks_role_is_held_at_a_point(session, asking):
    one = lending.point(session, name="Centre social de Bellevue")
    other = lending.point(session, name="Atelier des Capucins")
    scopes = ours(asking, RoleScopes).scopes()
    assert [(scope.slug, scope.label) for scope in scopes] == [(other.slug, other.name), (one.slug, one.name)]
