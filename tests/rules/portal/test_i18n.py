"""How days, times, numbers and money are said in French and in English."""

from datetime import UTC, date, datetime

import pytest

from portal.i18n import OFFERED, Words, in_language

FRENCH, ENGLISH = Words("fr"), Words("en")
AFTERNOON = datetime(2026, 10, 22, 12, 0, tzinfo=UTC)
PARIS = "Europe/Paris"


def test_a_day_is_said_with_its_weekday():
    assert FRENCH.day(date(2026, 10, 22)) == "jeudi 22 octobre"
    assert ENGLISH.day(date(2026, 10, 22)) == "Thursday 22 October"


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 12, 1), "1er décembre 2026"),
        (date(2026, 12, 11), "11 décembre 2026"),
        (date(2026, 5, 21), "21 mai 2026"),
    ],
)
def test_french_has_a_first_of_the_month_and_then_numbers(day, said):
    assert FRENCH.date(day) == said


@pytest.mark.parametrize(("language", "said"), [("fr", "22 oct."), ("en", "22 Oct")])
def test_a_short_day_has_its_month_in_letters(language, said):
    assert Words(language).short_day(date(2026, 10, 22)) == said


def test_a_short_date_has_numbers_only():
    assert FRENCH.date(date(2026, 12, 1), form="short") == "01/12/2026"


def test_an_instant_is_said_by_the_clocks_of_its_place():
    assert FRENCH.datetime(AFTERNOON, PARIS) == "jeudi 22 octobre à 14:00"
    assert ENGLISH.datetime(AFTERNOON, PARIS) == "Thursday 22 October, 14:00"
    assert FRENCH.date(datetime(2026, 10, 22, 22, 30, tzinfo=UTC), PARIS) == "23 octobre 2026"


def test_money_has_cents_only_where_there_are_some():
    assert FRENCH.money(15000) == "150\N{NO-BREAK SPACE}€"
    assert FRENCH.money(24990) == "249,90\N{NO-BREAK SPACE}€"
    assert ENGLISH.money(15000) == "€150"


def test_a_french_colon_has_a_space_before_it_that_does_not_break():
    assert FRENCH.colon == "\N{NO-BREAK SPACE}: "
    assert ENGLISH.colon == ": "


@pytest.mark.parametrize("language", OFFERED)
def test_a_text_that_is_not_in_the_reader_s_language_says_which_it_is_in(language):
    assert Words(language).of({"br": "Kamera"}) == "Kamera"
    assert Words(language).other({"br": "Kamera"}) == "br"
    assert Words(language).other({language: "x", "br": "Kamera"}) is None


def test_french_is_the_next_best_language():
    assert in_language({"br": "Kamera", "fr": "Caméra"}, "en") == ("Caméra", "fr")
    assert in_language({}, "en") == ("", "en")
