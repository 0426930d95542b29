"""Walking a trail in a real browser: by the same rule as the reference, stop after stop, with and without a network."""

import json
import random
import re
import socket
import subprocess
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import expect

from maps.rules.walking import Fix, Post, Walk, chosen, finished, moved
from portal.install import browser
from tests.cluster import free_port
from tests.factories import maps, sounds
from tests.whole.servers import wait_for

TOGETHER = """
async ([posts, acts]) => {
  const rule = await import("/static/maps/trigger.js");
  let walk = rule.start();
  const walked = [];
  for (const [act, what] of acts) {
    if (act === "moved") walk = rule.moved(walk, posts, what);
    else if (act === "finished") walk = rule.finished(walk, posts);
    else walk = rule.chosen(walk, what);
    walked.push(walk);
  }
  return walked;
}
"""


def a_walk(chance: random.Random) -> tuple[list[Post], list[tuple[str, object]]]:
    """Return stops along a street, some of them near each other, and what happens to somebody who strolls there."""
    posts = [
        Post(UUID(int=n + 1), -4.49 + 0.0004 * n + chance.uniform(0, 0.0004), 48.38, chance.choice((15, 30, 60)))
        for n in range(6)
    ]
    acts: list[tuple[str, object]] = []
    longitude, latitude = -4.491, 48.38
    for _ in range(120):
        longitude += chance.uniform(-0.0001, 0.0002)
        latitude = 48.38 + chance.uniform(-0.0003, 0.0003)
        happened = chance.random()
        if happened < 0.8:
            acts.append(("moved", Fix(longitude, latitude, chance.choice((5.0, 20.0, 45.0, 50.0, 51.0, 100.0)))))
        elif happened < 0.95:
            acts.append(("finished", None))
        else:
            acts.append(("chosen", chance.choice(posts).id))
    return posts, acts


def by_reference(posts: list[Post], acts) -> list[dict]:
    walk, walked = Walk(), []
    for act, what in acts:
        if act == "moved":
            walk = moved(walk, posts, what)
        elif act == "finished":
            walk = finished(walk, posts)
        else:
            walk = chosen(walk, what)
        walked.append(walk)
    return [
        {
            "near": sorted(map(str, one.near)),
            "inside": sorted(map(str, one.inside)),
            "begun": [str(stop) for stop in one.begun],
            "playing": one.playing and str(one.playing),
            "waiting": one.waiting and str(one.waiting),
        }
        for one in walked
    ]


def test_the_script_walks_as_the_reference_does(site, page_of):
    page = page_of(site.address)
    for seed in range(40):
        posts, acts = a_walk(random.Random(seed))
        told = json.loads(json.dumps([[asdict(post) for post in posts], acts], default=_plain))
        walked = page.evaluate(TOGETHER, told)
        for one in walked:
            one["near"], one["inside"] = sorted(one["near"]), sorted(one["inside"])
        assert walked == by_reference(posts, acts), f"walk {seed}"


def _plain(value):
    return asdict(value) if isinstance(value, Fix) else str(value)


HEARD = """
() => {
  const audio = document.querySelector("audio");
  window.heard = new Set([audio.src]);
  audio.addEventListener("play", () => heard.add(audio.src));
}
"""
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
PLACES = ((-4.4790, 48.3830), (-4.4760, 48.3826), (-4.4725, 48.3818))


@pytest.fixture(scope="module")
def trail(site):
    """A published trail of three stops; the second has two sounds, the third is only read."""
    store = site.registry.media_store
    with site.session() as session:
        tones = [
            sounds.heard(session, store, seconds, transcript=f"On entend la note {note}.", title=f"Note {note}")
            for note, seconds in ((330, 0.8), (440, 0.7), (550, 0.9))
        ]
        stops = [
            maps.stop("01", *PLACES[0], media=(tones[0].id,), directions={"fr": "Suivez le quai."}),
            maps.stop("02", *PLACES[1], media=(tones[1].id, tones[2].id)),
            maps.stop("S1", *PLACES[2], optional=True),
        ]
        return maps.trail(session, *stops).slug


def told(page) -> str:
    return page.locator("[data-status]").inner_text()


def playing(page) -> str:
    return page.locator("[data-dock] [data-now]").inner_text()


