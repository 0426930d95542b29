"""A trail is made: begun, given stops and sounds, put in order, published, taken back. From plain forms."""

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select
from webtest import Upload

from maps.models import TrackFile, Trail
from maps.queries.contents import trail_content
from maps.services.tracks import TrackFiles
from maps.terms import TrailState
from portal.media.terms import MediaState, Voices
from portal.moderation.terms import Act
from portal.people.terms import Role
from tests.factories import maps, people

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def nolwenn(session):
    return people.person(session, name="Nolwenn Le Goff", language="en")


@pytest.fixture
def mine(browse, nolwenn):
    return people.signed_in(browse, nolwenn)


@pytest.fixture
def draft(session, nolwenn):
    return maps.trail(session, author_id=nolwenn.id, draft=True)


@pytest.fixture
def public(session):
    """Somebody else's trail, which is published."""
    return maps.trail(session)


def now(session, trail):
    session.expire_all()
    return trail_content(session, trail)


def sent(page, name=0, **fields):
    """Fill in a form of the page and send it; ``form`` chooses it by its id."""
    form = page.forms[name]
    for field, value in fields.items():
        form[field] = value
    return form.submit(expect_errors=True)


# From nothing to a published trail -----------------------------------------------------------------------------------


def test_from_nothing_to_a_published_trail(mine, session, nolwenn):
    page = mine.get("/trails/new")
    answer = sent(page, "newtrail", title="Les voix du port", theme="sea", summary="Dockers et oiseaux.")
    assert answer.status_int == 303
    bench = answer.follow()
    assert "Your draft is kept" in bench
    trail = session.scalars(select(Trail)).one()
    assert trail.state is TrailState.DRAFT
    assert now(session, trail).language == "en"

    # It cannot be published yet, and the page says why where it is mended.
    assert "It has no stop" in bench.html.select_one("#stops").text
    refused = bench.forms[next(key for key, form in bench.forms.items() if "/publish" in str(form.action))].submit(
        expect_errors=True
    )
    assert refused.status_int == 409
    assert "It has no stop" in refused.html.select_one("#refusals").text

    # A stop, whose number is proposed, placed as a phone gives it.
    page = mine.get(f"/trails/{trail.slug}/edit/stops/new")
    assert page.forms["stop"]["label"].value == "01"
    answer = sent(page, "stop", title="La criée", where="48.383, -4.479", directions="Along the quay.")
    assert answer.status_int == 303
    assert now(session, trail).stops[0].position == (-4.479, 48.383)

    # A sound of hers.
    heard = maps.sound(session, sender_id=nolwenn.id)
    page = mine.get(f"/trails/{trail.slug}/edit/sound")
    assert page.forms["sound"]["media"].value == str(heard.id)  # the only one there is
    assert sent(page, "sound").status_int == 303
    assert now(session, trail).stops[0].media == (heard.id,)

    # Published.
    bench = mine.get(f"/trails/{trail.slug}/edit")
    form = next(form for form in bench.forms.values() if "/publish" in str(form.action))
    page = form.submit().follow()
    assert "It is published" in page
    mine.reset()
    assert "La criée" in mine.get(f"/trails/{trail.slug}")


def test_whoever_is_not_signed_in_is_asked_to(browse, public):
    for path in ("new", f"{public.slug}/edit", f"{public.slug}/edit/sound", f"{public.slug}/remix"):
        assert urlsplit(browse.get(f"/trails/{path}", status=303).location).path == "/sign-in"


def test_a_form_that_lacks_something_keeps_what_was_written(mine):
    answer = sent(mine.get("/trails/new"), "newtrail", summary="Dockers et oiseaux.")
    assert answer.status_int == 422
    assert answer.forms["newtrail"]["summary"].value == "Dockers et oiseaux."
    assert "Title: Please fill this in." in answer.html.select_one(".summary").text


# Part by part --------------------------------------------------------------------------------------------------------


def test_what_a_trail_says_of_itself_changes_in_its_own_language(mine, session, draft):
    page = mine.get(f"/trails/{draft.slug}/edit/about")
    assert "Write in French" in page
    answer = sent(page, "about", title="Le port", minutes="50", difficulty="easy", theme="work", comment="Plus court")
    assert answer.status_int == 303
    content = now(session, draft)
    assert content.title == {"fr": "Le port"}
    assert (content.minutes, content.difficulty, content.theme) == (50, "easy", "work")
    assert draft.revisions[-1].comment == "Plus court"
    assert sent(mine.get(f"/trails/{draft.slug}/edit/about"), "about", minutes="many").status_int == 422


