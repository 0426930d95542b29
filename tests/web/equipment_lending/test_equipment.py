"""The page about a model: what it says to whom, and asking to borrow it."""

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select

from equipment_lending.models import Loan
from equipment_lending.terms import Approval, ClosedDays, LoanState
from portal.mail.models import OutgoingMail
from portal.people.terms import Role
from tests.factories import lending, people

WISH = {"pickup": "2026-11-03", "return": "2026-11-05", "units": "1", "purpose": "Une balade sonore"}


@pytest.fixture
def stock(session):
    """Three recorders at Lambézellec, open from Tuesday to Saturday."""
    point = lending.point(session, slug="lambezellec", windows=lending.TUESDAY_TO_SATURDAY)
    return lending.stock(session, units=3, at=point, of=lending.model(session, slug="enregistreur"))


@pytest.fixture
def nolwenn(session):
    return people.person(session, language="en")


def seen(browse, **query):
    return browse.get("/equipment/enregistreur", query, headers={"Accept-Language": "en"})


def asked(browse, status=None, **wish):
    """Fill in the form as a signed-in resident and send it."""
    form = seen(browse).forms["borrow"]
    for name, value in (WISH | wish).items():
        form[name] = value
    return form.submit(status=status)


def said_beside(page, field):
    return page.html.select_one(f"#borrow-{field}-error").text


def test_today_without_an_hour_is_from_now_on_while_the_desk_is_open(browse, session, stock, nolwenn):
    people.signed_in(browse, nolwenn)
    asked(browse, pickup="2026-10-22", **{"return": "2026-10-23"}, status=303)
    assert session.scalars(select(Loan)).one().pickup_at == lending.instant("2026-10-22T14:00")


# What the page says -------------------------------------------------------------------------------------------------


def test_what_is_not_in_the_catalogue_is_not_found(browse):
    browse.get("/equipment/licorne", status=404)


def test_the_page_tells_everybody_what_it_is_where_and_on_what_conditions(browse, session, stock):
    lending.policy(session, model_id=stock.model_id, max_days=7, closed_days=ClosedDays.NONE)
    stock.point.lead_days = 2
    main = seen(browse).html.select_one("#main").text
    for said in (
        "Two microphones in XY.",
        "bonnette",
        "For 7 days at most.",
        "they do not count",
        "Ask at least 2 working days ahead.",
        "Confirmed at once.",
        "Owned by",
        "Service internet et expression multimédia",
        "4 rue de Roscoff",
    ):
        assert said in main


def test_E14_only_the_desk_reads_how_many_more_are_promised_than_there_are(browse, session, stock):
    for _ in range(3):
        lending.loan(session, stock, "2026-11-03T10:00", "2026-11-04T18:00")
    said = "more promised than there are"
    for who in (people.person(session), people.staff(session, Role.DESK, "lambezellec")):
        assert said not in seen(people.signed_in(browse, who))
    for item in stock.items[:2]:
        lending.maintenance(session, item, "2026-10-22T10:00", "2026-12-01T10:00")
    assert "2 " + said in seen(browse).html.find("section", {"aria-labelledby": "where"}).text
    people.signed_in(browse, people.person(session))
    page = seen(browse, month="2026-11")
    assert said not in page
    assert "-2" not in page.html.select_one("table.month").text


def test_what_nobody_has_in_service_cannot_be_asked_for(browse, session):
    lending.model(session, slug="enregistreur")
    page = seen(browse)
    assert "Not lent at the moment" in page
    assert "borrow" not in page.forms


def test_a_day_says_in_words_how_many_are_free_and_its_link_fills_the_date_in(browse, session, stock):
    lending.loan(session, stock, "2026-11-03T10:00", "2026-11-04T18:00", units=2)
    lending.loan(session, stock, "2026-11-03T10:00", "2026-11-03T18:00", units=1)
    page = seen(browse, month="2026-11").html
    table = page.select_one("table.month")
    assert table.select_one("caption").text == f"November 2026, {stock.point.name}"
    days = {cell.select_one("b").text: cell for cell in table.select(".day")}
    assert [days[n].select_one("small").text for n in ("2", "3", "4", "5")] == [
        "closed",
        "all taken",
        "1 free",
        "3 free",
    ]
    assert "Wednesday 4 November" in days["4"].text
    assert parse_qs(urlsplit(days["4"]["href"]).query)["pickup"] == ["2026-11-04"]
    assert not days["3"].get("href")


