"""Every page there is, as everybody who may see it, in both schemes and at every width.

A page that is added is missed in ``PAGES`` at once; a line there says where an example of it is and who looks at it.
"""

import re
from collections import Counter
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from pyramid.interfaces import IRoutesMapper

from portal.app import configure
from portal.pages.admin.schemas import SECTIONS
from tests.browser.sites import Site
from tests.browser.town import Town
from tests.houses import own_settings
from tests.whole.servers import call

TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
FLAWS = Path(__file__).with_name("flaws.js").read_text("utf-8")

VISITOR, RESIDENT, OFFICER, CLERK, ADMIN = "visitor", "resident", "officer", "clerk", "admin"
MODERATOR = "moderator"
ANYBODY = (VISITOR, OFFICER)
STAFF = (CLERK, ADMIN)
ON_THE_WAY = (
    "/equipment/enregistreur?pickup=2026-10-27&return=2026-10-29&units=2&point=lambezellec",
    "/equipment/table-de-mixage",
    "/equipment/megaphone",
)

# Where to find an example of each page (or several), and who looks at it.
PAGES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "home": (("/",), (VISITOR, RESIDENT, OFFICER, CLERK, ADMIN)),
    "about": (("/about",), ANYBODY),
    "terms": (("/terms",), ANYBODY),
    "privacy": (("/privacy",), ANYBODY),
    "legal": (("/legal",), ANYBODY),
    "accessibility": (("/accessibility",), ANYBODY),
    "opendata": (("/opendata",), ANYBODY),
    "search": (("/search", "/search?q=velo", "/search?q=licorne"), (VISITOR,)),
    "api.docs": (("/api/docs",), (VISITOR,)),
    "sign-up": (("/sign-up",), (VISITOR,)),
    "letter-sent": (("/letter-sent",), (VISITOR,)),
    "confirm.again": (("/confirm",), (VISITOR,)),
    "confirm": (("/confirm/{confirm}", "/confirm/spent"), (VISITOR,)),
    "sign-in": (("/sign-in", "/sign-in?next=/account"), (VISITOR,)),
    "reset.ask": (("/reset",), (VISITOR,)),
    "reset": (("/reset/{reset}",), (VISITOR,)),
    "email.confirm": (("/email/{change_email}",), (RESIDENT,)),
    "account": (("/account",), (RESIDENT, OFFICER, ADMIN)),
    "account.profile": (("/account/profile",), (RESIDENT,)),
    "account.password": (("/account/password",), (RESIDENT,)),
    "account.email": (("/account/email",), (RESIDENT,)),
    "account.browsers": (("/account/browsers",), (RESIDENT,)),
    "account.tokens": (("/account/tokens",), (RESIDENT,)),
    "library": (("/library",), (RESIDENT, CLERK)),
    "library.new": (("/library/new",), (RESIDENT, OFFICER)),
    "library.media": (
        ("/library/{media_sound}", "/library/{media_picture}", "/library/{media_film}", "/library/{media_foreign}"),
        (VISITOR, RESIDENT),
    ),
    "library.media (its sender's)": (("/library/{media_waiting}", "/library/{media_failed}"), (RESIDENT,)),
    "library.edit": (("/library/{media_sound}/edit",), (RESIDENT,)),
    "library.transcripts": (("/library/{media_sound}/transcripts", "/library/{media_film}/transcripts"), (RESIDENT,)),
    "library.remove": (("/library/{media_sound}/remove",), (RESIDENT,)),
    "account.calendar": (("/account/calendar",), (RESIDENT,)),
    "account.erase": (("/account/erase",), (RESIDENT, CLERK)),
    "account.organisations": (("/account/organisations",), (RESIDENT, OFFICER, CLERK)),
    "organisation.new": (("/account/organisations/new",), (RESIDENT,)),
    "organisation": (("/account/organisations/{organisation}",), (RESIDENT,)),
    "organisation.member": (("/account/organisations/{organisation}/members/{person}",), (RESIDENT,)),
    "invitation": (("/invitations/for-yann",), (CLERK,)),
    "lending.catalogue": (("/equipment", "/equipment?q=velo&from=2026-10-27&to=2026-10-29"), ANYBODY),
    "lending.equipment": (("/equipment/enregistreur", "/equipment/velo-cargo", *ON_THE_WAY), (VISITOR, RESIDENT)),
    "lending.loans": (("/loans",), (RESIDENT, CLERK)),
    "lending.loan.extend": (("/loans/{loan}/extend", "/loans/{out}/extend", "/loans/{asked}/extend"), (RESIDENT,)),
    "lending.loan": (("/loans/{loan}", "/loans/{out}", "/loans/{asked}", "/loans/{declined}"), (RESIDENT,)),
    "lending.points": (("/points",), (VISITOR,)),
    "lending.point": (("/points/lambezellec",), (VISITOR,)),
    "lending.item": (("/items/{tag}", "/items/{lost}"), (VISITOR, CLERK)),
    "desk": (("/desk?choose=1",), (ADMIN,)),
    "lending.desk": (
        ("/desk/lambezellec", "/desk/lambezellec?q=nolwenn", "/desk/lambezellec?q=personne", "/desk/bellevue"),
        (ADMIN,),
    ),
    "lending.desk.loan": (("/desk/loans/{loan}", "/desk/loans/{asked}", "/desk/loans/{out}"), (CLERK,)),
    "lending.desk.extend": (("/desk/loans/{loan}/extend", "/desk/loans/{out}/extend"), (CLERK,)),
    "lending.desk.change": (("/desk/loans/{risky}/change", "/desk/loans/{out}/change"), (CLERK,)),
    "lending.desk.check_out": (("/desk/loans/{loan}/check-out?items=XX-1", "/desk/loans/{asked}/check-out"), (CLERK,)),
    "lending.desk.check_in": (("/desk/loans/{out}/check-in", "/desk/loans/{loan}/check-in"), (CLERK,)),
    "lending.desk.lend": (("/desk/lambezellec/lend/{person}",), (CLERK,)),
    "lending.desk.picks": (("/desk/lambezellec/pick-list", "/desk/bellevue/pick-list"), (ADMIN,)),
    "lending.desk.labels": (("/desk/lambezellec/labels", "/desk/lambezellec/labels?tag={tag}&skip=2"), (CLERK,)),
    "desk.people.new": (("/desk/people/new?name=Maï",), (CLERK,)),
    "lending.manage": (("/manage",), (ADMIN,)),
    "lending.manage.points": (("/manage/points",), (ADMIN,)),
    "lending.manage.point.new": (("/manage/new-point",), (ADMIN,)),
    "lending.manage.point": (("/manage/points/lambezellec",), STAFF),
    "lending.manage.hours": (("/manage/points/lambezellec/hours", "/manage/points/bellevue/hours"), (ADMIN,)),
    "lending.manage.point.rules": (("/manage/points/lambezellec/rules",), (CLERK,)),
    "lending.manage.categories": (("/manage/categories",), (ADMIN,)),
    "lending.manage.category.new": (("/manage/new-category",), (ADMIN,)),
    "lending.manage.category": (("/manage/categories/{category}",), (ADMIN,)),
    "lending.manage.category.rules": (("/manage/categories/{category}/rules",), (ADMIN,)),
    "lending.manage.models": (("/manage/models",), (ADMIN,)),
    "lending.manage.model.new": (("/manage/new-model",), (ADMIN,)),
    "lending.manage.model": (("/manage/models/camera",), (ADMIN,)),
    "lending.manage.model.items": (("/manage/models/camera/items",), (ADMIN,)),
    "lending.manage.model.rules": (("/manage/models/camera/rules",), (ADMIN,)),
    "lending.manage.model.point.rules": (("/manage/models/camera/rules/lambezellec",), (ADMIN,)),
    "lending.manage.item": (("/manage/items/{tag}",), (ADMIN,)),
    "lending.manage.rules": (("/manage/rules",), (ADMIN,)),
    "lending.manage.import": (("/manage/spreadsheets",), (ADMIN,)),
    "maps.map": (("/map", "/map?q=licorne", "/map?theme=licorne"), (VISITOR,)),
    "maps.trails": (("/trails", "/trails?theme=sea&length=short", "/trails?q=licorne"), (VISITOR, RESIDENT)),
    "maps.trail.new": (("/trails/new",), (RESIDENT,)),
    "maps.trail": (("/trails/{trail}", "/trails/{trail}?lang=br", "/trails/les-voix-du-guelmeur"), ANYBODY),
    "maps.trail.history": (("/trails/{trail}/history",), (VISITOR,)),
    "maps.trail.difference": (
        ("/trails/{trail}/history/difference?before=1&after=2",),
        (VISITOR, RESIDENT),
    ),
    "maps.trail.walk": (("/trails/{trail}/walk",), (VISITOR, RESIDENT)),
    "maps.stop": (("/stops/{stop}", "/stops/{last}", "/stops/{gone}"), (VISITOR,)),
    "maps.trail.edit": (("/trails/{trail}/edit", "/trails/{draft}/edit"), (RESIDENT,)),
    "maps.trail.about": (("/trails/{trail}/edit/about",), (RESIDENT,)),
    "maps.trail.access": (("/trails/{trail}/edit/access",), (RESIDENT,)),
    "maps.trail.line": (("/trails/{trail}/edit/line", "/trails/{draft}/edit/line"), (RESIDENT,)),
    "maps.trail.stop.new": (("/trails/{trail}/edit/stops/new",), (RESIDENT,)),
    "maps.trail.stop": (("/trails/{trail}/edit/stops/{stop}",), (RESIDENT,)),
    "maps.trail.stop.sounds": (("/trails/{trail}/edit/stops/{stop}/sounds",), (RESIDENT,)),
    "maps.trail.sound": (("/trails/{trail}/edit/sound?stop={stop}",), (RESIDENT, CLERK)),
    "maps.trail.translate": (
        ("/trails/{trail}/edit/translate?language=br", "/trails/{draft}/edit/translate"),
        (RESIDENT,),
    ),
    "maps.trail.remix": (("/trails/{trail}/remix",), (RESIDENT,)),
    "maps.place": (("/places/{place}",), ANYBODY),
    "maps.place.new": (("/places/new",), (RESIDENT,)),
    "maps.place.edit": (("/places/{place}/edit",), (RESIDENT,)),
    "maps.place.media": (("/places/{place}/edit/media",), (RESIDENT,)),
    "maps.place.translate": (("/places/{place}/edit/translate?language=br",), (RESIDENT,)),
    "maps.place.history": (("/places/{place}/history",), (VISITOR,)),
    "maps.place.difference": (("/places/{place}/history/difference",), (VISITOR,)),
    "ogc": (("/ogc/?f=html",), (VISITOR,)),
    "ogc.conformance": (("/ogc/conformance?f=html",), (VISITOR,)),
    "ogc.api": (("/ogc/api?f=html",), (VISITOR,)),
    "ogc.collections": (("/ogc/collections?f=html",), (VISITOR,)),
    "ogc.collection": (("/ogc/collections/point?f=html", "/ogc/collections/stop?f=html"), (VISITOR,)),
    "ogc.items": (
        ("/ogc/collections/equipment/items?f=html&limit=2&offset=1", "/ogc/collections/stop/items?f=html"),
        (VISITOR,),
    ),
    "ogc.item": (("/ogc/collections/point/items/{lambezellec}?f=html",), (VISITOR,)),
    "admin": (("/admin",), (ADMIN,)),
    "admin.people": (("/admin/people", "/admin/people?q=zzz"), (ADMIN,)),
    "admin.person": (("/admin/people/{person}", "/admin/people/{clerk}"), (ADMIN,)),
    "admin.organisations": (("/admin/organisations",), (ADMIN,)),
    "admin.settings": (("/admin/settings",), (ADMIN,)),
    "admin.settings.section": (tuple(f"/admin/settings/{name}" for name in SECTIONS), (ADMIN,)),
    "admin.audit": (("/admin/audit", "/admin/audit?person=licorne"), (ADMIN,)),
    "admin.jobs": (("/admin/jobs",), (ADMIN,)),
    "maps.trail.sheet": (("/trails/{taken}/sheet",), (VISITOR,)),
    "maps.embed": (("/embed/trails/{taken}",), (VISITOR,)),
    "flag": (("/flag/notice/{notice}",), (VISITOR, RESIDENT)),
    "moderation": (("/admin/moderation",), (MODERATOR, ADMIN)),
    "moderation.hidden": (("/admin/moderation/hidden",), (MODERATOR,)),
    "moderation.acts": (("/admin/moderation/acts",), (MODERATOR,)),
    "moderation.thing": (
        tuple(f"/admin/moderation/notice/{{{name}}}" for name in ("notice", "hidden", "removed", "back")),
        (MODERATOR,),
    ),
}