@pytest.mark.parametrize(
    ("least", "most", "field"),
    [("", "50", ""), ("50", "50", "_most"), ("50", "40", "_most"), ("50", "6001", "_most")],
)
def test_what_it_takes_at_most_is_more_than_what_it_takes(mine, session, draft, least, most, field):
    answer = sent(mine.get(f"/trails/{draft.slug}/edit/about"), "about", minutes=least, minutes_most=most)
    assert answer.status_int == 422
    assert answer.html.select_one(f"[name=minutes{field}]")["aria-invalid"] == "true"
    assert now(session, draft).minutes_most is None


def test_a_trail_says_from_how_many_minutes_to_how_many_it_takes(mine, session, draft):
    sent(mine.get(f"/trails/{draft.slug}/edit/about"), "about", minutes="50", minutes_most="80")
    assert (now(session, draft).minutes, now(session, draft).minutes_most) == (50, 80)
    assert "50 min–1 h 20" in mine.get(f"/trails/{draft.slug}/edit").html.text


def test_who_gets_there(mine, session, draft):
    fields = {"level": "wheelchair", "surface": "hard", "slope_percent": "3", "width_cm": "120"}
    fields |= {"obstacles": "Un rail."}
    assert sent(mine.get(f"/trails/{draft.slug}/edit/access"), "access", **fields).status_int == 303
    access = now(session, draft).access
    assert (access.level, access.surface, access.slope_percent, access.width_cm) == ("wheelchair", "hard", 3, 120)
    assert access.obstacles == {"fr": "Un rail."}
    page = mine.get(f"/trails/{draft.slug}/edit/access")
    assert page.forms["access"]["obstacles"].value == "Un rail."


def test_stops_change_move_and_go(mine, session, draft):
    first, second = now(session, draft).stops
    page = mine.get(f"/trails/{draft.slug}/edit/stops/{second.id}")
    assert sent(page, "stop", title="La cale sèche", optional=True).status_int == 303
    assert now(session, draft).stop(second.id).title == {"fr": "La cale sèche"}
    assert now(session, draft).stop(second.id).optional

    bench = mine.get(f"/trails/{draft.slug}/edit")
    up = next(form for form in bench.forms.values() if "by" in form.fields and form["by"].value == "-1")
    assert up.submit().status_int == 303
    assert [stop.id for stop in now(session, draft).stops] == [second.id, first.id]

    page = mine.get(f"/trails/{draft.slug}/edit/stops/{first.id}")
    out = next(form for form in page.forms.values() if "/remove" in str(form.action))
    assert out.submit().status_int == 303
    assert [stop.id for stop in now(session, draft).stops] == [second.id]
    mine.get(f"/trails/{draft.slug}/edit/stops/{first.id}", status=404)
    mine.get(f"/trails/{draft.slug}/edit/stops/nothing", status=404)


def test_a_position_that_cannot_be_read_is_said_beside_its_field(mine, draft):
    answer = sent(mine.get(f"/trails/{draft.slug}/edit/stops/new"), "stop", title="Ici", where="near the church")
    assert answer.status_int == 422
    assert answer.forms["stop"]["where"].value == "near the church"
    assert "latitude and longitude" in answer.html.select_one(".field.wrong .error").text


def test_small_forms_that_make_no_sense_are_refused(mine, draft):
    send = {"base": "1", "stop": "x", "by": "1"}
    mine.post(f"/trails/{draft.slug}/edit/order", people.with_csrf(mine, send), status=400)
    send = {"base": "one", "stop": str(draft.id), "by": "1"}
    mine.post(f"/trails/{draft.slug}/edit/order", people.with_csrf(mine, send), status=400)
    send = {"base": "99", "stop": str(draft.id), "by": "1"}
    mine.post(f"/trails/{draft.slug}/edit/order", people.with_csrf(mine, send), status=400)


# What is wrong with it -----------------------------------------------------------------------------------------------


