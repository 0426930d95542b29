"""The portal's own pages in a real browser, with the strict headers they are sent with."""

import pytest

from portal.app import configure
from portal.migrations import history
from tests.browser.sites import served
from tests.houses import own_settings

PAGES = [
    "/",
    "/about",
    "/terms",
    "/privacy",
    "/legal",
    "/accessibility",
    "/opendata",
    "/search",
    "/api/docs",
    "/sign-in",
    "/nowhere",
]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    config = configure(own_settings(f"sqlite:///{folder / 'portal.db'}", folder))
    history.upgrade(config.registry.engine)
    with served(config.make_wsgi_app()) as address:
        yield address
    config.registry.engine.dispose()


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_on_the_portal_s_own_pages(site, page_of, faults, path):
    page = page_of(site + path, 360, color_scheme="dark", bypass_csp=True, locale="fr-FR")
    assert faults(page) == []


@pytest.mark.parametrize("path", PAGES)
def test_the_strict_headers_refuse_nothing_that_the_portal_s_own_pages_need(site, page_of, path):
    page = page_of(site + path, 320)
    assert page.evaluate(
        "() => document.fonts.ready.then(() => document.fonts.check('1rem \"Atkinson Hyperlegible Next\"'))"
    )
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_a_language_is_chosen_with_the_keyboard_and_without_script(site, page_of):
    page = page_of(f"{site}/about", java_script_enabled=False, locale="fr-FR")
    page.focus(".languages summary")
    page.keyboard.press("Enter")
    page.focus(".languages [lang=en]")
    page.keyboard.press("Enter")
    page.wait_for_selector("html[lang=en]")
    assert page.url == f"{site}/about"


def test_on_a_phone_the_header_is_one_line_and_its_menu_opens_with_the_keyboard_and_without_script(site, page_of):
    page = page_of(f"{site}/about", width=360, height=740, java_script_enabled=False, locale="en-GB")
    page.evaluate("() => document.fonts.ready")  # others are wider
    assert page.locator(".top").bounding_box()["height"] < 80
    links = page.locator(".nav")
    assert not links.is_visible()
    page.get_by_role("button", name="Menu").press("Enter")
    assert links.is_visible()
    page.keyboard.press("Escape")
    assert not links.is_visible()
