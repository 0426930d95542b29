"""A real browser: the system's Chromium, and axe for what a machine can know of accessibility."""

import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from waitress.server import create_server

from portal.install import browser

AXE = Path("node_modules/axe-core/axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
def chromium():
    """The browser, without a window. Fails where there is none: what it proves is not proven otherwise."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=browser(), args=["--no-sandbox"])
        yield launched
        launched.close()


@contextmanager
def served(app):
    """Serve a WSGI application on a free loopback port and give its address."""
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.close()
        thread.join(timeout=5)


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
    """A function that returns what axe finds wrong with a page; the page needs ``bypass_csp=True``."""
    script = AXE.read_text("utf-8")

    def found(page) -> list[str]:
        page.evaluate(script)
        answer = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        return [f"{v['id']}: {node['html'][:200]}" for v in answer["violations"] for node in v["nodes"]]

    return found
