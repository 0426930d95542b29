"""A thing is found however its words are written: in the plural, without accents, in capitals, after an apostrophe."""

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portal.index.words import folded, searchable, stem, stems

words = st.text("abcdefghijklmnopqrstuvwxyzàâäçéèêëîïôöùûüœæ", min_size=3, max_size=20)


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("velo", "Vélos"),
        ("appareil photo", "Les APPAREILS-PHOTOS"),
        ("oeil", "l'œil"),
        ("oeil", "les yeux"),
        ("travail", "des travaux"),
        ("journal", "journaux"),
        ("tuyau", "tuyaux"),
        ("gâteau", "gateaux"),
        ("enregistreur", "l’enregistreur"),
        ("outil", "qu'outils"),
        ("sono", "SONO"),
        ("perceuse", "perceuses"),
        ("camera", "Caméras"),
        ("ete", "été"),  # typed with combining accents
        ("2", "²"),
    ],
)
def test_a_word_meets_its_plural_and_its_accents(asked, written):
    assert set(stems(asked)) == set(stems(written))


@given(words)
def test_the_plural_in_s_is_found_by_the_singular(word):
    assume(word[-1] not in "sxz")
    assume(folded(word))  # what everything contains is left out
    assert stems(word + "s") == stems(word)


@given(words)
def test_the_plural_in_aux_is_found_by_the_singular_in_al(beginning):
    assume(beginning[-1] not in "eéèêëyœæ")
    assume(stem(folded(beginning + "aux")[0]) not in ("email", "oeil", "travail", "vitrail"))
    assert stems(beginning + "aux") in (stems(beginning + "al"), stems(beginning + "ail"))


@given(st.text(max_size=60))
def test_accents_and_case_make_no_difference(text):
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
    assert folded(bare) == folded(text)
    assert folded(unicodedata.normalize("NFC", text)) == folded(unicodedata.normalize("NFD", text))


@given(st.text(max_size=200))
def test_what_the_databases_get_holds_nothing_they_could_read_otherwise(text):
    for word in searchable(text).split():
        assert word.isalnum()
        assert word == word.casefold()
    assert "  " not in searchable(text)


@given(st.text(max_size=60), st.text(max_size=60))
def test_words_do_not_depend_on_their_neighbours(one, other):
    assert stems(f"{one} {other}") == stems(one) + stems(other)


def test_sound_east_and_tea_are_words_to_be_found():
    assert folded("la prise de son, à l'est, un thé") == ["prise", "son", "est", "the"]


def test_stop_words_alone_are_no_question():
    assert stems("de la l' à") == []
