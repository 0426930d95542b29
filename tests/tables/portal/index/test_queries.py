"""The same question gets the same answer in the same order on both databases: every expectation here is literal."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.index.queries import addresses, latest, listing, search, size, terms
from tests.conftest import NOW
from tests.factories import index


def titles(found):
    return [row.title["fr"] for row in found.rows]


@pytest.fixture
def city(session):
    """A small fleet, entered one hour after the other."""
    things = (
        ("Caméra Sony", "Un caméscope pour vos reportages", "equipment"),
        ("Vidéoprojecteur", "Pour une projection en plein air", "equipment"),
        ("Vélo cargo électrique", "Transporte deux enfants, ou une caméra", "equipment"),
        ("Enregistreur numérique", "La prise de son en reportage, l'œil fermé", "equipment"),
        ("Filmer son quartier", "Apprendre à tenir une caméra, une autre caméra, des caméras", "module"),
        ("Journaux de quartier", "Des travaux d'habitants", "project"),
    )
    for hours, (title, summary, kind) in enumerate(things):
        index.entry(session, title, summary={"fr": summary}, kind=kind, at=NOW + timedelta(hours=hours))


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("camera", ["Caméra Sony", "Filmer son quartier", "Vélo cargo électrique"]),
        ("CAMÉRAS", ["Caméra Sony", "Filmer son quartier", "Vélo cargo électrique"]),
        ("l’œil", ["Enregistreur numérique"]),
        ("yeux", ["Enregistreur numérique"]),
        ("reportages", ["Enregistreur numérique", "Caméra Sony"]),
        ("vélos cargos", ["Vélo cargo électrique"]),
        ("vidéo", ["Vidéoprojecteur"]),
        ("vid", ["Vidéoprojecteur"]),
        ("quartier travail", ["Journaux de quartier"]),
        ("journal", ["Journaux de quartier"]),
        ("son", ["Filmer son quartier", "Caméra Sony", "Enregistreur numérique"]),
        ("de la", []),
        ("tronçonneuse", []),
    ],
)
def test_a_question_finds(session, question, expected):
    found = search(session, question)
    assert titles(found) == expected
    assert found.total == len(expected)
    assert found.every_word


@pytest.mark.usefixtures("city")
def test_where_nothing_holds_every_word_what_holds_most_comes_first(session):
    found = search(session, "emprunter une caméra pour un reportage à Plougastel")
    assert not found.every_word
    assert titles(found)[0] == "Caméra Sony"
    assert "Journaux de quartier" not in titles(found)


@pytest.mark.usefixtures("city")
def test_only_the_last_word_stands_for_what_begins_with_it(session):
    assert titles(search(session, "cargo vél")) == ["Vélo cargo électrique"]
    assert not search(session, "vél cargo").every_word


@pytest.mark.usefixtures("city")
def test_kinds_and_pages_narrow_what_is_found(session):
    assert titles(search(session, "caméra", kinds=("module", "project"))) == ["Filmer son quartier"]
    second = search(session, "caméra", limit=1, offset=1)
    assert (titles(second), second.total) == (["Filmer son quartier"], 3)


@pytest.mark.usefixtures("city")
def test_no_question_lists_everything_newest_first(session):
    assert titles(search(session, " ", limit=2)) == ["Journaux de quartier", "Filmer son quartier"]
    assert titles(listing(session, kinds=("equipment",), limit=1)) == ["Enregistreur numérique"]
    assert [row.kind for row in latest(session, limit=2)] == ["project", "module"]
    assert size(session) == len(addresses(session, limit=100)) == 6


def test_what_is_not_visible_is_found_nowhere(session):
    index.entry(session, "Tente", visible=False)
    assert search(session, "tente").total == listing(session).total == size(session) == 0
    assert latest(session) == addresses(session, limit=10) == []


def test_a_language_asked_for_is_that_of_the_thing(session):
    index.entry(session, "Balade sonore", language="br")
    assert search(session, "balade", language="br").total == 1
    assert search(session, "balade", language="fr").total == 0


HOSTILE = [
    '"', "'", "''; DROP TABLE person; --", "a AND", "NOT", "NEAR(a b)", "*", "velo*", "(((", "col:velo", "^velo",
    "a|b&!c", "<->", "\\", "%", "_", "\0", "velo\0cargo", "🎥", "🎥" * 500, "a" * 10_000, "mot " * 3_000, "\ud800",
    "\u202e", "\u202e\u05d0\u05d1",
]  # fmt: skip


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("question", HOSTILE)
def test_no_question_is_an_error(session, question):
    assert search(session, question).total >= 0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(st.text(max_size=40))
def test_whatever_a_thing_is_called_it_is_found_by_its_name(session, name):
    with session.begin_nested() as savepoint:
        index.entry(session, name)
        assert search(session, name).total == (1 if terms(name) or not name.strip() else 0)
        savepoint.rollback()
