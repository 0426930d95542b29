"""``portal person add`` and ``portal token add``, as typed."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.commands import portal
from portal.db import create_engine
from portal.migrations import history
from portal.people.models import Person, RoleGrant
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.whole


@pytest.fixture
def installation(tmp_path, monkeypatch):
    """An embedded installation of its own, with its engine."""
    monkeypatch.setenv("PORTAL_DATA", str(tmp_path))
    monkeypatch.setenv("PORTAL_HASH_MEMORY_KIB", "8")
    engine = create_engine(f"sqlite:///{tmp_path / 'portal.db'}")
    history.upgrade(engine)
    yield engine
    engine.dispose()


def run(*words, given=None):
    return CliRunner().invoke(portal, words, input=given)


def test_an_account_is_added_with_its_roles_and_its_password(installation):
    words = ("person", "add", "Gwen@Example.org", "--name", "Gwen", "--role", "desk@siam", "--role", "admin")
    assert run(*words, "--password-stdin", given=f"{PASSWORD}\n").exit_code == 0
    with Session(installation) as session:
        person = session.scalars(select(Person)).one()
        assert (person.name, person.email) == ("Gwen", "Gwen@Example.org")
        assert person.email_confirmed_at
        assert person.password_hash.startswith("$argon2id$")
        roles = session.execute(select(RoleGrant.role, RoleGrant.scope)).all()
        assert sorted(map(tuple, roles)) == [("admin", None), ("desk", "siam")]


def test_a_token_and_nothing_else_is_printed(installation):
    run("person", "add", "gwen@example.org", "--name", "Gwen")
    printed = run("token", "add", "GWEN@example.org", "--days", "3")
    assert printed.exit_code == 0
    assert len(printed.stdout.strip()) == 43
    assert printed.stdout.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "given", "status"),
    [
        (("person", "add", "gwen@example.org", "--name", "Again"), None, 1),
        (("person", "add", "new@example.org", "--name", "New", "--password-stdin"), "azerty\n", 1),
        (("person", "add", "new@example.org", "--name", "New", "--password-stdin"), "", 1),
        (("person", "add", "no address", "--name", "New"), None, 2),
        (("person", "add", "new@example.org"), None, 2),
        (("person", "add", "new@example.org", "--name", "New", "--role", "king"), None, 2),
        (("person", "add", "new@example.org", "--name", "New", "--role", "admin@siam"), None, 2),
        (("token", "add", "nobody@example.org"), None, 1),
        (("token", "add", "gwen@example.org", "--days", "0"), None, 2),
    ],
)
def test_what_cannot_be_done_says_so_on_one_line_and_adds_nobody(installation, words, given, status):
    run("person", "add", "gwen@example.org", "--name", "Gwen")
    answer = run(*words, given=given)
    assert answer.exit_code == status
    assert answer.stdout == ""
    assert status == 2 or answer.stderr.count("\n") == 1
    with Session(installation) as session:
        assert session.scalars(select(Person.email)).all() == ["gwen@example.org"]
