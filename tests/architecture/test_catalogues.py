"""Every text of the code stands in the catalogue of every language offered: whole, and set as that language is."""

import ast
import re
from collections import Counter
from functools import cache
from io import StringIO
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

from portal.app import FEATURES
from portal.i18n import OFFERED

TRANSLATED = [language for language in OFFERED if language != "en"]  # English is what the code says
PACKAGES = ("portal", *FEATURES)
PLACEHOLDER = re.compile(r"%\(\w+\)s|%%|\$\{\w+\}|\{[xyz]\}|</?\w+>|https?://\S+\w|Tu-Sa 10:00-18:00; PH off")


@cache
def texts(package: str) -> Catalog:
    """Return what the code of a package says, as `make messages` finds it."""
    with TemporaryDirectory() as folder:
        found = Path(folder) / "portal.pot"
        CommandLineInterface().run(
            ["pybabel", "-q", "extract", "-F", "pyproject.toml", "--add-location=file", "-o", str(found), package]
        )
        return read_po(StringIO(found.read_text("utf-8")))


@cache
def catalogue(package: str, language: str) -> Catalog:
    path = Path(package, "locale", language, "LC_MESSAGES", "portal.po")
    return read_po(StringIO(path.read_text("utf-8")), locale=language, abort_invalid=True)


def messages(catalog: Catalog) -> dict[tuple[str, ...], Message]:
    """Return the messages by their texts: one, or the singular and the plural."""
    return {forms(message.id): message for message in catalog if message.id}


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


in_every_catalogue = pytest.mark.parametrize(
    ("package", "language"), [(package, language) for package in PACKAGES for language in TRANSLATED]
)
in_french = pytest.mark.parametrize("package", PACKAGES)


def test_french_is_offered():
    assert TRANSLATED, "nothing below would be tested"
    assert OFFERED[0] == "fr"


@in_every_catalogue
def test_every_text_is_in_the_catalogue_and_none_that_is_gone(package, language):
    said, kept = messages(texts(package)).keys(), messages(catalogue(package, language)).keys()
    assert said, f"no text found in {package}"
    assert said - kept == set(), "run `make messages`, then translate"
    assert kept - said == set(), "run `make messages`"


@in_every_catalogue
def test_every_text_is_translated_in_every_number_and_none_is_in_doubt(package, language):
    catalog = catalogue(package, language)
    assert not catalog.fuzzy
    assert not catalog.obsolete
    for message in messages(catalog).values():
        assert not message.fuzzy, message.id
        assert all(forms(message.string)), message.id
        assert len(forms(message.string)) == (catalog.num_plurals if message.pluralizable else 1), message.id


@in_every_catalogue
def test_a_translation_names_what_its_text_names(package, language):
    for text, message in messages(catalogue(package, language)).items():
        wanted = [Counter(PLACEHOLDER.findall(form)) for form in text]
        for form in forms(message.string):
            assert Counter(PLACEHOLDER.findall(form)) in wanted, message.id


@pytest.mark.parametrize("language", TRANSLATED)
def test_two_packages_translate_the_same_text_alike(language):
    said: dict[tuple[str, ...], object] = {}
    for package in PACKAGES:
        for text, message in messages(catalogue(package, language)).items():
            assert said.setdefault(text, message.string) == message.string, text


@in_french
def test_french_is_set_as_french_is(package):
    for message in messages(catalogue(package, "fr")).values():
        for form in forms(message.string):
            words = PLACEHOLDER.sub("x", form)
            assert "!" not in words, form
            assert not set(words) & set("'\"“”‘"), f"apostrophes are ’ and quotation marks «»: {form}"
            assert not re.search(r"[ \u00a0\u202f]{2}|^\s|\s$", words), f"one space, and none at an end: {form}"
            assert not re.search(r"[^\u202f][?;»]|«[^\u202f]", words), f"a narrow no-break space is missing: {form}"
            assert not re.search(r"[^\u00a0]:(?!\d)", words), f"a no-break space is missing before a colon: {form}"


@in_every_catalogue
def test_a_translation_ends_as_its_text_ends(package, language):
    for message in messages(catalogue(package, language)).values():
        ends = {text[-1] for text in forms(message.id)} & set(".:…")
        for form in forms(message.string):
            assert not ends or form[-1] in ends, message.id


@pytest.mark.parametrize("package", PACKAGES)
def test_no_text_hides_from_those_who_translate(package):
    """A text is written in the call that says it, where extraction reads it: not in a variable, not in an f-string."""
    known = set(chain.from_iterable(messages(texts(package))))
    for path in sorted(Path(package).rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and called(call) in ("_", "ngettext"):
                for text in call.args[: 2 if called(call) == "ngettext" else 1]:
                    assert getattr(text, "value", None) in known, f"{path}:{call.lineno}"


def called(call: ast.Call) -> str:
    return getattr(call.func, "id", None) or getattr(call.func, "attr", "")
