"""libres' side of ``requests.py``: runs in libres' own environment and imports nothing of ours.

Reads what is wanted as JSON on standard input; the last line of standard output is the answer.
"""

import json
import sys
from datetime import date, datetime, timedelta
from multiprocessing import get_context
from time import perf_counter

from libres import new_scheduler, registry
from libres.modules import errors
from sqlalchemy.exc import DBAPIError

ZONE = "UTC"
TRIES = 50


def scheduler_of(dsn: str, name: str):
    """Return a scheduler on the shared resource, in a context of this process's own."""
    context = registry.register_context(name)
    context.set_setting("dsn", dsn)
    return new_scheduler(context=context, name="recorder", timezone=ZONE)


def reserve(dsn: str, wanted, number: int, ready, answers) -> None:
    scheduler, accepted = scheduler_of(dsn, "bench"), 0
    scheduler.session.connection()
    scheduler.rollback()
    ready.wait()
    for n, (start, end) in enumerate(wanted):
        period = datetime.fromisoformat(start), datetime.fromisoformat(end)
        for _ in range(TRIES):
            try:
                token = scheduler.reserve(f"p{number}-{n % 50}@communs.example", period)
                scheduler.approve_reservations(token)
                scheduler.commit()
                accepted += 1
                break
            except DBAPIError:  # two transactions met: libres runs serialisable and asks to try again
                scheduler.rollback()
            except errors.LibresError:
                scheduler.rollback()
                break
    answers.put(accepted)


def main() -> None:
    told = json.load(sys.stdin)
    scheduler = scheduler_of(told["dsn"], "bench")
    scheduler.setup_database()
    first = date.fromisoformat(told["first"])
    days = [datetime.combine(first + timedelta(days=n), datetime.min.time()) for n in range(told["days"])]
    scheduler.allocate(
        [(day, day + timedelta(days=1)) for day in days], partly_available=True, raster=60, quota=told["units"]
    )
    scheduler.commit()
    scheduler.close()
    apart = get_context("spawn")  # a libres context belongs to one process
    ready, answers = apart.Barrier(told["processes"] + 1), apart.Queue()
    shares = [told["requests"][n :: told["processes"]] for n in range(told["processes"])]
    processes = [
        apart.Process(target=reserve, args=(told["dsn"], share, n, ready, answers)) for n, share in enumerate(shares)
    ]
    for process in processes:
        process.start()
    ready.wait()
    began = perf_counter()
    accepted = sum(answers.get() for _ in processes)
    took = perf_counter() - began
    print(json.dumps({"accepted": accepted, "accepted_per_second": accepted / took}))


if __name__ == "__main__":
    main()