# What programs read, and what leads elsewhere at once.
NO_PAGES = {
    "account.export",
    "admin.audit.csv",
    "calendar",
    "feed",
    "healthz",
    "lending.equipment.borrow",
    "lending.equipment.wait",
    "lending.loan.calendar",
    "lending.waiting.accept",
    "library.original",
    "maps.map.file",
    "maps.oembed",
    "maps.places.file",
    "maps.stop.code",
    "maps.trail.file",
    "maps.trail.offline",
    "maps.trail.pack",
    "maps.track_file",
    "maps.worker",
    "media",
    "media.transcript",
    "ogc.without_slash",
    "readyz",
    "robots",
    "sitemap",
    "tiles",
}
NO_WAY = (
    pytest.param("/nowhere", VISITOR, id="not found"),
    pytest.param("/admin", OFFICER, id="not allowed"),
    pytest.param("/flag/notice/{hidden}", VISITOR, id="hidden"),
    pytest.param("/flag/notice/{removed}", VISITOR, id="removed"),
)
WALK = [
    pytest.param(path, reader, id=f"{path} {reader}")
    for paths, readers in PAGES.values()
    for path in paths
    for reader in readers
]


def routes_one_can_get(config) -> set[str]:
    """Return the names of the routes that answer to GET, without the API and what is served as files."""
    views = [view["introspectable"] for view in config.introspector.get_category("views")]
    answering = {view["route_name"] for view in views if "GET" in (view["request_methods"] or ("GET",))}
    routes = config.registry.getUtility(IRoutesMapper).get_routes()
    return {
        route.name
        for route in routes
        if route.name in answering and not route.pattern.startswith(("/api/v1/", "static/"))
    }


