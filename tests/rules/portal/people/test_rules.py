from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.people.commonest import COMMONEST
from portal.people.rules import (
    LONGEST,
    SHORTEST,
    browser_named,
    in_force,
    is_common,
    leaves_nobody,
    normal_email,
    normal_rna,
    normal_siret,
    officers,
    password_flaws,
    repeated_part,
    search_text,
    search_words,
)
from portal.people.terms import PasswordFlaw

NOBODY = {"name": "Nolwenn Le Goff", "email": "n.legoff@example.org"}

common = st.sampled_from(sorted(COMMONEST))
days = st.dates(date(2026, 1, 1), date(2027, 1, 1))


@pytest.mark.parametrize(
    "password",
    [
        "motdepasse123",
        "M0tDeP@sse!2026",
        "P@ssw0rd2024!",
        "azertyuiop12",
        "123456789012",
        "210987654321",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "bonjour bonjour",
        "soleilsoleil2",
        "Chouchou2026!",
        "qsdfghjklmqs",
    ],
)
def test_what_everybody_would_guess_is_no_password(password):
    assert password_flaws(password, **NOBODY) == {PasswordFlaw.COMMON}


@pytest.mark.parametrize(
    "password",
    [
        "trois goélands sur la grève",
        "correct horse battery staple",
        "vjfu-2mb8-qkxw",
        "8491 2675 0385 cat",
        "ur ger hir e brezhoneg",
        "🐙🦀🐬🦭🐳🐋🦈🐡🐠🐟🦐🦑",
    ],
)
def test_a_password_of_several_words_or_of_chance_is_good(password):
    assert password_flaws(password, **NOBODY) == set()


@pytest.mark.parametrize("password", ["Nolwenn Le Goff", "nolwennlegoff29", "n.legoff@example.org", "Le Goff Nolwenn"])
def test_a_name_or_an_address_is_no_password(password):
    assert PasswordFlaw.PERSONAL in password_flaws(password, **NOBODY)


@given(st.text(max_size=2 * LONGEST))
def test_only_the_number_of_signs_makes_a_password_too_short_or_too_long(password):
    flaws = password_flaws(password, **NOBODY)
    assert (PasswordFlaw.TOO_SHORT in flaws) == (len(password) < SHORTEST)
    assert (PasswordFlaw.TOO_LONG in flaws) == (len(password) > LONGEST)


@given(common, st.text("0123456789!?.-", max_size=4), st.text("0123456789!?.-", max_size=4), st.integers(1, 3))
def test_dressing_up_or_repeating_a_common_word_does_not_help(word, before, after, times):
    assert is_common(before + word * times + after)
    assert is_common(before + word.upper() * times + after)


@given(st.text(max_size=30), st.integers(1, 5))
def test_the_repeated_part_gives_the_text_when_repeated(text, times):
    part = repeated_part(text * times)
    assert len(part) <= len(text)
    assert not part or part * (len(text * times) // len(part)) == text * times


@given(st.booleans(), st.none() | days, days)
def test_a_mandate_holds_up_to_and_on_its_last_day(officer, until, today):
    day_after = (until or date.max - timedelta(days=1)) + timedelta(days=1)
    assert in_force(officer, until, today) == (officer and today < day_after)


@given(st.lists(st.tuples(st.booleans(), st.none() | days)), days)
def test_who_may_act_is_who_holds_a_mandate(mandates, today):
    rows = [(uuid4(), officer, until) for officer, until in mandates]
    assert officers(rows, today) == {who for who, officer, until in rows if in_force(officer, until, today)}


terms = st.lists(st.tuples(st.integers(0, 3).map(lambda n: UUID(int=n)), days, st.none() | days), max_size=4)


@given(terms, terms, days)
def test_a_change_leaves_nobody_where_an_office_that_was_held_is_not_or_only_until_a_day(before, after, today):
    def last_days(held):
        return [until or date.max for _who, since, until in held if since <= today <= (until or date.max)]

    was, will_be = max(last_days(before), default=None), max(last_days(after), default=None)
    lost = was is not None and will_be is None
    dated = was == date.max and will_be != date.max
    assert leaves_nobody(before, after, today) == (lost or dated)


@pytest.mark.parametrize("text", ["73282932000074", "732 829 320 00074", "356 000 000 49837"])
def test_a_siret_is_known_by_its_check_digits(text):
    assert normal_siret(text) == text.replace(" ", "")


@pytest.mark.parametrize("text", ["73282932000075", "7328293200007", "abc", "", "７３２８２９３２０００７４x"])
def test_what_is_no_siret_is_refused(text):
    with pytest.raises(ValueError, match="SIRET"):
        normal_siret(text)


@pytest.mark.parametrize(
    ("text", "number"), [("w291000123", "W291000123"), ("W 29 1000123", "W291000123"), ("W9R2001234",) * 2]
)
def test_an_rna_number_is_w_and_nine_digits(text, number):
    assert normal_rna(text) == number


@pytest.mark.parametrize("text", ["291000123", "W29100012", "W2910001234", "WABCDEFGHI", "", "W29100012²"])
def test_what_is_no_rna_number_is_refused(text):
    with pytest.raises(ValueError, match="RNA"):
        normal_rna(text)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" Yann@Example.org ", "Yann@Example.org"),
        ("a+b@mail.example.bzh", "a+b@mail.example.bzh"),
        ("kef@béton.bzh", "kef@xn--bton-bpa.bzh"),
    ],
)
def test_an_address_is_written_so_that_letters_arrive(text, address):
    assert normal_email(text) == address


@pytest.mark.parametrize(
    "text",
    ["", "yann", "@example.org", "a@b", "a b@example.org", "a@exa mple.org", "a@example.org\nBcc: x@y.org",
     "a@@example.org", "a@example..org", "a@-" + "x" * 70 + ".org", "é@example.org", "x" * 65 + "@example.org",
     "a@" + "x." * 130 + "org"],
)  # fmt: skip
def test_what_is_no_address_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 (the codec of domain names has words of its own)
        normal_email(text)


@given(st.text(max_size=300))
def test_any_text_is_an_address_or_refused(text):
    try:
        address = normal_email(text)
    except ValueError:
        return
    assert address.isascii()
    assert address.isprintable()
    assert normal_email(address) == address


@pytest.mark.parametrize(
    "typed", ["elodie", "Élodie", "LE GUEN", "06 12 34 56 78", "+33 6 12 34", "06.12.34", "12345678"]
)
def test_somebody_is_found_however_their_name_or_phone_is_typed(typed):
    found_by = search_text("Élodie Le Guen", None, "+33 6 12 34 56 78")
    assert all(word in found_by for word in search_words(typed))


@given(st.text(max_size=60))
def test_what_was_told_is_found_by_every_word_of_it(text):
    assert all(word in search_text(text, None) for word in search_words(text))


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome, Android"),
        ("curl/8.5", ""),
    ],
)
def test_a_browser_is_called_what_its_owner_calls_it(user_agent, name):
    assert browser_named(user_agent) == name