def test_two_days_pressed_one_after_the_other_are_pick_up_and_return(browse, stock):
    first = seen(browse, month="2026-11").html.select_one("a.day[href*='pickup=2026-11-04']")["href"]
    second = browse.get(first).html.select_one("a.day[href*='return=2026-11-06']")["href"]
    form = browse.get(second).forms["borrow"]
    assert (form["pickup"].value, form["return"].value) == ("2026-11-04", "2026-11-06")


def test_my_own_loan_shows_in_the_calendar(browse, session, stock, nolwenn):
    lending.loan(session, stock, "2026-11-10T10:00", "2026-11-12T10:00", borrower=nolwenn)
    page = seen(people.signed_in(browse, nolwenn), month="2026-11").html
    assert [day.select_one("b").text for day in page.select(".day.mine")] == ["10", "11", "12"]


def test_the_calendar_goes_from_this_month_to_the_horizon(browse, session, stock):
    lending.policy(session, model_id=stock.model_id, horizon_days=40)
    first = seen(browse).html
    assert first.select_one("[rel=prev]") is None
    following = browse.get(first.select_one("[rel=next]")["href"]).html
    assert following.select_one("[rel=prev]")
    last = (
        browse.get(following.select_one("[rel=next]")["href"]).html if following.select_one("[rel=next]") else following
    )
    assert last.select_one("[rel=next]") is None


@pytest.mark.parametrize("month", ["2020-01", "2199-12", "9999-12", "0001-01"])
def test_a_month_out_of_reach_shows_the_nearest_one(browse, stock, month):
    assert seen(browse, month=month).html.select_one("table.month")


@pytest.mark.parametrize("month", ["2026-13", "soon", "2026-11-03", "٢٠٢٦-١١"])
def test_what_is_no_month_is_said_to_be_none(browse, stock, month):
    page = browse.get("/equipment/enregistreur", {"month": month}, headers={"Accept-Language": "en"}, status=422)
    assert "This is not a month" in page
    assert page.html.select_one("table.month")


@pytest.mark.parametrize("nonsense", ["2026-02-31", "0001-01-01", "9999-12-31", "yesterday", "<b>", "'"])
def test_nonsense_in_the_address_fills_nothing_in_and_breaks_nothing(browse, stock, nonsense):
    names = ("pickup", "return", "pickup_time", "return_time", "units", "point", "return_point", "organisation")
    assert seen(browse, **dict.fromkeys(names, nonsense)).html.select_one("table.month")


def test_the_hours_of_the_day_chosen_stand_beside_it(browse, stock):
    page = seen(browse, pickup="2026-11-03", **{"return": "2026-11-08"}).html
    assert page.select_one("#borrow-pickup-hint").text == "Tuesday 3 November: 10:00–18:00"
    assert page.select_one("#borrow-return-hint").text == "Sunday 8 November: closed"


def test_how_many_are_free_on_the_days_chosen_stands_beside_the_number(browse, session, stock):
    lending.loan(session, stock, "2026-11-04T10:00", "2026-11-04T18:00", units=2)
    page = seen(browse, pickup="2026-11-03", **{"return": "2026-11-05"}).html
    assert page.select_one("#borrow-units-hint").text == "1 free on these days."
    assert "3 days of 30 allowed" in page.select_one("#borrow").text


def test_another_point_has_its_own_calendar(browse, session, stock):
    lending.stock(session, units=7, at=lending.point(session, slug="bellevue", name="Bellevue"), of=stock.model)
    page = seen(browse, point="bellevue", month="2026-11").html
    assert "Bellevue" in page.select_one("caption").text
    assert page.select_one(".day.today") is None
    assert "7 free" in page.select_one("table.month").text


def test_who_lacks_the_training_is_told_before_asking(browse, session, stock, nolwenn):
    lending.policy(session, model_id=stock.model_id, requires=["prise-de-son"])
    page = seen(people.signed_in(browse, nolwenn))
    assert "You cannot borrow it yet" in page
    assert "prise de son" in page


# Asking -------------------------------------------------------------------------------------------------------------


def test_a_wish_that_the_charter_allows_is_a_loan_with_a_letter(browse, session, stock, nolwenn):
    answer = asked(people.signed_in(browse, nolwenn), status=303)
    loan = session.scalars(select(Loan)).one()
    assert urlsplit(answer.location).path == f"/loans/{loan.id}"
    assert (loan.state, loan.borrower_id, loan.purpose) == (LoanState.CONFIRMED, nolwenn.id, "Une balade sonore")
    assert (loan.pickup_at, loan.return_at) == (
        lending.instant("2026-11-03T10:00"),
        lending.instant("2026-11-05T18:00"),
    )
    letter = session.scalars(select(OutgoingMail)).one()
    assert loan.number in letter.subject
    assert f"UID:{loan.id}@loans" in letter.calendar


