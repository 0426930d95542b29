"""A borrower's own pages: all loans, and each of them."""

from urllib.parse import urlsplit

import pytest
from icalendar import Calendar
from sqlalchemy import select

from equipment_lending.models import Claim, Loan, LoanLine
from equipment_lending.terms import ClaimKind, Condition, LoanState
from portal.mail.models import OutgoingMail
from portal.people.terms import Role
from tests.factories import lending, people


@pytest.fixture
def stock(session):
    return lending.stock(session, units=3, at=lending.point(session, slug="lambezellec"))


@pytest.fixture
def nolwenn(session):
    return people.person(session, language="en")


@pytest.fixture
def signed_in(browse, nolwenn):
    return people.signed_in(browse, nolwenn)


@pytest.fixture
def loan(session, stock, nolwenn):
    """Two recorders from Tuesday to Thursday, confirmed."""
    return lending.loan(session, stock, "2026-11-03T10:00", "2026-11-05T18:00", units=2, borrower=nolwenn)


def picked_up(session, stock, borrower, until="2026-10-23T18:00"):
    loan = lending.loan(session, stock, "2026-10-20T10:00", until, borrower=borrower, state=LoanState.OUT)
    lending.custody(session, loan.lines[0])
    return loan


# All of them --------------------------------------------------------------------------------------------------------


def test_whoever_is_not_signed_in_is_asked_to(browse):
    assert urlsplit(browse.get("/loans", status=303).location).path == "/sign-in"


def test_without_loans_the_page_says_where_to_begin(signed_in):
    page = signed_in.get("/loans")
    assert "You have not borrowed anything yet" in page
    assert page.html.select_one(".empty a")["href"] == "/equipment"


def test_what_is_current_comes_first_and_says_what_to_do(signed_in, session, stock, nolwenn, loan):
    out = picked_up(session, stock, nolwenn)
    done = lending.loan(
        session, stock, "2026-09-01T10:00", "2026-09-02T10:00", borrower=nolwenn, state=LoanState.CLOSED
    )
    page = signed_in.get("/loans").html
    sections = {section["aria-labelledby"]: section for section in page.select("main section")}
    current = [link["href"] for link in sections["current"].select("a")]
    assert current == [f"/loans/{out.id}", f"/loans/{loan.id}"]
    assert "Bring it back to" in sections["current"].text
    assert f"say the number {loan.number}" in sections["current"].text
    assert [link["href"] for link in sections["past"].select("a")] == [f"/loans/{done.id}"]


def test_what_is_late_stands_out_in_words(signed_in, session, stock, nolwenn):
    picked_up(session, stock, nolwenn, until="2026-10-20T18:00")
    page = signed_in.get("/loans").html
    assert page.select_one(".tag.is-wrong").text == "2 days late"
    assert "This should have come back on Tuesday 20 October" in page.select_one(".notice.is-wrong").text


def test_an_officer_sees_the_loans_of_the_organisation_and_who_asked(signed_in, session, stock, nolwenn):
    membership = people.membership(session, person=nolwenn)
    yann = people.person(session, name="Yann Kerbrat")
    given = {"borrower": yann, "organisation_id": membership.organisation_id}
    lending.loan(session, stock, "2026-11-03T10:00", "2026-11-05T18:00", **given)
    page = signed_in.get("/loans")
    assert "For Les Amis du Stang-Alar, by Yann Kerbrat" in page


def test_once_a_mandate_is_over_its_loans_are_no_longer_shown(signed_in, session, stock, nolwenn, clock):
    membership = people.membership(session, person=nolwenn, until=clock.now().date().replace(day=1))
    given = {"organisation_id": membership.organisation_id}
    loan = lending.loan(session, stock, "2026-11-03T10:00", "2026-11-05T18:00", **given)
    assert str(loan.id) not in signed_in.get("/loans").text
    signed_in.get(f"/loans/{loan.id}", status=403)


def test_a_mandate_is_over_where_the_loan_is_when_the_day_is_over_there(signed_in, session, stock, nolwenn, clock):
    """It is the afternoon of the 22nd in Brest, and the 23rd already at the desk."""
    last_day = people.membership(session, person=nolwenn, until=clock.at.date())
    when = "2026-11-03T10:00", "2026-11-05T18:00"
    loan = lending.loan(session, stock, *when, organisation_id=last_day.organisation_id)
    signed_in.get(f"/loans/{loan.id}", status=200)
    stock.point.zone = "Pacific/Auckland"
    signed_in.get(f"/loans/{loan.id}", status=403)


