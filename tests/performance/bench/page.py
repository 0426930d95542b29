"""A signed-in page against a bare Pyramid view, on the same server, as ``docs/operations.md`` says: gunicorn, a socket.

A proxy stands in front, which opens a connection for each request, as nginx does unless told otherwise; so do we. All
are asked in turn, many times and not for long, and compared turn by turn: what else the machine does meets all alike.
``/about`` is what any page costs; ``/account``, which asks the database for what it shows, is told besides.
"""

import asyncio
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from types import MappingProxyType

from pyramid.config import Configurator
from pyramid.response import Response
from sqlalchemy.orm import Session

from portal.db import create_engine
from portal.security.cookies import CookieJar
from portal.security.identify import COOKIE
from tests.cluster import free_port
from tests.factories import people
from tests.performance.bench.databases import postgresql_by_socket, sqlite
from tests.performance.bench.measured import verdict
from tests.performance.bench.peers import running

CLIENTS, WARM_UP, SECONDS, ROUNDS = 8, 0.1, 0.4, 25
PAGE, LARGER = "/about", "/account"
GUNICORN = (Path(sys.executable).with_name("gunicorn"), "--workers", "2", "--threads", "4")
PRODUCTION = {
    "PORTAL_SECRET": "only for the benchmark, which ends soon",
    "PORTAL_BASE_URL": "https://communs.example",
    "PORTAL_SMTP_URL": "smtp://127.0.0.1:9",
    "PORTAL_MAIL_FROM": "communs@communs.example",
}
BY_PROXY = {"Host": "communs.example", "X-Forwarded-Host": "communs.example", "X-Forwarded-Proto": "https"}


def run() -> list[str]:
    with ExitStack() as stack:
        asked = {"bare view": (stack.enter_context(serving(f"{__name__}:bare()", ready="/")), "/", "")}
        for name, made in {"postgresql": postgresql_by_socket, "sqlite": sqlite}.items():
            url, folder = stack.enter_context(made()), stack.enter_context(TemporaryDirectory())
            environ = PRODUCTION | {"PORTAL_DATABASE_URL": url, "PORTAL_DATA": folder}
            port = stack.enter_context(serving("--paste", "production.ini", ready="/healthz", environ=environ))
            cookie = signed_in(url)
            asked |= {f"{name}, {page}": (port, page, cookie) for page in (PAGE, LARGER)}
        found: dict[str, list[float]] = {name: [] for name in asked}
        for _ in range(ROUNDS):
            for name, question in asked.items():
                found[name].append(asyncio.run(rate(*question)))
    without = found.pop("bare view")
    return [
        f"bare view: {median(without):.0f} requests per second",
        *(_said(name, rates, without) for name, rates in found.items()),
    ]


def _said(name: str, ours: Sequence[float], without: Sequence[float]) -> str:
    share = median(one / other for one, other in zip(ours, without, strict=True))
    told = f"{name} signed in / bare: {median(ours):.1f} / {median(without):.1f} /s, turn by turn {share:.2f}"
    return f"  {told}" if name.endswith(LARGER) else f"{told} {verdict('≥ 0.4', share >= 0.4)}"


def bare():
    """Return an application with one view that does nothing."""
    config = Configurator()
    config.add_route("home", "/")
    config.add_view(lambda _request: Response("hello"), route_name="home")
    return config.make_wsgi_app()


def signed_in(url: str) -> str:
    """Return the cookie header of a person's signed-in browser, committed."""
    engine = create_engine(url)
    with Session(engine) as session, session.begin():
        now = datetime.now(UTC)
        who = people.person(session)
        secret = people.sign_in(session, who, created_at=now, expires_at=now + timedelta(days=1))
    engine.dispose()
    return f"{CookieJar(secure=True).name(COOKIE)}={secret}"


@contextmanager
def serving(*app: str, ready: str, environ: Mapping[str, str] = MappingProxyType({})) -> Iterator[int]:
    """The port at which gunicorn serves an application for as long as the ``with`` block lasts."""
    port = free_port()
    with running([*GUNICORN, "--bind", f"127.0.0.1:{port}", *app], dict(environ), port, ready):
        yield port


async def rate(port: int, path: str, cookie: str = "") -> float:
    """Return requests answered per second, after a moment of warming up."""
    told = BY_PROXY | {"Connection": "close", "Cookie": cookie}
    lines = (f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items()))
    request = "\r\n".join((*lines, "", "")).encode()
    await asyncio.gather(*(_ask(port, request, WARM_UP) for _ in range(CLIENTS)))
    began = perf_counter()
    answered = sum(await asyncio.gather(*(_ask(port, request, SECONDS) for _ in range(CLIENTS))))
    return answered / (perf_counter() - began)


async def _ask(port: int, request: bytes, seconds: float) -> int:
    ends, answered = perf_counter() + seconds, 0
    while perf_counter() < ends:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        answer = await reader.read()
        if not answer.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(answer.decode("utf-8", "replace").splitlines()[0])
        writer.close()
        answered += 1
    return answered