def test_every_flaw_and_hint_stands_beside_what_it_concerns(mine, session, nolwenn):
    lone = maps.sound(session, sender_id=nolwenn.id, attribution="", milliseconds=900_000)
    stops = (
        maps.stop("01", text={}),
        maps.stop("02", -4.4725, 48.3818, media=(lone.id,), radius=10),
        maps.stop("02", -4.4725, 48.3819),
        maps.stop("03", -4.40, 48.40),
    )
    draft = maps.trail(session, *stops, author_id=nolwenn.id, draft=True)
    page = mine.get(f"/trails/{draft.slug}/edit")
    beside = {
        item.select_one(".label").text + "#" + str(at): [one.text.strip() for one in item.select(".found")]
        for at, item in enumerate(page.html.select("#stops li"))
    }
    assert any("says nothing yet" in text for text in beside["01#0"])
    said = " ".join(beside["02#1"])
    assert "Two stops have the number 02" in said
    assert "does not say who made it" in said
    assert "begins within 10 m" in said
    assert "has no transcript" in said
    assert "lasts 15 minutes" in said
    assert any("away from the way" in text for text in beside["03#3"])
    assert page.html.select_one("#far")  # it may be meant so


def test_a_stop_far_from_the_way_is_published_once_somebody_says_so(mine, session, nolwenn):
    draft = maps.trail(session, maps.stop("01"), maps.stop("02", -4.40, 48.40), author_id=nolwenn.id, draft=True)
    page = mine.get(f"/trails/{draft.slug}/edit")
    form = next(form for form in page.forms.values() if "far" in form.fields)
    assert form.submit(expect_errors=True).status_int == 409
    form["far"] = True
    assert form.submit().status_int == 303
    session.expire_all()
    assert draft.state is TrailState.PUBLISHED


def test_a_stop_of_a_published_trail_moves_far_away_when_it_is_meant(mine, session, public):
    stop = now(session, public).stops[0]
    answer = sent(mine.get(f"/trails/{public.slug}/edit/stops/{stop.id}"), "stop", where="48.5, -4.4")
    assert answer.status_int == 409
    assert "away from the way" in answer
    assert answer.forms["stop"]["where"].value == "48.5, -4.4"
    assert answer.forms["stop"].submit("meant").status_int == 303
    assert now(session, public).stop(stop.id).position == (-4.4, 48.5)


# Other people's ------------------------------------------------------------------------------------------------------


def test_anybody_adds_a_sound_to_a_stop_of_a_published_trail(mine, session, public, nolwenn):
    heard = maps.sound(session, sender_id=nolwenn.id, title="Mouettes")
    other = maps.sound(session, sender_id=nolwenn.id, title="Drisses")
    stop = now(session, public).stops[1]
    page = mine.get(f"/trails/{public.slug}/edit/sound?stop={stop.id}&media={heard.id}")
    assert page.forms["sound"]["stop"].value == str(stop.id)
    answer = sent(page, "sound")
    assert answer.status_int == 303
    assert urlsplit(answer.location).path == f"/trails/{public.slug}"
    assert "Mouettes" in answer.follow()
    assert now(session, public).stop(stop.id).media == (heard.id,)

    # Another one, put first, taken out.
    sent(mine.get(f"/trails/{public.slug}/edit/sound?stop={stop.id}"), "sound", media=str(other.id))
    sounds = mine.get(f"/trails/{public.slug}/edit/stops/{stop.id}/sounds")
    first = next(form for form in sounds.forms.values() if "first" in form.fields)
    assert first.submit().status_int == 303
    assert now(session, public).stop(stop.id).media == (other.id, heard.id)
    sounds = mine.get(f"/trails/{public.slug}/edit/stops/{stop.id}/sounds")
    out = next(form for form in sounds.forms.values() if "out" in form.fields)
    assert out.submit().status_int == 303
    assert now(session, public).stop(stop.id).media == (heard.id,)


def test_a_sound_that_is_not_ready_is_refused_in_words_and_stays_chosen(mine, session, public, nolwenn):
    raw = maps.sound(session, sender_id=nolwenn.id, state="preparing", kind=None, ready_at=None)
    stop = now(session, public).stops[0]
    answer = sent(mine.get(f"/trails/{public.slug}/edit/sound?stop={stop.id}"), "sound", media=str(raw.id))
    assert answer.status_int == 409
    assert "cannot be heard yet" in answer
    assert answer.forms["sound"]["media"].value == str(raw.id)


