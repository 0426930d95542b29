"""The counter's day, and the one field that finds everything."""

import pytest
from sqlalchemy import event

from equipment_lending.terms import LoanState
from portal.people.terms import Role
from tests.factories import desk, lending, people


@pytest.fixture
def point(session):
    return lending.point(session, slug="lambezellec")


@pytest.fixture
def stock(session, point):
    return lending.stock(session, units=2, at=point)


@pytest.fixture
def at_desk(browse, session, point):
    return people.signed_in(browse, people.staff(session, Role.DESK, point.slug))


def text(answer) -> str:
    return " ".join(answer.html.get_text(" ").split())


def column(answer, name: str) -> str:
    section = answer.html.find(attrs={"aria-labelledby": name})
    return " ".join(section.get_text(" ").split()) if section else ""


def test_who_serves_at_one_desk_is_there_at_once(at_desk):
    assert at_desk.get("/desk", status=303).location.endswith("/desk/lambezellec")


def test_who_serves_at_several_says_where_and_is_remembered(browse, session, point):
    other = lending.point(session, slug="bellevue", name="Bellevue")
    who = people.staff(session, Role.DESK, point.slug)
    people.role(session, who, Role.DESK, other.slug)
    people.signed_in(browse, who)

    page = browse.get("/desk", status=200)
    assert "Bellevue" in page
    page.click("Bellevue")
    assert browse.get("/desk", status=303).location.endswith("/desk/bellevue")
    assert "Bellevue" in browse.get("/desk?choose=1", status=200)


def test_who_administers_may_stand_at_every_desk(browse, session, point):
    people.signed_in(browse, people.staff(session, Role.ADMIN))
    browse.get("/desk/lambezellec", status=200)


def test_the_desk_of_another_point_is_not_ones_own(browse, session, point):
    lending.point(session, slug="bellevue")
    people.signed_in(browse, people.staff(session, Role.DESK, "bellevue"))
    browse.get("/desk/lambezellec", status=403)


def test_residents_have_no_desk(browse, session, point):
    people.signed_in(browse, people.person(session))
    browse.get("/desk", status=403)
    browse.get("/desk/lambezellec", status=403)


def test_whoever_is_not_signed_in_is_asked_to(browse, point):
    assert "/sign-in" in browse.get("/desk/lambezellec", status=303).location


def test_a_desk_that_there_is_not_is_not_there(browse, session):
    people.signed_in(browse, people.staff(session, Role.ADMIN))
    browse.get("/desk/atlantis", status=404)


def test_the_day_says_who_comes_what_returns_what_is_late_and_what_waits(session, at_desk, stock, clock):
    ours = people.organisation(session, name="Son’ar Mein")
    lending.loan(session, stock, "2026-10-22T15:30", "2026-10-24T10:00", organisation_id=ours.id)
    other = lending.stock(session, units=3, at=stock.point)
    back = lending.loan(session, other, "2026-10-20T10:00", "2026-10-22T17:00", number="BACK")
    desk.handed_out(session, back, at=lending.instant("2026-10-20T10:05"))
    late = lending.loan(session, other, "2026-10-18T10:00", "2026-10-20T17:00", number="LATE")
    desk.handed_out(
        session, late, sorted(item.asset_tag for item in other.items)[1], at=lending.instant("2026-10-18T10:05")
    )
    lending.loan(session, other, "2026-11-20T10:00", "2026-11-21T10:00", state=LoanState.REQUESTED)

    page = at_desk.get("/desk/lambezellec", headers={"Accept-Language": "en"})

    assert "15:30" in column(page, "pickups") or "3:30" in column(page, "pickups")
    assert "Son’ar Mein" in column(page, "pickups")
    back_today = f"{other.model.name['en']} {min(item.asset_tag for item in other.items)}"
    assert back_today in column(page, "returns")
    assert "2 days late" in column(page, "late")
    assert "20 Nov" in column(page, "deciding")


@pytest.mark.parametrize("typed", ["goelands", "GOÉLANDS", "brest goel", "école"])
def test_an_association_is_found_by_its_name_whoever_may_act_for_it_answers(session, at_desk, stock, typed):
    officer = people.person(session, name="Maïwenn Salaün")
    for name in ("Les Goélands de Brest", "École du Vallon"):
        people.membership(session, person=officer, organisation=people.organisation(session, name=name))
    people.membership(session, organisation=people.organisation(session, name="Son’ar Mein"))
    page = at_desk.get("/desk/lambezellec", {"q": typed}, headers={"Accept-Language": "en"})
    assert "Maïwenn Salaün" in page.html.select_one("#found").parent.text
    assert "Nothing answers" not in page