def test_every_page_is_in_the_table(tmp_path):
    config = configure(own_settings(f"sqlite:///{tmp_path / 'portal.db'}", tmp_path))
    config.make_wsgi_app()
    assert routes_one_can_get(config) == {name.partition(" ")[0] for name in PAGES} | NO_PAGES
    config.registry.engine.dispose()


@pytest.fixture(scope="module")
def as_reader(site: Site, town: Town, chromium):
    """A function that gives the state of a browser in which a reader looks at the pages."""
    people = {
        VISITOR: None,
        RESIDENT: site.cookie(town.nolwenn),
        OFFICER: site.cookie(town.nolwenn, acting_for=town.friends),
        CLERK: site.cookie(town.clerk),
        ADMIN: site.cookie(town.admin),
        MODERATOR: site.cookie(town.moderator),
    }

    def state(reader: str) -> dict:
        return {"cookies": [people[reader]] if people[reader] else [], "origins": []}

    return state


@pytest.fixture(scope="module")
def window_of(site: Site, as_reader, chromium):
    """A function that gives the window of a reader, and what its browser complains of; one for all their pages.

    To open one takes longer than to look at a page.
    """
    windows = {}

    def found(reader: str, **given):
        key = reader, *sorted((name, str(value)) for name, value in given.items())
        if key not in windows:
            context = chromium.new_context(storage_state=as_reader(reader), reduced_motion="reduce", **given)
            windows[key] = context.new_page(), complaints_of(context.pages[0], site)
        return windows[key]

    yield found
    for page, _complaints in windows.values():
        page.context.close()


