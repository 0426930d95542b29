"""Memory of a web process that serves the demo city, after 10,000 mixed requests."""

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from portal.settings import Settings
from tests.performance.bench.measured import figure
from tests.performance.bench.page import serving, signed_in

REQUESTS = 10_000
PATHS = (
    "/",
    "/equipment",
    "/equipment?q=micro",
    "/points",
    "/search?q=velo",
    "/loans",
    "/account",
    "/api/v1/equipment",
)


def run() -> list[str]:
    with TemporaryDirectory() as folder:
        environ = {"PORTAL_DATA": folder, "PORTAL_DATABASE_URL": f"sqlite:///{Path(folder) / 'portal.db'}"}
        portal = Path(sys.executable).with_name("portal")
        for command in ("init", "demo"):
            subprocess.run([portal, command], env=os.environ | environ, check=True, stdout=subprocess.DEVNULL)
        url = Settings.from_ini({}, environ).database_url
        with serving("-m", "tests.performance.bench.serve", environ=environ) as port:
            asyncio.run(_ask_for(port, signed_in(url)))
            used = _resident_mib(port)
    return [figure(f"memory after {REQUESTS:,} mixed requests", used, "MiB", "< 200", used < 200)]


async def _ask_for(port: int, cookie: str) -> None:
    await asyncio.gather(*(_some(port, cookie, REQUESTS // 4) for _ in range(4)))


async def _some(port: int, cookie: str, number: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for n in range(number):
        path = PATHS[n % len(PATHS)]
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        await reader.readexactly(int(length.group(1)) if length else 0)
    writer.close()


def _resident_mib(port: int) -> float:
    """Return the resident memory of the process that listens on ``port``, by asking ``/proc`` for our children."""
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            command = status.with_name("cmdline").read_bytes().split(b"\0")
            if f"127.0.0.1:{port}".encode() in command:
                resident = re.search(r"VmRSS:\s+(\d+) kB", status.read_text())
                return int(resident.group(1)) / 1024 if resident else 0.0
        except OSError:
            continue
    raise RuntimeError("the server is gone")