def test_a_missing_training_is_said_before_somebody_comes_in_vain(session, at_desk, stock):
    lending.policy(session, model_id=stock.model_id, requires=["velo-cargo"])
    lending.loan(session, stock, "2026-10-22T15:30", "2026-10-24T10:00")
    assert "training missing: velo cargo" in column(
        at_desk.get("/desk/lambezellec", headers={"Accept-Language": "en"}), "pickups"
    )


def test_a_loan_that_can_no_longer_be_served_is_at_risk(session, at_desk, stock):
    lending.loan(session, stock, "2026-10-29T15:30", "2026-10-30T10:00", units=3)
    assert "At risk" in text(at_desk.get("/desk/lambezellec", headers={"Accept-Language": "en"}))


def test_E6_who_comes_while_the_desk_is_closed_since_it_changed_its_hours_is_named(session, at_desk, stock, point):
    coming = lending.loan(session, stock, "2026-10-27T10:00", "2026-10-29T18:00")
    point.windows = [window for window in point.windows if window.weekday != 1]
    session.flush()
    answer = at_desk.get("/desk/lambezellec", headers={"Accept-Language": "en"})
    assert "pick-up 10:00, closed" in column(answer, "closed")
    page = at_desk.get(f"/desk/loans/{coming.id}", headers={"Accept-Language": "en"})
    assert "The pick-up was agreed for Tuesday 27 October, 10:00." in text(page)
    assert "Monday 26 October, 08:00–20:00" in text(page)
    assert column(at_desk.get("/desk/lambezellec?day=2026-10-23"), "closed") == ""


def test_other_days_can_be_looked_at_and_nonsense_is_today(session, at_desk, stock):
    lending.loan(session, stock, "2026-10-23T15:30", "2026-10-24T10:00")
    assert people_in(at_desk.get("/desk/lambezellec")) == 0
    assert people_in(at_desk.get("/desk/lambezellec?day=2026-10-23")) == 1
    for nonsense in ("yesterday", "2026-13-45", "9999-12-31"):
        assert "22 octobre" in at_desk.get(f"/desk/lambezellec?day={nonsense}")


def test_a_desk_without_anything_to_do_says_when_somebody_comes_next(session, at_desk, stock, point):
    assert "Prochaine venue" not in text(at_desk.get("/desk/lambezellec"))
    lending.loan(session, stock, "2026-10-26T15:30", "2026-10-28T10:00")
    early = lending.loan(session, stock, "2026-10-21T10:00", "2026-10-25T10:00")
    desk.handed_out(session, early)
    page = at_desk.get("/desk/lambezellec")
    assert page.html.select_one("a[href$='?day=2026-10-25']").text == "dimanche 25 octobre"
    assert at_desk.get("/desk/lambezellec?day=2026-10-25").html.select_one(".desk .visit")
    for day in ("2026-10-27", "2026-10-01"):  # nobody comes on a day that is over
        shown = at_desk.get(f"/desk/lambezellec?day={day}").html.select_one("main p.row > a[href*='?day=2026']")
        assert shown is None or shown["href"].endswith("?day=2026-10-25")


def test_whether_the_desk_is_open_just_now_is_said_of_today_alone(at_desk, clock):
    assert "fermé en ce moment" not in at_desk.get("/desk/lambezellec")
    clock.at = lending.instant("2026-10-22T20:30")
    assert "fermé en ce moment" in at_desk.get("/desk/lambezellec")
    assert "fermé en ce moment" not in at_desk.get("/desk/lambezellec?day=2026-10-23")


def people_in(page) -> int:
    return len(page.html.select("section[aria-labelledby=pickups] .visit"))


# What is looked for ---------------------------------------------------------------------------------------------------


def first_tag(stock) -> str:
    return sorted(item.asset_tag for item in stock.items)[0]


def test_a_tag_that_a_loan_waits_for_leads_to_its_hand_over_with_it_ticked(session, at_desk, stock):
    loan = lending.loan(session, stock, "2026-10-22T15:30", "2026-10-24T10:00")
    tag = first_tag(stock)
    answer = at_desk.get(f"/desk/lambezellec?q={tag.lower()}", status=303)
    assert answer.location.endswith(f"/desk/loans/{loan.id}/check-out?items={tag}")
    assert at_desk.get(answer.location).html.find("input", value=tag).has_attr("checked")


@pytest.mark.parametrize("scanned", ["{tag}", " {tag} ", "https://communs.example/items/{tag}"])
def test_a_tag_that_is_out_leads_to_its_return(session, at_desk, stock, scanned):
    loan = lending.loan(session, stock, "2026-10-22T10:00", "2026-10-24T10:00")
    (custody,) = desk.handed_out(session, loan)
    answer = at_desk.get("/desk/lambezellec", {"q": scanned.format(tag=custody.item.asset_tag)}, status=303)
    assert answer.location.endswith(f"/desk/loans/{loan.id}/check-in?items={custody.item.asset_tag}")


