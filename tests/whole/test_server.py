"""What a real server has answered is kept, and done once, though it dies at any moment. On both databases."""

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from equipment_lending.models import Custody, Loan, Stock
from equipment_lending.terms import LoanState
from portal.api.models import KeptAnswer
from portal.db import create_engine, lock
from portal.mail.models import OutgoingMail
from portal.migrations import history
from portal.people.terms import Role
from tests.conftest import DATABASES
from tests.factories import lending, people
from tests.houses import own_url
from tests.whole.invariants import broken
from tests.whole.servers import Answer, Server, call, gunicorn, portal_serve, running, unread, wait_for
from tests.whole.visitors import Crowd, Shop

pytestmark = pytest.mark.whole

NOW = datetime(2026, 10, 22, 10, 0, tzinfo=UTC)
PRODUCTION = {
    "PORTAL_SECRET": "a secret of sufficient length for tests",
    "PORTAL_BASE_URL": "https://communs.example.bzh",
    "PORTAL_MAIL_FROM": "portail@communs.example.bzh",
}
BEHIND_THE_PROXY = {"Host": "communs.example.bzh", "X-Forwarded-Proto": "https"}
DEATHS = 3


@pytest.fixture(params=DATABASES)
def url(request, tmp_path):
    return own_url(request.param, tmp_path)


@pytest.fixture
def engine(url):
    engine = create_engine(url)
    history.upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def begun():
    return time.monotonic()


@pytest.fixture
def server(engine, url, tmp_path, begun):
    """`portal serve`, its worker inside, with a clock that goes on where it was when it died."""

    def settings():
        return {
            "PORTAL_DATABASE_URL": url,
            "PORTAL_NOW": str(NOW + timedelta(seconds=time.monotonic() - begun)),
        }

    with running(Server(portal_serve, tmp_path, settings)) as server:
        yield server


@pytest.fixture
def behind_a_proxy(engine, url, tmp_path):
    """Gunicorn with two processes, as in production."""
    with running(Server(gunicorn, tmp_path, lambda: PRODUCTION | {"PORTAL_DATABASE_URL": url})) as server:
        yield server


@pytest.fixture
def shelf(engine):
    """A point that never closes, its models with so many items each, and bearer tokens of people who may do all."""
    with Session(engine) as session, session.begin():
        point = lending.point(session, windows=lending.ROUND_THE_CLOCK)
        stocks = [lending.stock(session, units=units, at=point) for units in (1, 2, 3, 5)]
        staff = [people.staff(session, Role.ADMIN) for _ in range(4)]
        tags = {stock.model.slug: [item.asset_tag for item in stock.items] for stock in stocks}
        return point.slug, tags, [people.token(session, person) for person in staff]


def a_wish(shelf, at: datetime = NOW) -> dict[str, object]:
    point, tags, _ = shelf
    minute = at.replace(second=0, microsecond=0)
    times = {"pickup_at": str(minute + timedelta(days=1)), "return_at": str(minute + timedelta(days=2))}
    return {"point": point, "lines": [{"equipment": next(iter(tags)), "units": 1}], "purpose": "the server"} | times


def bearer(shelf) -> dict[str, str]:
    return {"Authorization": f"Bearer {shelf[2][0]}"}


def loans_in(engine) -> int:
    with Session(engine.execution_options(readonly=True)) as session:
        return session.scalar(select(func.count()).select_from(Loan))


@contextmanager
def everybody_waits(engine):
    """Hold what every decision about equipment has to lock."""
    with Session(engine) as session, session.begin():
        lock(session, Stock, session.scalars(select(Stock.id)).all())
        yield