def test_old_loans_come_in_pages(signed_in, session, stock, nolwenn):
    for day in range(1, 26):
        when = f"2026-08-{day:02}T10:00", f"2026-08-{day:02}T18:00"
        lending.loan(session, stock, *when, borrower=nolwenn, state=LoanState.CLOSED)
    first = signed_in.get("/loans")
    assert len(first.html.select("[aria-labelledby=past] .line")) == 20
    second = signed_in.get(first.html.select_one("[rel=next]")["href"])
    assert len(second.html.select("[aria-labelledby=past] .line")) == 5


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 30, "٣", ""])
def test_a_page_that_is_none_is_the_first_or_an_empty_one(signed_in, loan, page):
    assert signed_in.get("/loans", {"page": page}).status_int == 200


# One of them --------------------------------------------------------------------------------------------------------


def test_the_page_says_what_was_agreed_what_happens_now_and_the_number_to_say(signed_in, loan):
    page = signed_in.get(f"/loans/{loan.id}").html
    assert page.select_one("h1").text == "2 × Field recorder"
    assert page.select_one(".steps [aria-current]").text == "Confirmed"
    assert page.select_one(".ticket .number").text == loan.number
    assert page.select_one(".ticket svg path")
    assert "Tuesday 3 November, 10:00" in page.select_one(".facts").text


def test_the_page_says_what_is_out_and_how_it_came_back(signed_in, session, stock, nolwenn):
    loan = picked_up(session, stock, nolwenn)
    custody = loan.lines[0].custodies[0]
    custody.in_at, custody.condition_in, custody.missing = loan.return_at, Condition.INCOMPLETE, ["bonnette"]
    session.flush()
    things = signed_in.get(f"/loans/{loan.id}").html.select_one("[aria-labelledby=things]").text
    assert custody.item.asset_tag in things
    assert "incomplete" in things
    assert "missing: bonnette" in things


def test_E6_where_the_desk_has_changed_its_hours_the_page_says_when_it_is_open_instead(signed_in, session, loan):
    assert "has changed its hours" not in signed_in.get(f"/loans/{loan.id}").text
    loan.point.windows = [window for window in loan.point.windows if window.weekday != 3]
    session.flush()
    said = " ".join(signed_in.get(f"/loans/{loan.id}").html.get_text(" ").split())
    assert "The return was agreed for Thursday 5 November, 18:00." in said
    assert "Wednesday 4 November, 08:00–20:00 Friday 6 November, 08:00–20:00" in said
    assert "The pick-up was agreed for" not in said


def test_E7_where_too_little_is_left_the_page_says_so_and_whom_to_call(signed_in, session, stock, loan):
    assert "may not be there" not in signed_in.get(f"/loans/{loan.id}")
    stock.point.phone = "02 98 00 10 01"
    for item in stock.items[1:]:
        lending.maintenance(session, item, "2026-11-02T10:00", "2026-11-09T10:00")
    page = signed_in.get(f"/loans/{loan.id}")
    assert "It may not be there for you" in page
    assert "02 98 00 10 01" in page.html.find("main").get_text()


def test_a_loan_is_nobody_elses_business(browse, session, loan):
    browse.get(f"/loans/{loan.id}", status=303)
    stranger = people.signed_in(browse, people.person(session))
    stranger.get(f"/loans/{loan.id}", status=403)
    stranger.get(f"/loans/{loan.id}.ics", status=403)
    stranger.post(f"/loans/{loan.id}/cancel", people.with_csrf(stranger), status=403)
    stranger.post(f"/loans/{loan.id}/extend", people.with_csrf(stranger, {"return": "2026-11-06"}), status=403)
    assert session.get_one(Loan, loan.id).state is LoanState.CONFIRMED


def test_the_desk_that_lends_it_sees_it_and_other_desks_do_not(browse, session, loan):
    people.signed_in(browse, people.staff(session, Role.DESK, "bellevue")).get(f"/loans/{loan.id}", status=403)
    people.signed_in(browse, people.staff(session, Role.DESK, "lambezellec")).get(f"/loans/{loan.id}", status=200)


