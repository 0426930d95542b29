"""A real browser: the system's Chromium, and axe for what a machine can know of accessibility."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, sync_playwright

from portal.install import browser
from portal.media.photos import Photos
from portal.media.services import Files
from tests.browser import sites
from tests.browser import town as towns
from tests.factories import media, moderation

AXE = Path("node_modules/axe-core/axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session", autouse=True)
def whole_pages():
    """Where a click leads is there whole when the click returns; by itself it waits until the page has begun."""

    def patiently(act):
        def acted(locator, *given, **how):
            act(locator, *given, **how)
            locator.page.wait_for_load_state("domcontentloaded")

        return acted

    with pytest.MonkeyPatch.context() as patch:
        for name in ("click", "press"):
            patch.setattr(Locator, name, patiently(getattr(Locator, name)))
        yield


@pytest.fixture(scope="session")
def chromium():
    """The browser, without a window. Fails where there is none: what it proves is not proven otherwise."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=browser(), args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def site(request, tmp_path_factory):
    """A served house that the tests of a module share; ``sqlite`` unless a test asks for another database."""
    with sites.opened(tmp_path_factory.mktemp("site"), getattr(request, "param", "sqlite")) as opened:
        yield opened


@pytest.fixture(scope="module")
def town(site):
    """The town in that house, and its noticeboard."""
    moderation.answering(site.registry)
    with site.session() as session:
        built = towns.build(session, Photos(Files(session, site.registry.media_store, ())))
        media.with_files(session, site.registry.media_store)
        return built


@pytest.fixture
def page_of(chromium):
    """A function that opens a page: ``page_of(url, width=360, color_scheme="dark")``. Script errors fail the test."""
    opened, complaints = [], []

    def open_page(url: str, width: int = 1200, height: int = 900, **context):
        where = chromium.new_context(viewport={"width": width, "height": height}, **context)
        opened.append(where)
        page = where.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console", lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None
        )
        page.goto(url)
        return page

    yield open_page
    for where in opened:
        where.close()
    assert not complaints


@pytest.fixture
def faults():
    """A function that returns what axe finds wrong with a page, by all its rules or by those that are named."""
    script = AXE.read_text("utf-8")

    def found(page, *rules: str) -> list[str]:
        if page.evaluate("() => !window.axe"):
            page.evaluate(script)
        only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": RULES}
        answer = page.evaluate("only => axe.run(document, {runOnly: only, resultTypes: ['violations']})", only)
        return [f"{v['id']}: {node['html'][:200]}" for v in answer["violations"] for node in v["nodes"]]

    return found
