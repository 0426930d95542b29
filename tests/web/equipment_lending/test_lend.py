"""A loan agreed at the counter with whoever stands there."""

import pytest
from sqlalchemy import select

from equipment_lending.models import Loan
from equipment_lending.terms import Approval, LoanState
from portal.people.terms import Role
from tests.factories import lending, people

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def stock(session):
    point = lending.point(session, slug="lambezellec")
    return lending.stock(session, units=2, at=point, of=lending.model(session, slug="enregistreur"))


@pytest.fixture
def borrower(session):
    return people.person(session, name="Maï Abgrall")


@pytest.fixture
def at_desk(browse, session, stock):
    return people.signed_in(browse, people.staff(session, Role.DESK, "lambezellec"))


USUAL = {"lines.0.equipment": "enregistreur", "return_at": "2026-10-24T10:00", "purpose": "Une balade sonore"}


def lend(at_desk, borrower, button="lend", **expected):
    values = USUAL | expected.pop("values", {})
    page = at_desk.get(f"/desk/lambezellec/lend/{borrower.id}", headers=ENGLISH)
    form = page.forms["lend"]
    for name, value in values.items():
        form[name] = value
    return form.submit(button, headers=ENGLISH, **expected)


def wrong(page) -> set[str]:
    return {field["name"] for field in page.html.select("[aria-invalid=true]")}


def test_what_may_leave_at_once_leads_to_its_hand_over(session, at_desk, borrower):
    answer = lend(at_desk, borrower, status=303)
    loan = session.scalars(select(Loan)).one()
    assert answer.location.endswith(f"/desk/loans/{loan.id}/check-out")
    assert (loan.borrower, loan.state, loan.pickup_at) == (
        borrower,
        LoanState.CONFIRMED,
        lending.instant("2026-10-22T14:00"),
    )
    assert loan.requested_by_id != borrower.id
    assert f"The loan is noted: {loan.number}." in answer.follow(headers=ENGLISH).html.select_one(".flash").text


def test_what_must_be_decided_or_comes_later_leads_to_the_loan(session, at_desk, borrower, stock):
    lending.policy(session, model_id=stock.model_id, approval=Approval.MANUAL)
    answer = lend(at_desk, borrower, values={"pickup_at": "2026-10-23T10:00"}, status=303)
    loan = session.scalars(select(Loan)).one()
    assert loan.state is LoanState.REQUESTED
    assert answer.location.endswith(f"/desk/loans/{loan.id}")


def test_the_desk_that_needs_notice_may_do_without_it(session, at_desk, borrower, stock):
    stock.point.lead_days = 2
    lend(at_desk, borrower, status=303)
    assert session.scalars(select(Loan)).one().state is LoanState.CONFIRMED


def test_whoever_is_still_there_after_hours_lends_at_once_but_promises_no_such_hour(session, at_desk, borrower, clock):
    clock.at = lending.instant("2026-10-22T20:07")
    assert wrong(lend(at_desk, borrower, values={"pickup_at": "2026-10-23T21:00"}, status=409)) == {"pickup_at"}
    lend(at_desk, borrower, status=303)
    assert session.scalars(select(Loan)).one().pickup_at == clock.at


def test_several_things_are_one_loan_and_the_same_thing_twice_is_more_of_it(session, at_desk, borrower, stock):
    tent = lending.stock(session, at=stock.point, of=lending.model(session, slug="tente"))
    page = lend(at_desk, borrower, "lines:add", status=200)
    form = page.forms["lend"]
    form["lines.1.equipment"] = "tente"
    page = form.submit("lines:add", status=200)
    form = page.forms["lend"]
    form["lines.2.equipment"] = "enregistreur"
    form.submit("lend", status=303)
    lines = {line.stock_id: line.units for line in session.scalars(select(Loan)).one().lines}
    assert lines == {stock.id: 2, tent.id: 1}


def test_a_no_stands_beside_what_it_is_about(session, at_desk, borrower, stock):
    lending.policy(session, max_days=1)
    page = lend(at_desk, borrower, values={"lines.0.units": "3"}, status=409)
    assert {"lines.0.units", "return_at"} <= wrong(page)
    assert session.scalars(select(Loan)).all() == []


def test_how_many_there_are_at_that_time_is_said(at_desk, borrower, stock):
    page = lend(at_desk, borrower, values={"lines.0.units": "5"}, status=409)
    assert "2 × Field recorder at that time" in page.html.select_one(".notice p").text