def test_the_desk_that_a_loan_goes_back_to_sees_and_extends_it_and_does_not_call_it_off(browse, session, loan):
    loan.return_point_id = lending.point(session, slug="bellevue").id
    session.flush()
    clerk = people.signed_in(browse, people.staff(session, Role.DESK, "bellevue"))
    page = clerk.get(f"/loans/{loan.id}")
    assert "cancel" not in page.forms
    assert "extend" in page.click(href="/extend$").forms
    clerk.post(f"/loans/{loan.id}/cancel", people.with_csrf(clerk), status=403)
    assert loan.state is LoanState.CONFIRMED


@pytest.mark.parametrize("address", ["/loans/nothing", "/loans/00000000-0000-0000-0000-000000000000"])
def test_a_loan_that_is_not_there_is_not_found(signed_in, address):
    signed_in.get(address, status=404)


def test_a_loan_can_be_called_off_until_the_pick_up(signed_in, session, loan):
    form = signed_in.get(f"/loans/{loan.id}").forms["cancel"]
    form["reason"] = "Le tournage est reporté."
    page = form.submit(status=303).follow()
    assert "The loan is cancelled" in page
    assert (loan.state, loan.reason) == (LoanState.CANCELLED, "Le tournage est reporté.")
    assert not any(claim.live for claim in loan.lines[0].claims)
    assert "cancel" not in page.forms
    assert "STATUS:CANCELLED" in session.scalars(select(OutgoingMail)).one().calendar


def test_what_has_left_the_desk_cannot_be_called_off_any_more(signed_in, session, loan):
    form = signed_in.get(f"/loans/{loan.id}").forms["cancel"]
    loan.state = LoanState.OUT
    session.flush()
    page = form.submit(status=409)
    assert "This cannot be done any more: the loan is “borrowed”." in page.html.select_one("#refusals").text
    assert loan.state is LoanState.OUT


def test_a_reason_that_is_too_long_is_said_to_be(signed_in, loan):
    form = signed_in.get(f"/loans/{loan.id}").forms["cancel"]
    form["reason"] = "x" * 501
    page = form.submit(status=422)
    assert page.html.select_one("#cancel-reason-error")
    assert loan.state is LoanState.CONFIRMED


def test_it_can_be_kept_longer_where_nobody_waits(signed_in, session, stock, nolwenn):
    loan = picked_up(session, stock, nolwenn)
    form = signed_in.get(f"/loans/{loan.id}/extend").forms["extend"]
    form["return"] = "2026-10-26"
    page = form.submit(status=303).follow()
    assert "You can keep it longer" in page
    assert loan.return_at == lending.instant("2026-10-26T20:00")
    assert "Made longer, until Monday 26 October, 20:00" in page.html.select_one("#history").parent.text


def test_what_nobody_had_to_approve_was_confirmed_at_once(signed_in, loan):
    history = signed_in.get(f"/loans/{loan.id}").html.select_one("#history").parent
    assert [line.p.text for line in history.select("li")] == [
        "Asked for by Nolwenn Le Goff",
        "Confirmed at once, since nobody has to approve it",
    ]


def test_why_the_desk_made_an_exception_is_not_told_in_the_history(signed_in, session, loan):
    loan.decided_at, loan.reason = lending.instant("2026-10-21T10:00"), "Vue à l’œuvre"
    session.flush()
    assert "Vue à l’œuvre" not in signed_in.get(f"/loans/{loan.id}").html.select_one("#history").parent.text
    loan.state = LoanState.CANCELLED
    session.flush()
    assert "Cancelled: Vue à l’œuvre" in signed_in.get(f"/loans/{loan.id}").html.select_one("#history").parent.text


def test_the_desk_reads_what_happened_as_its_borrower_does(browse, session, stock, nolwenn):
    loan = picked_up(session, stock, nolwenn)
    custody = loan.lines[0].custodies[0]
    custody.in_at, custody.condition_in = lending.instant("2026-10-22T11:00"), Condition.GOOD
    custody.missing = ["housse"]
    session.flush()
    clerk = people.staff(session, Role.DESK, stock.point.slug, language="en")
    for who, page in ((nolwenn, f"/loans/{loan.id}"), (clerk, f"/desk/loans/{loan.id}")):
        shown = people.signed_in(browse, who).get(page).html.select_one("#history").parent
        assert "brought back; missing: housse" in shown.text, page


