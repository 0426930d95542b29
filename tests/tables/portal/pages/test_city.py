import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from portal.db import create_engine
from portal.pages.city import DEFAULTS, City, Conformity, KeptValues
from portal.pages.models import CitySetting
from tests.conftest import NOW
from tests.houses import own_registry, own_settings, own_url


@pytest.fixture
def engine(tmp_path):
    registry = own_registry(own_settings(own_url("sqlite", tmp_path), tmp_path))
    yield registry.engine
    registry.engine.dispose()


def keep(engine, name, value):
    with Session(engine) as session, session.begin():
        session.add(CitySetting(key=name, value=value, changed_at=NOW))


def test_a_city_that_said_nothing_has_the_defaults_in_the_readers_language():
    assert City.of({}, "en").tagline == DEFAULTS["tagline"]["en"]
    assert City.of({}, "fr").accessibility_state is Conformity.NONE
    assert City.of({}, "br").about == DEFAULTS["about"]["fr"]


def test_a_text_that_is_not_there_in_ones_language_is_shown_in_another():
    assert City.of({"banner": {"en": "Closed"}}, "fr").banner == "Closed"


@pytest.mark.parametrize(
    ("said", "owner"),
    [
        ({"name": "Communs", "place": "de Brest"}, "Communs de Brest"),
        ({"name": "Communs", "place": "", "publisher": " \n"}, "Communs"),
        ({"publisher": "Ville de Brest\r\n2 rue Frézier\r\nSIRET 212 900 195 00014"}, "Ville de Brest"),
    ],
)
def test_the_citys_things_are_its_publishers_or_at_last_the_portals(said, owner):
    assert City.of(said, "fr").owner == owner


def test_languages_that_we_do_not_speak_are_not_offered():
    assert City.of({"languages": ["tlh", "en"]}, "en").languages == ("en",)
    assert City.of({"languages": []}, "en").languages


def test_what_was_changed_is_read_in_one_query_and_not_again_for_a_while(engine):
    keep(engine, "name", "Brest")
    queries = []
    event.listen(engine, "before_cursor_execute", lambda *call: queries.append(call[2]))
    values = KeptValues()

    assert [values.read(engine).values["name"] for _ in range(5)] == ["Brest"] * 5
    assert len([query for query in queries if query.startswith("SELECT")]) == 1


def test_a_change_shows_at_once_where_it_was_made(engine):
    values = KeptValues()
    assert values.read(engine).values == {}
    keep(engine, "name", "Brest")
    values.forget()
    assert values.read(engine).values == {"name": "Brest"}


def test_without_a_database_what_was_read_before_still_holds(engine, tmp_path):
    keep(engine, "name", "Brest")
    lost = create_engine(f"sqlite:///{tmp_path / 'nowhere' / 'portal.db'}")
    values = KeptValues()

    assert values.read(lost).values == {}
    values.forget()
    values.read(engine)
    values.forget()
    assert values.read(lost).values == {"name": "Brest"}
    lost.dispose()
