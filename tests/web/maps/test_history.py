"""Every version, what is different between two, the way back, and what happens when two change the same."""

import re
from dataclasses import replace

import pytest

from maps.queries.contents import place_content, trail_content
from maps.rules.content import place_as_json, stop_as_json, trail_as_json
from maps.terms import Theme
from maps.views.saying import PARTS
from portal.moderation.terms import Act
from tests.factories import maps, people

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def nolwenn(session):
    return people.person(session, name="Nolwenn Le Goff", language="en")


@pytest.fixture
def ewen(session):
    return people.person(session, name="Ewen Quéméneur")


@pytest.fixture
def mine(browse, nolwenn):
    return people.signed_in(browse, nolwenn)


@pytest.fixture
def trail(session):
    return maps.trail(session)


def now(session, trail):
    session.expire_all()
    return trail_content(session, trail)


def by_ewen(session, trail, ewen, **given):
    """Let Ewen change the trail meanwhile."""
    service = maps.trails(session)
    return service.revise(trail.id, trail.current, replace(now(session, trail), **given), ewen.id, comment="Corrigé")


def sent(page, name, submit=None, **fields):
    form = page.forms[name]
    for field, value in fields.items():
        form[field] = value
    return form.submit(submit, expect_errors=True)


def comparing(page):
    return next(form for form in page.forms.values() if "before" in form.fields)


def choosing(page):
    """Return the form in which one chooses between two versions."""
    return next(form for form in page.forms.values() if "theirs" in form.fields)


# Versions ------------------------------------------------------------------------------------------------------------


def test_the_history_names_who_when_and_why(browse, session, trail, ewen):
    by_ewen(session, trail, ewen, title={"fr": "Le port"})
    page = browse.get(f"/trails/{trail.slug}/history", headers=ENGLISH)
    lines = page.html.select("ol.revisions li")
    assert [line.select_one("strong").text for line in lines] == ["Version 2", "Version 1"]
    assert "Ewen Quéméneur" in lines[0].text
    assert "Corrigé" in lines[0].text
    assert "this is what visitors see" in lines[0].text
    browse.get(f"/trails/{trail.slug}/history?page=9", status=404)


def test_who_is_not_here_any_more_is_a_former_contributor(browse, session, trail, ewen):
    by_ewen(session, trail, ewen, title={"fr": "Le port"})
    people.forget(ewen)
    session.flush()
    assert "former contributor" in browse.get(f"/trails/{trail.slug}/history", headers=ENGLISH)


def test_a_long_history_is_in_pages(browse, session, trail, ewen):
    for number in range(31):
        by_ewen(session, trail, ewen, minutes=number + 1)
    page = browse.get(f"/trails/{trail.slug}/history", headers=ENGLISH)
    assert len(page.html.select("ol.revisions li")) == 30
    older = browse.get(page.html.select_one("a[rel=next]")["href"], headers=ENGLISH)
    assert len(older.html.select("ol.revisions li")) == 2


def test_two_versions_are_compared_in_words(browse, session, trail, ewen):
    first, second = now(session, trail).stops
    heard = maps.sound(session, title="Mouettes")
    third = maps.stop("03", -4.469, 48.3812, title={"fr": "Le phare"})
    changed = replace(second, title={"fr": "La cale"}, media=(heard.id,), optional=True)
    by_ewen(session, trail, ewen, stops=(changed, first, third), theme=Theme.SEA, minutes=50)
    page = browse.get(f"/trails/{trail.slug}/history", headers=ENGLISH)
    page = browse.get(page.html.select_one("ol.revisions a")["href"], headers=ENGLISH)
    found = {
        section.select_one("h2").text: [" ".join(one.text.split()) for one in section.select(".kept")]
        for section in page.html.select("section.change")
    }
    assert found["Theme"] == ["Heritage", "The sea"]
    assert found["How many minutes it takes, listening included"] == ["nothing", "50"]
    assert found["Stop 02, La cale · Title, in French"] == ["Étape 02", "La cale"]
    assert found["Stop 02, La cale · Sounds"] == ["nothing", "Mouettes"]
    assert found["Stop 02, La cale · A detour, which one may leave out"] == ["no", "yes"]
    assert found["Stop 03, Le phare"] == ["nothing", "Le phare"]
    assert "Order of the stops" in found
    assert "Ewen Quéméneur" in page


