"""What holds for people: passwords worth having, mandates, the numbers of organisations. Values in, values out."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from uuid import UUID

from stdnum.exceptions import ValidationError
from stdnum.fr import siret as stdnum_siret

from portal.people.commonest import COMMONEST
from portal.people.terms import PasswordFlaw

SHORTEST, LONGEST = 12, 256
"""How many characters a password has, both included."""

MOST_DRESSING = 8
"""With more signs than these around or inside a common word, they are what makes the password."""

LOOK_ALIKES = str.maketrans("@4013$5!7€", "aaoiessite")
KEYBOARD_ROWS = (
    "1234567890",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
)
PHONE = re.compile(r"\+?[0-9][0-9 .()-]+[0-9]")
Term = tuple[UUID, date, date | None]
"""A person's time in an office: its first day, and its last one or None."""

RUNS = tuple(run for row in KEYBOARD_ROWS for run in (row * 2, row[::-1] * 2))


def password_flaws(password: str, *, name: str, email: str) -> set[PasswordFlaw]:
    """Return every reason not to accept a password; the empty set means yes. Which kinds of signs it has is no reason.

    Source: OWASP ASVS 5.0, 6.2.
    """
    flaws = set()
    if len(password) < SHORTEST:
        flaws.add(PasswordFlaw.TOO_SHORT)
    if len(password) > LONGEST:
        flaws.add(PasswordFlaw.TOO_LONG)
    if is_common(password[:LONGEST]):
        flaws.add(PasswordFlaw.COMMON)
    if _letters(password[:LONGEST]) in set(_own_words(name, email)):
        flaws.add(PasswordFlaw.PERSONAL)
    return flaws


def is_common(password: str) -> bool:
    """Is it one of the commonest words, dressed up or repeated, a walk along the keyboard, or a few signs repeated?"""
    plain = password.casefold()
    if len(repeated_part(plain)) <= 4 or _is_walk(plain):
        return True
    word = _letters(plain)
    return len(plain) - len(word) <= MOST_DRESSING and (repeated_part(word) in COMMON_PARTS or _is_walk(word))


def repeated_part(text: str) -> str:
    """Return the shortest text of which ``text`` is a repetition: itself, when it repeats nothing."""
    return text[: (text + text).find(text, 1)] if text else text


COMMON_PARTS = frozenset(repeated_part(word) for word in COMMONEST)


def _is_walk(text: str) -> bool:
    return any(text in run for run in RUNS)


def _letters(text: str) -> str:
    """Return the bare letters of a text: nothing around them, no accents, no digits posing as letters inside."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", bare)
    return "".join(sign for sign in core.translate(LOOK_ALIKES) if sign.isalpha())


def _own_words(name: str, email: str) -> Iterator[str]:
    words = name.split()
    turned = ("".join(words[at:] + words[:at]) for at in range(len(words)))  # the family name first, too
    for own in (*turned, email, email.partition("@")[0]):
        if _letters(own):
            yield _letters(own)


def normal_email(text: str) -> str:
    """Return an e-mail address as letters are sent to it, its domain in ASCII. Raises ``ValueError``."""
    local, at, domain = text.strip().rpartition("@")
    address = f"{local}{at}{domain.encode('idna').decode()}"
    if len(address) > 254 or not re.fullmatch(
        r"[!-?A-~]{1,64}@([a-zA-Z0-9-]{1,63}\.)+[a-zA-Z][a-zA-Z0-9-]{0,62}", address
    ):
        raise ValueError("not an e-mail address")
    return address


def search_text(*told: str | None) -> str:
    """Return what somebody is found by: small letters without accents, phone numbers as bare digits."""
    return " ".join(word for text in told for word in search_words(text or ""))


def search_words(text: str) -> list[str]:
    """Return the words to look for in a :func:`search_text`; a phone number is one word however it is spaced."""
    folded = "".join(s for s in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(s))
    return PHONE.sub(lambda number: re.sub(r"\D", "", number[0].replace("+33", "0")), folded).split()


def in_force(officer: bool, until: date | None, today: date) -> bool:
    """May this member act in the organisation's name today? The day on which the mandate ends is included."""
    return officer and (until is None or today <= until)


def officers(mandates: Iterable[tuple[UUID, bool, date | None]], today: date) -> set[UUID]:
    """Return who of ``(person, officer, until)`` may act in the organisation's name today."""
    return {person for person, officer, until in mandates if in_force(officer, until, today)}


def in_office(terms: Iterable[Term], today: date) -> set[UUID]:
    """Return who of ``(person, since, until)``, both days included, holds the office today."""
    return {person for person, since, until in terms if since <= today and (until is None or today <= until)}


def leaves_nobody(before: Collection[Term], after: Collection[Term], today: date) -> bool:
    """Would a change leave nobody in office today, or nobody there without an end, where there was somebody before?"""

    def lasting(terms: Collection[Term]) -> set[UUID]:
        return in_office([term for term in terms if term[2] is None], today)

    if lasting(before):
        return not lasting(after)
    return bool(in_office(before, today)) and not in_office(after, today)


def normal_siret(text: str) -> str:
    """Return a SIRET as 14 digits. Raises ``ValueError`` when it is none: its check digits tell."""
    try:
        return stdnum_siret.validate(text)
    except ValidationError as wrong:
        raise ValueError("not a SIRET") from wrong


def normal_rna(text: str) -> str:
    """Return an RNA number: W and nine digits (overseas the second may be a letter). Raises ``ValueError``."""
    number = re.sub(r"[\s.-]", "", text).upper()
    if not re.fullmatch(r"W[0-9][0-9A-Z][0-9]{7}", number):
        raise ValueError("not an RNA number")
    return number


def browser_named(user_agent: str) -> str:
    """Return a browser in words that its owner recognises: «Firefox, Linux»; empty when nothing is known of it."""
    return ", ".join(found for found in (_first(user_agent, BROWSERS), _first(user_agent, SYSTEMS)) if found)


BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrom", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def _first(text: str, signs: tuple[tuple[str, str], ...]) -> str:
    return next((name for sign, name in signs if sign in text), "")
