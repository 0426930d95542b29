"""A resident's whole way with a sound: place it, send it, put it in order, publish. Then a visitor hears it."""

import re
from itertools import count

import pytest

from portal.jobs.worker import Worker
from tests.factories import people
from tests.factories.media import tone

HERE = {"latitude": 48.383, "longitude": -4.479}
GRANTED = {"geolocation": HERE, "permissions": ["geolocation"]}
WAYS = {
    "on a large screen": ("sqlite", {"width": 1280, "locale": "en-GB", **GRANTED}),
    "on a phone": ("sqlite", {"width": 360, "height": 740, "locale": "fr-FR", "has_touch": True, **GRANTED}),
    "on a phone without script": ("sqlite", {"width": 360, "locale": "en-GB", "java_script_enabled": False}),
    "on PostgreSQL": ("postgresql", {"width": 1280, "locale": "fr-FR", **GRANTED}),
}
TRAILS = count(1)


@pytest.fixture
def maelle(site):
    with site.session() as session:
        return people.person(session, name="Maëlle Abalea")


@pytest.mark.parametrize(("site", "way"), WAYS.values(), ids=WAYS, indirect=["site"])
def test_from_a_sound_to_a_trail_that_everybody_walks(site, maelle, page_of, faults, way):
    say = site.words(way["locale"][:2])
    title = f"Les voix du quai {next(TRAILS)}"
    script = way.get("java_script_enabled", True)
    page = page_of(f"{site.address}/trails", storage_state={"cookies": [site.cookie(maelle)], "origins": []}, **way)
    main = page.locator("main")

    def press(label: str, **values) -> None:
        page.get_by_role("button", name=say(label, **values), exact=True).click()

    def follow(label: str) -> None:
        main.get_by_role("link", name=re.compile(re.escape(say(label)))).first.click()

    # A title is enough to begin.
    follow("Make a trail")
    page.fill("[name=title]", title)
    press("Begin")
    assert say("draft") in main.inner_text()

    # The first stop is where she stands, or where she writes that it is.
    follow("Add a stop")
    page.fill("[name=title]", "La criée")
    if script:
        press("Where I am")
        page.wait_for_function("document.querySelector('[name=where]').value !== ''")
        assert page.input_value("[name=where]") == "48.383000, -4.479000"
    else:
        page.fill("[name=where]", "48.383, -4.479")
    page.fill("[name=directions]", "Longez le quai jusqu’à la grue.")
    press("Add it")

    # The second one she touches on the map.
    follow("Add a stop")
    assert page.input_value("[name=label]") == "02"
    page.fill("[name=title]", "La grue")
    if script:
        page.wait_for_selector(".touch-map .leaflet-interactive")
        page.locator(".touch-map").click(position={"x": 200, "y": 100})
        assert re.fullmatch(r"48\.\d{6}, -4\.\d{6}", page.input_value("[name=where]"))
        page.fill("[name=where]", "48.3818, -4.4725")
    else:
        page.fill("[name=where]", "48.3818, -4.4725")
    page.fill("[name=text]", "Elle date de 1968.")
    press("Add it")

    # It cannot be published: the first stop says nothing.
    press("Publish")
    assert say("Stop ${stop} says nothing yet. Add a sound, or write a text.", stop="01") in main.inner_text()

    # She sends a sound, comes back with it, and lets it be heard there.
    page.get_by_role("link", name=re.compile(f"^{say('Sounds')}")).first.click()
    follow("Add a sound")
    follow("Record or send a sound")
    page.set_input_files("[name=file]", {"name": "criee.wav", "mimeType": "audio/wav", "buffer": tone()})
    page.fill("[name=title]", "La criée avant l’aube")
    page.select_option("select[name=language]", "fr")
    page.check("[name=voices][value=agreed]")
    press("Send")
    page.locator("[name=media]:checked").wait_for(state="attached")
    assert page.locator("[name=stop]:checked").count() == 1
    press("Add it to the stop")
    assert Worker(site.registry).run_once()

    # The other way round, and it is published.
    page.get_by_role("button", name=re.compile(f"^{say('Up')}")).click()
    assert main.locator("#stops .label").all_inner_texts() == ["02", "01"]
    assert faults(page) == [] if script else True
    press("Publish")
    assert say("It is published: everybody can walk it, listen, and add to it.") in main.inner_text()

    # A visitor finds it, reads it and hears it.
    visitor = page_of(f"{site.address}/trails?q={title.split()[-1]}", **way)
    visitor.get_by_role("link", name=title).click()
    assert "Elle date de 1968." in visitor.locator("main").inner_text()
    sound = visitor.locator("audio source").first.get_attribute("src")
    heard = visitor.request.get(f"{site.address}{sound}", headers={"Range": "bytes=0-99"})
    assert (heard.status, len(heard.body())) == (206, 100)
    visitor.locator("#stops + ol h3 a").first.click()
    assert visitor.locator("h1 .label").inner_text() == "02"
    visitor.locator("a[rel=next]").click()
    assert visitor.locator("h1 .label").inner_text() == "01"
    assert visitor.locator("audio").count() == 1


def test_where_one_says_one_is_before_the_map_has_come_is_shown_on_it(site, maelle, page_of):
    """The network is slow; whoever stands in the rain does not wait for a map."""
    cookies = {"cookies": [site.cookie(maelle)], "origins": []}
    page = page_of(f"{site.address}/trails", storage_state=cookies, locale="fr-FR", **GRANTED)
    held = []
    page.route("**/leaflet*.js*", lambda route: held.append(route))
    page.goto(f"{site.address}/places/new")
    page.get_by_role("button", name=site.words("fr")("Where I am"), exact=True).click()
    page.wait_for_function("document.querySelector('[name=where]').value !== ''")
    (asked,) = held
    asked.continue_()
    page.locator(".touch-map .here").wait_for()