def test_what_is_the_same_says_so_and_what_is_not_there_is_not_found(browse, trail):
    address = f"/trails/{trail.slug}/history/difference"
    assert "say the same" in browse.get(f"{address}?before=1&after=1", headers=ENGLISH)
    for query in ("before=1&after=2", "before=x&after=1", "before=0&after=1"):
        browse.get(f"{address}?{query}", status=404)


def test_what_moderators_hid_is_not_in_the_difference(browse, session, trail, ewen):
    first, second = now(session, trail).stops
    by_ewen(session, trail, ewen, stops=(replace(first, text={"fr": "Le nom de ma voisine"}), second))
    maps.moderate(session, "stop", first.id, Act.HIDE)
    page = browse.get(f"/trails/{trail.slug}/history/difference?before=1&after=2", headers=ENGLISH)
    assert "voisine" not in page


def test_the_order_does_not_tell_what_moderators_hid(browse, session, trail, ewen):
    first, second = now(session, trail).stops
    by_ewen(session, trail, ewen, stops=(second, first))
    maps.moderate(session, "stop", first.id, Act.HIDE)
    page = browse.get(f"/trails/{trail.slug}/history/difference?before=1&after=2", headers=ENGLISH)
    assert first.title["fr"] not in page
    told = browse.get(f"/api/v1/trails/{trail.slug}/revisions")
    assert str(first.id) not in told


def test_what_a_hidden_sound_is_called_is_not_told(browse, session, trail, ewen):
    heard = maps.sound(session, title="Le nom de ma voisine")
    first, second = now(session, trail).stops
    by_ewen(session, trail, ewen, stops=(replace(first, media=(heard.id,)), second))
    address = f"/trails/{trail.slug}/history/difference?before=1&after=2"
    assert "voisine" in browse.get(address)
    maps.moderate(session, "media", heard.id, Act.HIDE)
    assert "voisine" not in browse.get(address)


def test_going_back_neither_removes_nor_brings_back_what_moderators_hid(mine, session, trail, ewen):
    first, second = now(session, trail).stops
    late = maps.stop("03", -4.47, 48.38, title={"fr": "Le phare"})
    by_ewen(session, trail, ewen, stops=(first, second, late))
    maps.moderate(session, "stop", late.id, Act.HIDE)
    mine.post(f"/trails/{trail.slug}/history/1/revert", people.with_csrf(mine, {"base": "2"}), status=303)
    assert [stop.id for stop in now(session, trail).stops] == [first.id, second.id, late.id]
    by_ewen(session, trail, ewen, stops=(first, second))  # the service's caller says who sees what is hidden
    assert late in now(session, trail).stops


def test_one_goes_back_by_a_new_version(mine, session, trail, ewen, nolwenn):
    by_ewen(session, trail, ewen, title={"fr": "N’importe quoi"})
    page = mine.get(f"/trails/{trail.slug}/history/difference?before=1&after=2")
    back = next(form for form in page.forms.values() if "/revert" in str(form.action))
    assert "It says again what version 1 said" in back.submit().follow()
    assert now(session, trail).title == {"fr": "Les voix du port de commerce"}
    assert trail.current == 3
    assert trail.revisions[-1].author_id == nolwenn.id


def test_what_somebody_else_says_meanwhile_is_not_undone(mine, session, trail, ewen):
    by_ewen(session, trail, ewen, title={"fr": "N’importe quoi"})
    page = mine.get(f"/trails/{trail.slug}/history/difference?before=1&after=2")
    by_ewen(session, trail, ewen, title={"fr": "Les voix"})
    back = next(form for form in page.forms.values() if "/revert" in str(form.action))
    assert "Somebody changed it meanwhile" in back.submit().follow()
    assert now(session, trail).title == {"fr": "Les voix"}


def test_one_does_not_go_back_to_nowhere_nor_to_what_is_gone(mine, session, trail, nolwenn):
    mine.post(f"/trails/{trail.slug}/history/9/revert", people.with_csrf(mine, {"base": "1"}), status=404)
    mine.post(f"/trails/{trail.slug}/history/0/revert", people.with_csrf(mine, {"base": "1"}), status=404)
    mine.post(f"/trails/{trail.slug}/history/x/revert", people.with_csrf(mine, {"base": "1"}), status=404)


def test_a_visitor_does_not_go_back(browse, trail):
    browse.post(f"/trails/{trail.slug}/history/1/revert", people.with_csrf(browse), status=403)
    assert "Go back" not in browse.get(f"/trails/{trail.slug}/history/difference?before=1&after=1", headers=ENGLISH)