def test_a_tag_that_nothing_waits_for_leads_to_the_item(at_desk, stock):
    tag = first_tag(stock)
    assert at_desk.get(f"/desk/lambezellec?q={tag}", status=303).location.endswith(f"/items/{tag}")


def test_a_tag_is_found_without_its_hyphens_and_is_nobodys_name(at_desk, stock):
    tag = first_tag(stock)
    assert at_desk.get(f"/desk/lambezellec?q={tag.replace('-', '')}", status=303).location.endswith(f"/items/{tag}")
    unknown = at_desk.get("/desk/lambezellec?q=BR-9999")
    assert "BR-9999" in unknown.html.title.text
    assert unknown.html.select_one("a[href*='/desk/people/new']") is None
    assert "name" not in at_desk.get("/desk/lambezellec?q=0298").html.select_one("a[href*='/desk/people/new']")["href"]
    assert "Mai" in at_desk.get("/desk/lambezellec?q=Mai").html.select_one("a[href*='/desk/people/new']")["href"]


def test_the_number_of_a_loan_leads_to_what_is_next(session, at_desk, stock):
    loan = lending.loan(session, stock, "2026-10-22T15:30", "2026-10-24T10:00", number="AB12CDE")
    assert at_desk.get("/desk/lambezellec?q=ab12 cde", status=303).location.endswith("/check-out")
    loan.state = LoanState.CANCELLED
    session.flush()
    assert at_desk.get("/desk/lambezellec?q=AB12CDE", status=303).location.endswith(f"/desk/loans/{loan.id}")


def test_what_another_desk_hands_out_is_named_and_not_offered(session, at_desk):
    who = people.person(session, name="Nolwenn Tréguer")
    elsewhere = lending.point(session, name="Les Capucins")
    loan = lending.loan(
        session, lending.stock(session, at=elsewhere), "2026-10-23T10:00", "2026-10-24T10:00", borrower=who
    )
    found = at_desk.get("/desk/lambezellec?q=treguer").html
    assert "Les Capucins" in found.select_one(".visit").text
    assert found.select(f"a[href*='{loan.id}']") == []
    assert at_desk.get(f"/desk/lambezellec?q={loan.number}", status=200).html.select(f"a[href*='{loan.id}']") == []


@pytest.mark.parametrize("typed", ["abgrall", "mai abgrall", "0612345678", "+33 6 12 34 56 78"])
def test_a_name_or_number_finds_somebody_with_what_they_have(session, at_desk, stock, typed):
    who = people.person(session, name="Maï Abgrall", phone="06 12 34 56 78")
    lending.loan(session, stock, "2026-10-22T15:30", "2026-10-24T10:00", borrower=who)
    page = at_desk.get("/desk/lambezellec", {"q": typed}, status=200)
    assert "06 12 34 56 78" in page
    assert page.html.select_one("a[href$='check-out']")
    assert page.html.select_one(f"a[href$='/lend/{who.id}']")


def test_somebody_chosen_elsewhere_is_shown_with_what_they_have(session, at_desk, stock):
    who = people.person(session, name="Maï Abgrall")
    assert "Maï Abgrall" in at_desk.get(f"/desk?person={who.id}").follow()


@pytest.mark.parametrize(
    "q", ["personne ne s’appelle ainsi", "%", "_", "\\", "'; DROP TABLE person; --", "http://[", "x" * 300]
)
def test_what_nothing_answers_to_is_said_with_what_to_do(at_desk, q):
    page = at_desk.get("/desk/lambezellec", {"q": q}, status=200)
    assert page.html.select_one("a[href*='/desk/people/new']")


def test_the_pick_list_names_tags_and_no_tag_twice(session, at_desk, stock):
    lending.loan(session, stock, "2026-10-22T15:30", "2026-10-24T10:00")
    lending.loan(session, stock, "2026-10-22T16:30", "2026-10-24T10:00")
    page = at_desk.get("/desk/lambezellec/pick-list")
    for item in stock.items:
        assert text(page).count(item.asset_tag) == 1


def test_a_desk_day_takes_the_same_number_of_statements_however_many_come(session, at_desk, stock):
    lending.loan(session, stock, "2026-10-22T15:30", "2026-10-24T10:00")
    few = statements(session, lambda: at_desk.get("/desk/lambezellec"))
    for _ in range(5):
        lending.loan(session, lending.stock(session, at=stock.point), "2026-10-22T15:30", "2026-10-24T10:00")
    assert statements(session, lambda: at_desk.get("/desk/lambezellec")) <= few


def statements(session, act) -> int:
    """Return how many statements an act sends to the database."""
    sent = []

    def note(_connection, _cursor, statement, *_rest):
        sent.append(statement)

    session.flush()
    session.expire_all()
    event.listen(session.connection().engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(session.connection().engine, "before_cursor_execute", note)
    return len(sent)