def test_hours_named_are_kept(browse, session, stock, nolwenn):
    asked(people.signed_in(browse, nolwenn), status=303, pickup_time="11:30", return_time="12:15")
    loan = session.scalars(select(Loan)).one()
    assert (loan.pickup_at, loan.return_at) == (
        lending.instant("2026-11-03T11:30"),
        lending.instant("2026-11-05T12:15"),
    )


def test_where_the_desk_decides_the_page_says_until_when(browse, session, stock, nolwenn):
    lending.policy(session, model_id=stock.model_id, approval=Approval.MANUAL)
    page = asked(people.signed_in(browse, nolwenn), status=303).follow()
    assert "waiting for an answer" in page
    assert "answers you before the pick-up, Tuesday 3 November" in page


def test_an_officer_borrows_for_their_organisation(browse, session, stock, nolwenn):
    membership = people.membership(session, person=nolwenn)
    asked(people.signed_in(browse, nolwenn), status=303, organisation=str(membership.organisation_id))
    assert session.scalars(select(Loan.organisation_id)).one() == membership.organisation_id


def test_who_acts_for_an_organisation_borrows_for_it_unless_they_say_otherwise(browse, session, stock, nolwenn):
    membership = people.membership(session, person=nolwenn)
    form = seen(people.signed_in(browse, nolwenn, acting_for=membership.organisation)).forms["borrow"]
    assert form["organisation"].value == str(membership.organisation_id)


def test_nobody_borrows_for_an_organisation_they_do_not_speak_for(browse, session, stock, nolwenn):
    people.membership(session, person=nolwenn)
    page = asked(people.signed_in(browse, nolwenn), status=303)
    assert page.status_int == 303
    other = people.organisation(session, name="Les Autres")
    form = seen(browse).forms["borrow"]
    for name, value in WISH.items():
        form[name] = value
    form["organisation"].force_value(str(other.id))
    assert form.submit(status=422).html.select_one("#borrow-organisation-error")
    assert session.scalar(select(func.count(Loan.id))) == 1


def test_every_reason_is_said_beside_the_field_it_concerns(browse, session, stock, nolwenn):
    lending.policy(session, model_id=stock.model_id, max_days=3, max_units_per_person=2)
    lending.loan(session, stock, "2026-11-04T10:00", "2026-11-04T18:00")
    page = asked(
        people.signed_in(browse, nolwenn), status=409, pickup="2026-11-02", units="3", **{"return": "2026-11-15"}
    )
    assert "closed then, on Monday 2 November" in said_beside(page, "pickup")
    assert "The next opening that would do: Tuesday 3 November, 10:00" in said_beside(page, "pickup")
    assert "14 days, and it is lent for 3 days at most" in said_beside(page, "return")
    assert "closed then, on Sunday 15 November" in said_beside(page, "return")
    assert "Only 2 are free all that time" in said_beside(page, "units")
    assert "One person can have 2 at a time" in said_beside(page, "units")
    assert len(page.html.select("#borrow .summary li")) == 5
    assert page.html.select_one("title").text.startswith("Error:")
    assert session.scalar(select(func.count(Loan.id)).where(Loan.borrower_id == nolwenn.id)) == 0


def test_a_no_that_concerns_no_field_is_said_above_the_form(browse, session, stock, nolwenn):
    lending.policy(session, model_id=stock.model_id, requires=["prise-de-son"])
    page = asked(people.signed_in(browse, nolwenn), status=409)
    assert "prise de son" in page.html.select_one("#borrow .summary").text


def test_what_would_work_is_one_press_away(browse, session, stock, nolwenn):
    lending.loan(session, stock, "2026-11-03T10:00", "2026-11-05T18:00", units=3)
    other = lending.point(session, slug="bellevue", name="Bellevue")
    lending.stock(session, at=other, of=stock.model)
    page = asked(people.signed_in(browse, nolwenn), status=409, point="lambezellec")
    links = {link.text: link["href"] for link in page.html.select("#borrow .notice a")}
    assert "At that time, at Bellevue" in links
    assert len(links) > 1
    for url in links.values():
        form = browse.get(url).forms["borrow"]
        assert form["purpose"].value == WISH["purpose"]
        assert form.submit().status_int == 303


