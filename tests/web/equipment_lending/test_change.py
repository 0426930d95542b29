"""A loan that cannot be as it was agreed gets other times or another point at the desk, or is kept as it is."""

from datetime import date

import pytest

from equipment_lending.models import OpeningException
from equipment_lending.services.fleet import open_maintenance
from equipment_lending.terms import LoanState
from portal.people.terms import Role
from tests.factories import lending, people

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def stock(session):
    return lending.stock(session, units=2, at=lending.point(session, slug="lambezellec"))


@pytest.fixture
def loan(session, stock):
    return lending.loan(session, stock, "2026-11-03T10:00", "2026-11-05T10:00", units=2)


@pytest.fixture
def at_desk(browse, session, stock):
    return people.signed_in(browse, people.staff(session, Role.DESK, "lambezellec"))


@pytest.fixture
def closed(session, loan):
    """The desk stays closed on the day of the pick-up after all."""
    day = date(2026, 11, 3)
    loan.point.exceptions.append(OpeningException(first_day=day, last_day=day, kind="closed"))
    session.flush()


@pytest.fixture
def broken(session, stock):
    open_maintenance(session, stock.items[0], lending.instant("2026-10-21T10:00"), None, "Écran fendu")


def changing(at_desk, loan, **values):
    form = at_desk.get(f"/desk/loans/{loan.id}/change", headers=ENGLISH).forms["change"]
    for name, value in values.items():
        form[name] = value
    return form


def test_the_desk_agrees_on_other_times_and_the_loan_is_changed(at_desk, loan):
    form = changing(at_desk, loan, pickup_at="2026-11-04T10:00", return_at="2026-11-06T10:00")
    page = form.submit("change", headers=ENGLISH, status=303).follow(status=303).follow(headers=ENGLISH)
    assert "The loan is changed" in page
    assert loan.period == lending.period("2026-11-04T10:00", "2026-11-06T10:00")


def test_a_loan_at_risk_says_why_and_what_would_do_is_one_button_away(session, at_desk, loan, stock, broken):
    lending.stock(session, units=2, of=stock.model, at=lending.point(session, slug="siam", name="Siam"))
    day = at_desk.get("/desk/lambezellec", headers=ENGLISH)
    assert day.html.find("a", href=f"/desk/loans/{loan.id}/change")
    page = at_desk.get(f"/desk/loans/{loan.id}/change", headers=ENGLISH)
    assert "Too little is left for it" in page.html.select_one(".notice").text
    (there,) = [button for button in page.html.select(".notice button") if "Siam" in button.text]
    filled = page.forms["change"].submit("form:fill", value=there["value"], headers=ENGLISH, status=200).forms["change"]
    assert (filled["point"].value, filled["pickup_at"].value) == ("siam", "2026-11-03T10:00")
    assert loan.point.slug == "lambezellec"
    filled.submit("change", status=303)
    assert (loan.point.slug, loan.return_point.slug) == ("siam", "siam")


def test_what_is_only_late_is_said_to_be(session, at_desk, loan, stock):
    late = lending.loan(session, stock, "2026-10-19T10:00", "2026-10-21T10:00", state=LoanState.OUT)
    lending.custody(session, late.lines[0])
    assert "is late" in at_desk.get(f"/desk/loans/{loan.id}/change", headers=ENGLISH).html.select_one(".notice").text


def test_where_the_hours_have_changed_other_openings_are_proposed(at_desk, loan, closed):
    page = at_desk.get(f"/desk/loans/{loan.id}/change", headers=ENGLISH)
    assert "changed its hours" in page
    assert [button.text for button in page.html.select("#change .notice button")]


@pytest.mark.parametrize("page", ["/desk/loans/{}", "/loans/{}", "/desk/loans/{}/change"])
def test_the_desk_keeps_a_loan_as_it_is_in_spite_of_changed_hours(at_desk, loan, closed, page):
    address = page.format(loan.id)
    notice = (
        at_desk.get(address, headers=ENGLISH)
        .html.find("form", action=f"/desk/loans/{loan.id}/keep")
        .find_parent(class_="notice")
    )
    assert bool(notice.select_one(f"a[href='/desk/loans/{loan.id}/change']")) == ("change" not in page)
    keep = notice.select_one("form")["action"]
    at_desk.post(keep, people.with_csrf(at_desk), status=303)
    assert "changed its hours" not in at_desk.get(address, headers=ENGLISH)
    assert loan.period == lending.period("2026-11-03T10:00", "2026-11-05T10:00")