def test_a_sound_of_somebody_else_cannot_be_chosen(mine, session, public, nolwenn):
    maps.sound(session, sender_id=nolwenn.id)
    theirs = maps.sound(session)
    page = mine.get(f"/trails/{public.slug}/edit/sound")
    page.forms["sound"]["media"].force_value(str(theirs.id))
    assert page.forms["sound"].submit(expect_errors=True).status_int == 422


def test_without_a_sound_or_a_stop_the_page_says_what_to_do(mine, session, public, nolwenn):
    page = mine.get(f"/trails/{public.slug}/edit/sound")
    assert "You have sent no sound yet" in page
    assert page.html.select_one(".empty a")["href"].startswith("/library/new?")
    bare = maps.trails(session).begin(maps.content(line=()).__class__({"fr": "Vide"}, "fr", "CC0-1.0"), nolwenn.id)
    assert "There is no stop to hear it at" in mine.get(f"/trails/{bare.slug}/edit/sound")


def test_a_visitor_of_a_draft_of_others_finds_nothing(mine, session):
    other = maps.trail(session, draft=True)
    mine.get(f"/trails/{other.slug}/edit", status=404)


def test_only_authors_publish_and_take_back(mine, session, public):
    page = mine.get(f"/trails/{public.slug}/edit")
    assert "Publishing" not in page
    mine.post(f"/trails/{public.slug}/withdraw", people.with_csrf(mine), status=403)
    mine.post(f"/trails/{public.slug}/edit/authors", people.with_csrf(mine, {"email": "a@example.org"}), status=403)


def test_an_author_takes_it_back_and_publishes_it_again(mine, session, nolwenn):
    trail = maps.trail(session, author_id=nolwenn.id)
    page = mine.get(f"/trails/{trail.slug}/edit")
    form = next(form for form in page.forms.values() if "/withdraw" in str(form.action))
    assert "It is taken back" in form.submit().follow()
    session.expire_all()
    assert trail.state is TrailState.WITHDRAWN
    assert "It was taken back" in mine.get(f"/trails/{trail.slug}/edit")
    mine.reset()
    mine.get(f"/trails/{trail.slug}", status=404)


# Authors -------------------------------------------------------------------------------------------------------------


def test_authors_join_and_leave(mine, session, draft, nolwenn):
    ewen = people.person(session, name="Ewen Quéméneur", email="ewen@example.org")
    page = mine.get(f"/trails/{draft.slug}/edit")
    answer = sent(page, "author", email="nobody@example.org")
    assert answer.status_int == 409
    assert "Nobody here has this address" in answer
    assert sent(mine.get(f"/trails/{draft.slug}/edit"), "author", email="ewen@example.org").status_int == 303
    page = mine.get(f"/trails/{draft.slug}/edit")
    assert "Ewen Quéméneur" in page.html.select_one("[aria-labelledby=authors]").text
    leave = next(
        form for form in page.forms.values() if "person" in form.fields and form["person"].value == str(nolwenn.id)
    )
    assert urlsplit(leave.submit().location).path == "/trails"
    session.expire_all()
    assert [author.person_id for author in draft.authors] == [ewen.id]
    mine.get(f"/trails/{draft.slug}/edit", status=404)


def test_the_last_author_stays(mine, session, draft, nolwenn):
    send = people.with_csrf(mine, {"person": str(nolwenn.id)})
    answer = mine.post(f"/trails/{draft.slug}/edit/authors", send, status=409)
    assert "at least one author" in answer


def test_asking_for_addresses_one_after_the_other_is_slowed_down(mine, draft):
    for _try in range(20):
        mine.post(f"/trails/{draft.slug}/edit/authors", people.with_csrf(mine, {"email": "x@example.org"}), status=409)
    mine.post(f"/trails/{draft.slug}/edit/authors", people.with_csrf(mine, {"email": "x@example.org"}), status=429)


def test_who_is_about_to_publish_is_told_that_the_history_comes_along(mine, session, draft):
    page = mine.get(f"/trails/{draft.slug}/edit")
    said = "every version since the first can be read"
    assert said in page.html.select_one("section[aria-labelledby=publishing]").text
    maps.trails(session).publish(draft.id)
    assert said not in mine.get(f"/trails/{draft.slug}/edit")
    maps.trails(session).withdraw(draft.id)
    assert said in mine.get(f"/trails/{draft.slug}/edit")