def test_as_many_as_there_are_on_those_days_come_first(browse, session, stock, nolwenn):
    lending.loan(session, stock, "2026-11-03T10:00", "2026-11-05T18:00")
    page = asked(people.signed_in(browse, nolwenn), status=409, units="3")
    first = page.html.select_one("#borrow .notice a")
    assert first.text == "2 of them, at that time"
    browse.get(first["href"]).forms["borrow"].submit(status=303)
    assert session.scalars(select(Loan).where(Loan.borrower_id == nolwenn.id)).one().lines[0].units == 2


def test_for_what_is_too_long_the_latest_return_is_one_press_away(browse, session, stock, nolwenn):
    lending.policy(session, model_id=stock.model_id, max_days=2)
    page = asked(people.signed_in(browse, nolwenn), status=409)
    first = page.html.select_one("#borrow .notice a")
    browse.get(first["href"]).forms["borrow"].submit(status=303)
    loan = session.scalars(select(Loan).where(Loan.borrower_id == nolwenn.id)).one()
    assert loan.period == lending.period("2026-11-03T10:00", "2026-11-04T18:00")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"pickup": ""}, "pickup"),
        ({"pickup": "2026-02-31"}, "pickup"),
        ({"pickup": "0001-01-01"}, "pickup"),
        ({"pickup": "9999-12-31", "return": "9999-12-31"}, "pickup"),
        ({"return": "2026-11-02"}, "return"),
        ({"pickup_time": "25:99"}, "pickup_time"),
        ({"pickup": "2027-03-28", "pickup_time": "02:30", "return": "2027-03-30"}, "pickup_time"),
        ({"return": "2027-03-28", "return_time": "02:30"}, "return_time"),
        ({"units": "0"}, "units"),
        ({"units": "-1"}, "units"),
        ({"units": "two"}, "units"),
        ({"units": "99999999999999999999"}, "units"),
        ({"purpose": ""}, "purpose"),
        ({"purpose": "x" * 501}, "purpose"),
        ({"purpose": "sans\u202efin"}, "purpose"),
        ({"project": "x" * 501}, "project"),
    ],
)
def test_what_is_not_well_formed_is_said_beside_its_field_and_nothing_is_kept(
    browse, session, stock, nolwenn, wrong, field
):
    page = asked(people.signed_in(browse, nolwenn), status=422, **wrong)
    assert said_beside(page, field)
    assert session.scalar(select(func.count(Loan.id))) == 0


def test_a_local_time_that_does_not_exist_is_refused_with_its_reason(browse, session, stock, nolwenn):
    wish = {"pickup": "2027-03-28", "pickup_time": "02:30", "return": "2027-03-30"}
    page = asked(people.signed_in(browse, nolwenn), status=422, **wish)
    assert "the clocks go forward that night" in said_beside(page, "pickup_time")


def test_somebody_who_is_not_signed_in_finds_the_form_again_as_it_was(browse, session, stock, nolwenn):
    form = seen(browse).forms["borrow"]
    for name, value in WISH.items():
        form[name] = value
    away = form.submit(status=303)
    assert urlsplit(away.location).path == "/sign-in"
    back = parse_qs(urlsplit(away.location).query)["next"][0]
    page = people.signed_in(browse, nolwenn).get(back, status=303).follow()
    form = page.forms["borrow"]
    assert {name: form[name].value for name in WISH} == WISH
    assert form.method == "post"


def test_nobody_asks_without_being_signed_in(browse, session, stock):
    browse.post("/equipment/enregistreur", people.with_csrf(browse, WISH | {"point": "lambezellec"}), status=403)
    assert session.scalar(select(func.count(Loan.id))) == 0


def test_a_wish_that_does_not_come_from_our_page_is_refused(browse, session, stock, nolwenn):
    people.signed_in(browse, nolwenn).post(
        "/equipment/enregistreur", WISH | {"point": "lambezellec"}, status=(400, 403)
    )
    assert session.scalar(select(func.count(Loan.id))) == 0


def test_a_loan_is_brought_back_to_another_point_by_its_clock(browse, session, stock, nolwenn):
    lending.point(session, slug="bellevue", name="Bellevue")
    page = asked(people.signed_in(browse, nolwenn), status=303, return_point="bellevue").follow()
    assert "Bellevue" in page
    assert session.scalars(select(Loan)).one().return_at == lending.instant("2026-11-05T20:00")