def test_it_cannot_be_kept_longer_at_somebody_elses_expense(signed_in, session, stock, nolwenn):
    loan = picked_up(session, stock, nolwenn)
    lending.loan(session, stock, "2026-10-24T10:00", "2026-10-30T10:00", units=3)
    form = signed_in.get(f"/loans/{loan.id}/extend").forms["extend"]
    form["return"] = "2026-10-26"
    page = form.submit(status=409)
    assert "It is needed elsewhere by then" in page.html.select_one("#extend-return-error").text
    assert loan.return_at == lending.instant("2026-10-23T18:00")
    offered = [button.text for button in page.html.select(".notice button")]
    assert offered == ["Saturday 24 October, 10:00", "Friday 23 October, 20:00"]


def test_who_cannot_keep_it_as_long_as_they_wish_is_offered_the_latest_return_that_can_be(
    signed_in, session, stock, nolwenn
):
    loan = picked_up(session, stock, nolwenn)
    lending.loan(session, stock, "2026-10-27T10:00", "2026-10-30T10:00", units=3)
    form = signed_in.get(f"/loans/{loan.id}/extend").forms["extend"]
    form["return"], form["return_time"] = "2026-10-29", "19:00"
    latest, proposal = form.submit(status=409).html.select(".notice button")
    assert latest.text == "Tuesday 27 October, 10:00"
    assert proposal.text == "Monday 26 October, 19:00"
    filled = signed_in.post(
        f"/loans/{loan.id}/extend", people.with_csrf(signed_in, {proposal["name"]: proposal["value"]})
    )
    assert "not sent yet" in filled.html.select_one("#extend-filled[autofocus]").text
    form = filled.forms["extend"]
    assert (form["return"].value, form["return_time"].value) == ("2026-10-26", "19:00")
    assert loan.return_at == lending.instant("2026-10-23T18:00")
    form.submit(status=303)
    assert loan.return_at == lending.instant("2026-10-26T19:00")


@pytest.mark.parametrize(
    ("wrong", "status", "field"),
    [
        ({"return": ""}, 422, "return"),
        ({"return": "2026-02-31"}, 422, "return"),
        ({"return": "9999-12-31"}, 422, "return"),
        ({"return": "2027-03-28", "return_time": "02:30"}, 422, "return_time"),
        ({"return": "2026-10-22"}, 409, "return"),
    ],
)
def test_a_new_return_that_makes_no_sense_is_said_beside_its_field(
    signed_in, session, stock, nolwenn, wrong, status, field
):
    loan = picked_up(session, stock, nolwenn)
    form = signed_in.get(f"/loans/{loan.id}/extend").forms["extend"]
    for name, value in wrong.items():
        form[name] = value
    page = form.submit(status=status)
    assert page.html.select_one(f"#extend-{field}-error")
    assert loan.return_at == lending.instant("2026-10-23T18:00")


def test_what_is_late_cannot_be_kept_until_a_time_that_is_over(signed_in, session, stock, nolwenn):
    loan = picked_up(session, stock, nolwenn, until="2026-10-21T18:00")
    form = signed_in.get(f"/loans/{loan.id}/extend").forms["extend"]
    form["return"], form["return_time"] = "2026-10-22", "10:00"
    page = form.submit(status=409)
    assert "This is in the past" in page.html.select_one("#extend-return-error").text
    assert loan.return_at == lending.instant("2026-10-21T18:00")


@pytest.mark.parametrize("until", ["2026-10-17T18:00", "2026-10-21T18:00", "2026-10-22T13:00"])
def test_what_is_late_and_promised_to_others_says_that_it_cannot_be_kept(signed_in, session, stock, nolwenn, until):
    loan = lending.loan(session, stock, "2026-10-13T10:00", until, borrower=nolwenn, state=LoanState.OUT)
    lending.custody(session, loan.lines[0])
    lending.loan(session, stock, "2026-10-22T15:00", "2026-10-30T10:00", units=3)
    page = signed_in.get(f"/loans/{loan.id}/extend")
    assert page.html.select_one("#why-not")
    for day in ("2026-10-20", "2026-10-22", "2026-10-24"):
        sent = people.with_csrf(signed_in, {"return": day})
        assert signed_in.post(f"/loans/{loan.id}/extend", sent, status=409).html.select_one("#refusals li")
    assert loan.return_at == lending.instant(until)


