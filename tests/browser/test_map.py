"""The map page in a real browser: the map shows what the list shows, and everything on it is reached by keys."""

import gzip
import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.factories import maps

MOST_SCRIPT = 70_000  # bytes as they travel; what the issue allows the map
SPOTS = ((-4.4960, 48.3900), (-4.4860, 48.3905), (-4.4700, 48.3990))

SLOW = """
() => {
  const ask = window.fetch;
  window.fetch = async (address, ...how) => {
    if (address.includes("/api/v1/map")) await new Promise((go) => setTimeout(go, 1500));
    return ask(address, ...how);
  };
}
"""
"""Lets the marks of the map come late, and nothing else."""


@pytest.fixture(scope="module")
def places(site):
    with site.session() as session:
        for number, (longitude, latitude) in enumerate(SPOTS, 1):
            maps.place(session, title={"fr": f"Lavoir {number}"}, longitude=longitude, latitude=latitude)


def shown(page) -> int:
    """Return how many things the marks on the map stand for."""
    numbers = page.locator(".cluster span").all_inner_texts()
    return sum(map(int, numbers)) + page.locator(".pin").count()


def listed(page) -> int:
    return int(re.match(r"\d+", page.locator("#results").inner_text())[0])


def opened(site, page_of, **given):
    page = page_of(f"{site.address}/map?kinds=place", locale="fr-FR", **given)
    page.locator(".leaflet-marker-icon").first.wait_for()
    return page


@pytest.mark.parametrize("width", [360, 1200])
def test_the_marks_and_the_list_are_the_same_things(site, places, page_of, faults, width):
    page = opened(site, page_of, width=width)
    assert listed(page) == shown(page) == len(SPOTS)
    assert faults(page) == []


def test_the_map_is_used_by_keys_alone(site, places, page_of, faults):
    page = opened(site, page_of, reduced_motion="reduce")  # a card that fades in is pale for a moment
    mark = page.get_by_role("button", name="Lieu, Lavoir 3")
    mark.focus()
    page.keyboard.press("Enter")
    link = page.locator(".leaflet-popup a[href*='/places/']")
    expect(link).to_be_focused()
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(mark).to_be_focused()


@pytest.mark.parametrize("key", ["Enter", " "])
def test_what_is_near_each_other_is_come_closer_to_by_keys(site, places, page_of, key):
    page = page_of(f"{site.address}/map?kinds=place&bbox=-6,47.5,-3,49.5", reduced_motion="reduce")
    page.locator(".cluster").first.wait_for()
    page.locator(".cluster").first.focus()
    page.keyboard.press(key)
    page.wait_for_function("() => !location.search.includes('bbox=-6')")  # the map went closer, and asks anew
    expect(page.locator("[data-map]")).to_be_focused()  # once it is answered: what one was on has come apart
    assert shown(page) == len(SPOTS)


def test_where_the_map_goes_the_list_and_the_address_go(site, places, page_of):
    page = opened(site, page_of)
    page.locator(".atlas-list li", has_text="Lavoir 3").get_by_role("button").click()
    expect(page.locator("#results")).to_contain_text("1 chose")
    expect(page.locator(".atlas-list h3")).to_have_text("Lavoir 3")
    expect(page.locator(".leaflet-popup")).to_contain_text("Lavoir 3")
    here = page.url
    assert "bbox=" in here
    assert "kinds=place" in here
    again = page_of(here, locale="fr-FR")
    again.locator(".leaflet-marker-icon").first.wait_for()
    assert listed(again) == shown(again) == 1


def test_the_card_of_what_is_chosen_in_the_list_opens_however_slow_the_network_is(site, places, page_of):
    page = opened(site, page_of)
    back = page.locator(".leaflet-control-zoom-out")
    while page.locator(".pin").count():  # the mark is not there before one goes to it
        back.click()
        page.wait_for_timeout(1_000)
    page.evaluate(SLOW)
    page.locator(".atlas-list li", has_text="Lavoir 3").get_by_role("button").click()
    expect(page.locator("#results")).to_contain_text("1 chose")
    expect(page.locator(".leaflet-popup")).to_have_count(0)
    expect(page.locator(".leaflet-popup")).to_contain_text("Lavoir 3")
    page.keyboard.press("Escape")
    back.click()
    page.wait_for_timeout(2_000)
    expect(page.locator(".leaflet-popup")).to_have_count(0)  # it opens once


def test_without_script_the_list_is_complete(site, places, page_of):
    page = page_of(f"{site.address}/map?kinds=place", java_script_enabled=False, locale="fr-FR")
    assert page.locator("[data-map]").is_hidden()
    assert page.locator(".atlas-list h3").count() == len(SPOTS)
    assert not page.locator(".atlas-list button").first.is_visible()


def test_the_scripts_of_the_map_are_light(site, places, page_of):
    page = page_of("about:blank")
    scripts = {}
    page.on(
        "response",
        lambda answer: scripts.update({answer.url: answer}) if urlsplit(answer.url).path.endswith(".js") else None,
    )
    page.goto(f"{site.address}/map", wait_until="networkidle")
    weight = sum(len(gzip.compress(answer.body(), 9)) for answer in scripts.values())
    assert any("leaflet" in address for address in scripts)
    assert weight <= MOST_SCRIPT, f"{weight} bytes in {len(scripts)} scripts"