# Two at once ---------------------------------------------------------------------------------------------------------


def test_what_two_change_in_different_places_is_put_together(mine, session, trail, ewen):
    page = mine.get(f"/trails/{trail.slug}/edit/about")
    by_ewen(session, trail, ewen, title={"fr": "Le port"})
    assert sent(page, "about", summary="Grues et mouettes.").status_int == 303
    content = now(session, trail)
    assert content.title == {"fr": "Le port"}
    assert content.summary == {"fr": "Grues et mouettes."}


def test_two_versions_of_one_thing_are_shown_beside_what_was_there(mine, session, trail, ewen):
    page = mine.get(f"/trails/{trail.slug}/edit/about")
    by_ewen(session, trail, ewen, title={"fr": "Le port"}, minutes=40)
    answer = sent(page, "about", title="Le port de commerce", minutes="60", text="Tout ce qui se dit.")
    assert answer.status_int == 409
    assert "Ewen Quéméneur changed it too" in answer
    title, minutes = answer.html.select("fieldset.three-ways")
    assert title.select_one("legend").text == "Title, in French"
    assert [one.text.strip() for one in title.select(".kept")] == ["Les voix du port de commerce", "Le port"]
    assert title.select_one("[name=words-0]")["value"] == "Le port de commerce"
    assert [one.text.strip() for one in minutes.select(".kept")] == ["nothing", "40", "60"]

    # She takes his title and her own minutes; the rest of what she wrote is still there.
    form = choosing(answer)
    form["choice-0"], form["choice-1"] = "theirs", "mine"
    assert form.submit().status_int == 303
    content = now(session, trail)
    assert content.title == {"fr": "Le port"}
    assert content.minutes == 60
    assert content.text == {"fr": "Tout ce qui se dit."}
    assert trail.current == 3


def test_both_can_be_put_together_by_hand(mine, session, trail, ewen):
    page = mine.get(f"/trails/{trail.slug}/edit/about")
    by_ewen(session, trail, ewen, title={"fr": "Le port"})
    form = choosing(sent(page, "about", title="Les voix"))
    form["choice-0"], form["words-0"] = "mine", "Les voix du port"
    assert form.submit().status_int == 303
    assert now(session, trail).title == {"fr": "Les voix du port"}


def test_once_more_when_it_changed_again_meanwhile(mine, session, trail, ewen):
    page = mine.get(f"/trails/{trail.slug}/edit/about")
    by_ewen(session, trail, ewen, title={"fr": "Le port"})
    form = choosing(sent(page, "about", title="Les voix"))
    by_ewen(session, trail, ewen, title={"fr": "Un port"})
    form["choice-0"] = "mine"
    again = form.submit(expect_errors=True)
    assert again.status_int == 409
    assert "it was changed once more" in again
    assert "Un port" in again.html.select_one("fieldset.three-ways").text
    assert choosing(again).submit().status_int == 303
    assert now(session, trail).title == {"fr": "Les voix"}


def test_a_choice_that_is_none_is_asked_again(mine, session, trail, ewen):
    page = mine.get(f"/trails/{trail.slug}/edit/about")
    by_ewen(session, trail, ewen, title={"fr": "Le port"})
    form = choosing(sent(page, "about", title="Les voix"))
    form["choice-0"].force_value("neither")
    assert form.submit(expect_errors=True).status_int == 409


def test_a_stop_that_one_changed_and_another_took_out(mine, session, trail, ewen):
    first, second = now(session, trail).stops
    page = mine.get(f"/trails/{trail.slug}/edit/stops/{second.id}")
    by_ewen(session, trail, ewen, stops=(first,))
    mine.get(f"/trails/{trail.slug}/edit/stops/{second.id}", status=404)
    answer = sent(page, "stop", title="La cale")
    assert (answer.status_int, "La cale" in answer) == (409, True)
    form = choosing(answer)
    form["choice-0"] = "mine"
    assert form.submit().status_int == 303
    assert [stop.title["fr"] for stop in now(session, trail).stops][1:] == ["La cale"]


def test_the_lines_of_a_text_survive_its_settling(mine, session, trail, ewen):
    first, second = now(session, trail).stops
    page = mine.get(f"/trails/{trail.slug}/edit/stops/{second.id}")
    by_ewen(session, trail, ewen, stops=(first, replace(second, text={"fr": "Autre chose."})))
    form = choosing(sent(page, "stop", text="Un :\n\n- deux\n- trois"))
    form["choice-0"] = "mine"
    assert form.submit().status_int == 303
    assert now(session, trail).stops[1].text == {"fr": "Un :\n\n- deux\n- trois"}


