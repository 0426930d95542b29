"""Places: seen by everybody, put on the map and corrected by anybody who is signed in."""

from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from maps.models import MapPlace
from maps.queries.contents import place_content
from portal.moderation.terms import Act
from tests.factories import maps, people

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def nolwenn(session):
    return people.person(session, name="Nolwenn Le Goff", language="en")


@pytest.fixture
def mine(browse, nolwenn):
    return people.signed_in(browse, nolwenn)


@pytest.fixture
def garden(session, nolwenn):
    return maps.place(session, author_id=nolwenn.id, address="rue de la Porte")


def now(session, place):
    session.expire_all()
    return place_content(session, place)


def sent(page, name, **fields):
    form = page.forms[name]
    for field, value in fields.items():
        form[field] = value
    return form.submit(expect_errors=True)


def test_a_place_says_what_and_where_it_is(browse, garden):
    page = browse.get(f"/places/{garden.slug}", headers=ENGLISH).html
    assert page.select_one("h1").text == "Le jardin partagé de Recouvrance"
    assert page.select_one("h1")["lang"] == "fr"
    facts = page.select_one("dl.facts").text
    assert "rue de la Porte" in facts
    assert "48.38420, -4.49850" in facts
    assert "Nolwenn Le Goff" in facts
    assert "On y échange des graines." in page.text


def test_from_a_place_one_goes_to_what_is_around_it(browse, garden):
    around = browse.get(f"/places/{garden.slug}", headers=ENGLISH).click("See what is around it")
    assert around.request.path == "/map"
    assert around.html.select_one(f"[data-id='{garden.id}']")
    assert around.html.select_one(".top nav [aria-current]").text.strip() == "Carte"


def test_hidden_and_removed(browse, session, garden):
    maps.moderate(session, "place", garden.id, Act.HIDE)
    browse.get(f"/places/{garden.slug}", status=404)
    maps.moderate(session, "place", garden.id, Act.REMOVE)
    browse.get(f"/places/{garden.slug}", status=410)
    browse.get("/places/nowhere", status=404)


def test_whoever_is_not_signed_in_is_asked_to(browse, garden):
    for path in ("new", f"{garden.slug}/edit", f"{garden.slug}/edit/media", f"{garden.slug}/edit/translate"):
        assert urlsplit(browse.get(f"/places/{path}", status=303).location).path == "/sign-in"


def test_a_place_is_put_on_the_map(mine, session):
    page = mine.get("/places/new")
    fields = {"title": "Le lavoir", "where": "48.3842, -4.4985", "theme": "water", "text": "Couvert.", "language": "fr"}
    answer = sent(page, "place", **fields)
    assert answer.status_int == 303
    assert "Le lavoir" in answer.follow()
    place = session.scalars(select(MapPlace)).one()
    assert now(session, place).position == (-4.4985, 48.3842)
    assert sent(mine.get("/places/new"), "place", title="Sans lieu").status_int == 422


def test_a_place_is_corrected_and_keeps_what_was_not_asked(mine, session, garden, nolwenn):
    heard = maps.sound(session, sender_id=nolwenn.id, title="Abeilles")
    assert sent(mine.get(f"/places/{garden.slug}/edit/media"), "placesound").status_int == 303
    answer = sent(mine.get(f"/places/{garden.slug}/edit"), "placechange", level="wheelchair", comment="Vu sur place")
    assert answer.status_int == 303
    content = now(session, garden)
    assert content.media == (heard.id,)
    assert content.access.level == "wheelchair"
    page = mine.get(f"/places/{garden.slug}")
    assert "Abeilles" in page
    assert "for wheelchairs" in page


def test_what_is_heard_there_is_taken_out_again(mine, session, garden, nolwenn):
    page = mine.get(f"/places/{garden.slug}/edit/media")
    assert "placesound" not in page.forms
    assert page.html.select_one("#main a.button.quiet")["href"].startswith("/library/new?return=")
    maps.sound(session, sender_id=nolwenn.id)
    sent(mine.get(f"/places/{garden.slug}/edit/media"), "placesound")
    page = mine.get(f"/places/{garden.slug}/edit/media")
    out = next(form for form in page.forms.values() if "out" in form.fields)
    assert out.submit().status_int == 303
    assert now(session, garden).media == ()


def test_a_place_is_translated(mine, session, garden):
    page = mine.get(f"/places/{garden.slug}/edit/translate?language=br")
    answer = sent(page, "translation", title="Ar jardin")
    assert answer.status_int == 303
    assert answer.follow().html.select_one("h1").text == "Ar jardin"


def test_another_licence_than_before_is_refused_in_words(mine, garden):
    answer = sent(mine.get(f"/places/{garden.slug}/edit"), "placechange", licence="CC0-1.0")
    assert answer.status_int == 409
    assert "does not allow CC0 1.0" in answer