# Taken further -------------------------------------------------------------------------------------------------------


def test_a_trail_of_ones_own_is_made_of_another(mine, session, public):
    page = mine.get(f"/trails/{public.slug}/remix")
    answer = sent(page, "remix", title="Les voix du Guelmeur")
    assert answer.status_int == 303
    assert urlsplit(answer.location).path == "/trails/les-voix-du-guelmeur/edit"
    made = session.scalars(select(Trail).where(Trail.slug == "les-voix-du-guelmeur")).one()
    assert made.state is TrailState.DRAFT
    assert "Made of" in mine.get("/trails/les-voix-du-guelmeur")
    assert sent(mine.get(f"/trails/{public.slug}/remix"), "remix").status_int == 422


def test_only_the_licences_that_the_other_trail_allows_are_offered(mine, public):
    page = mine.get(f"/trails/{public.slug}/remix")
    offered = [one["value"] for one in page.html.select("input[name=licence]")]
    assert offered[0] == "CC-BY-SA-4.0"
    assert "CC0-1.0" not in offered


# In other languages --------------------------------------------------------------------------------------------------


def test_a_translation_stands_beside_its_source(mine, session, public):
    page = mine.get(f"/trails/{public.slug}/edit/translate?language=br")
    assert page.html.select_one(".source [lang=fr]").text.strip() == "Les voix du port de commerce"
    answer = sent(page, "translation", title="Mouezhioù ar porzh", comment="Brezhoneg")
    assert answer.status_int == 303
    assert now(session, public).title["br"] == "Mouezhioù ar porzh"
    assert "Mouezhioù ar porzh" in answer.follow()
    again = mine.get(f"/trails/{public.slug}/edit/translate?language=br")
    assert again.forms["translation"]["title"].value == "Mouezhioù ar porzh"
    assert "1 of" in mine.get(f"/trails/{public.slug}/edit").html.select_one("#languages").text


def test_no_language_or_its_own_is_asked_first(mine, public):
    for query in ("", "?language=fr", "?language=xx"):
        page = mine.get(f"/trails/{public.slug}/edit/translate{query}")
        assert "translation" not in page.forms
    mine.post(f"/trails/{public.slug}/edit/translate", people.with_csrf(mine, {"language": "xx"}))


# Administrators ------------------------------------------------------------------------------------------------------


def test_a_moderator_sees_drafts_but_does_not_publish_them(browse, session):
    draft = maps.trail(session, draft=True)
    browse = people.signed_in(browse, people.staff(session, Role.MODERATOR))
    assert "Publishing" not in browse.get(f"/trails/{draft.slug}/edit", headers=ENGLISH)


# The way -------------------------------------------------------------------------------------------------------------


def test_the_way_is_written_point_by_point(mine, session, draft):
    page = mine.get(f"/trails/{draft.slug}/edit/line")
    assert page.forms["line"]["line"].value.splitlines()[0] == "48.383, -4.479"
    answer = sent(page, "line", line="48.383, -4.479, 12\n48.3818, -4.4725, 15.5")
    assert answer.status_int == 303
    assert now(session, draft).line == ((-4.479, 48.383, 12.0), (-4.4725, 48.3818, 15.5))
    wrong = sent(mine.get(f"/trails/{draft.slug}/edit/line"), "line", line="48.383, -4.479\nby the church")
    assert wrong.status_int == 422
    assert "Row 2 is not a point" in wrong
    assert "by the church" in wrong.forms["line"]["line"].value
    assert sent(mine.get(f"/trails/{draft.slug}/edit/line"), "line", line="").status_int == 303
    assert now(session, draft).line == ()


GPX = """<?xml version="1.0"?><gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">
<wpt lat="48.3830" lon="-4.4790"><name>La criée</name><desc>Avant l’aube.</desc></wpt>
<wpt lat="48.3818" lon="-4.4725"><name>Le pont</name></wpt>
<trk><name>Aller</name><trkseg><trkpt lat="48.3830" lon="-4.4790"/><trkpt lat="48.3818" lon="-4.4725"/></trkseg></trk>
<trk><name>Retour</name><trkseg><trkpt lat="48.3818" lon="-4.4725"/><trkpt lat="48.3840" lon="-4.4800"/></trkseg></trk>
</gpx>""".encode()


