"""A place far from all others is asked about once: a number typed wrong puts it into another sea."""

import pytest

from tests.factories import maps, people

HERE = "48.3904, -4.4861"


@pytest.fixture
def contributor(browse, session):
    who = people.person(session)
    maps.place(session, who.id)
    return people.signed_in(browse, who)


def new(contributor, where: str):
    form = contributor.get("/places/new", headers={"Accept-Language": "en"}).forms["place"]
    form["title"], form["where"], form["theme"] = "Le kiosque", where, "music"
    return form


def test_a_place_of_the_city_is_put_on_the_map_at_once(contributor):
    assert "/places/le-kiosque" in new(contributor, HERE).submit(status=303).location


@pytest.mark.parametrize(("where", "said"), [("-4.4861, 48.3904", "swapped"), ("48.8584, 2.2945", "send it once more")])
def test_one_far_away_is_asked_about_and_sent_once_more_it_is_there(contributor, where, said):
    page = new(contributor, where).submit(status=422, headers={"Accept-Language": "en"})
    assert said in page.html.select_one("#place-where-error").text
    form = page.forms["place"]
    assert form["title"].value == "Le kiosque"
    again = form.submit(status=303)
    assert "/places/le-kiosque" in again.location


def test_another_far_position_is_asked_about_anew(contributor):
    form = new(contributor, "48.8584, 2.2945").submit(status=422).forms["place"]
    form["where"] = "40.7, -74.0"
    form = form.submit(status=422).forms["place"]
    form["where"] = HERE
    form.submit(status=303)


def test_who_corrects_the_words_of_a_place_far_away_is_not_asked_again(contributor):
    there = new(contributor, "48.8584, 2.2945").submit(status=422).forms["place"].submit(status=303).location
    form = contributor.get(f"{there}/edit").forms["placechange"]
    form["title"] = "Le grand kiosque"
    form.submit(status=303)
    form = contributor.get(f"{there}/edit").forms["placechange"]
    form["where"] = "40.7, -74.0"
    form.submit(status=422).forms["placechange"].submit(status=303)
