"""A trail taken along: walked without a network after the browser was killed, ready only when it is whole."""

import re
import socket
import subprocess
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Error, expect
from sqlalchemy import select

from maps.models import Trail
from maps.queries.contents import trail_content
from portal.install import browser
from portal.moderation.terms import Act
from tests.browser import walks
from tests.cluster import free_port
from tests.factories import maps
from tests.whole.servers import wait_for

KEPT = """
async () => {
  const [name] = await caches.keys();
  const cache = await caches.open(name);
  let announced = 0;
  let kept = 0;
  for (const request of await cache.keys()) {
    const answer = await cache.match(request);
    if (request.url.endsWith("/pack.json")) announced = (await answer.json()).bytes;
    else kept += (await answer.blob()).size;
  }
  return [announced, kept];
}
"""


IN_CACHE = "async ([name, url]) => Boolean(await (await caches.open(name)).match(url))"
SPOIL = "async ([name, url, size]) => (await caches.open(name)).put(url, new Response('x'.repeat(size)))"
HASHES = """
async (name) => {
  const cache = await caches.open(name);
  const found = {};
  for (const { url } of await cache.keys()) {
    const content = await (await cache.match(url)).arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
    found[url] = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  return found;
}
"""


@pytest.fixture(scope="module")
def trail(site):
    return walks.heard(site)


@pytest.fixture(scope="module")
def filmed(site):
    return walks.seen(site)


CUT_OFF = ("--proxy-server=127.0.0.1:9", "--proxy-bypass-list=<-loopback>")
"""All that a browser asks for goes to where nobody answers. A service worker that begins anew does not know of less."""


@contextmanager
def own_browser(playwright, profile: Path, *flags: str):
    """A browser with a profile of its own, which is killed at the end, as by a telephone whose battery is empty."""
    port = free_port()
    quiet = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    own = [
        f"--user-data-dir={profile}",
        f"--remote-debugging-port={port}",
        "--lang=fr-FR",
        "--accept-lang=fr-FR",
        *flags,
    ]
    process = subprocess.Popen([browser(), *quiet, *own, "about:blank"], stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: is_listening(port))
        connected = playwright.connect_over_cdp(f"http://127.0.0.1:{port}")
        yield connected.contexts[0]
    finally:
        process.kill()
        process.wait()


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def room(page) -> int:
    return page.evaluate("async () => (await navigator.storage.estimate()).usage")


def without_network(context, address: str) -> None:
    """Take the network away from a browser, and see that not even its service worker has one."""
    context.set_offline(True)
    page = context.new_page()
    with pytest.raises(Error, match="ERR_"):
        page.goto(f"{address}/trails/nobody-took-this-one-along")
    page.close()


def take(page) -> None:
    """Take the trail of a page along, all of it."""
    page.get_by_role("button", name=re.compile(r"Emporter .* · \d")).click()
    expect(page.locator("[data-words]")).to_contain_text("sans réseau", timeout=20_000)