def test_two_new_stops_with_one_number_ask_for_another(mine, session, trail, ewen):
    page = mine.get(f"/trails/{trail.slug}/edit/stops/new")
    third = maps.stop("03", -4.469, 48.3812, title={"fr": "Le phare"})
    by_ewen(session, trail, ewen, stops=(*now(session, trail).stops, third))
    answer = sent(page, "stop", title="La digue", where="48.3815, -4.471", text="Du vent.")
    assert answer.status_int == 409
    assert "Two stops have the number 03" in answer
    form = choosing(answer)
    assert form["words-0"].value == "04"
    assert form.submit().status_int == 303
    assert sorted(stop.label for stop in now(session, trail).stops) == ["01", "02", "03", "04"]


def test_two_orders(mine, session, ewen):
    stops = [maps.stop(label, at, 48.383) for label, at in (("01", -4.479), ("02", -4.478), ("03", -4.477))]
    trail = maps.trail(session, *stops, line=())
    bench = mine.get(f"/trails/{trail.slug}/edit")
    by_ewen(session, trail, ewen, stops=(stops[2], stops[0], stops[1]))
    down = next(form for form in bench.forms.values() if "by" in form.fields and form["by"].value == "1")
    answer = down.submit(expect_errors=True)
    assert answer.status_int == 409
    assert "Order of the stops" in answer
    form = choosing(answer)
    form["choice-0"] = "mine"
    assert form.submit().status_int == 303
    assert [stop.label for stop in now(session, trail).stops] == ["02", "01", "03"]


def test_two_orders_do_not_tell_what_moderators_hid(mine, session, ewen):
    labels = (("01", -4.479), ("02", -4.478), ("03", -4.477), ("04", -4.476))
    stops = [maps.stop(label, at, 48.383) for label, at in labels]
    trail = maps.trail(session, *stops, line=())
    maps.moderate(session, "stop", stops[1].id, Act.HIDE)
    bench = mine.get(f"/trails/{trail.slug}/edit")
    by_ewen(session, trail, ewen, stops=(stops[3], stops[0], stops[1], stops[2]))
    down = next(form for form in bench.forms.values() if "by" in form.fields and form["by"].value == "1")
    answer = down.submit(expect_errors=True)
    assert answer.status_int == 409
    assert stops[1].title["fr"] not in answer
    shown = [one.text for one in answer.html.select("fieldset.three-ways .kept")]
    assert [re.findall(r"Stop (\d+), Étape", one) for one in shown] == [
        ["01", "03", "04"],
        ["04", "01", "03"],
        ["03", "01", "04"],
    ]
    form = choosing(answer)
    form["choice-0"] = "mine"
    assert form.submit().status_int == 303
    assert [stop.label for stop in now(session, trail).stops if stop != stops[1]] == ["03", "01", "04"]
    assert stops[1] in now(session, trail).stops


# Places --------------------------------------------------------------------------------------------------------------


def test_places_have_the_same(mine, session, ewen):
    place = maps.place(session)
    page = mine.get(f"/places/{place.slug}/edit")
    content = replace(place_content(session, place), text={"fr": "Fermé en hiver."})
    maps.places(session).revise(place.id, 1, content, ewen.id)
    answer = sent(page, "placechange", text="Ouvert toute l’année.")
    assert answer.status_int == 409
    form = choosing(answer)
    form["choice-0"] = "mine"
    assert form.submit().status_int == 303
    session.expire_all()
    assert place_content(session, place).text == {"fr": "Ouvert toute l’année."}

    history = mine.get(f"/places/{place.slug}/history")
    assert len(history.html.select("ol.revisions li")) == 3
    form = comparing(history)
    assert (form["before"].value, form["after"].value) == ("1", "3")
    form["before"] = "2"
    compared = form.submit()
    assert "Fermé en hiver." in compared
    back = next(form for form in compared.forms.values() if "/revert" in str(form.action))
    back.submit()
    session.expire_all()
    assert place_content(session, place).text == {"fr": "Fermé en hiver."}


def test_everything_that_a_version_says_has_a_name():
    stop = maps.stop("01")
    trail, place = trail_as_json(maps.content(stop)), place_as_json(maps.place_content())
    said = trail.keys() | place.keys() | trail["access"].keys() | stop_as_json(stop).keys()
    assert said - {"access", "stops", "id"} == PARTS.keys()
