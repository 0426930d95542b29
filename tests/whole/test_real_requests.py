"""Every address that is read, asked as browsers ask: with a session and connections of its own, on both databases.

Elsewhere tests lend the app their session, inside of a transaction that real requests do not have.
"""

from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy.orm import Session
from webtest import TestApp

from maps.exports import LISTS
from portal.app import configure
from portal.migrations import history
from portal.people.terms import Role
from portal.security.cookies import CookieJar
from portal.security.identify import COOKIE
from tests.conftest import DATABASES, NOW
from tests.factories import index, lending, maps, people
from tests.houses import own_settings, own_url

pytestmark = pytest.mark.whole

FORMS = {"{format:" + "|".join(LISTS) + "}": tuple(LISTS)}


@pytest.fixture(params=DATABASES)
def house(request, tmp_path):
    """An app on a database of its own, with something of everything in it, and the addresses without a name in them."""
    config = configure(own_settings(own_url(request.param, tmp_path), tmp_path, now=str(NOW)))
    history.upgrade(config.registry.engine)
    app = config.make_wsgi_app()
    with Session(config.registry.engine) as session, session.begin():
        admin = people.staff(session, Role.ADMIN)
        secret = people.sign_in(session, admin, created_at=NOW, expires_at=NOW + timedelta(days=1))
        stock = lending.stock(session, units=2)
        lending.loan(session, stock, "2026-10-24T10:00", "2026-10-26T10:00", borrower=admin)
        lending.listed(session, stock.model, stock.point)
        maps.trail(session, maps.stop("01"), author_id=admin.id)
        maps.place(session, admin.id)
        for number in range(3):
            index.entry(session, f"Enregistreur {number}")
    yield app, f"{CookieJar(secure=False).name(COOKIE)}={secret}"
    config.registry.engine.dispose()


def addresses(app):
    """Yield the addresses of all routes that name nothing in particular; of files, one for each form."""
    for route in app.routes_mapper.get_routes():
        forms = next(
            ([(part, form) for form in made] for part, made in FORMS.items() if part in route.pattern), [("", "")]
        )
        for part, form in forms:
            path = route.pattern.replace(part, form) if part else route.pattern
            if "{" not in path and "*" not in path:
                yield path if path.startswith("/") else f"/{path}"


def test_nothing_that_is_read_fails_and_every_connection_comes_back(house):
    app, cookie = house
    asked = sorted(set(addresses(app)))
    assert {"/map.csv", "/places.kml", "/admin/audit.csv", "/equipment", "/feed.atom"} <= set(asked)
    for path, cookies in product(asked, ("", cookie)):
        headers = {"Cookie": cookies} if cookies else {}
        answer = TestApp(app).get(path, headers=headers, expect_errors=True)
        assert answer.status_int < 500, (path, answer.text[:500])
    for engine in (app.registry.engine, app.registry.reading_engine):
        assert engine.pool.checkedout() == 0


@pytest.mark.parametrize(
    "path", ["/about", "/map.csv", "/map?bbox=x", "/equipment/there-is-none", "/ogc/collections/place/items?limit=x"]
)
def test_a_reader_gives_its_connection_back_whatever_the_answer_is(house, path):
    app, cookie = house
    TestApp(app).get(path, headers={"Cookie": cookie}, expect_errors=True)
    assert app.registry.reading_engine.pool.checkedout() == 0


@pytest.mark.parametrize("form", LISTS)
def test_a_list_is_taken_along_whole_and_once(house, form):
    app, _cookie = house
    browse = TestApp(app)
    first = browse.get(f"/map.{form}")
    assert all(f"Enregistreur {number}" in first.text for number in range(3))
    assert browse.get(f"/map.{form}", headers={"If-None-Match": first.headers["ETag"]}, status=304).body == b""
    assert browse.get(f"/map.{form}?q=rien", headers={"If-None-Match": first.headers["ETag"]}).status_int == 200