def brought(browse, trail, content):
    """Send a file, and return the page that says what is in it."""
    page = browse.get(f"/trails/{trail.slug}/edit/line")
    form = page.forms["track"]
    form["file"] = Upload("balade.gpx", content, "application/gpx+xml")
    return form.submit(expect_errors=True)


def taking(page):
    return next(form for form in page.forms.values() if "way" in form.fields or "stop" in form.fields)


def test_a_file_is_shown_before_anything_is_changed(mine, session, draft):
    page = brought(mine, draft, GPX)
    assert page.status_int == 200
    assert [next(one.strings) for one in page.html.select("label[for^=way-] span")][::2][:2] == ["Aller", "Retour"]
    said = [list(one.stripped_strings) for one in page.html.select("label[for^=stop-] > span")]
    assert [words[:2] for words in said] == [["1", "La criée"], ["2", "Le pont"]]
    assert [marker.text.strip() for marker in page.html.select("figure.plan")[0].select(".marker")] == ["2", "1"]
    assert draft.current == 1


def test_one_line_and_some_points_are_taken_in(mine, session, draft):
    form = taking(brought(mine, draft, GPX))
    form["way"] = "1"
    form.fields["stop"][1].checked = False
    assert form.submit().status_int == 303
    content = now(session, draft)
    assert content.line == ((-4.4725, 48.3818), (-4.48, 48.384))
    assert [(stop.label, stop.title) for stop in content.stops][2:] == [("03", {"fr": "La criée"})]
    assert content.stops[2].text == {"fr": "Avant l’aube."}


def test_the_file_itself_is_kept_for_who_sent_it_alone(mine, browse, session, public, nolwenn):
    """Hard case 3: the original is kept; what is published is the line that was simplified."""
    form = taking(brought(mine, public, GPX))
    for box in form.fields["stop"]:
        box.checked = False
    form.submit(status=303)
    page = mine.get(f"/trails/{public.slug}/edit/line")
    address = page.html.select_one("a[href^='/track-files/']")["href"]
    answer = mine.get(address)
    assert (answer.body, answer.content_type) == (GPX, "application/octet-stream")
    assert f"{public.slug}.gpx" in answer.headers["Content-Disposition"]
    other = people.signed_in(browse, people.person(session))
    assert "/track-files/" not in other.get(f"/trails/{public.slug}/edit/line")
    other.get(address, status=403)
    other.post(f"{address}/remove", people.with_csrf(other, {}), status=403)
    people.signed_in(browse, nolwenn)
    mine.post(f"{address}/remove", people.with_csrf(mine, {}), status=303)
    mine.get(address, status=404)


def test_a_file_that_was_only_looked_into_is_forgotten(mine, session, draft, clock):
    brought(mine, draft, GPX)
    brought(mine, draft, GPX)
    kept = select(func.count()).select_from(TrackFile)
    assert session.scalar(kept) == 1
    form = taking(brought(mine, draft, GPX))
    for passed, left in ((timedelta(hours=23), 1), (timedelta(hours=2), 0)):
        clock.at += passed
        TrackFiles(session, clock).forget_late()
        assert session.scalar(kept) == left
    assert form.submit().status_int == 303  # what was chosen travelled along


def test_who_sends_a_long_recording_is_told_how_many_points_it_had_and_how_many_are_kept(mine, session, draft):
    """Hard case 3: both counts."""
    points = "".join(
        f'<trkpt lat="{48.38 + number * 1e-5:.5f}" lon="{-4.479 + number % 2 * 1e-3:.5f}"/>' for number in range(2500)
    )
    content = f"<gpx><trk><trkseg>{points}</trkseg></trk></gpx>".encode()
    page = brought(mine, draft, content)
    said = page.html.select_one("label[for=way-0]").text
    assert "2500 points" in said
    kept = int(re.search(r"of which ([\d,]+) are kept", said)[1].replace(",", ""))
    form = taking(page)
    assert form.submit().status_int == 303
    assert len(now(session, draft).line) == kept <= 2000


