"""The counter in a real browser: on a tablet, on a phone, without script, with a camera, and on paper."""

import re
from dataclasses import asdict

import pytest
from sqlalchemy.orm import Session

from portal.app import configure
from portal.migrations import history
from portal.security.cookies import CookieJar
from portal.security.identify import COOKIE
from tests.browser.sites import served
from tests.factories import desk
from tests.houses import own_settings

AT_THE_COUNTER = (
    "/desk/lambezellec",
    "/desk/lambezellec?q=nolwenn",
    "/desk/lambezellec?q=nobody",
    "/desk/lambezellec/pick-list",
    "/desk/lambezellec/labels",
    "/desk/lambezellec/labels?tag={tag}",
    "/desk/lambezellec/lend/{borrower}",
    "/desk/loans/{loan}",
    "/desk/loans/{request}",
    "/desk/loans/{loan}/check-out?items={tag}",
    "/desk/loans/{bike}/check-out",
    "/desk/loans/{returning}/check-in",
    "/desk/loans/{lot}/check-in",
    "/desk/loans/{lot}",
    "/desk/loans/{kit}/check-out",
    "/items/{tag}",
)
BEHIND_IT = (
    "/manage",
    "/manage/points",
    "/manage/points/lambezellec",
    "/manage/points/lambezellec/hours",
    "/manage/points/lambezellec/rules",
    "/manage/new-point",
    "/manage/new-category",
    "/manage/models",
    "/manage/models/enregistreur",
    "/manage/models/enregistreur/items",
    "/manage/rules",
    "/manage/spreadsheets",
)


class Site:
    """A city on a busy Thursday, and the way to sign in there."""

    def __init__(self, address: str, day: desk.BusyDesk) -> None:
        self.address = address
        self.day = day

    def at(self, path: str) -> str:
        return self.address + path.format(**asdict(self.day))

    def signed_in(self, path: str) -> dict:
        """Return the state of a browser in which somebody may see the page."""
        secret = self.day.admin if path.startswith("/manage") else self.day.clerk
        name = CookieJar(secure=False).name(COOKIE)
        return {"cookies": [{"name": name, "value": secret, "domain": "127.0.0.1", "path": "/"}], "origins": []}


@pytest.fixture
def site(tmp_path):
    config = configure(own_settings(f"sqlite:///{tmp_path / 'portal.db'}", tmp_path, now="2026-10-22T14:00:00+02:00"))
    history.upgrade(config.registry.engine)
    with Session(config.registry.engine) as session:
        day = desk.busy_desk(session)
        session.commit()
    with served(config.make_wsgi_app()) as address:
        yield Site(address, day)
    config.registry.engine.dispose()


def test_the_pages_of_the_staff_have_no_fault_and_nothing_is_cut_off_on_a_small_phone(site, page_of, faults):
    pages, found = {}, {}
    for path in AT_THE_COUNTER + BEHIND_IT:
        behind = path in BEHIND_IT
        if behind not in pages:
            state = site.signed_in(path)
            pages[behind] = page_of(site.address, 360, color_scheme="dark", bypass_csp=True, storage_state=state)
        page = pages[behind]
        page.set_viewport_size({"width": 360, "height": 900})
        page.goto(site.at(path))
        assert page.title(), path
        found[path] = faults(page)
        page.set_viewport_size({"width": 320, "height": 900})
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), path
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_a_scanner_on_a_cable_hands_out_and_takes_back_without_script(site, page_of):
    page = page_of(site.at("/desk/lambezellec"), 1024, java_script_enabled=False, storage_state=site.signed_in("/desk"))
    page.locator("#q").type(site.at("/items/{tag}"))
    page.keyboard.press("Enter")
    assert page.locator("input[name=items]:checked").get_attribute("value") == site.day.tag
    page.get_by_label("lending terms").check()
    page.get_by_role("button", name="Hand out", exact=True).click()
    assert site.day.tag in page.locator(".flash").inner_text()

    page.locator("#q").type(site.day.tag)
    page.keyboard.press("Enter")
    page.wait_for_url("**/check-in?items=*")
    page.get_by_role("button", name="Take back", exact=True).click()
    assert site.day.tag in page.locator(".flash").inner_text()


EYES = """
window.BarcodeDetector = class {
  static getSupportedFormats() { return Promise.resolve(["qr_code"]); }
  detect() { return Promise.resolve(window.shown ? [{ rawValue: window.shown }] : []); }
};
navigator.mediaDevices.getUserMedia = () => {
  if (window.denied) return Promise.reject(new DOMException("no", "NotAllowedError"));
  const canvas = document.createElement("canvas"), brush = canvas.getContext("2d");
  setInterval(() => brush.fillRect(0, 0, Math.random() * 99, 9), 50);
  return Promise.resolve(canvas.captureStream(20));
};
"""


@pytest.fixture
def camera(site, chromium):
    """A page in a browser that reads codes, whose camera sees what ``window.shown`` says."""
    context = chromium.new_context(storage_state=site.signed_in("/desk"), locale="en-GB")
    context.add_init_script(EYES)
    yield context.new_page()
    context.close()


def test_a_label_in_front_of_the_camera_is_as_good_as_its_tag_typed(site, camera):
    camera.goto(site.at("/desk/lambezellec"))
    camera.get_by_role("button", name="Scan").click()
    camera.get_by_role("dialog", name="Hold the label in front of the camera").wait_for()
    camera.evaluate("address => { window.shown = address; }", site.at("/items/{tag}"))
    camera.wait_for_url("**/check-out?items=*")
    assert camera.locator("input[name=items]:checked").count() == 1


def test_what_is_scanned_at_a_hand_over_is_ticked_and_not_sent(site, camera):
    camera.goto(site.at("/desk/loans/{loan}/check-out"))
    camera.get_by_role("button", name="Scan").click()
    camera.evaluate("address => { window.shown = address; }", site.at("/items/{tag}"))
    camera.wait_for_selector("input[name=items]:checked")
    assert "check-out" in camera.url


def test_a_camera_that_is_refused_says_so_and_gives_the_focus_back(site, camera):
    camera.goto(site.at("/desk/lambezellec"))
    camera.evaluate("() => { window.denied = true; }")
    camera.get_by_role("button", name="Scan").click()
    camera.get_by_text("The camera cannot be used").wait_for()
    camera.get_by_role("button", name="Close").click()
    assert camera.evaluate("() => document.activeElement.textContent") == "Scan"


def test_without_a_reader_of_codes_there_is_nothing_to_press(site, page_of):
    page = page_of(site.at("/desk/lambezellec"), storage_state=site.signed_in("/desk"))
    assert page.get_by_role("button", name="Scan").count() == 0


def test_twenty_four_labels_fill_one_sheet(site, page_of):
    few, many = "tag={tag}&skip=23", "&".join(f"tag={tag}" for tag in site.day.tags) + "&skip=23"
    for chosen, sheets in ((few, 1), (many, 2)):
        page = page_of(site.at(f"/desk/lambezellec/labels?{chosen}"), storage_state=site.signed_in("/desk"))
        printed = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == sheets
        assert re.search(rb"/MediaBox\s*\[0 0 59[45]", printed)
