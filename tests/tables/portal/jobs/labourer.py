"""A worker process for the tests: ``python -m tests.tables.portal.jobs.labourer DATABASE_URL FOLDER LEASE_SECONDS``."""

import signal
import sys
import time
from datetime import timedelta
from pathlib import Path

from portal.audit.services import Audit
from portal.jobs.tasks import Task
from portal.jobs.worker import Worker
from tests.houses import own_registry, own_settings


def tally(request, number: int) -> None:
    """Leave one line that says which job was done."""
    request.find_service(Audit).record("test.tally", "number", number)
    request.db.flush()


def linger(request, flag: str) -> None:
    """The first time, write and then take forever; the second time, be quick."""
    request.find_service(Audit).record("test.linger", "flag", "once")
    request.db.flush()
    if not Path(flag).exists():
        Path(flag).touch()
        time.sleep(600)


TASKS = {"test.tally": tally, "test.linger": linger}


def main(url: str, folder: str, lease: str) -> None:
    registry = own_registry(own_settings(url, Path(folder)), migrate=False)
    registry.tasks = {kind: Task(kind, function) for kind, function in TASKS.items()}
    worker = Worker(registry, lease=timedelta(seconds=float(lease)))
    signal.signal(signal.SIGTERM, worker.stop)
    print("ready", flush=True)  # noqa: T201 the test waits for it
    worker.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