def test_where_nothing_is_left_to_decide_nobody_is_said_to_have_been_told(at_desk, loan, closed):
    keep = f"/desk/loans/{loan.id}/keep"
    for said in ("The loan stays as it is", "Nothing was left to decide"):
        answer = at_desk.post(keep, people.with_csrf(at_desk), headers=ENGLISH, status=303)
        assert said in answer.follow(headers=ENGLISH).follow(headers=ENGLISH)


def test_the_desk_that_it_goes_back_to_may_keep_it_and_not_change_it(browse, session, loan, closed):
    loan.return_point_id = lending.point(session, slug="bellevue").id
    session.flush()
    clerk = people.signed_in(browse, people.staff(session, Role.DESK, "bellevue"))
    page = clerk.get(f"/desk/loans/{loan.id}", headers=ENGLISH)
    assert "Change the loan" not in page
    clerk.get(f"/desk/loans/{loan.id}/change", status=403)
    clerk.post(f"/desk/loans/{loan.id}/keep", people.with_csrf(clerk), status=303)


def test_borrowers_do_not_decide_that(browse, session, loan, closed):
    people.signed_in(browse, loan.borrower)
    page = browse.get(f"/loans/{loan.id}", headers=ENGLISH)
    assert "changed its hours" in page
    assert "Keep it as it is" not in page
    browse.get(f"/desk/loans/{loan.id}/change", status=403)
    browse.post(f"/desk/loans/{loan.id}/keep", people.with_csrf(browse), status=403)


def test_a_change_that_cannot_be_is_refused_beside_its_field_with_proposals(session, at_desk, loan, stock):
    lending.loan(session, stock, "2026-11-10T10:00", "2026-11-12T10:00")
    form = changing(at_desk, loan, pickup_at="2026-11-10T10:00", return_at="2026-11-12T03:00")
    page = form.submit("change", headers=ENGLISH, status=409)
    assert page.html.select_one("#change-return_at[aria-invalid]")
    assert page.html.select("#change .notice button")
    assert loan.period == lending.period("2026-11-03T10:00", "2026-11-05T10:00")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"pickup_at": "2026-11-05T10:00"}, "return_at"),
        ({"pickup_at": ""}, "pickup_at"),
        ({"return_at": "2027-03-28T02:30"}, "return_at"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(at_desk, loan, values, field):
    page = changing(at_desk, loan, **values).submit("change", status=422)
    assert page.html.select_one(f"#change-{field}[aria-invalid]")


def test_what_has_left_is_not_changed_and_the_page_says_so(session, at_desk, loan):
    loan.state = LoanState.OUT
    session.flush()
    page = at_desk.get(f"/desk/loans/{loan.id}/change", headers=ENGLISH)
    assert "change" not in page.forms
    assert "cannot be done any more" in page.html.select_one("#refusals").text
    loan.state = LoanState.CANCELLED
    session.flush()
    sent = {"point": "lambezellec", "return_point": "lambezellec"}
    sent |= {"pickup_at": "2026-11-04T10:00", "return_at": "2026-11-06T10:00"}
    at_desk.post(f"/desk/loans/{loan.id}/change", people.with_csrf(at_desk, sent), status=409)
    at_desk.post(f"/desk/loans/{loan.id}/keep", people.with_csrf(at_desk), status=409)


def test_the_desks_page_of_a_loan_at_risk_says_why_and_leads_to_its_change(at_desk, loan, broken):
    page = at_desk.get(f"/desk/loans/{loan.id}", headers=ENGLISH)
    assert "Too little is left for it" in page.html.select_one(".notice").text
    assert page.html.find("a", href=f"/desk/loans/{loan.id}/change")


def test_the_desk_that_it_goes_back_to_is_not_offered_what_is_the_others_to_decide(browse, session, loan):
    loan.return_point_id = lending.point(session, slug="bellevue").id
    loan.state = LoanState.REQUESTED
    session.flush()
    clerk = people.signed_in(browse, people.staff(session, Role.DESK, "bellevue"))
    page = clerk.get(f"/desk/loans/{loan.id}", headers=ENGLISH)
    assert not {"confirm", "reject", "withdraw"} & set(page.forms)
    assert not page.html.find("a", href=f"/desk/loans/{loan.id}/change")
