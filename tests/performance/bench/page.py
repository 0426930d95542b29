"""A signed-in page against a bare Pyramid view, on the same server: waitress with eight threads, in a process each."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from urllib.request import urlopen

from sqlalchemy.orm import Session

from portal.db import create_engine
from portal.security.cookies import CookieJar
from portal.security.identify import COOKIE
from tests.cluster import free_port
from tests.factories import people
from tests.performance.bench.databases import KINDS
from tests.performance.bench.measured import ratio

CONNECTIONS, SECONDS = 4, 6
PAGES = ("/account", "/about")


def run() -> list[str]:
    with serving("-c", BARE) as port:
        bare = asyncio.run(rate(port, "/"))
    lines = [f"bare view: {bare:.0f} requests per second"]
    for name, made in KINDS.items():
        with made() as url, TemporaryDirectory() as folder:
            cookie = signed_in(url)
            environ = {"PORTAL_DATABASE_URL": url, "PORTAL_DATA": folder}
            with serving("-m", "tests.performance.bench.serve", environ=environ) as port:
                in_the_house = asyncio.run(rate(port, "/bare"))
                lines.append(f"{name}, a bare view in the house: {in_the_house:.0f} requests per second")
                for page in PAGES:
                    ours = asyncio.run(rate(port, page, cookie))
                    said = f"{name}, {page} signed in / bare"
                    lines.append(ratio(said, ours, bare, "/s", "≥ 0.4", ours >= 0.4 * bare))
                    lines.append(f"{said}, in the house: {ours / in_the_house:.2f}")
    return lines


BARE = """
import sys, waitress
from pyramid.config import Configurator
from pyramid.response import Response
config = Configurator()
config.add_route("home", "/")
config.add_view(lambda request: Response("hello"), route_name="home")
waitress.serve(config.make_wsgi_app(), listen=sys.argv[1], threads=8)
"""


def signed_in(url: str) -> str:
    """Return the cookie header of a person's signed-in browser, committed."""
    engine = create_engine(url)
    with Session(engine) as session, session.begin():
        now = datetime.now(UTC)
        who = people.person(session)
        secret = people.sign_in(session, who, created_at=now, expires_at=now + timedelta(days=1))
    engine.dispose()
    return f"{CookieJar(secure=False).name(COOKIE)}={secret}"


@contextmanager
def serving(*program: str, environ: dict[str, str] | None = None) -> Iterator[int]:
    """The port of a server that runs as ``python <program> host:port`` for as long as the ``with`` block lasts."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", *program, f"127.0.0.1:{port}"],
        env=os.environ | (environ or {}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=Path.cwd(),
    )
    try:
        _until_answering(process, port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def _until_answering(process: "subprocess.Popen[bytes]", port: int) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with status {process.returncode}")
        try:
            urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
            return
        except OSError:
            sleep(0.1)
    raise RuntimeError("the server does not answer")


async def rate(port: int, path: str, cookie: str = "") -> float:
    """Return requests answered per second, from a few connections that are kept open, after a second of warming up."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n".encode()
    await asyncio.gather(*(_ask(port, request, 1.0) for _ in range(CONNECTIONS)))
    began = perf_counter()
    answered = sum(await asyncio.gather(*(_ask(port, request, SECONDS) for _ in range(CONNECTIONS))))
    return answered / (perf_counter() - began)


async def _ask(port: int, request: bytes, seconds: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    ends, answered = perf_counter() + seconds, 0
    while perf_counter() < ends:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode("latin-1").splitlines()[0])
        length = next(line for line in head.lower().splitlines() if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.split(b":")[1]))
        answered += 1
    writer.close()
    return answered