def test_what_was_acknowledged_survives_kill_9_and_is_done_once(server, engine, shelf, begun):
    point, tags, tokens = shelf
    chance = random.Random(20261022)
    crowd = Crowd(Shop(server.port, point, tags, NOW, begun), tokens, seed=20261022)
    for _ in range(DEATHS):
        at_work(engine, loans=10, seconds=3)
        time.sleep(chance.random())
        server.kill()
        server.start()
    at_work(engine, loans=10, seconds=3)
    told = crowd.go_home()
    server.ask_to_stop()
    assert server.wait() == 0

    assert told.wrong == []
    with Session(engine) as session:
        assert broken(session, NOW + timedelta(seconds=time.monotonic() - begun)) == []
        states = {str(loan_id): state for loan_id, state in session.execute(select(Loan.id, Loan.state))}
        assert sorted(states) == sorted(told.borrowed)
        assert {loan for loan, state in states.items() if state is LoanState.CANCELLED} == set(told.cancelled)
        custodies = session.scalars(select(Custody)).all()
        assert Counter((str(c.line.loan_id), c.item.asset_tag) for c in custodies) == told.taken
        back = Counter((str(c.line.loan_id), c.item.asset_tag) for c in custodies if c.in_at)
        assert back == told.returned
        letters = "\n".join(session.scalars(select(OutgoingMail.text)))
        assert [number for number in session.scalars(select(Loan.number)) if number not in letters] == []
        assert session.scalar(select(func.count()).select_from(KeptAnswer).where(KeptAnswer.status.is_(None))) == 0
    assert min(len(told.borrowed), len(told.cancelled), told.taken.total(), told.returned.total()) > 0
    assert told.asked_again >= DEATHS


def at_work(engine, *, loans: int, seconds: float) -> None:
    """Wait until so many loans more have been recorded, and for so long at least."""
    wanted = loans_in(engine) + loans
    time.sleep(seconds)
    wait_for(lambda: loans_in(engine) >= wanted)


def test_a_request_that_died_with_the_server_is_done_once_when_sent_again(server, engine, shelf):
    send = ("POST", "/api/v1/loans", a_wish(shelf), bearer(shelf) | {"Idempotency-Key": "before-it-was-done"})
    with ThreadPoolExecutor(1) as pool, everybody_waits(engine):
        lost = pool.submit(call, server.port, *send)
        time.sleep(1)
        server.kill()
        assert isinstance(lost.exception(), ConnectionError)
    assert loans_in(engine) == 0
    server.start()
    assert (call(server.port, *send).status, loans_in(engine)) == (201, 1)


def test_a_request_whose_answer_died_with_the_server_is_answered_when_sent_again(server, engine, shelf):
    wish, headers = a_wish(shelf), bearer(shelf) | {"Idempotency-Key": "after-it-was-done"}
    with unread(server.port, "POST", "/api/v1/loans", wish, headers):
        wait_for(lambda: loans_in(engine) == 1)
        server.kill()
    server.start()
    again = call(server.port, "POST", "/api/v1/loans", wish, headers)
    assert (again.status, again.headers["Idempotent-Replayed"], loans_in(engine)) == (201, "true", 1)


def test_what_is_being_answered_at_sigterm_is_finished(server, engine, shelf):
    finishes_what_it_is_answering(server, engine, a_wish(shelf), bearer(shelf))


def test_in_production_gunicorn_serves_pages_and_programs_and_finishes_its_answers(behind_a_proxy, engine, shelf):
    page = call(behind_a_proxy.port, "GET", "/equipment", headers=BEHIND_THE_PROXY)
    assert (page.status, "<h1" in page.body.decode()) == (200, True)
    assert "max-age" in page.headers["Strict-Transport-Security"]
    wish = a_wish(shelf, datetime.now(UTC))
    loan = finishes_what_it_is_answering(behind_a_proxy, engine, wish, bearer(shelf) | BEHIND_THE_PROXY)
    assert loan.headers["Location"].startswith("https://communs.example.bzh/api/v1/loans/")


def finishes_what_it_is_answering(server: Server, engine, wish, headers) -> Answer:
    """Ask a server to end while it waits for the database, and return what it answered all the same."""
    with ThreadPoolExecutor(1) as pool:
        with everybody_waits(engine):
            answer = pool.submit(call, server.port, "POST", "/api/v1/loans", wish, headers)
            time.sleep(1)
            server.ask_to_stop()
            time.sleep(0.5)
            assert not answer.done()
        assert (answer.result().status, loans_in(engine)) == (201, 1)
    assert server.wait() == 0
    assert "Traceback" not in server.log
    return answer.result()