def complaints_of(page, site: Site) -> list[str]:
    """Return the list in which a browser's complaints of its pages are kept from now on."""
    complaints: list[str] = []

    def watch(request) -> None:
        if urlsplit(request.url).netloc != urlsplit(site.address).netloc:
            complaints.append(f"asks another host: {request.url}")

    page.on("request", watch)
    page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
    page.on("console", lambda said: complaints.append(f"console: {said.text}") if is_a_fault(said) else None)
    return complaints


@pytest.fixture
def look(site: Site, town: Town, window_of):
    """A function that opens a page as a reader, and keeps all that the browser complains of in ``look.complaints``."""

    def opened(path: str, reader: str, **given):
        page, complaints = window_of(reader, **given)
        complaints.clear()
        opened.complaints.append(complaints)
        page.emulate_media(color_scheme=given.get("color_scheme", "light"))
        page.set_viewport_size(given["viewport"])
        page.goto(site.address + path.format(**town.names))
        page.wait_for_function("() => !document.querySelector('[data-pack][hidden]')")  # shown when its script is done
        return page

    opened.complaints = []
    return opened


def is_a_fault(said) -> bool:
    """Browsers also complain of a page that is sent with 404 or 403, as it should be."""
    itself = said.location["url"] == said.page.url and said.text.startswith("Failed to load resource")
    return said.type == "error" and not itself


