"""Waiting for what is not free: in line with one button, told by letter, taken with another; also without script."""

import pytest

from equipment_lending.services.requests import LoanRequests
from equipment_lending.tasks import take_all_turns
from portal.db.session import working_request
from tests.factories import lending, people

WAYS = {
    "on a phone": {"width": 360, "height": 740, "locale": "fr-FR", "color_scheme": "dark"},
    "without script": {"width": 1280, "locale": "en-GB", "java_script_enabled": False},
}


@pytest.fixture
def tents(site):
    """One tent, lent to somebody else for the days that matter."""
    with site.session() as session:
        stock = lending.stock(session, of=lending.model(session, name={"fr": "Barnum", "en": "Gazebo"}))
        loan = lending.loan(session, stock, "2026-10-27T10:00", "2026-10-30T18:00")
        return stock.model.slug, loan.id, loan.borrower_id


def called_off(site, loan_id, borrower_id) -> None:
    """Let the other loan be called off, and a worker see to the line."""
    with working_request(site.registry) as request:
        request.find_service(LoanRequests).cancel(loan_id, "", borrower_id)
    with working_request(site.registry) as request:
        take_all_turns(request)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_from_a_no_by_way_of_the_line_to_a_loan(site, tents, page_of, way):
    slug, loan_id, borrower_id = tents
    language = way["locale"][:2]
    say = site.words(language)
    with site.session() as session:
        lena = people.person(session, language=language)
    page = page_of(site.address, **way)
    page.context.add_cookies([site.cookie(lena)])
    main = page.locator("main")

    # She asks for days on which it is lent, and with the return key sends the wish, not the waiting.
    page.goto(f"{site.address}/equipment/{slug}?pickup=2026-10-28&return=2026-10-29")
    page.fill("#borrow [name=purpose]", "Vide-grenier")
    page.locator("#borrow [name=units]").press("Enter")
    waiting = page.get_by_role("button", name=say("Tell me when it becomes free"))
    page.locator("#borrow [name=units]").press("Enter")
    waiting.wait_for()
    assert page.url.endswith(f"/equipment/{slug}")

    # One button, and she is in line.
    waiting.click()
    assert say("You are first in line.") in main.inner_text()

    # It becomes free, and her letter leads to where she takes it.
    called_off(site, loan_id, borrower_id)
    page.goto(site.address)
    page.goto(site.link_in_last_letter(lena.email))
    assert say("It is your turn") in main.inner_text()
    page.get_by_role("button", name=say("Borrow it")).click()
    assert say("confirmed") in main.inner_text()
