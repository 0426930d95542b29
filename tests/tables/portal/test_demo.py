"""The demo city is loaded once and whole, or not at all; the README says who lives in it. Real commits."""

from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import demo
from portal.clock import StoppedClock
from portal.commands import portal
from portal.db.session import working_request
from portal.index.services import PublicIndex
from portal.migrations import history
from portal.people import demo as people
from tests.conftest import DATABASES, NOW
from tests.houses import own_registry, own_settings, own_url

pytestmark = pytest.mark.whole

README = Path(__file__).parents[3] / "README.md"


@pytest.fixture(params=DATABASES)
def house(request, tmp_path):
    registry = own_registry(own_settings(own_url(request.param, tmp_path), tmp_path))
    registry.clock = StoppedClock(NOW)
    yield registry
    registry.engine.dispose()


@pytest.fixture
def only_people(monkeypatch):
    """A city with people in it, and nothing else."""
    monkeypatch.setattr(demo, "rooms", lambda _name: iter([people]))


def load(registry):
    with working_request(registry) as request:
        return demo.load(request)


def rows(registry):
    with Session(registry.engine) as session:
        tables = history.metadata().sorted_tables
        return {table.name: session.scalar(select(func.count()).select_from(table)) for table in tables}


def test_it_is_loaded_once(house, only_people):
    assert load(house)
    before = rows(house)
    assert before["person"] > 40
    assert not load(house)
    assert rows(house) == before


def test_cut_short_there_is_nothing_of_it_and_it_can_be_loaded_anew(house, monkeypatch):
    def cut_short(_request, _chance):
        raise KeyboardInterrupt

    before = rows(house)
    broken = SimpleNamespace(__name__="broken", load=cut_short)
    monkeypatch.setattr(demo, "rooms", lambda _name: iter([people, broken]))
    with pytest.raises(KeyboardInterrupt):
        load(house)
    assert rows(house) == before

    monkeypatch.setattr(demo, "rooms", lambda _name: iter([people]))
    assert load(house)


def test_it_is_not_loaded_where_there_is_a_city_already(house):
    with working_request(house) as request:
        request.find_service(PublicIndex).put(
            "equipment", uuid4(), path="/equipment/sono", title={"fr": "Sono"}, summary={}
        )
    before = rows(house)
    with pytest.raises(demo.NotHere):
        load(house)
    assert rows(house) == before


def test_accounts_whose_password_everybody_knows_are_not_for_production(house, only_people):
    settings = house.portal_settings
    house.portal_settings = SimpleNamespace(production=True)
    try:
        with pytest.raises(demo.NotHere):
            load(house)
    finally:
        house.portal_settings = settings
    assert rows(house)["person"] == 0


def test_the_readme_says_whom_to_sign_in_as():
    told = README.read_text("utf-8")
    tour = list(demo.tour())
    assert len(tour) >= 5
    for email, password, who, to_try in tour:
        assert f"| `{email}` | {who} | {to_try} |" in told
        assert f"`{password}`" in told
    assert told.count("@communs.example`") == len(tour)


def test_the_command_says_it_too_however_often_it_is_asked(tmp_path, monkeypatch, only_people):
    monkeypatch.setenv("PORTAL_DATA", str(tmp_path))
    monkeypatch.setenv("PORTAL_HASH_MEMORY_KIB", "8")
    run = CliRunner()
    assert run.invoke(portal, ["init"]).exit_code == 0
    for _ in range(2):
        said = run.invoke(portal, ["demo"])
        assert said.exit_code == 0
        assert "armelle@communs.example" in said.output
        assert people.PASSWORD in said.output


def test_before_the_schema_is_there_the_command_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTAL_DATA", str(tmp_path))
    said = CliRunner().invoke(portal, ["demo"])
    assert said.exit_code == 1
    assert "portal init" in said.output
