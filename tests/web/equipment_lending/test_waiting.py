"""Waiting for what is not free: joining on the page of the model, and the places in line among one's loans."""

import pytest
from sqlalchemy import select

from equipment_lending.models import WaitlistEntry
from equipment_lending.tasks import take_all_turns
from equipment_lending.terms import ServiceState, WaitlistState
from portal.people.terms import Role
from tests.factories import lending, people

WISH = {"pickup": "2026-11-03", "return": "2026-11-05", "units": "1", "purpose": "Une balade sonore"}


@pytest.fixture
def stock(session):
    """Two recorders at Lambézellec."""
    point = lending.point(session, slug="lambezellec")
    return lending.stock(session, units=2, at=point, of=lending.model(session, slug="enregistreur"))


@pytest.fixture
def lent(session, stock):
    return lending.loan(session, stock, "2026-11-02T10:00", "2026-11-06T18:00", units=2)


@pytest.fixture
def nolwenn(session):
    return people.person(session, language="en")


@pytest.fixture
def signed_in(browse, nolwenn):
    return people.signed_in(browse, nolwenn)


def refused(browse, **wish):
    form = browse.get("/equipment/enregistreur").forms["borrow"]
    for name, value in (WISH | wish).items():
        form[name] = value
    return form.submit(status=409)


def waiting(session, who, stock, **given):
    return lending.waiting(session, stock, "2026-11-03T08:00", "2026-11-05T20:00", who=who, **given)


def test_whoever_finds_too_few_gets_in_line_with_one_button(session, signed_in, lent, nolwenn):
    page = refused(signed_in)
    button = page.html.select_one("#borrow button[form=wait]")
    assert button.text.strip() == "Tell me when it becomes free"
    assert "Nobody is in line yet." in page
    mine = page.forms["wait"].submit(status=303).follow()
    assert "You are in line. We write to you" in mine
    assert "You are first in line." in mine
    entry = session.scalars(select(WaitlistEntry)).one()
    assert (entry.person_id, entry.units, entry.purpose) == (nolwenn.id, 1, "Une balade sonore")
    again = refused(signed_in)
    assert "You are in line for it already." in again
    assert "wait" not in again.forms
    somebody = people.signed_in(signed_in, people.person(session, language="en"))
    assert "1 person is in line." in refused(somebody)


def test_the_button_is_only_where_waiting_can_help(session, signed_in, stock, lent):
    assert "wait" in refused(signed_in).forms
    lending.policy(session, model_id=stock.model_id, max_days=1)
    assert "wait" not in refused(signed_in).forms


def test_what_has_become_free_meanwhile_is_not_waited_for(session, signed_in, stock, lent):
    form = refused(signed_in).forms["wait"]
    lent.lines[0].claims[0].live = False
    page = form.submit(status=409)
    assert "It is free now: nobody needs to wait. Borrow it." in page
    assert "wait" not in page.forms
    assert page.forms["borrow"]["pickup"].value == "2026-11-03"


def test_a_wait_that_is_not_well_formed_is_said_beside_its_field(signed_in, lent):
    form = refused(signed_in).forms["wait"]
    form["return"] = "2026-11-01"
    assert "This is not after the pick-up." in form.submit(status=422)


def test_nobody_gets_in_line_without_signing_in(browse, stock):
    browse.post("/equipment/enregistreur/wait", WISH, status=(303, 400, 403))
    assert "/sign-in?" in browse.get("/equipment/enregistreur/wait", status=303).location


def test_whoever_chooses_a_language_where_they_were_refused_finds_the_way_back(
    session, signed_in, stock, nolwenn, lent
):
    assert "Borrow" in signed_in.get("/equipment/enregistreur/wait", status=303).follow()
    entry = waiting(session, nolwenn, stock)
    assert "You are first in line." in signed_in.get(f"/waiting/{entry.id}/accept", status=303).follow()


def test_what_is_no_longer_lent_is_not_waited_for(session, signed_in, lent, stock):
    form = refused(signed_in).forms["wait"]
    for item in stock.items:
        item.service_state = ServiceState.LOST
    assert "Not lent at the moment" in form.submit()


def test_the_rank_is_told_in_words_and_so_is_what_a_big_wish_has_to_expect(session, signed_in, stock, nolwenn, lent):
    for _ in range(2):
        waiting(session, None, stock)
    waiting(session, nolwenn, stock, units=2)
    page = signed_in.get("/loans")
    section = page.html.select_one("#waiting").text
    assert "2 people are before you in line." in section
    assert "Somebody who needs fewer may come first" in section
    assert "You have nothing borrowed or reserved." in page


def test_an_offer_is_taken_from_the_page_of_loans(session, asking, signed_in, stock, nolwenn):
    entry = waiting(session, nolwenn, stock)
    take_all_turns(asking)
    page = signed_in.get("/loans")
    assert "It is kept for you until Friday 23 October, 14:00." in page
    loan = page.forms[_form_to(page, "accept")].submit(status=303).follow()
    assert "confirmed" in loan
    assert entry.state is WaitlistState.ACCEPTED
    assert signed_in.get("/loans").html.select_one("#waiting") is None


def _form_to(page, act):
    return next(number for number, form in page.forms.items() if form.action.endswith(act))


def test_an_offer_that_is_over_is_said_to_be(session, asking, clock, signed_in, stock, nolwenn):
    entry = waiting(session, nolwenn, stock)
    take_all_turns(asking)
    page = signed_in.get("/loans")
    form = page.forms[_form_to(page, "accept")]
    clock.at = entry.offer_until
    assert "This is not kept for you any more." in form.submit(status=409)


def test_whoever_stops_waiting_or_declines_leaves_the_line(session, signed_in, stock, nolwenn, lent):
    entry = waiting(session, nolwenn, stock)
    page = signed_in.get("/loans")
    assert "You do not wait for it any more." in page.forms[_form_to(page, "leave")].submit(status=303).follow()
    assert entry.state is WaitlistState.LEFT


def test_nobody_answers_for_somebody_else(session, asking, signed_in, stock):
    entry = waiting(session, None, stock)
    take_all_turns(asking)
    token = signed_in.get("/equipment/enregistreur").forms["borrow"]["csrf_token"].value
    for act in ("accept", "leave"):
        signed_in.post(f"/waiting/{entry.id}/{act}", {"csrf_token": token}, status=403)
    assert entry.state is WaitlistState.OFFERED


def test_the_desk_sees_how_many_wait(session, browse, stock, lent):
    for _ in range(2):
        waiting(session, None, stock)
    assert "wait for it here" not in browse.get("/equipment/enregistreur", headers={"Accept-Language": "en"})
    clerk = people.staff(session, Role.DESK, "lambezellec", language="en")
    at_desk = people.signed_in(browse, clerk)
    assert "2 people wait for it here" in at_desk.get("/equipment/enregistreur")
    facts = at_desk.get(f"/desk/loans/{lent.id}").html.select_one("dl").text
    assert "Waiting for the same" in facts
    assert "2 people" in facts
