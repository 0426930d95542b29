"""Real servers: the portal as people run it, in a process of its own that can be stopped, killed and started again."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from tests.cluster import free_port

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(sys.executable).parent
PATIENCE_SECONDS = 60.0


def portal_serve(port: int) -> list[str]:
    """The command of development and of small towns."""
    return [str(PROGRAMS / "portal"), "-c", str(ROOT / "development.ini"), "serve"]


def gunicorn(port: int) -> list[str]:
    """The command that ``production.ini`` names."""
    ini, bind = str(ROOT / "production.ini"), f"127.0.0.1:{port}"
    return [str(PROGRAMS / "gunicorn"), "--paste", ini, "--bind", bind, "--workers", "2", "--threads", "4"]


@dataclass
class Server:
    """A server on a port of its own. ``settings`` are the portal's, read anew at each start."""

    command: Callable[[int], list[str]]
    folder: Path
    settings: Callable[[], Mapping[str, str]]
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start, and return once it is ready to serve."""
        given = {"PORTAL_DATA": str(self.folder), "PORTAL_LISTEN": f"127.0.0.1:{self.port}"} | dict(self.settings())
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command(self.port), env=clean | given, cwd=self.folder, stdout=log, stderr=log
            )
        wait_for(self.is_ready)

    def kill(self) -> None:
        """Let it end as in a power cut, without a chance to finish anything."""
        assert self.process is not None
        self.process.kill()
        self.wait()

    def ask_to_stop(self) -> None:
        assert self.process is not None
        self.process.terminate()

    def wait(self) -> int:
        """Return its exit status once it has ended."""
        assert self.process is not None
        return self.process.wait(PATIENCE_SECONDS)

    def is_ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log
        try:
            return call(self.port, "GET", "/readyz").status == 200
        except OSError:
            return False

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """Have a server for as long as the ``with`` block lasts."""
    server.start()
    try:
        yield server
    finally:
        if server.process is not None and server.process.poll() is None:
            server.kill()


@dataclass(frozen=True)
class Answer:
    """What a server said, all of it."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def call(port: int, method: str, path: str, message: object = None, headers: Mapping[str, str] | None = None) -> Answer:
    """Return the answer to a request on a connection of its own. Raises ``OSError`` unless all of it comes."""
    try:
        with unread(port, method, path, message, headers) as connection:
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read())
    except HTTPException as cut_short:
        raise ConnectionError(str(cut_short)) from cut_short


@contextmanager
def unread(
    port: int, method: str, path: str, message: object = None, headers: Mapping[str, str] | None = None
) -> Iterator[HTTPConnection]:
    """Send a request, ``message`` as JSON, and have the connection on which the answer comes."""
    body = None if message is None else json.dumps(message).encode()
    sent = {} if body is None else {"Content-Type": "application/json"}
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request(method, path, body, sent | dict(headers or {}))
        yield connection
    finally:
        connection.close()


def wait_for(what: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> None:
    """Return once ``what`` is true. Fails when that takes too long."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
