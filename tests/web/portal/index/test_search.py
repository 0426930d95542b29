"""A visitor looks for something and finds it, or is told what to do."""

import pytest

from portal.i18n import LANGUAGE_COOKIE, _
from portal.index.kinds import IndexKind
from portal.places.models import place
from tests.factories import index

KINDS = {
    "equipment": IndexKind("equipment", _("Equipment"), "camera", "lend"),
    "module": IndexKind("module", _("Module"), "learn", "learn"),
}


@pytest.fixture(autouse=True)
def kinds(config, monkeypatch):
    monkeypatch.setattr(config.registry, "index_kinds", KINDS)


def look(browse, **asked):
    return browse.get("/search", asked, headers={"Accept-Language": "en"})


def results(page):
    return [link.get_text(strip=True) for link in page.html.select("ol .card-link")]


def test_what_is_found_is_a_link_with_its_kind_and_place(browse, session):
    centre = place("Maison de quartier", "2 rue des Genêts", -4.5, 48.4)
    session.add(centre)
    session.flush()
    index.entry(session, "Caméra", path="/equipment/camera", summary={"fr": "Filme"}, place_id=centre.id)
    card = look(browse, q="cameras").html.select_one("ol .card")
    assert card.select_one("a")["href"] == "/equipment/camera"
    for told in ("Equipment", "Filme", "Maison de quartier"):
        assert told in card.get_text()


def test_a_title_in_another_language_than_the_page_says_so(browse, session):
    index.entry(session, "Caméra")
    assert look(browse).html.select_one("ol h3")["lang"] == "fr"
    assert not browse.get("/search", headers={"Accept-Language": "fr"}).html.select_one("ol h3").get("lang")


def test_the_kind_narrows_what_is_found_and_stays_chosen(browse, session):
    index.entry(session, "Caméra")
    index.entry(session, "Filmer avec une caméra", kind="module")
    page = look(browse, q="caméra", kind="module")
    assert results(page) == ["Filmer avec une caméra"]
    assert page.html.select_one("select[name=kind] option[selected]")["value"] == "module"
    assert page.html.select_one("input[name=q]")["value"] == "caméra"


def test_one_answer_stands_for_every_kind(browse):
    answers = look(browse).html.select("select[name=kind] option")
    assert [answer.text for answer in answers if not answer["value"]] == ["Everything"]


def test_many_results_come_in_pages_that_lead_to_each_other(browse, session):
    for number in range(45):
        index.entry(session, f"Tente {number}")
    browse.set_cookie(LANGUAGE_COOKIE, "en")
    first = look(browse, q="tente")
    assert "45 results" in first.html.select_one("main").get_text()
    second = first.click("Next page")
    third = second.click("Next page")
    assert len({*results(first), *results(second), *results(third)}) == 45
    assert third.html.select_one("ol")["start"] == "41"
    assert not third.html.select_one("a[rel=next]")
    assert results(third.click("Previous page").click("Previous page")) == results(first)


@pytest.mark.parametrize("page", ["0", "-1", "two", "9" * 50, "1.5", ""])
def test_a_page_that_cannot_be_is_the_first(browse, session, page):
    index.entry(session, "Tente")
    assert look(browse, page=page).status_int == 200


def test_a_page_past_the_last_says_so_without_breaking(browse, session):
    index.entry(session, "Tente")
    page = look(browse, q="tente", page="7")
    assert "There are no more results" in page.text
    assert results(page.click("Back to the first ones")) == ["Tente"]


def test_who_finds_nothing_is_told_what_to_try(browse):
    text = look(browse, q="tronçonneuse <b>").html.select_one("main").get_text()
    assert "tronçonneuse <b>" in text
    assert "fewer or more general words" in text


def test_who_finds_only_some_of_the_words_is_told(browse, session):
    index.entry(session, "Caméra")
    assert "Nothing has all of these words" in look(browse, q="caméra pour filmer").text


def test_an_unknown_kind_is_refused_beside_its_field(browse):
    assert browse.get("/search?kind=unheard-of", status=422).html.select_one("[aria-invalid=true]")["name"] == "kind"


@pytest.mark.parametrize("question", ["'", '"', "a" * 9000, "é" * 3000, "🎥", "</script>", "%"])
def test_no_question_breaks_the_page(browse, session, question):
    index.entry(session, "Caméra")
    assert look(browse, q=question).html.h1


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_speaks_the_readers_language(browse, language):
    page = browse.get("/search", headers={"Accept-Language": language})
    assert page.html.html["lang"] == language
    assert page.html.h1


def test_the_page_points_feed_readers_to_the_feed(browse):
    assert look(browse).html.select_one("link[rel=alternate]")["href"] == "/feed.atom"
