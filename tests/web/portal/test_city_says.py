"""What the city decides in its settings is what everybody sees, on the pages that it concerns."""

import re

import pytest

from portal.people.terms import Role
from tests.factories import people

TILES = "https://{s}.tuiles.example.org/{z}/{x}/{y}.png"


@pytest.fixture
def decide(browse, session):
    """Save a section of the settings as an administrator does, and leave."""
    admin = people.staff(session, Role.ADMIN)

    def saved(section, **values):
        form = people.signed_in(browse, admin).get(f"/admin/settings/{section}").forms["settings"]
        for name, value in values.items():
            form[name.replace("__", ".")] = value
        form.submit("save", status=303)
        browse.reset()

    return saved


def policy_of(answer):
    told = answer.headers["Content-Security-Policy"]
    return dict(directive.partition(" ")[::2] for directive in told.split("; "))


def said(browse, path, language="fr"):
    main = browse.get(path, headers={"Accept-Language": language}).html.select_one("main")
    return " ".join(main.get_text(" ").split())


def test_the_background_of_the_map_reaches_its_page_and_what_that_may_load(browse, decide):
    plain = browse.get("/map")
    assert plain.html.select_one("[data-map]")["data-tiles"] == ""
    assert policy_of(plain)["img-src"] == "'self' data:"
    decide("map", map_tiles=TILES, map_attribution="© Brest métropole")
    page = browse.get("/map")
    told = page.html.select_one("[data-map]")
    assert (told["data-tiles"], told["data-attribution"]) == (TILES, "© Brest métropole")
    policy = policy_of(page)
    assert policy["img-src"] == "'self' data: https://*.tuiles.example.org"
    assert policy["connect-src"] == "'self' https://*.tuiles.example.org"
    assert (policy["script-src"], policy["default-src"]) == ("'self'", "'none'")


def test_an_address_that_is_no_background_reaches_nobody(browse, session, decide):
    people.signed_in(browse, people.staff(session, Role.ADMIN))
    form = browse.get("/admin/settings/map").forms["settings"]
    form["map_tiles"] = "http://tuiles.example.org/{z}/{x}/{y}.png"
    form.submit("save", status=422)
    page = browse.get("/map")
    assert page.html.select_one("[data-map]")["data-tiles"] == ""
    assert "tuiles" not in page.headers["Content-Security-Policy"]


def test_the_terms_are_those_of_the_city_in_the_readers_language(browse, decide):
    decide("terms", terms__fr="## Prêt\n\nRapportez **tout**.", terms__en="## Lending\n\nBring **all** back.")
    page = browse.get("/terms", headers={"Accept-Language": "fr"}).html
    assert (page.select_one(".prose h2").text, page.select_one(".prose strong").text) == ("Prêt", "tout")
    assert "Bring all back." in said(browse, "/terms", "en")
    assert browse.get("/legal").html.select_one("main a[href='/terms']")


def test_whom_to_reach_and_who_publishes_stand_on_the_legal_page(browse, decide):
    decide(
        "contact",
        contact_email="communs@brest.example",
        contact_phone="02 98 00 80 80",
        contact_address="2 rue Frézier",
    )
    decide("legal", publisher="Ville de Brest", publication_director="Anna Quéré", host="Hébergeur, Plouzané")
    page = said(browse, "/legal")
    for told in ("communs@brest.example", "2 rue Frézier", "Ville de Brest", "Anna Quéré", "Hébergeur, Plouzané"):
        assert told in page
    assert re.search(r"02.98.00.80.80", page)
    for path in ("/", "/equipment"):
        assert browse.get(path).html.select_one("footer a[href='mailto:communs@brest.example']")
    assert "communs@brest.example" in said(browse, "/about")


def test_an_announcement_is_on_every_page_in_the_readers_language_until_it_is_taken_back(browse, decide):
    decide("banner", banner__fr="Fermé lundi <b>", banner__en="Closed on Monday")
    for path in ("/", "/equipment", "/map", "/sign-in"):
        for language, words in (("fr", "Fermé lundi <b>"), ("en", "Closed on Monday")):
            page = browse.get(path, headers={"Accept-Language": language}).html
            assert page.select_one("main .banner").get_text(strip=True) == words
    missing = browse.get("/nowhere", headers={"Accept-Language": "en"}, status=404)
    assert missing.html.select_one("main .banner").get_text(strip=True) == "Closed on Monday"
    decide("banner", banner__fr="", banner__en="")
    assert browse.get("/").html.select_one(".banner") is None


def test_a_page_is_in_the_language_chosen_here_else_the_persons_else_the_browsers(browse, session):
    def spoken(browsers):
        return browse.get("/about", headers={"Accept-Language": browsers}).html.html["lang"]

    assert (spoken("en-GB, fr;q=0.5"), spoken("fr"), spoken("br, tlh")) == ("en", "fr", "fr")
    people.signed_in(browse, people.person(session, language="en"))
    assert spoken("fr") == "en"
    browse.post("/language", {"language": "fr", "return": "/about"}, status=303)
    assert spoken("en") == "fr"
    people.signed_in(browse, people.person(session, language=None))
    assert (spoken("en"), spoken("fr")) == ("en", "fr")
