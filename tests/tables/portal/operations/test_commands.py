"""The commands that run the portal, as whoever runs it types them."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.db.session import working_request
from portal.jobs.models import Job, WorkerPulse
from portal.mail.services import Outbox
from tests.cluster import free_port
from tests.conftest import DATABASES
from tests.houses import own_registry, own_settings, own_url

pytestmark = pytest.mark.whole

ROOT = Path(__file__).parents[4]
PORTAL = [str(Path(sys.executable).with_name("portal")), "-c", str(ROOT / "development.ini")]
TRIAL = "portal:templates/portal/mail/trial.txt"


def environment(url, folder, **more):
    ours = {"PORTAL_DATABASE_URL": url, "PORTAL_DATA": str(folder)}
    return {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")} | ours | more


def portal(url, folder, *arguments):
    """Run a command to its end."""
    return subprocess.run(
        [*PORTAL, *arguments], env=environment(url, folder), cwd=folder, capture_output=True, text=True, timeout=240
    )


@pytest.fixture(scope="module", params=DATABASES)
def url(request, tmp_path_factory):
    return own_url(request.param, tmp_path_factory.mktemp("commands"))


@pytest.fixture(scope="module")
def registry(url, tmp_path_factory):
    registry = own_registry(own_settings(url, tmp_path_factory.mktemp("registry")))
    yield registry
    registry.engine.dispose()


def test_an_empty_database_is_said_to_be_one_then_created_twice_to_no_harm(tmp_path):
    url = f"sqlite:///{tmp_path / 'portal.db'}"
    checked = portal(url, tmp_path, "check")
    assert checked.returncode == 1
    assert "portal init" in checked.stdout
    assert checked.stderr.splitlines()[-1].startswith("Error: ")

    for _ in range(2):
        assert portal(url, tmp_path, "init").returncode == 0
    checked = portal(url, tmp_path, "check")
    lines = {line.split()[1]: line.split()[0] for line in checked.stdout.splitlines()}
    assert lines == {
        "database": "ok",
        "migrations": "ok",
        "media": "ok",
        "mail": "ok",
        "clock": "ok",
        "worker": "WRONG",
        "disk": "ok",
    }


@pytest.mark.parametrize(
    "away", ["sqlite:////nowhere/at/all/portal.db", "postgresql://portal:secret@127.0.0.1:1/portal"]
)
def test_a_lost_database_is_one_line_that_says_what_to_do(tmp_path, away):
    done = portal(away, tmp_path, "work", "--once")

    assert done.returncode == 1
    assert "portal check" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr


@pytest.mark.parametrize("arguments", [["nonsense"], ["work", "--twice"], ["backup"]])
def test_wrong_usage_is_status_2(tmp_path, arguments):
    assert portal(f"sqlite:///{tmp_path / 'portal.db'}", tmp_path, *arguments).returncode == 2


def test_a_setting_that_cannot_be_is_named(tmp_path):
    done = subprocess.run(
        [*PORTAL, "check"],
        env=environment("", tmp_path, PORTAL_LISTEN="nowhere"),
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 1
    assert "PORTAL_LISTEN" in done.stderr


def test_work_once_does_all_that_is_due_and_ends(registry, url, tmp_path):
    with working_request(registry) as request:
        request.find_service(Outbox).send("zoe@example.org", TRIAL, name="Zoé")

    assert portal(url, tmp_path, "work", "--once").returncode == 0
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1


def test_a_backup_is_restored_by_hand(registry, url, tmp_path):
    saved = tmp_path / "saved.tar.gz"
    assert portal(url, tmp_path, "backup", str(saved)).returncode == 0
    restored = portal(url, tmp_path, "restore", "--replace", str(saved))
    assert restored.returncode == 0, restored.stderr
    assert restored.stdout.startswith("brought back what was saved at ")


def test_a_file_that_is_no_backup_is_refused_in_one_line(tmp_path):
    strange = tmp_path / "strange.tar.gz"
    strange.write_bytes(b"not a backup")
    refused = portal(f"sqlite:///{tmp_path / 'portal.db'}", tmp_path, "restore", str(strange))
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1] == "Error: this is no backup of the portal, or it is damaged"


@contextmanager
def served(url, folder, *options, **more):
    """A server of its own, ready; ended with SIGTERM, which it must survive in good order."""
    port = free_port()
    process = subprocess.Popen(
        [*PORTAL, "serve", *options],
        env=environment(
            url, folder, PORTAL_LISTEN=f"127.0.0.1:{port}", PORTAL_BASE_URL="https://communs.example.bzh", **more
        ),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for(lambda: answers(port))
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        out, log = process.communicate(timeout=120)
    assert process.returncode == 0, log
    assert out.splitlines()[:2] == ["https://communs.example.bzh/", f"listening on 127.0.0.1:{port}"]


def answers(port):
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def wait_for(what, seconds=240):
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def pulses(registry):
    with Session(registry.engine) as session:
        return session.scalars(select(WorkerPulse.name)).all()


def test_a_server_has_a_worker_inside_that_sends_letters_and_leaves_in_good_order(registry, url, tmp_path):
    with served(url, tmp_path):
        wait_for(lambda: pulses(registry))
        with working_request(registry) as request:
            request.find_service(Outbox).send("zoe@example.org", TRIAL, name="Zoé")
        wait_for(lambda: list((tmp_path / "mail").glob("*.eml")))
    assert pulses(registry) == []


def test_a_server_can_be_without_a_worker(registry, url, tmp_path):
    with working_request(registry) as request:
        request.find_service(Outbox).send("zoe@example.org", TRIAL, name="Zoé")
    with served(url, tmp_path, "--no-worker"):
        time.sleep(1)
        assert pulses(registry) == []
    with Session(registry.engine) as session, session.begin():
        job = session.scalars(select(Job).where(Job.kind == "mail.send", Job.finished_at.is_(None))).one()
        session.delete(job)


def test_in_production_the_log_is_json_and_tells_on_nobody(registry, url, tmp_path):
    script = """
import logging, sys
logging.basicConfig(stream=sys.stdout, level="INFO")
from webtest import TestApp
from portal.app import main
app = TestApp(main(None), extra_environ={"HTTP_HOST": "communs.example.bzh", "wsgi.url_scheme": "https"})
app.get("/healthz"); app.get("/search?q=marie@example.org", status="*"); app.get("/calendar/a-secret.ics", status="*")
"""
    settings = {
        "PORTAL_PRODUCTION": "true",
        "PORTAL_SECRET": "x" * 40,
        "PORTAL_BASE_URL": "https://communs.example.bzh",
        "PORTAL_MAIL_FROM": "portail@communs.example.bzh",
    }
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment(url, tmp_path, **settings), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines
    assert all({"event", "level", "timestamp"} <= line.keys() for line in lines)
    assert "marie" not in done.stdout
    assert "a-secret" not in done.stdout