def test_a_trail_is_walked_without_a_network_after_the_browser_was_killed(site, trail, filmed, chromium, tmp_path):
    address = f"{site.address}/trails"
    with own_browser(chromium.browser_type, tmp_path) as context:
        page = context.new_page()
        page.goto(f"{address}/{trail}")
        room_before = room(page)
        take(page)
        announced, kept = page.evaluate(KEPT)
        assert announced == kept
        page.goto(f"{address}/{filmed}")
        take(page)
    with own_browser(chromium.browser_type, tmp_path, *CUT_OFF) as context:
        without_network(context, site.address)
        page = context.new_page()
        page.goto(f"{address}/{trail}/walk")
        page.get_by_role("button", name="Écouter 01, Étape 01").click()
        expect(page.locator("[data-status]")).to_have_text(re.compile("02, Étape 02"), timeout=8_000)
        page.get_by_role("button", name="Écouter 02, Étape 02").click()
        page.wait_for_function("() => document.querySelector('audio').duration > 0.5")
        page.evaluate("() => { const a = document.querySelector('audio'); a.pause(); a.currentTime = 0.5 }")
        assert page.evaluate("() => document.querySelector('audio').currentTime") == pytest.approx(0.5, abs=0.05)
        assert "On entend la note 330." in page.locator("#stop-01 details").inner_html()
        assert page.locator("h1").evaluate("one => getComputedStyle(one).fontFamily").startswith('"Atkinson')
        assert len(page.locator(".plan .way").get_attribute("d").split("L")) == len(maps.HARBOUR)
        stop = page.locator("#stop-02").get_attribute("data-stop")

        # Films play there too, with their captions, and pictures are seen.
        page.goto(f"{address}/{filmed}/walk")
        page.locator("video").evaluate("film => film.play()")
        page.wait_for_function("() => document.querySelector('video').currentTime > 0.2")
        page.wait_for_function("() => document.querySelector('track').readyState === 2")
        page.locator(".picture img").scroll_into_view_if_needed()
        page.wait_for_function("() => document.querySelector('.picture img').naturalWidth > 0")

        # What the code on a post leads to is the stop on the way.
        page.goto(f"{site.address}/stops/{stop}")
        page.wait_for_url(re.compile(f"{address}/{trail}/walk"))
        expect(page.locator("[aria-current=step]")).to_have_attribute("data-stop", stop)
        page.locator("[data-toggle]").click()
        page.wait_for_function("() => document.querySelector('.dock audio').currentTime > 0")

    with own_browser(chromium.browser_type, tmp_path) as context:
        page = context.new_page()
        page.goto(f"{address}/{trail}/walk")
        page.get_by_role("button", name="Écouter 01, Étape 01").click()
        expect(page.locator("[data-status]")).to_have_text(re.compile("02, Étape 02"), timeout=8_000)
        assert page.evaluate("() => sessionStorage.length") == 1
        for slug in (filmed, trail):
            page.goto(f"{address}/{slug}")
            page.get_by_role("button", name=re.compile("Retirer")).click()
            expect(page.locator("[data-words]")).to_contain_text("n’est plus")
        assert page.evaluate("async () => (await caches.keys()).length") == 0
        assert page.evaluate("() => sessionStorage.length") == 0
    with own_browser(chromium.browser_type, tmp_path) as context:  # a browser gives room back when it comes to it
        page = context.new_page()
        page.goto(site.address)
        wait_for(lambda: room(page) <= room_before, seconds=10)
        assert page.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length") == 0


def test_a_pack_that_was_cut_is_never_called_ready_and_goes_on(site, trail, page_of):
    page = page_of(f"{site.address}/trails/{trail}", locale="fr-FR")
    page.context.route(re.compile(r"/media/.*m4a"), lambda route: route.abort())
    page.get_by_role("button", name=re.compile("Emporter")).click()
    expect(page.locator("[data-words]")).to_contain_text("réseau", timeout=20_000)
    page.reload()
    expect(page.locator("[data-words]")).to_contain_text("pas encore")
    page.context.unroute(re.compile(r"/media/.*m4a"))
    page.get_by_role("button", name=re.compile("Continuer")).click()
    expect(page.locator("[data-words]")).to_contain_text("sans réseau", timeout=20_000)


def test_a_pack_that_was_cut_goes_on_where_it_was_and_fetches_nothing_twice(site, trail, page_of):
    """Hard case 14."""
    page = page_of(f"{site.address}/trails/{trail}", locale="fr-FR")
    files = manifest(site, page)["files"]
    addresses = [site.address + file["url"] for file in files]
    sounds = [address for address in addresses if address.endswith(".m4a")]
    fetched = []
    page.on("request", lambda asked: fetched.append(asked.url) if asked.resource_type == "fetch" else None)
    page.context.route(sounds[1], lambda route: route.abort())
    page.get_by_role("button", name=re.compile("Emporter")).click()
    expect(page.locator("[data-words]")).to_contain_text("réseau", timeout=20_000)
    cut = addresses.index(sounds[1])
    assert [url for url in fetched if "/pack.json" not in url] == addresses[: cut + 1]
    page.context.unroute(sounds[1])
    page.reload()
    fetched.clear()
    page.get_by_role("button", name=re.compile("Continuer")).click()
    expect(page.locator("[data-words]")).to_contain_text("sans réseau", timeout=20_000)
    assert [url for url in fetched if "/pack.json" not in url] == addresses[cut:]


