"""How many requests a second servers answer to several clients at once, each on a connection that stays open."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from time import perf_counter

CLIENTS, SECONDS, ROUNDS = 4, 1.5, 5


@dataclass(frozen=True)
class Question:
    """What a server is asked again and again, and the status with which it answers."""

    port: int
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    status: int = 200

    @property
    def wire(self) -> bytes:
        told = (("Host", f"127.0.0.1:{self.port}"), ("Accept-Encoding", "gzip"), *self.headers)
        lines = (f"GET {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in told), "", "")
        return "\r\n".join(lines).encode()


def each_in_turn(questions: Mapping[str, Question]) -> dict[str, float]:
    """Return how many requests a second are answered to each question, the median of rounds with a turn for each."""
    found: dict[str, list[float]] = {name: [] for name in questions}
    for question in questions.values():
        asyncio.run(_rate(question, SECONDS))
    for _ in range(ROUNDS):
        for name, question in questions.items():
            found[name].append(asyncio.run(_rate(question, SECONDS)))
    return {name: median(rates) for name, rates in found.items()}


async def _rate(question: Question, seconds: float) -> float:
    began = perf_counter()
    answered = sum(await asyncio.gather(*(_ask(question, began + seconds) for _ in range(CLIENTS))))
    return answered / (perf_counter() - began)


async def _ask(question: Question, until: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", question.port)
    answered = 0
    while perf_counter() < until:
        writer.write(question.wire)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        if int(head[9:12]) != question.status:
            raise RuntimeError(f"{question.path}: {head.decode('latin-1')}")
        await _read_body(reader, head)
        answered += 1
    writer.close()
    return answered


async def _read_body(reader: asyncio.StreamReader, head: bytes) -> None:
    headers = dict(line.split(b": ", 1) for line in head.strip().split(b"\r\n")[1:] if b": " in line)
    if b"chunked" in headers.get(b"transfer-encoding", b""):
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    else:
        await reader.readexactly(int(headers.get(b"content-length", b"0")) if b" 304 " not in head[:16] else 0)
