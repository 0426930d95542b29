"""Walking a trail in a real browser: by the same rule as the reference, stop after stop."""

import json
import random
import re
from dataclasses import asdict
from uuid import UUID

import pytest
from playwright.sync_api import expect

from maps.rules.walking import Fix, Post, Walk, chosen, finished, moved
from portal.media.queries import Listened, listened
from tests.browser import walks
from tests.browser.walks import PLACES
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


@pytest.fixture(scope="module")
def trail(site):
    return walks.heard(site)


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


def test_from_a_post_one_sets_off_at_its_stop_which_can_be_paused_as_one_sees(site, trail, page_of):
    page = page_of(f"{site.address}/trails/{trail}/walk", width=360, height=740, locale="fr-FR")
    stop = page.locator("[data-label='02']").get_attribute("data-stop")
    page.goto(f"{site.address}/stops/{stop}")
    page.get_by_role("link", name="Partir d’ici").click()
    assert playing(page) == "02 · Étape 02"
    page.locator("#stop-01").scroll_into_view_if_needed()
    page.get_by_role("button", name="Écouter", exact=True).click()
    expect(page.locator("#stop-02")).to_be_in_viewport()
    for button in (page.get_by_role("button", name="Pause", exact=True), page.locator("#stop-02 [data-play]")):
        expect(button.locator(".sounding")).to_be_visible()
        expect(button.locator(".still")).to_be_hidden()
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.locator("#stop-02 [data-play] .still")).to_be_visible()
    page.locator("[data-following]").focus()
    page.keyboard.press("Enter")  # which leads to the last one
    expect(page.locator("[data-toggle]")).to_be_focused()
    page.reload()
    assert playing(page).startswith("S1")


def test_without_a_network_other_pages_are_not_tried_and_that_is_said(site, trail, page_of):
    page = page_of(f"{site.address}/trails/{trail}/walk", locale="fr-FR")
    page.context.set_offline(True)
    page.locator(".foot a").first.click()
    expect(page.locator("[data-status]")).to_contain_text("Sans réseau")
    assert page.url.endswith("/walk")
    page.context.set_offline(False)
    page.locator(".foot a").first.click()
    page.wait_for_url(lambda address: not address.endswith("/walk"))


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


# Where one is --------------------------------------------------------------------------------------------------------


def positioned(page_of, site, trail, longitude, latitude, accuracy=8.0, **given):
    """Open the page of a walk for somebody whose telephone says where they are, and let it begin stops there."""
    here = {"longitude": longitude, "latitude": latitude, "accuracy": accuracy}
    given = {"permissions": ["geolocation"]} | given
    page = page_of(f"{site.address}/trails/{trail}/walk", locale="fr-FR", geolocation=here, **given)
    page.get_by_role("button", name="Lancer les étapes là où je suis").click()
    return page


def stroll(page, longitude, latitude) -> None:
    """Tell the page of a few positions at a place."""
    for shift in (0.0, 0.00002, 0.00004):
        page.context.set_geolocation({"longitude": longitude + shift, "latitude": latitude, "accuracy": 8})
        page.wait_for_timeout(250)


def test_the_plan_shows_where_one_is_and_how_unsure_that_is(site, trail, page_of, faults):
    page = positioned(page_of, site, trail, *PLACES[1], accuracy=100)
    expect(page.locator(".plan .here")).to_be_visible()
    dot, circle, post = (
        page.locator(css).bounding_box() for css in (".here .spot", ".here .unsure", "[data-post='02'] circle")
    )
    middle = dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2
    assert middle == pytest.approx((post["x"] + post["width"] / 2, post["y"] + post["height"] / 2), abs=3)
    drawn = page.locator(".plan svg").bounding_box()["width"] / 440
    metre = float(page.locator("[data-plan]").get_attribute("data-metre"))
    assert circle["width"] == pytest.approx(2 * 100 * metre * drawn, abs=3)
    assert faults(page) == []
    page.get_by_role("button", name="Lancer les étapes là où je suis").click()
    expect(page.locator(".plan .here")).to_be_hidden()