def test_what_the_desk_approves_is_made_longer_at_the_desk(signed_in, session, stock, nolwenn):
    lending.policy(session, model_id=stock.model_id, approval="manual", requires=["prise-de-son"])
    loan = picked_up(session, stock, nolwenn)
    page = signed_in.get(f"/loans/{loan.id}/extend")
    assert "To keep it longer, ask there." in page.html.select_one("#why-not").text
    assert "extend" not in page.forms
    sent = people.with_csrf(signed_in, {"return": "2026-10-26"})
    said = signed_in.post(f"/loans/{loan.id}/extend", sent, status=409).html.select_one("#refusals").text
    assert "Ask the desk to lend it longer" in said
    assert "prise de son" in said
    assert loan.return_at == lending.instant("2026-10-23T18:00")


def test_a_loan_says_until_when_it_can_be_kept(signed_in, session, stock, nolwenn):
    loan = picked_up(session, stock, nolwenn)
    lending.loan(session, stock, "2026-10-27T10:00", "2026-10-30T10:00", units=3)
    page = signed_in.get(f"/loans/{loan.id}/extend")
    assert "you can have it until Tuesday 27 October, 10:00" in page.html.main.text
    form = page.forms["extend"]
    form["return"], form["return_time"] = "2026-10-27", "10:00"
    page = form.submit(status=303).follow()
    assert "You can keep it longer, until Tuesday 27 October, 10:00." in page
    page = page.click("Keep it longer")
    assert "It is needed elsewhere from then on." in page.html.select_one("#why-not").text
    assert "extend" not in page.forms


def test_what_a_loan_says_is_the_very_last_minute(signed_in, session, stock, nolwenn):
    loan = picked_up(session, stock, nolwenn)
    lending.policy(session, model_id=stock.model_id, buffer_after_minutes=15)
    lending.loan(session, stock, "2026-10-27T11:52", "2026-10-30T10:00", units=3)
    assert "until Tuesday 27 October, 11:37" in signed_in.get(f"/loans/{loan.id}/extend").html.main.text
    form = signed_in.get(f"/loans/{loan.id}/extend").forms["extend"]
    form["return"], form["return_time"] = "2026-10-27", "11:38"
    form.submit(status=409)
    form["return_time"] = "11:37"
    form.submit(status=303)


def test_a_loan_is_as_long_as_it_says_it_may_be_to_the_minute(signed_in, session, stock, nolwenn):
    lending.policy(session, model_id=stock.model_id, max_days=7)
    loan = picked_up(session, stock, nolwenn, until="2026-10-26T20:00")
    form = signed_in.get(f"/loans/{loan.id}/extend").forms["extend"]
    form["return"] = "2026-10-27"  # until the desk closes: into the eighth day
    (proposal,) = form.submit(status=409).html.select(".notice button")
    assert proposal.text == "Tuesday 27 October, 10:00"
    assert "you can have it until Tuesday 27 October, 10:00" in signed_in.get(f"/loans/{loan.id}/extend").html.main.text
    form = signed_in.get(f"/loans/{loan.id}/extend").forms["extend"]
    form["return"], form["return_time"] = "2026-10-27", "10:00"
    page = form.submit(status=303).follow().click("Keep it longer")
    assert "It is lent for 7 days at most, so it cannot be kept longer." in page.html.select_one("#why-not").text
    assert "extend" not in page.forms


def test_the_loan_goes_into_ones_own_calendar(signed_in, loan):
    answer = signed_in.get(f"/loans/{loan.id}.ics")
    assert answer.content_type == "text/calendar"
    (event,) = Calendar.from_ical(answer.body).walk("VEVENT")
    assert (event.start, event.end) == (loan.pickup_at, loan.return_at)
    assert event["UID"] == f"{loan.id}@loans"


def test_what_people_wrote_is_shown_as_text(signed_in, session, loan):
    loan.purpose = "<script>alert(1)</script>"
    session.flush()
    assert "<script>alert(1)" not in signed_in.get(f"/loans/{loan.id}").text


def test_a_reason_that_two_lines_share_is_said_once(session, signed_in, loan, stock):
    other = lending.stock(session, units=1, at=stock.point)
    claim = Claim(stock_id=other.id, kind=ClaimKind.LOAN, units=1, starts_at=loan.pickup_at, ends_at=loan.return_at)
    loan.lines.append(LoanLine(stock_id=other.id, units=1, claims=[claim]))
    lending.policy(session, point_id=stock.point_id, max_days=4)
    session.expire_all()
    form = signed_in.get(f"/loans/{loan.id}/extend").forms["extend"]
    form["return"] = "2026-11-20"
    said = form.submit(status=409).html.select_one("#extend-return-error").text
    assert said.count("4") == 1
