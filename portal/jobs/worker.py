"""The worker: does what is due, one job after another. Any number of them may run, in any number of processes."""

import os
import secrets
import socket
import threading
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from portal.clock import Clock
from portal.db.session import is_away, is_conflict, working_request
from portal.jobs import queue
from portal.jobs.queue import Claim, LostLease
from portal.jobs.rules import MOST_ATTEMPTS, is_hopeless, turn
from portal.jobs.tasks import GiveUp, Task
from portal.logs import described, path_of

LEASE = timedelta(minutes=10)
PULSE = timedelta(seconds=30)
REST_SECONDS = 1.0
REST_WHEN_AWAY_SECONDS = 5.0


class Crew:
    """Two workers side by side, one of which leaves heavy work to the other: a letter waits for no video."""

    def __init__(self, registry) -> None:
        self._workers = (Worker(registry), Worker(registry, heavy=False))

    def run(self) -> None:
        """Work until :meth:`stop`; the jobs in hand are finished first."""
        threads = [threading.Thread(target=worker.run, name="worker") for worker in self._workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def stop(self, *_signal) -> None:
        for worker in self._workers:
            worker.stop()


class Worker:
    """One thread's worth of background work on the registry's database, until :meth:`stop`.

    Without ``heavy`` it leaves alone what takes long.
    """

    def __init__(self, registry, lease: timedelta = LEASE, *, heavy: bool = True) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._registry = registry
        self._engine: Engine = registry.engine
        self._clock: Clock = registry.clock
        self._tasks: dict[str, Task] = registry.tasks
        self._lease = lease
        self._heavy = heavy
        self._stopped = threading.Event()
        self._turns: dict[str, datetime] = {}
        self._pulse_due: datetime | None = None
        self._log = structlog.get_logger("portal.worker")

    def run(self) -> None:
        """Work until :meth:`stop`; the job in hand is finished first."""
        self._log.info("worker started", worker=self.name)
        while not self._stopped.is_set():
            self._stopped.wait(self._round())
        self._leave()
        self._log.info("worker stopped", worker=self.name)

    def run_once(self) -> int:
        """Do all that is due, and return how many jobs that was, failed ones included."""
        self._keep_time()
        done = 0
        while not self._stopped.is_set() and self._do_one():
            done += 1
        return done

    def stop(self, *_signal) -> None:
        self._stopped.set()

    def _round(self) -> float:
        """Do one job if there is one; return how many seconds to rest."""
        try:
            self._show_pulse()
            self._keep_time()
            return 0.0 if self._do_one() else REST_SECONDS
        except DBAPIError as error:
            if not (is_away(error) or is_conflict(error)):
                self._log.error("worker failed", error=described(error))
            else:
                self._log.warning("database out of reach, the worker waits")
        except Exception as error:  # whatever it is, the work of the others goes on
            self._log.error("worker failed", error=described(error))
        return REST_WHEN_AWAY_SECONDS

    def _do_one(self) -> bool:
        """Claim a job and do it. False when nothing is due."""
        claimed = self._claim()
        if claimed is None:
            return False
        log = self._log.bind(job=str(claimed.job_id), kind=claimed.kind)
        if claimed.attempts > MOST_ATTEMPTS:
            self._give_back(claimed, GiveUp("each worker that tried this died of it"))
            return True
        try:
            with working_request(self._registry) as request:
                self._tasks[claimed.kind].function(request, **claimed.payload)
                queue.finish(request.db, claimed, self._clock.now())
        except LostLease:
            log.warning("job took longer than its lease, another worker has it")
        except Exception as error:
            log.warning("job failed", attempt=claimed.attempts, error=described(error), at=path_of(error))
            self._give_back(claimed, error)
        else:
            log.info("job done")
        return True

    def _claim(self) -> Claim | None:
        kinds = sorted(kind for kind, task in self._tasks.items() if self._heavy or not task.heavy)
        with Session(self._engine.execution_options(readonly=True)) as session:
            if not queue.is_anything_due(session, self._clock.now(), kinds):
                return None
        with Session(self._engine) as session, session.begin():
            return queue.claim(session, self._clock.now(), kinds, self.name, self._lease)

    def _give_back(self, claimed: Claim, error: Exception) -> None:
        """Have the job tried again, or give it up, with what its task has to do then."""
        hopeless = isinstance(error, GiveUp) or is_hopeless(claimed.attempts)
        settle = queue.give_up if hopeless else queue.postpone
        follow = self._tasks[claimed.kind].given_up
        try:
            with working_request(self._registry) as request:
                if hopeless and follow is not None:
                    follow(request, **claimed.payload)
                settle(request.db, claimed, self._clock.now(), described(error))
        except LostLease:
            self._log.warning("another worker has the job by now", job=str(claimed.job_id))
        except DBAPIError:  # the database's, which is waited for
            raise
        except Exception as wrong:  # what follows a job that is given up is no reason to try it for ever
            self._log.error("given up, but not to the end", job=str(claimed.job_id), error=described(wrong))
            with working_request(self._registry) as request:
                settle(request.db, claimed, self._clock.now(), described(error))

    def _keep_time(self) -> None:
        """Add the jobs of periodic tasks whose turn has come since the last time we looked."""
        now = self._clock.now()
        for task in self._tasks.values():
            if task.every is not None and self._turns.get(task.kind) != turn(now, task.every):
                with Session(self._engine) as session, session.begin():
                    queue.give_turn(session, task, now)
                self._turns[task.kind] = turn(now, task.every)

    def _show_pulse(self) -> None:
        now = self._clock.now()
        if self._pulse_due is None or now >= self._pulse_due:
            with Session(self._engine) as session, session.begin():
                queue.show_pulse(session, self.name, now)
            self._pulse_due = now + PULSE

    def _leave(self) -> None:
        try:
            with Session(self._engine) as session, session.begin():
                queue.end_pulse(session, self.name)
        except DBAPIError:
            self._log.warning("database out of reach, the pulse stays until it fades")
