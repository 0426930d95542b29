"""An account from its first day to its last: open it, speak for an association, look after it, leave."""

import json
from pathlib import Path

import pytest

from portal.people.models import Person
from tests.browser.reader import fill, main, press, told
from tests.factories import lending, people
from tests.factories.people import PASSWORD

WAYS = {
    "in French on a large screen": {"width": 1280, "locale": "fr-FR"},
    "in English on a phone": {"width": 360, "height": 740, "locale": "en-GB"},
}
NEW_PASSWORD = "quatre ajoncs sous la pluie"
FRIENDS = "Les Amis du Stang-Alar"


@pytest.fixture(scope="module", autouse=True)
def recorder(site):
    with site.session() as session:
        point = lending.point(session, name="Centre social de Bellevue")
        lending.stock(session, units=9, at=point, of=lending.model(session, slug="enregistreur"))


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_newcomer_opens_an_account_and_borrows_for_an_association(site, page_of, way):
    say = site.words(way["locale"][:2])
    email = f"azenor.{way['width']}@example.org"
    page = page_of(f"{site.address}/sign-up", **way)

    # A password that everybody guesses is refused, and nothing else has to be written again.
    fill(page, name="Azenor Kermarrec", email=email, password="motdepasse")
    press(page, say("Create my account"))
    assert page.locator("#signup-password").get_attribute("aria-invalid") == "true"
    assert page.input_value("[name=name]") == "Azenor Kermarrec"
    fill(page, password=PASSWORD)
    press(page, say("Create my account"))

    # The link alone opens nothing: programs that check e-mails follow it, too.
    page.goto(site.link_in_last_letter(email))
    fill(page, password=PASSWORD)
    press(page, say("Open my account"))
    assert "Azenor Kermarrec" in main(page)

    # What she does for her association carries both names.
    press(page, say("My organisations"))
    press(page, say("Add an organisation"))
    fill(page, name=FRIENDS)
    page.check("[name=kind][value=association]")
    press(page, say("Add this organisation"))
    page.goto(f"{site.address}/account/organisations")
    press(page, f"{say('Act for it')}: {FRIENDS}")
    assert FRIENDS in page.locator(".acting").inner_text()
    page.goto(f"{site.address}/equipment/enregistreur?pickup=2026-10-27&return=2026-10-28")
    fill(page, purpose="Le bruit du vallon")
    page.click("#borrow .actions button")
    record = page.locator(".facts").inner_text()
    assert "Azenor Kermarrec" in record
    assert FRIENDS in record

    # As long as the city counts on her, she cannot just go.
    loan = page.locator(".ticket .number").inner_text()
    page.goto(f"{site.address}/account/erase")
    assert loan in page.locator("#refusals").inner_text()


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_resident_changes_the_language_signs_a_lost_telephone_out_and_leaves(site, page_of, way, tmp_path):
    language = way["locale"][:2]
    say, other = site.words(language), {"fr": "en", "en": "fr"}[language]
    with site.session() as session:
        who = people.person(session, name="Malo Tanguy", password=PASSWORD)
        people.sign_in(session, who, browser="Chrome, Android")
    page = page_of(f"{site.address}/sign-in", **way)

    # The password is forgotten; a new one comes by e-mail, in the language of the browser, and signs out all others.
    press(page, say("I forgot my password"))
    fill(page, email=who.email)
    press(page, say("Send me the e-mail"))
    assert say("Hello %(name)s,", name="Malo Tanguy") in site.last_letter(who.email)
    page.goto(site.link_in_last_letter(who.email))
    fill(page, new=NEW_PASSWORD)
    press(page, say("Keep this password"))
    with site.session() as session:
        people.sign_in(session, session.get(Person, who.id), browser="Safari, iPhone")
    press(page, say("Where I am signed in"))
    assert "Android" not in main(page)
    press(page, f"{say('Sign out')}: Safari, iPhone")
    assert "iPhone" not in main(page)

    # The language of the account is that of its pages from then on.
    page.goto(f"{site.address}/account/profile")
    page.check(f"main [name=language][value={other}]")
    press(page, say("Save"))
    assert page.locator("html").get_attribute("lang") == other
    say = site.words(other)

    # Everything that is known goes along, and nothing stays.
    with page.expect_download() as download:
        page.get_by_role("link", name=say("Download everything about me (JSON)")).click()
    known = Path(download.value.path()).read_text("utf-8")
    assert who.email in known
    assert json.loads(known)
    press(page, say("Erase my account"))
    fill(page, password=NEW_PASSWORD)
    press(page, say("Erase my account"))
    assert told(page)
    page.goto(f"{site.address}/sign-in")
    fill(page, email=who.email, password=NEW_PASSWORD)
    page.click("main .actions button")
    assert page.locator(".summary").is_visible(), "nobody of that name is known any more"
