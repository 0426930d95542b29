"""2,000 random reservation requests over 28 days on 20 units from 4 processes: ours against libres, on PostgreSQL.

The same requests in the same order: from one hour to eight, within a day, as libres refuses anything longer than that.
libres is installed into an environment of its own. No letters on either side.
"""

import json
import os
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from equipment_lending.models import Claim
from equipment_lending.rules.availability import free_throughout
from equipment_lending.terms import Period, Refused, Wish, WishedLine
from portal.clock import StoppedClock
from portal.db import create_engine
from tests.cluster import Cluster, create_database
from tests.factories import lending, people
from tests.performance.bench.databases import DURABLE, postgresql
from tests.performance.bench.measured import ratio, verdict
from tests.whole.actors import committed, requests_of

LIBRES = "libres==1.4.0"
ENVIRONMENT = Path("var/bench/libres")
PEER = Path(__file__).with_name("peer_libres.py")
FIRST = datetime(2027, 2, 1, tzinfo=UTC)
NOW = FIRST - timedelta(days=3)
DAYS, UNITS, REQUESTS, PROCESSES = 28, 20, 2_000, 4


def wishes() -> list[tuple[datetime, datetime]]:
    """Return the requests, each from a whole hour to another of the same day."""
    chance = random.Random(28)
    found = []
    for _ in range(REQUESTS):
        hours = chance.randint(1, 8)
        start = FIRST + timedelta(days=chance.randrange(DAYS), hours=chance.randrange(24 - hours))
        found.append((start, start + timedelta(hours=hours)))
    return found


def run() -> list[str]:
    python = installed()
    ours, overlapping = our_rate()
    theirs = libres_rate(python)
    return [
        ratio("accepted requests per second, ours / libres", ours, theirs, "/s", "≥ 2", ours >= 2 * theirs),
        f"overlaps in ours: {overlapping} {verdict('0', not overlapping)}",
    ]


def our_rate() -> tuple[float, int]:
    """Return accepted requests per second, and by how many units the pool was promised beyond what it holds."""
    with postgresql() as url:
        engine = create_engine(url)
        with Session(engine) as session, session.begin():
            point = lending.point(session, windows=lending.ROUND_THE_CLOCK)
            stock = lending.stock(session, units=UNITS, at=point)
            who = [people.person(session).id for _ in range(50)]
            where = point.slug, stock.model.slug
        context = get_context("forkserver")
        context.set_forkserver_preload(["tests.performance.bench.requests"])
        ready, answers = context.Barrier(PROCESSES + 1), context.Queue()
        processes = [
            context.Process(target=_borrow, args=(url, where, who, wishes()[n::PROCESSES], ready, answers))
            for n in range(PROCESSES)
        ]
        for process in processes:
            process.start()
        ready.wait()
        began = perf_counter()
        accepted = sum(answers.get() for _ in processes)
        took = perf_counter() - began
        with Session(engine) as session:
            rows = session.execute(select(Claim.starts_at, Claim.ends_at, Claim.units)).all()
        engine.dispose()
        left = free_throughout(UNITS, [tuple(row) for row in rows], Period(FIRST, FIRST + timedelta(days=DAYS)))
        return accepted / took, max(0, -left)


def _borrow(url, where, who, wanted, ready, answers) -> None:
    engine, clock, accepted = create_engine(url), StoppedClock(NOW), 0
    point, model = where
    with engine.connect():
        ready.wait()
    for n, (start, end) in enumerate(wanted):
        wish = Wish(point, start, end, (WishedLine(model, 1),), purpose="bench")
        person = who[n % len(who)]
        try:
            committed(engine, lambda s, w=wish, p=person: requests_of(s, clock).request(w, p, p))
            accepted += 1
        except Refused:
            pass
    engine.dispose()
    answers.put(accepted)


def libres_rate(python: Path) -> float:
    """Return libres' accepted requests per second, measured by a script in its own environment."""
    with Cluster(settings=DURABLE) as cluster:
        url = create_database(cluster.url("postgres"), "libres")
        told = {
            "dsn": url.replace("postgresql://", "postgresql+psycopg://"),
            "units": UNITS,
            "first": FIRST.date().isoformat(),
            "days": DAYS,
            "processes": PROCESSES,
            "requests": [(start.isoformat(), end.isoformat()) for start, end in wishes()],
        }
        answer = subprocess.run(
            [python, PEER], input=json.dumps(told), capture_output=True, text=True, timeout=600, check=False
        )
        if answer.returncode:
            raise RuntimeError(answer.stderr[-2000:])
        return json.loads(answer.stdout.splitlines()[-1])["accepted_per_second"]


def installed() -> Path:
    """Return the Python of libres' own environment, made if there is none."""
    python = ENVIRONMENT.absolute() / "bin" / "python"
    if not (ENVIRONMENT / "installed").exists():
        subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", LIBRES, "psycopg[binary]"]
        subprocess.run(pip, check=True, env=os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"})
        (ENVIRONMENT / "installed").touch()
    return python