def test_who_does_not_say_where_they_are_walks_by_taps(site, trail, page_of):
    page = positioned(page_of, site, trail, *PLACES[0], permissions=[])
    expect(page.locator("[data-status]")).to_have_text(re.compile("ne dit pas où vous êtes"))
    expect(page.locator("[data-follow]")).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="Écouter 01, Étape 01").click()
    expect(page.locator("[data-stop].heard")).to_have_count(1, timeout=8_000)


LOCKS = """
window.locks = [];
Object.defineProperty(navigator, "wakeLock", { value: {
  request: async (kind) => { locks.push(kind); return { release: () => locks.push("released") } },
} });
"""


def test_the_screen_stays_on_as_long_as_the_page_looks_where_one_is(site, trail, page_of):
    page = page_of(site.address, locale="fr-FR", permissions=["geolocation"])
    page.add_init_script(LOCKS)
    page.goto(f"{site.address}/trails/{trail}/walk")
    assert page.evaluate("() => locks") == []
    page.locator("[data-follow]").click()
    page.wait_for_function("() => locks.length")
    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")  # somebody comes back to it
    page.wait_for_function("() => locks.length === 2")
    page.locator("[data-follow]").click()
    assert page.evaluate("() => locks") == ["screen", "screen", "released"]


def test_a_sound_that_does_not_come_holds_up_nothing(site, trail, page_of):
    page = page_of(f"{site.address}/trails/{trail}/walk", locale="fr-FR", permissions=["geolocation"])
    broken = page.locator("#stop-01").get_attribute("data-stop")
    page.context.route(re.compile(r"/media/.*m4a"), lambda route: route.abort())
    page.get_by_role("button", name="Écouter 01, Étape 01").click()
    expect(page.locator("[data-status]")).to_have_text(re.compile("ne peut pas être lu"))
    assert page.locator(f"[data-stop='{broken}'].heard").count() == 0
    page.context.unroute(re.compile(r"/media/.*m4a"))
    page.get_by_role("button", name="Lancer les étapes là où je suis").click()
    stroll(page, *PLACES[1])
    expect(page.locator("[data-now]")).to_have_text("02 · Étape 02")
    page.wait_for_function("() => document.querySelector('.dock audio').currentTime > 0")
    page.get_by_role("button", name="Écouter 01, Étape 01").click()  # and it can be asked for again
    page.wait_for_function("() => document.querySelector('#stop-01').matches('.heard')")


def test_what_was_heard_is_remembered_when_the_telephone_forgets_the_page(site, trail, page_of):
    page = positioned(page_of, site, trail, *PLACES[0])
    stroll(page, *PLACES[0])
    expect(page.locator("[data-stop].heard")).to_have_count(1, timeout=8_000)
    page.reload()
    expect(page.locator("[data-stop].heard")).to_have_count(1)
    assert playing(page) == "01 · Étape 01"
    page.get_by_role("button", name="Lancer les étapes là où je suis").click()
    stroll(page, *PLACES[0])
    expect(page.locator("[data-status]")).to_have_text(re.compile("^02, Étape 02"))
    assert page.locator(".dock audio").get_attribute("src") is None  # it does not begin again by itself
    page.locator("[data-toggle]").click()  # but where one was, if asked to
    page.wait_for_function("() => document.querySelector('.dock audio').currentTime > 0")


# What a locked screen says --------------------------------------------------------------------------------------------


ACTS = """
window.acts = {};
MediaSession.prototype.setActionHandler = (act, handler) => { acts[act] = handler };
"""
NAMED = """
() => {
  const { title, artist, artwork } = navigator.mediaSession.metadata;
  return [title, artist, artwork.map(({ src }) => new URL(src).pathname.split(".").at(-1)).join()];
}
"""