def test_of_a_published_trail_what_says_nothing_is_refused_and_the_choice_stays(mine, session, public):
    form = taking(brought(mine, public, GPX))
    answer = form.submit(expect_errors=True)
    assert answer.status_int == 409
    assert "Stop 04 says nothing yet" in answer
    again = taking(answer)
    assert again["way"].value == "0"
    again.fields["stop"][1].checked = False
    assert again.submit().status_int == 303
    assert [stop.label for stop in now(session, public).stops] == ["01", "02", "03"]


def test_a_way_that_leaves_a_stop_far_behind_is_taken_in_once_somebody_says_that_it_is_meant_so(mine, session, public):
    far_away = GPX.replace(b'lat="48.38', b'lat="48.42')
    form = taking(brought(mine, public, far_away))
    for box in form.fields["stop"]:
        box.checked = False
    answer = form.submit(expect_errors=True)
    assert answer.status_int == 409
    assert answer.html.select_one("button[name=meant]")
    assert taking(answer).submit(expect_errors=True).status_int == 409
    assert taking(answer).submit("meant").status_int == 303
    assert now(session, public).line[0] == (-4.479, 48.423)


@pytest.mark.parametrize("content", [b"not a track", b"<gpx", b"<html></html>", b'{"type": "Feature"', b"{}"])
def test_what_is_no_track_is_refused_beside_the_field(mine, draft, content):
    answer = brought(mine, draft, content)
    assert answer.status_int == 422
    assert answer.html.select_one("#track .field.wrong .error")


def test_nothing_is_taken_in_of_what_nobody_chose_or_what_cannot_be_read(mine, session, draft):
    send = {"base": "1", "way": "7", "line-0": "48.1, -4.2", "point-0": "somewhere", "stop": "x"}
    mine.post(f"/trails/{draft.slug}/edit/line/take", people.with_csrf(mine, send), status=303)
    assert draft.current == 1


def test_a_file_where_a_number_belongs_or_a_number_without_end_is_no_error_of_ours(mine, draft):
    address = f"/trails/{draft.slug}/edit"
    sent = people.with_csrf(mine, {"way": "7" * 5000, "stop": "7" * 5000, "base": "1"})
    mine.post(f"{address}/line/take", sent, status=303)
    for field in ("base", "line-0", "way", "track_file"):
        given = {name: value for name, value in (sent | {"way": "", "stop": ""}).items() if name != field}
        status = mine.post(f"{address}/line/take", given, upload_files=[(field, "a.gpx", GPX)], expect_errors=True)
        assert status.status_int in ((400,) if field == "base" else (303,))


def test_what_was_written_at_a_stop_that_went_meanwhile_is_not_lost(mine, session, public):
    first, second = now(session, public).stops
    page = mine.get(f"/trails/{public.slug}/edit/stops/{second.id}")
    content = replace(now(session, public), stops=(first,))
    maps.trails(session).revise(public.id, 1, content, people.person(session).id)
    answer = sent(page, "stop", text="Ce que je voulais dire.")
    assert answer.status_int == 409
    assert "Ce que je voulais dire." in answer
    mine.get(f"/trails/{public.slug}/edit/stops/{second.id}", status=404)


# What moderators hid -------------------------------------------------------------------------------------------------


def test_who_is_no_author_does_not_work_on_what_moderators_hid(mine, session, public, nolwenn):
    hidden, stop = now(session, public).stops
    maps.sound(session, sender_id=nolwenn.id)
    maps.moderate(session, "stop", hidden.id, Act.HIDE)
    for path in ("edit", "edit/sound", "edit/translate?language=br", "edit/line"):
        assert hidden.title["fr"] not in mine.get(f"/trails/{public.slug}/{path}")
    mine.get(f"/trails/{public.slug}/edit/stops/{hidden.id}", status=404)
    sent(mine.get(f"/trails/{public.slug}/edit/stops/{stop.id}"), "stop", title="La cale")
    assert [one.id for one in now(session, public).stops] == [hidden.id, stop.id]


