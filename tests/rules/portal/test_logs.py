import json
import logging
from io import StringIO

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from portal.logs import LONGEST, described, dress, path_of, scrubbed
from portal.settings import Settings


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ("550 no such user marie.le-goff@example.org.", "550 no such user <email>."),
        ("from 192.168.0.12 port 25", "from <ip> port 25"),
        ("from 2001:db8::1 or fe80:1:2:3::4", "from <ip> or <ip>"),
        ("token " + "aZ0_-" * 9, "token <token>"),
        ("at 12:30:15 on 2026-10-22", "at 12:30:15 on 2026-10-22"),
        ("loan 0b0c8a62-7a55-4e3c-8f38-0d9e8b1d8f00", "loan 0b0c8a62-7a55-4e3c-8f38-0d9e8b1d8f00"),
    ],
)
def test_what_tells_who_it_was_is_taken_out(said, logged):
    assert scrubbed(said) == logged


@given(st.text(), st.emails(domains=st.just("example.org")), st.text())
def test_no_address_survives_and_no_line_is_endless(before, email, after):
    kept = scrubbed(f"{before} {email} {after}" * 20)
    assert "@example.org" not in kept
    assert len(kept) <= LONGEST


def test_of_a_database_error_the_row_is_not_told():
    said = Exception("UNIQUE constraint failed: person.email")
    error = IntegrityError("INSERT …", {"email": "marie@example.org"}, said)
    assert described(error) == "IntegrityError: UNIQUE constraint failed: person.email"


def test_where_an_error_came_from_is_told_without_its_values():
    secret = "marie"
    try:
        raise ValueError(secret)
    except ValueError as error:
        [line] = path_of(error)
    assert "test_logs.py" in line
    assert secret not in line


@pytest.fixture
def lines(monkeypatch):
    """What the log of a portal in production says, a dictionary a line."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    monkeypatch.setattr(logging.getLogger(), "handlers", [handler])
    dress(Settings(production=True, secret="x" * 40, base_url="https://communs.example"))
    return lambda: [json.loads(line) for line in written.getvalue().splitlines()]


@pytest.mark.parametrize(
    "said", [{"mail": "marie@example.org"}, {"event": "from marie@example.org"}, "marie@example.org"]
)
def test_whatever_a_library_logs_is_a_line_without_anybody_in_it(lines, said):
    logging.getLogger("library").warning(said)
    (line,) = lines()
    assert (line["level"], line["logger"]) == ("warning", "library")
    assert "marie" not in str(line)
    assert "timestamp" in line


def test_our_own_line_says_what_it_says_and_no_more(lines, config):
    structlog.get_logger("portal.requests").warning("request", route="home", ms=3)
    (line,) = lines()
    assert {name: line[name] for name in ("event", "route", "ms", "level", "logger")} == {
        "event": "request", "route": "home", "ms": 3, "level": "warning", "logger": "portal.requests",
    }  # fmt: skip
    assert line.keys() == {"event", "route", "ms", "level", "logger", "timestamp"}
