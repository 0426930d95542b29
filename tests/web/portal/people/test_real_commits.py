"""What must outlive a page that says no, with real commits: the count of attempts."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from webtest import TestApp

from portal.app import configure
from portal.migrations import history
from portal.people.models import Person, SignIn
from portal.security.models import Window
from tests.conftest import DATABASES
from tests.factories import people
from tests.factories.people import PASSWORD
from tests.houses import own_settings, own_url

pytestmark = pytest.mark.whole


@pytest.fixture(params=DATABASES)
def house(request, tmp_path):
    """A house with a database of its own, in which somebody has an account."""
    config = configure(own_settings(own_url(request.param, tmp_path), tmp_path))
    history.upgrade(config.registry.engine)
    with Session(config.registry.engine) as session:
        people.person(session, email="azenor@example.org", password=PASSWORD)
        session.commit()
    yield config
    config.registry.engine.dispose()


def counts(house):
    with Session(house.registry.engine) as session:
        return sorted(session.execute(select(Window.act, Window.count)).all())


def sign_in(app, password):
    browse = TestApp(app, extra_environ={"REMOTE_ADDR": "192.0.2.7"})
    form = browse.get("/sign-in").forms["signin"]
    form["email"], form["password"] = "azenor@example.org", password
    return form.submit(expect_errors=True).status_int


def test_a_wrong_password_is_counted_although_the_page_says_no(house):
    app = house.make_wsgi_app()
    assert [sign_in(app, "wrong") for _ in range(11)] == [422] * 10 + [429]
    assert counts(house) == [("sign-in.account", 11), ("sign-in.address", 11)]
    assert sign_in(app, PASSWORD) == 429


def test_a_right_one_leaves_no_count(house):
    app = house.make_wsgi_app()
    assert sign_in(app, PASSWORD) == 303
    assert counts(house) == [("sign-in.account", 0), ("sign-in.address", 0)]


def test_many_guesses_at_once_are_all_counted(house):
    app = house.make_wsgi_app()
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: sign_in(app, "wrong"), range(16)))
    assert sorted(answers) == [422] * 10 + [429] * 6
    assert dict(counts(house))["sign-in.account"] == 16


def test_two_who_sign_up_with_one_address_at_once_make_one_account(house):
    app = house.make_wsgi_app()

    def sign_up(number):
        form = TestApp(app, extra_environ={"REMOTE_ADDR": f"192.0.2.{number}"}).get("/sign-up").forms["signup"]
        form["name"], form["email"], form["password"] = "Maï", "mai@example.org", PASSWORD
        return form.submit(expect_errors=True).status_int

    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(sign_up, range(4))) == {303}
    with Session(house.registry.engine) as session:
        assert len(session.scalars(select(Person).where(Person.email == "mai@example.org")).all()) == 1
        assert session.scalar(select(SignIn)) is None