def test_what_would_work_instead_fills_the_form_in(session, at_desk, borrower, stock):
    lending.loan(session, stock, "2026-10-22T09:00", "2026-10-24T09:00", units=2)
    page = lend(at_desk, borrower, values={"lines.0.units": "2"}, status=409)
    form = page.forms["lend"]
    part, later = page.html.select(".notice li button")[:2]
    assert ("09:00" in part.text, "10:00" in part.text) == (True, True)
    filled = form.submit("form:fill", value=later["value"], headers=ENGLISH, status=200).forms["lend"]
    assert (filled["pickup_at"].value, filled["return_at"].value) == ("2026-10-24T14:00", "2026-10-26T10:00")
    assert (filled["lines.0.units"].value, filled["purpose"].value) == ("2", "Une balade sonore")
    assert session.scalars(select(Loan).where(Loan.borrower_id == borrower.id)).all() == []
    filled.submit("lend", status=303)
    assert session.scalars(select(Loan).where(Loan.borrower_id == borrower.id)).one().lines[0].units == 2


def test_other_desks_that_could_lend_it_are_named_and_ones_own_are_one_button_away(browse, session, borrower, stock):
    for slug, name in (("bellevue", "Bellevue"), ("siam", "Siam")):
        lending.stock(session, of=stock.model, at=lending.point(session, slug=slug, name=name))
    clerk = people.staff(session, Role.DESK, "lambezellec")
    people.role(session, clerk, Role.DESK, "bellevue")
    lending.loan(session, stock, "2026-10-22T09:00", "2026-11-24T09:00", units=2)
    people.signed_in(browse, clerk)
    page = lend(browse, borrower, status=409)
    assert "At that time, at Siam" in page.html.select_one(".notice p").text
    button = next(one for one in page.html.select(".notice button") if "Bellevue" in one.text)
    assert button["formaction"] == f"/desk/bellevue/lend/{borrower.id}"
    page.forms["lend"].action = button["formaction"]
    filled = page.forms["lend"].submit("form:fill", value=button["value"], headers=ENGLISH, status=200).forms["lend"]
    assert filled["return_at"].value == "2026-10-24T10:00"
    filled.submit("lend", status=303)
    assert session.scalars(select(Loan).where(Loan.borrower_id == borrower.id)).one().point.slug == "bellevue"


def test_an_answer_that_the_form_does_not_ask_for_is_not_filled_in(session, at_desk, borrower):
    at_desk.get(f"/desk/lambezellec/lend/{borrower.id}")
    sent = people.with_csrf(at_desk, {"form:fill": "lines=2&nothing=1&pickup_at=%00soon", "lines.0.equipment": "x"})
    page = at_desk.post(f"/desk/lambezellec/lend/{borrower.id}", sent, status=200)
    assert page.forms["lend"]["pickup_at"].value == "soon"


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"return_at": ""}, {"return_at"}),
        ({"return_at": "tomorrow"}, {"return_at"}),
        ({"return_at": "2026-10-22T13:00"}, {"return_at"}),
        ({"lines.0.units": "0"}, {"lines.0.units"}),
        ({"lines.0.equipment": "", "lines.0.units": "2"}, {"lines.0.equipment"}),
        ({"purpose": ""}, {"purpose"}),
        ({"pickup_at": "2027-03-28T02:30"}, {"pickup_at"}),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(session, at_desk, borrower, values, fields):
    assert wrong(lend(at_desk, borrower, values=values, status=422)) == fields
    assert session.scalars(select(Loan)).all() == []


def test_what_there_is_to_lend_is_in_the_order_of_names(session, at_desk, borrower, stock):
    for slug, name in (("a", "Tente"), ("b", "Écran"), ("c", "Casque")):
        lending.stock(session, at=stock.point, of=lending.model(session, slug=slug, name={"fr": name}))
    page = at_desk.get(f"/desk/lambezellec/lend/{borrower.id}", headers={"Accept-Language": "fr"}).html
    names = [option.text for option in page.select("select[name='lines.0.equipment'] option[value]") if option["value"]]
    assert [name for name in names if name in ("Tente", "Écran", "Casque")] == ["Casque", "Écran", "Tente"]


def test_nothing_is_not_lent(session, at_desk, borrower):
    assert "Say what they take" in lend(at_desk, borrower, values={"lines.0.equipment": ""}, status=422)


def test_an_officer_may_borrow_for_the_association(session, at_desk, borrower):
    ours = people.organisation(session, name="Son’ar Mein")
    people.membership(session, person=borrower, organisation=ours)
    lend(at_desk, borrower, values={"organisation": str(ours.id)}, status=303)
    assert session.scalars(select(Loan)).one().organisation is ours


def test_only_the_desk_lends_on_somebodys_behalf(browse, session, stock, borrower):
    address = f"/desk/lambezellec/lend/{borrower.id}"
    people.signed_in(browse, borrower)
    browse.get(address, status=403)
    lending.point(session, slug="bellevue")
    people.signed_in(browse, people.staff(session, Role.DESK, "bellevue"))
    browse.get(address, status=403)


@pytest.mark.parametrize("who", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_nobody_is_not_lent_to(at_desk, who):
    at_desk.get(f"/desk/lambezellec/lend/{who}", status=404)
