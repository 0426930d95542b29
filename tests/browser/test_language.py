"""The language a reader chooses stays chosen, and every word says in which language it is."""

import pytest

from tests.browser.reader import press

FRENCH = {"width": 1280, "locale": "fr-FR"}
EVERY_KIND = (
    "/",
    "/about",
    "/equipment",
    "/equipment/enregistreur?pickup=2026-10-27&return=2026-10-28",
    "/points/lambezellec",
    "/search?q=velo",
    "/loans",
    "/loans/{loan}",
    "/account/organisations",
    "/desk/lambezellec?q=nolwenn",
    "/desk/loans/{loan}/check-out",
    "/manage/models/camera",
    "/admin/audit",
)


@pytest.fixture
def page(site, town, page_of):
    """A browser that asks for French, in which somebody who may see everything is signed in."""
    return page_of(site.address, storage_state={"cookies": [site.cookie(town.admin)], "origins": []}, **FRENCH)


def choose(page, language: str) -> None:
    page.click(".languages summary")
    with page.expect_navigation():
        page.click(f".languages button[value={language}]")


@pytest.mark.parametrize("path", EVERY_KIND)
def test_the_language_is_changed_on_every_kind_of_page(site, town, page, path):
    address = site.address + path.format(**town.names)
    page.goto(address)
    french = page.locator("main").inner_text()
    assert page.get_attribute("html", "lang") == "fr"
    choose(page, "en")
    assert page.url == address, "one stays where one was"
    assert page.get_attribute("html", "lang") == "en"
    assert page.locator("main").inner_text() != french
    page.goto(f"{site.address}/points")
    assert page.get_attribute("html", "lang") == "en", "and with what one chose"


def test_a_choice_is_kept_by_the_browser_and_not_by_the_others(site, page, page_of):
    choose(page, "en")
    again = page_of(site.address, storage_state=page.context.storage_state(), **FRENCH)
    assert again.get_attribute("html", "lang") == "en"
    assert page_of(site.address, **FRENCH).get_attribute("html", "lang") == "fr"


def test_what_is_said_in_another_language_than_the_page_s_says_so(site, page):
    choose(page, "en")
    page.goto(f"{site.address}/equipment/table-de-mixage")
    assert page.get_attribute("h1", "lang") == "fr"
    assert page.locator(".languages button[lang=fr]").count() == 1
    page.goto(f"{site.address}/equipment/enregistreur")
    assert page.get_attribute("h1", "lang") is None


def test_the_e_mails_of_an_account_follow_its_language(site, town, page_of):
    cookies = [site.cookie(town.clerk)]
    page = page_of(f"{site.address}/account/profile", storage_state={"cookies": cookies, "origins": []}, **FRENCH)
    page.check("main [name=language][value=en]")
    press(page, site.words("fr")("Save"))
    assert page.get_attribute("html", "lang") == "en"
    visitor = page_of(f"{site.address}/reset", **FRENCH)
    visitor.fill("main [name=email]", town.clerk.email)
    press(visitor, site.words("fr")("Send me the e-mail"))
    assert "Hello Yann" in site.last_letter(town.clerk.email)
