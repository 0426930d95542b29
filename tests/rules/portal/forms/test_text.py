"""What people write is kept in one form, and nothing that cannot be seen is kept."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from portal.forms.text import cleaned, has_unseen

any_text = st.text(st.characters())


@given(any_text, st.booleans())
def test_clean_text_is_composed_trimmed_and_stays_as_it_is(text, lines):
    once = cleaned(text, lines)
    assert cleaned(once, lines) == once
    assert once == once.strip()
    assert unicodedata.is_normalized("NFC", once)


@given(any_text, st.booleans())
def test_clean_text_can_be_stored_and_sent(text, lines):
    once = cleaned(text, lines)
    once.encode("utf-8")
    allowed = {"\n", "\t"} if lines else set()
    assert not [sign for sign in once if unicodedata.category(sign) in ("Cc", "Cs") and sign not in allowed]
    assert not has_unseen(once)


@given(st.text(st.characters(categories=("L", "N", "P", "Sm", "Sc"))))
def test_letters_figures_and_signs_are_all_kept(text):
    assert cleaned(text) == unicodedata.normalize("NFC", text)


def test_line_ends_of_every_system_are_the_same():
    assert cleaned("a\r\nb\rc\u2028d\ne", lines=True) == "a\nb\nc\nd\ne"
    assert cleaned("a\r\nb") == "a b"


def test_a_text_cannot_turn_the_direction_of_what_follows():
    assert cleaned("photo\u202egpj.exe") == "photogpj.exe"
    assert has_unseen("\u2066")


def test_a_joiner_that_a_script_needs_is_kept():
    assert cleaned("می\u200cخواهم") == "می\u200cخواهم"
