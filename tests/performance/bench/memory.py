"""Memory of a web process that serves the demo city, after 10,000 mixed requests, against a bare Pyramid after so many.

The mix is what a city's day is made of: visitors who look, a resident who is signed in, a clerk, programs; and among
them forms and messages that are sent, loans that are granted and loans that are refused.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session

from equipment_lending.models import EquipmentModel, Stock
from portal.db import create_engine
from portal.people.terms import Role
from portal.security.cookies import CookieJar
from portal.security.csrf import FIELD
from portal.security.identify import COOKIE
from portal.settings import Settings
from tests.cluster import free_port
from tests.factories import people
from tests.performance.bench.measured import figure, ratio
from tests.performance.bench.peers import running

REQUESTS, WARM = 10_000, 1_000
BARE = """
import sys, waitress
from pyramid.config import Configurator
from pyramid.response import Response
config = Configurator()
config.add_route("home", "/")
config.add_view(lambda request: Response("hello"), route_name="home")
waitress.serve(config.make_wsgi_app(), listen=sys.argv[1], threads=4)
"""
TOKEN = "a-token-that-this-browser-and-the-form-share"[:43]


@dataclass(frozen=True)
class Sent:
    """A request, as it goes over the wire, and how it may be answered."""

    path: str
    answers: tuple[int, ...] = (200,)
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    @property
    def wire(self) -> bytes:
        headers = [*self.headers, ("Host", "127.0.0.1"), ("Content-Length", str(len(self.body)))]
        lines = [f"{self.method} {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers), "", ""]
        return "\r\n".join(lines).encode() + self.body


def run() -> list[str]:
    with TemporaryDirectory() as folder:
        environ = {"PORTAL_DATA": folder, "PORTAL_DATABASE_URL": f"sqlite:///{Path(folder) / 'portal.db'}"}
        portal = Path(sys.executable).with_name("portal")
        for command in ("init", "demo"):
            subprocess.run([portal, command], env=os.environ | environ, check=True, stdout=subprocess.DEVNULL)
        mix = a_day(Settings.from_ini({}, environ).database_url)
        with serving("-m", "tests.performance.bench.serve", environ=environ) as port:
            warm, used = _after(port, mix, WARM), _after(port, mix, REQUESTS - WARM)
    with serving("-c", BARE) as port:
        bare = _after(port, [Sent("/")], REQUESTS)
    said = f"memory after {REQUESTS:,} requests, {len(mix)} different ones"
    return [
        figure(said, used, "MB", "< 200", used < 200),
        f"  beside a bare Pyramid: {used:.1f} / {bare:.1f} MB = {used / bare:.2f}",
        ratio(f"memory after {REQUESTS:,} / after {WARM:,}", used, warm, "MB", "≤ 1.25", used <= 1.25 * warm),
    ]


@contextmanager
def serving(*program: str, environ: Mapping[str, str] = MappingProxyType({})) -> Iterator[int]:
    """The port of a server that runs as ``python <program> host:port`` for as long as the ``with`` block lasts."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", *program, f"127.0.0.1:{port}"]
    with running(command, dict(environ), port, "/"):
        yield port


def a_day(url: str) -> list[Sent]:
    """Return what is asked of a city in a day, by visitors, a resident, a clerk who may do all, and a program."""
    engine = create_engine(url)
    with Session(engine) as session, session.begin():
        now = datetime.now(UTC)
        lasting = {"created_at": now, "expires_at": now + timedelta(days=1)}
        resident, clerk = people.person(session), people.staff(session, Role.ADMIN)
        cookies = [_cookie(people.sign_in(session, who, **lasting)) for who in (resident, clerk)]
        bearer = (("Authorization", f"Bearer {people.token(session, resident, created_at=now)}"),)
        models = list(session.scalars(select(EquipmentModel.slug).order_by(EquipmentModel.slug)))
        stocks = [(stock.model.slug, stock.point.slug) for stock in session.scalars(select(Stock))]
    engine.dispose()
    visits = [
        *_looked_at(models, now),
        *(Sent(path, headers=(cookies[0],)) for path in ("/loans", "/account", "/account/tokens", "/equipment")),
        *(Sent(path, headers=(cookies[1],)) for path in ("/desk/capucins", "/manage/models", "/admin/audit")),
        *(Sent(path, headers=bearer) for path in ("/api/v1/loans?mine=true", "/api/v1/me", "/api/v1/waitlist")),
    ]
    return [one for pair in zip(cycle(visits), _sent(stocks, now, bearer, cookies[0]), strict=False) for one in pair]


