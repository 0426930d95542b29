"""What a crowd does over HTTP while the server dies under it: each asks with one key until there is an answer."""

import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing import get_context
from typing import Any

from tests.whole.servers import Answer, call

NOT_NOW = 503


@dataclass(frozen=True)
class Shop:
    """Where the crowd borrows: a port, a lending point, the tags of each model, the instant at which it all begins.

    ``begun`` is the reading of the machine's monotonic clock at ``start``.
    """

    port: int
    point: str
    tags: Mapping[str, Sequence[str]]
    start: datetime
    begun: float

    def now(self) -> datetime:
        return self.start + timedelta(seconds=time.monotonic() - self.begun)


@dataclass
class Told:
    """What one visitor, or several together, were told was done, and how often they had to ask again."""

    borrowed: list[str] = field(default_factory=list)  # loans
    cancelled: list[str] = field(default_factory=list)
    taken: Counter[tuple[str, str]] = field(default_factory=Counter)  # loan and tag
    returned: Counter[tuple[str, str]] = field(default_factory=Counter)
    refused: int = 0
    asked_again: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, other: "Told") -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


class Crowd:
    """Visitors in processes of their own, each with a bearer token, until they are sent home."""

    def __init__(self, shop: Shop, tokens: Sequence[str], seed: int) -> None:
        context = get_context("forkserver")
        context.set_forkserver_preload(["tests.whole.visitors"])
        self._answers, self._closing = context.Queue(), context.Event()
        self._processes = [
            context.Process(target=_visit, args=(shop, token, seed + n, self._closing, self._answers), daemon=True)
            for n, token in enumerate(tokens)
        ]
        for process in self._processes:
            process.start()

    def go_home(self) -> Told:
        """Return what they were told, once the last of them has had the answer to what they asked last."""
        self._closing.set()
        told = Told()
        for _ in self._processes:
            told.add(self._answers.get(timeout=120))
        for process in self._processes:
            process.join()
        return told


def _visit(shop: Shop, token: str, seed: int, closing, answers) -> None:
    visitor = Visitor(shop, token, random.Random(seed))
    while not closing.is_set():
        visitor.do_something()
    answers.put(visitor.told)


class Visitor:
    """Somebody who borrows, calls off, hands out and takes in at random, and believes what the server says."""

    def __init__(self, shop: Shop, token: str, chance: random.Random) -> None:
        self.told = Told()
        self._shop = shop
        self._bearer = {"Authorization": f"Bearer {token}"}
        self._chance = chance
        self._last: tuple[str, object, str, Answer] | None = None

    def do_something(self) -> None:
        self._chance.choices((self._borrow, self._cancel, self._hand_out, self._take_in), weights=(5, 1, 4, 3))[0]()

    def _borrow(self) -> None:
        start = self._shop.now().replace(second=0, microsecond=0) + timedelta(
            minutes=self._chance.choice((1, 1, 30, 600, 2000))
        )
        end = start + timedelta(minutes=self._chance.choice((5, 60, 400, 3000)))
        line = {"equipment": self._chance.choice(list(self._shop.tags)), "units": self._chance.choice((1, 1, 2))}
        times = {"pickup_at": start.isoformat(), "return_at": end.isoformat()}
        done = self._ask("/api/v1/loans", {"point": self._shop.point, "lines": [line], "purpose": "crowd"} | times)
        if done is not None:
            self.told.borrowed.append(done["id"])

    def _cancel(self) -> None:
        loan = self._some_loan("confirmed")
        if loan is not None and self._ask(f"/api/v1/loans/{loan['id']}/cancel", {}) is not None:
            self.told.cancelled.append(loan["id"])

    def _hand_out(self) -> None:
        loan = self._some_loan(self._chance.choice(("confirmed", "confirmed", "out")))
        if loan is not None:
            tag = self._chance.choice(self._shop.tags[loan["lines"][0]["equipment"]])
            if self._ask(f"/api/v1/loans/{loan['id']}/check-out", {"items": [tag]}) is not None:
                self.told.taken[loan["id"], tag] += 1

    def _take_in(self) -> None:
        loan = self._some_loan("out")
        out = [item["asset_tag"] for item in loan["lines"][0]["items"] if item["in_at"] is None] if loan else []
        if loan is not None and out:
            back = {"asset_tag": self._chance.choice(out), "condition": "good"}
            if self._ask(f"/api/v1/loans/{loan['id']}/check-in", {"items": [back]}) is not None:
                self.told.returned[loan["id"], back["asset_tag"]] += 1

    def _some_loan(self, state: str) -> dict[str, Any] | None:
        answer, _ = self._insist("GET", f"/api/v1/loans?state={state}&limit=100", None, {})
        found = answer.json["items"]
        return self._chance.choice(found) if found else None

    def _ask(self, path: str, message: object) -> Any:
        """Return what the server answers once it does; None where it says no."""
        key = f"{self._chance.getrandbits(64):x}"
        answer, died = self._insist("POST", path, message, {"Idempotency-Key": key})
        if died and self._last is not None:
            self._ask_the_last_again(*self._last)
        if answer.status == 409:
            self.told.refused += 1
            return None
        if not 200 <= answer.status < 300:
            self.told.wrong.append(f"{path}: {answer.status} {answer.body!r}")
            return None
        self._last = path, message, key, answer
        return answer.json

    def _ask_the_last_again(self, path: str, message: object, key: str, before: Answer) -> None:
        """What was done before the server died is told again, not done again."""
        again, _ = self._insist("POST", path, message, {"Idempotency-Key": key})
        if (again.status, again.body, again.headers.get("Idempotent-Replayed")) != (before.status, before.body, "true"):
            self.told.wrong.append(f"{path}: first {before}, then {again}")

    def _insist(self, method: str, path: str, message: object, headers: dict[str, str]) -> tuple[Answer, bool]:
        """Ask until there is an answer, whoever dies meanwhile; return it, and whether somebody did."""
        died = False
        while True:
            try:
                answer = call(self._shop.port, method, path, message, self._bearer | headers)
            except OSError:
                died = True
            else:
                if answer.status != NOT_NOW:
                    return answer, died
            self.told.asked_again += 1
            time.sleep(0.1)
