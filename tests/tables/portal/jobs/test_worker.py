"""Workers with real commits, some of them in processes of their own, on both databases."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from portal.audit.models import AuditEntry
from portal.clock import Clock, StoppedClock
from portal.db.session import working_request
from portal.jobs.models import Job, WorkerPulse
from portal.jobs.queries import pulses
from portal.jobs.rules import MOST_ATTEMPTS, pause
from portal.jobs.services import Jobs
from portal.jobs.tasks import GiveUp, Task
from portal.jobs.worker import Crew, Worker
from tests.conftest import DATABASES, NOW
from tests.houses import own_registry, own_settings, own_url
from tests.tables.portal.jobs.labourer import tally

pytestmark = pytest.mark.whole


@pytest.fixture(scope="module", params=DATABASES)
def house(request, tmp_path_factory):
    """A house with a database of its own."""
    folder = tmp_path_factory.mktemp("workers")
    registry = own_registry(own_settings(own_url(request.param, folder), folder))
    yield registry
    registry.engine.dispose()


@pytest.fixture
def registry(house):
    """The house with no work to do, its clock standing still, and the one task of counting."""
    house.clock = StoppedClock(NOW)
    house.tasks = {"test.tally": Task("test.tally", tally)}
    with Session(house.engine) as session, session.begin():
        session.execute(delete(Job))
        session.execute(delete(WorkerPulse))
    return house


def ask(registry, kind="test.tally", payload=None, **more):
    with working_request(registry) as request:
        request.find_service(Jobs).add(kind, payload if payload is not None else {"number": 1}, **more)


def rows(registry, query):
    with Session(registry.engine) as session:
        return session.execute(query).all()


def tallies(registry):
    done = select(AuditEntry.subject_id).where(AuditEntry.act == "test.tally")
    return Counter(number for (number,) in rows(registry, done))


def the_job(registry):
    with Session(registry.engine) as session:
        return session.scalars(select(Job)).one()


def test_a_job_is_done_once_and_then_finished(registry):
    before = tallies(registry)["1"]
    ask(registry)

    assert Worker(registry).run_once() == 1
    assert Worker(registry).run_once() == 0
    assert tallies(registry)["1"] == before + 1
    assert the_job(registry).finished_at == NOW


def test_work_for_later_waits(registry):
    ask(registry, run_at=NOW + timedelta(hours=1))

    assert Worker(registry).run_once() == 0
    registry.clock.at += timedelta(hours=1)
    assert Worker(registry).run_once() == 1


def test_work_with_a_key_is_asked_for_once(registry):
    for _ in range(3):
        ask(registry, key="reminder of 22 October")

    assert Worker(registry).run_once() == 1


def test_work_that_is_done_can_be_asked_for_again_once_it_is_forgotten(registry):
    for key in ("one", "two"):
        ask(registry, key=key)
    assert Worker(registry).run_once() == 2
    ask(registry, key="three")  # not done yet
    with Session(registry.engine) as session, session.begin():
        Jobs(session, registry.clock).forget_done("test.tally", but=["two"])
    for key in ("one", "two", "three"):
        ask(registry, key=key)
    assert Worker(registry).run_once() == 2


def test_work_that_this_house_does_not_know_waits_for_one_that_does(registry):
    ask(registry, kind="another.feature")

    assert Worker(registry).run_once() == 0
    assert the_job(registry).attempts == 0


def test_what_a_failing_job_wrote_is_rolled_back_and_it_is_tried_again_after_a_pause(registry):
    def fail(request, number):
        tally(request, number)
        raise RuntimeError("no paper, ask marie@example.org")

    registry.tasks = {"test.tally": Task("test.tally", fail)}
    before = tallies(registry)
    ask(registry)

    assert Worker(registry).run_once() == 1
    job = the_job(registry)
    assert tallies(registry) == before
    assert (job.finished_at, job.given_up_at, job.run_at) == (None, None, NOW + pause(1))
    assert job.error == "RuntimeError: no paper, ask <email>"

    registry.tasks = {"test.tally": Task("test.tally", tally)}
    registry.clock.at += pause(1)
    assert Worker(registry).run_once() == 1
    assert the_job(registry).error is None


def test_work_that_fails_too_often_is_given_up_until_an_administrator_lets_it_be_tried_again(registry):
    def fail(request, number):
        raise RuntimeError

    registry.tasks = {"test.tally": Task("test.tally", fail)}
    ask(registry)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert Worker(registry).run_once() == 1
        registry.clock.at += pause(attempt)
    assert Worker(registry).run_once() == 0
    assert the_job(registry).given_up_at is not None

    job_id = the_job(registry).id
    with working_request(registry) as request:
        assert request.find_service(Jobs).retry(job_id)
        assert not request.find_service(Jobs).retry(job_id)
    assert Worker(registry).run_once() == 1


def test_a_task_that_knows_better_is_given_up_at_once(registry):
    def refuse(request, number):
        raise GiveUp("the address does not exist")

    registry.tasks = {"test.tally": Task("test.tally", refuse)}
    ask(registry)
    Worker(registry).run_once()

    assert the_job(registry).given_up_at == NOW


def test_a_job_that_kills_its_workers_is_given_up(registry):
    ask(registry)
    with Session(registry.engine) as session, session.begin():
        session.execute(update(Job).values(attempts=MOST_ATTEMPTS, claimed_by="dead", claimed_until=NOW))

    Worker(registry).run_once()
    assert the_job(registry).given_up_at == NOW
    assert "died" in the_job(registry).error


def test_what_a_task_does_when_its_work_is_given_up_is_done_with_that_once(registry):
    def refuse(request, number):
        raise GiveUp("the address does not exist")

    registry.tasks = {"test.tally": Task("test.tally", refuse, given_up=tally)}
    before = tallies(registry)["1"]
    ask(registry)
    Worker(registry).run_once()
    assert (the_job(registry).given_up_at, tallies(registry)["1"]) == (NOW, before + 1)


def test_what_goes_wrong_when_work_is_given_up_does_not_bring_it_back(registry):
    def refuse(request, number):
        raise GiveUp("the address does not exist")

    def stumble(request, number):
        raise TypeError("nobody thought of that")

    registry.tasks = {"test.tally": Task("test.tally", refuse, given_up=stumble)}
    ask(registry)
    Worker(registry).run_once()
    assert the_job(registry).given_up_at == NOW


def test_nothing_is_given_up_before_its_last_attempt(registry):
    def fail(request, number):
        raise RuntimeError

    registry.tasks = {"test.tally": Task("test.tally", fail, given_up=tally)}
    before = tallies(registry)["1"]
    ask(registry)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert tallies(registry)["1"] == before
        Worker(registry).run_once()
        registry.clock.at += pause(attempt)
    assert tallies(registry)["1"] == before + 1


def test_work_of_a_kind_that_kills_its_workers_is_given_up_with_what_follows(registry):
    registry.tasks = {"test.tally": Task("test.tally", tally, given_up=tally)}
    before = tallies(registry)["1"]
    ask(registry)
    with Session(registry.engine) as session, session.begin():
        session.execute(update(Job).values(attempts=MOST_ATTEMPTS, claimed_by="dead", claimed_until=NOW))
    Worker(registry).run_once()
    assert (the_job(registry).given_up_at, tallies(registry)["1"]) == (NOW, before + 1)


def test_light_work_is_done_beside_heavy_work(registry):
    registry.tasks |= {"test.heavy": Task("test.heavy", tally, heavy=True)}
    before = tallies(registry)
    ask(registry, kind="test.heavy", payload={"number": 2})
    ask(registry)

    assert Worker(registry, heavy=False).run_once() == 1
    assert tallies(registry) - before == Counter({"1": 1})
    assert Worker(registry).run_once() == 1
    assert tallies(registry) - before == Counter({"1": 1, "2": 1})


def test_two_work_side_by_side_until_they_are_stopped(registry):
    """One of them is at something heavy, and a letter leaves all the same."""
    registry.clock = Clock()
    begun, over = Event(), Event()

    def last(request, number):
        begun.set()
        assert over.wait(60)

    registry.tasks |= {"test.heavy": Task("test.heavy", last, heavy=True)}
    before = tallies(registry)["1"]
    ask(registry, kind="test.heavy")
    crew = Crew(registry)
    thread = Thread(target=crew.run)
    thread.start()
    try:
        assert begun.wait(60)
        ask(registry)
        wait_for(lambda: tallies(registry)["1"] == before + 1)
        assert len(rows(registry, select(WorkerPulse.name))) == 2
    finally:
        over.set()
        crew.stop()
        thread.join()
    assert rows(registry, select(WorkerPulse.name)) == []


def test_a_worker_is_alive_for_as_long_as_it_holds_work(registry):
    seen = []

    def dawdle(request, number):
        for minutes in (5, 4, 2):
            registry.clock.at += timedelta(minutes=minutes)
            with Session(registry.engine) as session:
                seen.extend(pulse.alive for pulse in pulses(session, registry.clock.now()))

    registry.tasks = {"test.tally": Task("test.tally", dawdle)}
    ask(registry)
    worker = Worker(registry)
    worker._round()
    assert seen == [True, True, False]


def test_who_was_slower_than_the_lease_leaves_nothing_behind(registry):
    def dawdle(request, number):
        registry.clock.at += timedelta(minutes=11)
        registry.tasks = {"test.tally": Task("test.tally", tally)}
        assert Worker(registry).run_once() == 1  # another worker takes the job, and does it
        tally(request, number)

    registry.tasks = {"test.tally": Task("test.tally", dawdle)}
    before = tallies(registry)["1"]
    ask(registry)
    Worker(registry).run_once()

    assert tallies(registry)["1"] == before + 1


def test_periodic_work_is_due_once_a_turn_whoever_looks(registry):
    calls = []
    registry.tasks = {"test.daily": Task("test.daily", lambda request: calls.append(1), timedelta(days=1))}

    assert [Worker(registry).run_once() for _ in range(3)] == [1, 0, 0]
    registry.clock.at += timedelta(days=3)
    assert [Worker(registry).run_once() for _ in range(3)] == [1, 0, 0]
    assert len(calls) == 2


def test_a_turn_that_nobody_took_gives_way_to_the_next(registry):
    def fail(request):
        raise GiveUp("not today")

    registry.tasks = {"test.daily": Task("test.daily", fail, timedelta(days=1))}
    for _ in range(3):
        Worker(registry).run_once()
        registry.clock.at += timedelta(days=1)

    assert len(rows(registry, select(Job.id))) == 1


@contextmanager
def labourers(registry, tmp_path, how_many, lease=60):
    """Worker processes, ready; stopped when the ``with`` block ends."""
    url = registry.portal_settings.database_url
    command = [sys.executable, "-m", "tests.tables.portal.jobs.labourer", url, str(tmp_path), str(lease)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(how_many)]
    try:
        for process in processes:
            assert process.stdout.readline() == "ready\n"
        yield processes
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.communicate(timeout=120)


def wait_for(what, seconds=240):
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def finished(registry):
    return rows(registry, select(func.count()).where(Job.finished_at.is_not(None)))[0][0]


def test_four_workers_do_five_hundred_jobs_exactly_once_each(registry, tmp_path):
    before = tallies(registry)
    with working_request(registry) as request:
        for number in range(1000, 1500):
            request.find_service(Jobs).add("test.tally", {"number": number})

    with labourers(registry, tmp_path, 4) as workers:
        wait_for(lambda: finished(registry) == 500)
        pulses = rows(registry, select(WorkerPulse.name))
    assert len(pulses) == 4
    assert [worker.returncode for worker in workers] == [0] * 4
    assert tallies(registry) - before == Counter({str(number): 1 for number in range(1000, 1500)})
    assert rows(registry, select(func.max(Job.attempts))) == [(1,)]
    assert rows(registry, select(WorkerPulse.name)) == []


def test_the_job_of_a_killed_worker_is_done_by_another_once(registry, tmp_path):
    flag = tmp_path / "begun"
    ask(registry, kind="test.linger", payload={"flag": str(flag)})
    lingered = select(func.count()).where(AuditEntry.act == "test.linger")
    [(before,)] = rows(registry, lingered)

    with labourers(registry, tmp_path, 1, lease=2) as (unlucky,):
        wait_for(flag.exists)
        os.kill(unlucky.pid, signal.SIGKILL)
        unlucky.wait()
        assert rows(registry, lingered) == [(before,)]
        with labourers(registry, tmp_path, 2, lease=2):
            wait_for(lambda: finished(registry) == 1)
    assert rows(registry, lingered) == [(before + 1,)]