def wider_than_its_window(page, *widths: int) -> list[str]:
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        over = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            found.append(f"{over} pixels too wide at {width}")
    return found


def flaws(page) -> list[str]:
    page.keyboard.press("Tab")  # from now on the browser shows where the focus is
    return page.evaluate(FLAWS)


@pytest.mark.parametrize(("path", "reader"), [*WALK, *NO_WAY])
def test_a_page_is_fit_for_everybody(look, faults, path, reader):
    large = look(path, reader, viewport={"width": 1280, "height": 900}, locale="en-GB")
    assert large.locator("html").get_attribute("lang") == "en"
    found = [*faults(large), *flaws(large)]
    large.emulate_media(color_scheme="dark")
    found += faults(large, "color-contrast")
    found += wider_than_its_window(large, 640)  # what 200 % leaves of it
    small = look(path, reader, viewport={"width": 360, "height": 740}, locale="fr-FR", color_scheme="dark")
    assert small.locator("html").get_attribute("lang") == "fr"
    found += [*faults(small), *flaws(small), *wider_than_its_window(small, 360, 320)]
    assert found + [said for complaints in look.complaints for said in complaints] == []


def test_no_two_pages_have_the_same_title(site, town, as_reader):
    titles, port = {}, urlsplit(site.address).port
    for path, reader in (param.values for param in WALK):
        cookies = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in as_reader(reader)["cookies"])
        headers = {"Accept-Language": "en-GB", "Cookie": cookies}
        page = call(port, "GET", quote(path.format(**town.names), safe="/?&=%"), headers=headers)
        titles[urlsplit(path).path] = TITLE.search(page.body.decode())[1]
    assert [title for title, count in Counter(titles.values()).items() if count > 1] == []
    assert all(title.count(" · ") >= 1 for title in titles.values())
