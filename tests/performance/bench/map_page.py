"""The map page in Chromium with ten thousand things: until its words are painted, and until the marks are on the map.

Every visit is a first one, with nothing kept from before; the server is gunicorn with one worker.
"""

from statistics import median

from playwright.sync_api import Browser, sync_playwright

from portal.install import browser
from tests.cluster import Cluster
from tests.performance.bench.atlas import filled, serving
from tests.performance.bench.databases import DURABLE
from tests.performance.bench.measured import figure

MANY, ROUNDS = 10_000, 9
MOST = 1.0  # seconds until there is something to use
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000"
MARKED = "() => performance.now() / 1000"


def run() -> list[str]:
    with Cluster(settings=DURABLE) as cluster, sync_playwright() as playwright:
        url = filled(cluster, "atlas", MANY)
        chromium = playwright.chromium.launch(executable_path=browser(), args=["--no-sandbox"])
        with serving(url) as port:
            address = f"http://127.0.0.1:{port}/map"
            visits = [visit(chromium, address) for _ in range(ROUNDS + 1)][1:]
        chromium.close()
    painted, marked = (median(times) for times in zip(*visits, strict=True))
    return [
        figure(f"map page of {MANY:,}, words painted", painted, "s", f"≤ {MOST}", painted <= MOST),
        figure(f"map page of {MANY:,}, marks on the map", marked, "s", f"≤ {MOST}", marked <= MOST),
    ]


def visit(chromium: Browser, address: str) -> tuple[float, float]:
    """Return the seconds from the beginning of a visit until words are painted, and until marks are on the map."""
    where = chromium.new_context(viewport={"width": 1200, "height": 900})
    page = where.new_page()
    page.goto(address, wait_until="commit")
    page.locator(".leaflet-marker-icon").first.wait_for()
    marked = page.evaluate(MARKED)
    page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length")
    painted = page.evaluate(PAINTED)
    where.close()
    return painted, marked