def _cookie(secret: str) -> tuple[str, str]:
    jar = CookieJar(secure=False)
    return "Cookie", f"{jar.name(COOKIE)}={secret}; {jar.name('csrf')}={TOKEN}"


def _looked_at(models: Sequence[str], now: datetime) -> list[Sent]:
    month, day = f"{now + timedelta(days=31):%Y-%m}", now.date() + timedelta(days=9)
    period = f"from={day}&to={day + timedelta(days=2)}"
    instants = f"from={day}T10:00:00Z&to={day + timedelta(days=20)}T10:00:00Z"
    steps = f"availability?point=capucins&{instants}"
    return [
        *map(Sent, ("/", "/about", "/points", "/points/capucins", "/search?q=velo", "/feed.atom", "/sitemap.xml")),
        *map(Sent, ("/equipment", "/equipment?q=micro", f"/equipment?{period}", "/api/v1/openapi.json")),
        *map(Sent, ("/api/v1/equipment", f"/api/v1/equipment?{instants}", "/api/v1/points", "/api/v1/search?q=camera")),
        *(Sent(f"/equipment/{slug}?month={month}") for slug in models),
        *(Sent(f"/api/v1/equipment/{slug}/{steps}", (200, 404)) for slug in models),
        Sent("/equipment/there-is-none", (404,)),
        Sent("/desk", (303,)),
        Sent("/language", (303,), "POST", *_form({"language": "en", "return": "/equipment"})),
    ]


def _sent(stocks, now: datetime, bearer, cookie) -> list[Sent]:
    """Return wishes for every stock, by programs and on pages: some are granted, many are refused."""
    found = []
    for number, (model, point) in enumerate(stocks):
        pickup = (now + timedelta(days=20 + number % 40)).replace(hour=15, minute=0, second=0, microsecond=0)
        back = pickup + timedelta(days=2)
        lines = [{"equipment": model, "units": 1}]
        wish = {"point": point, "pickup_at": f"{pickup}", "return_at": f"{back}", "lines": lines, "purpose": "bench"}
        headers, body = (*bearer, ("Content-Type", "application/json")), json.dumps(wish).encode()
        found.append(Sent("/api/v1/loans", (201, 409), "POST", headers, body))
        form = {"point": point, "pickup": f"{pickup:%Y-%m-%d}", "return": f"{back:%Y-%m-%d}", "units": "1"}
        headers, body = _form(form | {"purpose": "bench", FIELD: TOKEN})
        found.append(Sent(f"/equipment/{model}", (303, 409, 422), "POST", (*headers, cookie), body))
    return found


def _form(fields: dict[str, str]) -> tuple[tuple[tuple[str, str], ...], bytes]:
    return (("Content-Type", "application/x-www-form-urlencoded"),), urlencode(fields).encode()


def _after(port: int, mix: Sequence[Sent], number: int) -> float:
    """Return the server's resident memory in MB once it has answered so many requests, four at a time."""
    asyncio.run(_ask_for(port, mix, number))
    return _resident_mb(port)


async def _ask_for(port: int, mix: Sequence[Sent], number: int) -> None:
    shares = [list(islice(cycle(mix), n, number, 4)) for n in range(4)]
    await asyncio.gather(*(_some(port, share) for share in shares))


async def _some(port: int, share: Sequence[Sent]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for one in share:
        writer.write(one.wire)
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        if status not in one.answers:
            raise RuntimeError(f"{one.method} {one.path} answered {status}")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        await reader.readexactly(int(length.group(1)) if length else 0)
    writer.close()


def _resident_mb(port: int) -> float:
    """Return the resident memory of the process that listens on ``port``, by asking ``/proc`` for our children."""
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            command = status.with_name("cmdline").read_bytes().split(b"\0")
            if f"127.0.0.1:{port}".encode() in command:
                resident = re.search(r"VmRSS:\s+(\d+) kB", status.read_text())
                return int(resident.group(1)) * 1024 / 1e6 if resident else 0.0
        except OSError:
            continue
    raise RuntimeError("the server is gone")