def test_a_locked_telephone_names_the_stop_and_goes_from_one_to_the_next(site, trail, page_of):
    page = page_of(site.address, locale="fr-FR")
    page.add_init_script(ACTS)
    page.goto(f"{site.address}/trails/{trail}/walk")
    page.get_by_role("button", name="Écouter 01, Étape 01").click()
    by = page.locator("[data-walk]").get_attribute("data-by")
    assert page.evaluate(NAMED) == ["01 · Étape 01", by, "svg"]
    page.evaluate("() => acts.nexttrack()")
    assert page.evaluate(NAMED)[0] == playing(page) == "02 · Étape 02"
    page.evaluate("() => acts.previoustrack()")
    assert playing(page) == "01 · Étape 01"
    page.evaluate("() => acts.pause()")
    assert page.evaluate("() => navigator.mediaSession.playbackState") == "paused"
    page.evaluate("() => acts.seekto({ seekTime: 0.5 })")
    assert page.evaluate("() => document.querySelector('.dock audio').currentTime") == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize("where", ["/trails/{trail}", "stop"])
def test_a_locked_telephone_names_the_sound_of_a_plain_player(site, trail, page_of, where):
    page = page_of(f"{site.address}/trails/{trail}", locale="fr-FR")
    if where == "stop":
        page.get_by_role("link", name="Étape 01", exact=True).click()
    page.locator(".player audio").first.evaluate("sound => sound.play()")
    assert page.evaluate(NAMED)[:2] == ["Note 330", "Son’ar Mein · CC BY-SA 4.0"]


# Films, and frames on other sites -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def filmed(site):
    return walks.seen(site)


CUT = """
(film) => {
  window.cut = [];
  film.addEventListener("pause", () => film.ended || cut.push(film.currentTime));
  film.play();
}
"""
PLAYS = "() => !document.querySelector('%s').paused && document.querySelector('%s').currentTime > 0"


def test_a_film_plays_on_the_way_as_sounds_do_and_nothing_interrupts_it(site, filmed, page_of, faults):
    page = positioned(page_of, site, filmed, *PLACES[2])
    assert faults(page) == []
    assert page.locator(".plan .leg").count() == 1  # to the stop that is off the line
    page.get_by_role("button", name=re.compile("^Écouter 02")).click()
    page.wait_for_function(PLAYS % ((".dock audio",) * 2))
    page.get_by_role("button", name=re.compile("^Écouter 01")).click()
    page.wait_for_function(PLAYS % (("video",) * 2))
    assert page.locator(".dock audio").evaluate("audio => audio.paused")  # one at a time
    assert page.locator("video").evaluate("film => film.textTracks[0].mode") == "showing"
    assert page.evaluate(NAMED)[::2] == ["Le tram", "jpg"]
    page.locator("[data-toggle]").click()
    assert page.locator("video").evaluate("film => film.paused")
    page.locator("[data-toggle]").click()
    expect(page.locator("#stop-01.heard")).to_have_count(1, timeout=8_000)


def test_a_film_begun_by_hand_is_interrupted_by_no_position(site, filmed, page_of):
    page = positioned(page_of, site, filmed, *PLACES[2])
    page.locator("video").evaluate(CUT)
    page.wait_for_function(PLAYS % (("video",) * 2))
    assert playing(page) == "01 · Étape 01"
    stroll(page, PLACES[1][0], PLACES[1][1] + 0.0008)
    page.wait_for_function(PLAYS % ((".dock audio",) * 2))  # what waited
    assert playing(page) == "02 · Étape 02"
    assert page.evaluate("() => cut") == []
    assert page.locator("#stop-01.heard").count() == 1


def test_what_is_heard_in_a_frame_is_counted(site, trail, page_of):
    page = page_of(f"{site.address}/embed/trails/{trail}", locale="fr-FR")
    media_id = UUID(page.locator(".player").nth(1).get_attribute("data-heard").split("/")[2])

    def counted() -> Listened:
        with site.session() as session:
            return listened(session, [media_id]).get(media_id, Listened())

    before = counted()
    page.locator(".player audio").nth(1).evaluate("sound => sound.play()")
    wait_for(lambda: counted() == Listened(before.starts + 1, before.completions + 1), seconds=10)
    assert page.context.cookies() == []