def test_a_file_that_is_not_what_was_announced_is_not_taken(site, trail, page_of):
    """Hard case 14: neither off the network nor out of what had arrived."""
    page = page_of(f"{site.address}/trails/{trail}", locale="fr-FR")
    first, second = [file for file in manifest(site, page)["files"] if file["url"].endswith(".m4a")][:2]
    page.context.route(
        site.address + first["url"], lambda route: route.fulfill(body=b"x" * first["bytes"], content_type="audio/mp4")
    )
    page.get_by_role("button", name=re.compile("Emporter")).click()
    wrong = page.locator("[data-pack]").get_attribute("data-wrong")
    expect(page.locator("[data-words]")).to_have_text(wrong, timeout=20_000)
    arriving = f"arriving:{trail}"
    assert not page.evaluate(IN_CACHE, [arriving, first["url"]])
    page.context.unroute(site.address + first["url"])
    page.evaluate(SPOIL, [arriving, second["url"], second["bytes"]])
    page.reload()
    expect(page.locator("[data-words]")).to_contain_text("pas encore")
    page.get_by_role("button", name=re.compile("Continuer")).click()
    expect(page.locator("[data-words]")).to_contain_text("sans réseau", timeout=20_000)
    kept = page.evaluate(HASHES, f"trail:{trail}")
    assert all(kept[site.address + one["url"]] == one["sha256"] for one in (first, second))


def test_the_button_says_how_much_all_of_it_is(site, filmed, page_of):
    """Invariant I10."""
    page = page_of(f"{site.address}/trails/{filmed}", locale="fr-FR")
    told = manifest(site, page)
    megabytes = f"{told['bytes'] / 1_000_000:.1f}".removesuffix(".0").replace(".", ",")
    assert told["bytes"] == sum(file["bytes"] for file in told["files"])
    button = page.get_by_role("button", name=re.compile("Emporter"))
    expect(button).to_have_text(re.compile(rf"· {megabytes}\sMo$"))


def manifest(site, page):
    """Return the list of the files of the trail on a page."""
    address = page.locator("[data-pack]").get_attribute("data-manifest")
    return page.request.get(site.address + address).json()


def test_a_pack_that_cannot_be_renewed_whole_stays_as_it_was(site, page_of):
    slug = walks.heard(site)
    page = page_of(f"{site.address}/trails/{slug}", locale="fr-FR")
    take(page)
    with site.session() as session:
        trail = session.scalars(select(Trail).where(Trail.slug == slug)).one()
        changed = replace(trail_content(session, trail), title={"fr": "Les voix du large"})
        maps.trails(session).revise(trail.id, 1, changed, trail.revisions[0].author_id)
    page.reload()
    page.context.route("**/offline?*", lambda route: route.abort())
    page.get_by_role("button", name=re.compile("nouvelle version")).click()
    expect(page.locator("[data-words]")).to_contain_text("Le réseau a été perdu")
    without_network(page.context, site.address)
    page.goto(f"{site.address}/trails/{slug}/walk")
    assert page.locator("h1").inner_text() == "Les voix du port de commerce"
    page.context.set_offline(False)
    page.context.unroute("**/offline?*")
    page.goto(f"{site.address}/trails/{slug}")
    page.get_by_role("button", name=re.compile("nouvelle version")).click()
    expect(page.locator("[data-words]")).to_contain_text("sans réseau", timeout=20_000)
    assert page.evaluate("() => caches.keys()") == [f"trail:{slug}"]
    page.context.set_offline(True)
    page.goto(f"{site.address}/trails/{slug}/walk")
    assert page.locator("h1").inner_text() == "Les voix du large"


