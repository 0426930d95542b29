"""What stands around every page."""

from urllib.parse import parse_qs, urlsplit

import pytest

from portal.i18n import LANGUAGE_COOKIE
from portal.pages.frame import is_under
from tests.factories import lending, people


@pytest.mark.parametrize("path", ["/", "/about", "/terms", "/privacy", "/legal", "/accessibility", "/opendata"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_portal_s_own_pages_are_there_in_every_language(browse, path, language):
    page = browse.get(path, headers={"Accept-Language": language}).html
    assert page.html["lang"] == language
    assert len(page.find_all("h1")) == 1
    assert page.title.text.strip()


def test_a_visitor_gets_no_cookie(browse):
    assert "Set-Cookie" not in browse.get("/").headers


def test_assets_have_the_hash_of_their_content_and_are_kept_for_good(browse):
    sheets = [link["href"] for link in browse.get("/").html.select("link[rel=stylesheet]")]
    for sheet in sheets:
        assert "?v=" in sheet
        assert "immutable" in browse.get(sheet).headers["Cache-Control"]
    plain = browse.get(sheets[0].partition("?")[0])
    assert "immutable" not in plain.headers["Cache-Control"]
    assert plain.content_type == "text/css"


def test_a_language_is_chosen_on_any_page_and_one_stays_there(browse):
    page = browse.get("/about?x=1", headers={"Accept-Language": "fr"})
    answer = browse.post(page.html.select_one(".languages form")["action"], {"language": "en", "return": "/about?x=1"})
    assert answer.status_int == 303
    assert answer.location.endswith("/about?x=1")
    assert browse.cookies[LANGUAGE_COOKIE] == "en"
    assert answer.follow().html.html["lang"] == "en"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", ""]
)
def test_choosing_a_language_leads_to_no_other_site(browse, elsewhere):
    answer = browse.post("/language", {"language": "en", "return": elsewhere}, status=303)
    assert answer.location in ("http://localhost/", "/")


def test_a_language_that_is_not_offered_is_refused(browse):
    browse.post("/language", {"language": "tlh", "return": "/"}, status=400)
    browse.post("/language", {"return": "/"}, status=400)
    browse.post("/language", {}, upload_files=[("language", "a.txt", b"en")], status=400)


def test_main_links_say_where_one_is(browse):
    links = {link.text.strip(): link.get("aria-current") for link in browse.get("/equipment").html.select(".nav a")}
    assert list(links.values()).count("page") == 1


def test_only_the_staff_see_the_links_of_the_staff(browse, session):
    someone, admin = people.person(session), people.staff(session, people.Role.ADMIN)
    assert "/admin" not in browse.get("/").text
    assert 'href="/admin"' not in people.signed_in(browse, someone).get("/").text
    assert 'href="/admin"' in people.signed_in(browse, admin).get("/").text


def test_which_links_somebody_sees_does_not_depend_on_the_page_that_was_read_first(browse, session, wsgi_app):
    ours, theirs = (lending.point(session) for _ in range(2))
    clerks = [people.staff(session, people.Role.DESK, ours.slug) for _ in range(2)]
    wsgi_app.registry.kept_parts.clear()
    for who, path in ((clerks[0], f"/points/{theirs.slug}"), (clerks[0], "/about"), (clerks[1], "/equipment")):
        links = [link["href"] for link in people.signed_in(browse, who).get(path).html.select(".nav a")]
        assert "/desk" in links, path


def test_who_acts_for_an_organisation_sees_it_on_every_page(browse, session):
    someone, association = people.person(session), people.organisation(session)
    people.membership(session, person=someone, organisation=association, officer=True)
    page = people.signed_in(browse, someone, acting_for=association).get("/about")
    assert association.name in page.html.select_one(".acting").text


def test_what_is_kept_of_a_head_is_nobody_else_s_and_of_no_other_page(browse, session, wsgi_app):
    names = ("Maï <b>Abgrall</b>", "Yann")
    somebody = [people.person(session, name=name) for name in names]
    for path in ("/about", "/equipment?q=%3Cb%3E&category=", "/about"):
        for name, who in zip(names, somebody, strict=True):
            page = people.signed_in(browse, who).get(path).html
            assert page.select_one(".end a").text.strip().endswith(name)
            assert page.select_one(".languages [name=return]")["value"] == path
        browse.reset()
        page = browse.get(path).html
        assert page.select_one(".end a").text.strip() == "Se connecter"
        assert parse_qs(urlsplit(page.select_one(".end a")["href"]).query) == {"next": [path]}
        current = page.select(".nav [aria-current]")
        assert [link["href"] for link in current] == (["/equipment"] if path.startswith("/equipment") else [])


def test_a_path_is_under_another_at_a_slash_only():
    assert is_under("/equipment", "/equipment")
    assert is_under("/equipment/camera", "/equipment")
    assert not is_under("/equipments", "/equipment")
