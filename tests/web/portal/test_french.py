"""The portal in French: from the home page on, every page that a link leads to is French from end to end."""

import re
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup

from portal.people.terms import Role
from tests.factories import people
from tests.factories.desk import busy_desk

ENGLISH = re.compile(
    r"\b(the|of|and|with|this|from|what|are|is|not|you|your|it|for|search|borrow|loan|save|sign)\b", re.I
)
READ_ALOUD = ("title", "alt", "placeholder", "aria-label", "data-label", "data-title", "data-close", "data-refused")
MANY_ALIKE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[A-Z]{2}-\d{4}")
FRENCH = {"Accept-Language": "fr"}


def everything_said(page: BeautifulSoup) -> str:
    """Return what a page says in its own language, to the eye and to the ear."""
    for other in page.select("html [lang]:not([lang=fr]), code, script"):
        other.decompose()
    heard = [tag[name] for name in READ_ALOUD for tag in page.find_all(attrs={name: True})]
    return "\n".join([page.get_text(" "), *heard])


def assert_french(answer, path: str) -> None:
    assert answer.html.html["lang"] == "fr", path
    said = everything_said(answer.html)
    assert (found := ENGLISH.search(said)) is None, f"{path}: {said[max(0, found.start() - 80) : found.end() + 80]}"


@pytest.fixture
def everywhere(browse, session):
    """A browser in which somebody is signed in who may see everything."""
    busy_desk(session)
    admin = people.staff(session, Role.ADMIN, name="Anna Quéré")
    people.membership(session, person=admin, officer=True)
    return people.signed_in(browse, admin)


def test_every_page_that_a_link_leads_to_is_french(everywhere):
    ahead, seen, pages = ["/"], set(), 0
    while ahead:
        path = ahead.pop(0)
        answer = everywhere.get(path, headers=FRENCH, expect_errors=True)
        if answer.content_type != "text/html" or answer.status_int == 303:
            continue
        assert answer.status_int == 200, path
        pages += 1
        links = [link["href"] for link in answer.html.select("a[href]")]
        assert_french(answer, path)
        for link in links:
            target = urlsplit(link)
            kind = MANY_ALIKE.sub("*", target.path)
            if target.netloc in ("", "localhost") and target.path.startswith("/") and kind not in seen:
                seen.add(kind)
                ahead.append(link)
    assert pages > 40


@pytest.mark.parametrize("path", ["/sign-in", "/sign-up", "/reset", "/confirm", "/nowhere", "/account"])
def test_pages_for_people_who_are_not_signed_in_are_french(browse, path):
    answer = browse.get(path, headers=FRENCH, expect_errors=True).maybe_follow(headers=FRENCH)
    assert_french(answer, path)


def test_what_is_wrong_in_a_form_is_said_in_french(browse):
    form = browse.get("/sign-up", headers=FRENCH).forms["signup"]
    answer = form.submit(headers=FRENCH, status=422)
    assert "Remplissez ce champ." in answer
    assert_french(answer, "/sign-up")
