"""Worker processes for the tests: ``python -m tests.tables.portal.media.transcoder DATABASE_URL FOLDER LEASE_SECONDS``.

For each line that it reads it forks a worker and says its process id: a worker begins at once, as all is imported.
"""

import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

from portal.jobs.worker import Worker
from tests.houses import own_registry, own_settings


def main(url: str, folder: str, lease: str) -> None:
    registry = own_registry(own_settings(url, Path(folder)), migrate=False)  # opens neither database nor store yet
    registry.tasks = {
        kind: task for kind, task in registry.tasks.items() if kind.startswith("media.") and not task.every
    }
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that are killed
    for _line in sys.stdin:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            worker = Worker(registry, lease=timedelta(seconds=float(lease)))
            signal.signal(signal.SIGTERM, worker.stop)
            worker.run()
            os._exit(0)
        print(child, flush=True)  # noqa: T201 the test waits for it


if __name__ == "__main__":
    main(*sys.argv[1:])
