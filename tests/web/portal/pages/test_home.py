"""The first page, and the statements that the law wants."""

from datetime import timedelta

import pytest

from portal.pages.city import Conformity
from portal.pages.services import CitySettings
from tests.conftest import NOW
from tests.factories import index


@pytest.fixture
def city(session, clock):
    """A function that changes what the city says."""

    class Unheard:
        def record(self, *_what):
            pass

    return lambda **values: CitySettings(session, clock, Unheard()).change(values)


def titles(page):
    return [title.text.strip() for title in page.html.select("main .card h3")]


def test_the_loop_has_its_four_steps_in_order(browse):
    page = browse.get("/", headers={"Accept-Language": "en"})
    assert [step.text for step in page.html.select(".loop strong")] == ["Learn", "Borrow", "Make", "Share"]


def test_what_begins_within_a_week_comes_before_what_is_new(browse, session):
    index.entry(session, title={"fr": "Une caméra"})
    index.entry(session, title={"fr": "Atelier"}, starts_at=NOW + timedelta(days=6), ends_at=NOW + timedelta(days=7))
    index.entry(session, title={"fr": "Visite"}, starts_at=NOW + timedelta(days=1), ends_at=NOW + timedelta(days=2))
    assert titles(browse.get("/"))[:3] == ["Visite", "Atelier", "Une caméra"]


def test_what_is_over_or_hidden_is_not_shown(browse, session):
    index.entry(session, title={"fr": "Hier"}, starts_at=NOW - timedelta(days=2), ends_at=NOW - timedelta(days=1))
    index.entry(session, title={"fr": "Secret"}, visible=False)
    page = browse.get("/")
    assert titles(page) == []
    assert page.html.select_one("main .empty")


def test_no_kind_takes_all_the_room(browse, session):
    for number in range(9):
        index.entry(session, title={"fr": f"Objet {number}"})
    assert len(titles(browse.get("/"))) == 3


def test_a_title_in_another_language_says_which(browse, session):
    index.entry(session, title={"br": "Kan ar vartoloded"})
    card = browse.get("/").html.select_one("main .card h3")
    assert card["lang"] == "br"


def test_the_accessibility_statement_says_what_the_law_wants(browse, city):
    city(
        accessibility_state="partial",
        accessibility_rate=82,
        accessibility_auditor="Cabinet Test",
        accessibility_audited_on="2026-09-01",
        accessibility_issues={"en": "- The **map** is not described."},
        accessibility_plan={"en": "- [Plan of three years](https://example.org/plan)"},
        accessibility_method={"en": "- Firefox and NVDA"},
        contact_email="access@example.org",
    )
    page = browse.get("/accessibility", headers={"Accept-Language": "en"}).html
    text = " ".join(page.main.text.split())
    for expected in (
        "partially compliant",
        "Cabinet Test found that 82 % of the RGAA criteria are met",
        "1 September 2026",
        "The map is not described.",
        "Plan of three years",
        "Firefox and NVDA",
        "access@example.org",
        "Défenseur des droits",
        "article 47",
    ):
        assert expected in text
    assert page.select_one("main li strong").text == "map"


@pytest.mark.parametrize("state", Conformity)
def test_the_state_of_conformity_is_on_every_page(browse, city, state):
    city(accessibility_state=state.value)
    words = {"full": "fully compliant", "partial": "partially compliant", "none": "not compliant"}[state]
    for path in ("/", "/accessibility"):
        assert words in browse.get(path, headers={"Accept-Language": "en"}).html.select_one(".foot").text


def test_what_a_city_writes_cannot_break_its_pages(browse, city):
    hostile = "<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=y>"
    city(about={"fr": hostile}, name=hostile, place=hostile, banner={"fr": hostile}, host=hostile)
    for path in ("/", "/about", "/legal", "/accessibility"):
        page = browse.get(path)
        assert "<script>" not in page.text
        assert not page.html.select("[onerror], a[href^=javascript]")