@pytest.mark.parametrize("by", [-1, 1])
def test_a_stop_goes_past_another_one_whatever_moderators_hid_between_them(mine, session, by):
    first, hidden, last = (maps.stop(f"0{at}", -4.4790 + at / 1000, 48.3830) for at in (1, 2, 3))
    trail = maps.trail(session, first, hidden, last)
    maps.moderate(session, "stop", hidden.id, Act.HIDE)
    goes = last if by < 0 else first
    page = mine.get(f"/trails/{trail.slug}/edit")
    move = next(
        form
        for form in page.forms.values()
        if "by" in form.fields and (form["by"].value, form["stop"].value) == (str(by), str(goes.id))
    )
    assert "The order is changed" in move.submit().follow()
    assert [stop for stop in now(session, trail).stops if stop != hidden] == [last, first]
    assert hidden in now(session, trail).stops


def test_a_new_stop_is_not_given_the_number_of_one_that_moderators_hid(mine, session, public):
    hidden = now(session, public).stops[-1]
    maps.moderate(session, "stop", hidden.id, Act.HIDE)
    page = mine.get(f"/trails/{public.slug}/edit/stops/new")
    assert page.forms["stop"]["label"].value == "03"
    assert sent(page, "stop", title="La digue", where="48.3815, -4.471", text="Du vent.").status_int == 303


@pytest.fixture
def kept_back(session):
    """Sounds of somebody else that nobody but their sender and who moderates knows of."""
    hidden = maps.sound(session, title="Le nom de ma voisine")
    maps.moderate(session, "media", hidden.id, Act.HIDE)
    return [
        hidden,
        maps.sound(session, title="Une voix sans accord", voices=Voices.NOT_TOLD),
        maps.sound(session, title="Pas encore prête", state=MediaState.PREPARING),
        maps.sound(session, title="Retirée", state=MediaState.REMOVED, original=None),
    ]


@pytest.mark.parametrize("page", ["edit/stops/{stop}/sounds", "history/difference?before=1&after=2"])
def test_to_name_a_sound_is_not_to_know_it(browse, session, mine, nolwenn, kept_back, page):
    stop = maps.stop("01")
    draft = maps.trail(session, stop, author_id=nolwenn.id, draft=True)
    named = replace(stop, media=tuple(one.id for one in kept_back))
    content = replace(now(session, draft), stops=(named,))
    maps.trails(session).revise(draft.id, 1, content, nolwenn.id)
    address = f"/trails/{draft.slug}/{page.format(stop=stop.id)}"
    told = mine.get(address)
    assert told.text.count("ound that cannot be heard now") >= len(kept_back)
    assert not [one.title for one in kept_back if one.title in told]
    assert not told.html.select("main audio")

    kept_back[0].sender_id = nolwenn.id
    session.flush()
    assert [one.title for one in kept_back if one.title in mine.get(address)] == ["Le nom de ma voisine"]
    moderator = people.signed_in(browse, people.staff(session, Role.MODERATOR))
    assert all(one.title in moderator.get(address) for one in kept_back)


def test_a_place_tells_no_more_of_a_sound_that_it_names(browse, session, mine, nolwenn):
    heard = maps.sound(session, title="Le nom de ma voisine")
    place = maps.place(session, author_id=nolwenn.id, media=(heard.id,))
    maps.moderate(session, "media", heard.id, Act.HIDE)
    address = f"/places/{place.slug}/edit/media"
    assert heard.title not in mine.get(address)
    assert heard.title in people.signed_in(browse, people.staff(session, Role.MODERATOR)).get(address)


def test_an_author_sees_what_moderators_hid(mine, session, nolwenn):
    trail = maps.trail(session, author_id=nolwenn.id)
    hidden = now(session, trail).stops[0]
    maps.moderate(session, "stop", hidden.id, Act.HIDE)
    assert hidden.title["fr"] in mine.get(f"/trails/{trail.slug}/edit")


def test_a_remix_can_be_read_in_every_language_of_what_it_was_made_of(mine, session):
    both = {"br": "Ar porzh", "fr": "Le port"}
    trail = maps.trail(session, maps.stop("01", title=both, text=both), title=both, text=both, language="br")
    answer = sent(mine.get(f"/trails/{trail.slug}/remix"), "remix", title="En pantoufles")
    slug = urlsplit(answer.location).path.split("/")[2]
    content = trail_content(session, session.scalars(select(Trail).where(Trail.slug == slug)).one())
    assert content.title == {"br": "En pantoufles", "fr": "En pantoufles"}