def test_one_tap_plays_a_stop_and_the_page_says_which_comes_next(site, trail, page_of, faults):
    page = page_of(f"{site.address}/trails/{trail}/walk", width=360, height=740, locale="fr-FR")
    assert page.locator("audio").count() == 1
    page.get_by_role("button", name="Écouter 01, Étape 01").click()
    expect(page.locator("[data-status]")).to_have_text(re.compile("02, Étape 02"), timeout=8_000)
    assert page.locator("[data-stop].heard").count() == 1
    page.get_by_role("button", name="L’étape suivante").click()
    assert playing(page) == "02 · Étape 02"
    page.evaluate(HEARD)
    expect(page.locator("[data-status]")).to_have_text(re.compile("S1"), timeout=8_000)
    assert page.evaluate("() => heard.size") == 2  # both sounds of the second stop
    assert page.locator("[aria-current=step]").get_attribute("data-label") == "02"
    assert faults(page) == []


def test_a_stop_begins_where_one_is_and_a_vague_position_begins_nothing(site, trail, page_of):
    vague = {"longitude": PLACES[0][0], "latitude": PLACES[0][1], "accuracy": 100}
    page = page_of(
        f"{site.address}/trails/{trail}/walk", locale="fr-FR", geolocation=vague, permissions=["geolocation"]
    )
    page.get_by_role("button", name="Lancer les étapes là où je suis").click()
    expect(page.locator("[data-status]")).to_contain_text("100 m")
    for shift in (0.0, 0.00002, 0.00004):
        here = {"longitude": PLACES[0][0] + shift, "latitude": PLACES[0][1], "accuracy": 8}
        page.context.set_geolocation(here)
        page.wait_for_timeout(250)
    expect(page.locator("[data-dock] [data-now]")).to_have_text("01 · Étape 01")


def test_without_script_every_sound_has_its_own_controls(site, trail, page_of):
    page = page_of(f"{site.address}/trails/{trail}/walk", java_script_enabled=False, locale="fr-FR")
    assert page.locator("audio[controls]").count() == 3
    assert page.locator("[data-dock]").is_hidden()
    assert "On entend la note 330." in page.locator("#stop-01 details").inner_html()


@contextmanager
def own_browser(playwright, profile: Path):
    """A browser with a profile of its own, which is killed at the end, as by a telephone whose battery is empty."""
    port = free_port()
    quiet = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    own = [f"--user-data-dir={profile}", f"--remote-debugging-port={port}", "--lang=fr-FR", "--accept-lang=fr-FR"]
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


def test_a_trail_is_walked_without_a_network_after_the_browser_was_killed(site, trail, chromium, tmp_path):
    address = f"{site.address}/trails/{trail}"
    with own_browser(chromium.browser_type, tmp_path) as context:
        page = context.new_page()
        page.goto(address)
        room_before = room(page)
        page.get_by_role("button", name=re.compile(r"Emporter .* · \d")).click()
        expect(page.locator("[data-words]")).to_contain_text("sans réseau", timeout=20_000)
        announced, kept = page.evaluate(KEPT)
        assert announced == kept
    with own_browser(chromium.browser_type, tmp_path) as context:
        context.set_offline(True)
        page = context.new_page()
        page.goto(f"{address}/walk")
        page.get_by_role("button", name="Écouter 01, Étape 01").click()
        expect(page.locator("[data-status]")).to_have_text(re.compile("02, Étape 02"), timeout=8_000)
        page.get_by_role("button", name="Écouter 02, Étape 02").click()
        page.wait_for_function("() => document.querySelector('audio').duration > 0.5")
        page.evaluate("() => { const a = document.querySelector('audio'); a.pause(); a.currentTime = 0.5 }")
        assert page.evaluate("() => document.querySelector('audio').currentTime") == pytest.approx(0.5, abs=0.05)
        assert "On entend la note 330." in page.locator("#stop-01 details").inner_html()
        assert page.locator("h1").evaluate("one => getComputedStyle(one).fontFamily").startswith('"Atkinson')
        context.set_offline(False)
        page.goto(address)
        page.get_by_role("button", name=re.compile("Retirer")).click()
        expect(page.locator("[data-words]")).to_contain_text("n’est plus")
        assert page.evaluate("async () => (await caches.keys()).length") == 0
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