def test_a_pack_for_which_there_is_no_room_is_never_called_ready(site, filmed, page_of):
    page = page_of(f"{site.address}/trails/{filmed}", locale="fr-FR")
    quota = page.context.new_cdp_session(page)
    quota.send("Storage.overrideQuotaForOrigin", {"origin": site.address, "quotaSize": 200_000})
    # The browser says that there is room, and finds out later that there is none.
    page.evaluate("() => { navigator.storage.estimate = async () => ({ quota: 1e12, usage: 0 }) }")
    page.get_by_role("button", name=re.compile("Emporter")).click()
    expect(page.locator("[data-words]")).to_contain_text("place", timeout=20_000)
    page.reload()
    expect(page.locator("[data-words]")).to_contain_text("pas encore")
    page.get_by_role("button", name=re.compile("Continuer")).click()  # now it says so beforehand
    expect(page.locator("[data-words]")).to_contain_text("place")
    without_network(page.context, site.address)
    with pytest.raises(Error, match="ERR_"):
        page.goto(f"{site.address}/trails/{filmed}/walk")
    page.context.set_offline(False)
    quota.send("Storage.overrideQuotaForOrigin", {"origin": site.address})
    page.goto(f"{site.address}/trails/{filmed}")
    page.get_by_role("button", name=re.compile("Continuer")).click()
    expect(page.locator("[data-words]")).to_contain_text("sans réseau", timeout=20_000)


def test_every_other_page_is_as_if_nothing_had_been_taken_along(site, trail, page_of):
    page = page_of(f"{site.address}/trails/{trail}", locale="fr-FR")
    take(page)
    page.reload()
    assert page.evaluate("() => navigator.serviceWorker.controller !== null")
    answered = []
    page.on("response", lambda answer: answered.append(answer.url) if answer.from_service_worker else None)
    for path in ("/", "/trails", "/map", "/equipment", "/sign-in"):
        assert page.goto(f"{site.address}{path}").status == 200
        assert page.evaluate("() => performance.getEntriesByType('navigation')[0].workerStart") == 0, path
    page.fill("main [name=email]", "nobody@example.org")
    page.fill("main [name=password]", "not-the-password")
    with page.expect_response(lambda answer: answer.request.method == "POST") as sent:
        page.locator("main form button").last.click()
    assert sent.value.status == 422
    assert not sent.value.from_service_worker
    assert [url for url in answered if "/static/" not in url] == []
    assert page.goto(f"{site.address}/trails/{trail}/walk").from_service_worker
    assert page.locator("h1").inner_text() == "Les voix du port de commerce"


def test_a_trail_that_is_hidden_is_given_back_when_its_page_is_opened(site, page_of):
    slug = walks.heard(site)
    page = page_of(f"{site.address}/trails/{slug}", locale="fr-FR")
    take(page)
    hide(site, slug)
    assert page.goto(f"{site.address}/trails/{slug}/walk").status == 404
    assert page.evaluate("() => caches.keys()") == []
    assert page.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length") == 0
    without_network(page.context, site.address)
    with pytest.raises(Error, match="ERR_"):
        page.goto(f"{site.address}/trails/{slug}/walk")


def test_one_trail_that_is_given_back_leaves_the_others(site, trail, page_of):
    slug = walks.heard(site)
    page = page_of(f"{site.address}/trails/{trail}", locale="fr-FR")
    take(page)
    page.goto(f"{site.address}/trails/{slug}")
    take(page)
    hide(site, slug)
    assert page.reload().status == 404
    assert page.evaluate("() => caches.keys()") == [f"trail:{trail}"]
    without_network(page.context, site.address)
    assert page.goto(f"{site.address}/trails/{trail}/walk").from_service_worker


def test_a_trail_that_was_hidden_in_the_meantime_cannot_be_taken_along_and_says_so(site, page_of):
    slug = walks.heard(site)
    page = page_of(f"{site.address}/trails/{slug}", locale="fr-FR")
    page.get_by_role("button", name=re.compile(r"Emporter .* · \d")).wait_for()
    hide(site, slug)
    page.get_by_role("button", name=re.compile("Emporter")).click()
    expect(page.locator("[data-words]")).to_have_text("Cette balade n’est plus proposée.")
    expect(page.get_by_role("button", name=re.compile("Emporter|Retirer"))).to_have_count(0)
    assert page.evaluate("() => caches.keys()") == []


def hide(site, slug: str) -> None:
    with site.session() as session:
        trail = session.scalars(select(Trail).where(Trail.slug == slug)).one()
        maps.moderate(session, "trail", trail.id, Act.HIDE)
