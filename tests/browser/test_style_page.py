"""Every component and every kind of field, in all their states, as a browser sees them."""

import pytest

from tests.browser.sites import served
from tests.browser.style_page import configured

LOOKS = [(1200, "light"), (1200, "dark"), (360, "light")]


@pytest.fixture(scope="module")
def site():
    with served(configured().make_wsgi_app()) as address:
        yield address


def wrong_form(page):
    page.fill("#everything-units", "0")
    page.click(".actions [name=send]")
    return page


def overflow(page) -> int:
    """Return how many pixels the page is wider than its window."""
    return page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
@pytest.mark.parametrize("path", ["/components?acting=1", "/form"])
def test_axe_finds_nothing_on_the_components_and_the_form(site, page_of, faults, path, width, scheme):
    page = page_of(site + path, width, color_scheme=scheme, bypass_csp=True)
    assert faults(page) == []


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_axe_finds_nothing_on_a_form_with_errors(site, page_of, faults, width, scheme):
    page = wrong_form(page_of(f"{site}/form", width, color_scheme=scheme, bypass_csp=True))
    assert faults(page) == []


@pytest.mark.parametrize("path", ["/components?acting=1", "/form"])
@pytest.mark.parametrize("width", [320, 360, 600])
def test_nothing_is_wider_than_a_small_window(site, page_of, path, width):
    page = page_of(site + path, width)
    assert overflow(page) <= 0


def test_nothing_is_wider_than_the_window_when_letters_are_twice_as_large(site, page_of):
    page = page_of(f"{site}/components?acting=1", 1200)
    page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
    assert overflow(page) <= 0


@pytest.mark.parametrize("script", [True, False])
def test_what_is_wrong_with_a_form_takes_the_focus(site, page_of, script):
    page = page_of(f"{site}/form", java_script_enabled=script)
    wrong_form(page)
    assert page.locator("#everything-wrong").evaluate("box => box === document.activeElement")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator("#everything-name").evaluate("control => control === document.activeElement")


def test_a_row_that_was_added_is_where_one_writes_next(site, page_of):
    page = page_of(f"{site}/form", java_script_enabled=False)
    page.click("[name='lines:add']")
    page.wait_for_selector("#everything-lines-1-equipment:focus")
    page.keyboard.type("tripod")
    assert page.input_value("#everything-lines-1-equipment") == "tripod"


def test_return_in_a_field_sends_the_form(site, page_of):
    page = page_of(f"{site}/form")
    page.fill("#everything-name", "Maëlle")
    page.press("#everything-name", "Enter")
    assert page.locator("#everything-wrong").is_visible()
    assert page.locator(".rows > li").count() == 1


def test_the_keyboard_skips_the_head_and_opens_the_languages(site, page_of):
    page = page_of(f"{site}/components")
    page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0) }")
    page.locator(".skip").focus()
    assert page.locator(".skip").is_visible()
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "main"
    page.locator(".languages summary").focus()
    page.keyboard.press("Enter")
    assert page.locator(".languages button[lang=en]").is_visible()


@pytest.mark.parametrize("width", [360, 1200])
def test_what_one_clicks_on_is_large_enough(site, page_of, width):
    """WCAG 2.5.8 asks for 24 pixels; buttons and fields have 44."""
    page = page_of(f"{site}/form", width)
    for target in page.locator("main .button, main .field > input, main select, main .choice, .nav a:visible").all():
        assert target.bounding_box()["height"] >= 44, target.evaluate("it => it.outerHTML")


def test_the_reader_s_choice_of_dark_wins_over_the_system_s(site, page_of):
    page = page_of(f"{site}/form", color_scheme="light")
    paper = "() => getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.evaluate("() => { document.documentElement.dataset.scheme = 'dark' }")
    assert page.evaluate(paper) != light
    page.emulate_media(color_scheme="dark")
    page.evaluate("() => { document.documentElement.dataset.scheme = 'light' }")
    assert page.evaluate(paper) == light


def test_nothing_moves_for_those_who_asked_for_that(site, page_of):
    page = page_of(f"{site}/components", reduced_motion="reduce")
    assert page.locator("a.button").first.evaluate("it => getComputedStyle(it).transitionDuration") == "0s"


def test_paper_gets_the_page_without_what_one_clicks_on(site, page_of):
    page = page_of(f"{site}/components?acting=1")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator(".month").is_visible()
    assert not page.locator("main .button").first.is_visible()
    assert not page.locator(".foot").is_visible()
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
