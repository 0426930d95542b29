import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from portal.logs import LONGEST, described, path_of, scrubbed


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
