"""Walking a trail: the page in the street, and the list of what is taken along."""

import hashlib
from dataclasses import replace

import pytest

from maps.queries.contents import trail_content
from portal.media.models import Rendition
from portal.media.services import MediaLibrary
from portal.media.store import OutOfReach, Store
from portal.media.terms import MediaKind, Rendering, TranscriptForm
from portal.moderation.terms import Act
from portal.pages.models import CitySetting
from portal.people.services import Erasure
from tests.conftest import NOW
from tests.factories import maps, media, people

CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:01.500\n<v Fañch>Le tram arrive.\n\n00:01.500 --> 00:02.000\nIl repart.\n"


@pytest.fixture
def heard(session, asking):
    """A sound with a file of each kind in the store."""
    sound = maps.sound(session, transcript="Il est quatre heures.\nLes mouettes dorment.")
    for rendering, content, media_type, end in (
        (Rendering.AAC, b"aac " * 500, "audio/mp4", "m4a"),
        (Rendering.OPUS, b"opus" * 300, "audio/ogg; codecs=opus", "opus"),
    ):
        name = f"{hashlib.sha256(content).hexdigest()}.{end}"
        asking.find_service(Store).put(name, content)
        session.add(
            Rendition(media_id=sound.id, rendering=rendering, name=name, media_type=media_type, size=len(content))
        )
    session.flush()
    return sound


@pytest.fixture
def trail(session, heard):
    return maps.trail(
        session,
        maps.stop("01", media=(heard.id,), directions={"fr": "Suivez le quai."}),
        maps.stop("S1", -4.4725, 48.3818, title={"fr": "Le détour"}, optional=True),
    )


def test_the_page_is_complete_without_script(browse, trail, heard):
    page = browse.get(f"/trails/{trail.slug}/walk", headers={"Accept-Language": "fr"})
    stops = page.html.select("[data-stop]")
    assert [stop["data-label"] for stop in stops] == ["01", "S1"]
    assert (float(stops[0]["data-longitude"]), stops[0]["data-radius"]) == (-4.4790, "30")
    assert [source["type"] for source in stops[0].select("audio source")] == ["audio/mp4", "audio/ogg; codecs=opus"]
    assert "Il est quatre heures." in stops[0].select_one("details").text
    assert "Suivez le quai." in stops[0].text
    assert stops[1].select_one("audio") is None


def test_a_pack_lists_every_file_with_its_size_and_hash(browse, trail, heard):
    pack = browse.get(f"/trails/{trail.slug}/pack.json?language=fr").json
    assert (pack["trail"], pack["language"], pack["revision"]) == (trail.slug, "fr", 1)
    assert pack["bytes"] == sum(file["bytes"] for file in pack["files"])
    assert pack["files"][0]["url"] == pack["page"]
    for file in pack["files"]:
        content = browse.get(file["url"]).body
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file["bytes"], file["sha256"]), file["url"]
    kinds = [file["type"] for file in pack["files"]]
    assert kinds.count("audio/mp4") == 1
    assert not any("opus" in kind for kind in kinds)
    assert any(file["url"].endswith(".woff2") for file in pack["files"])
    assert any("trigger.js" in file["url"] for file in pack["files"])


def test_what_is_taken_along_says_nothing_of_the_reader(browse, session, trail):
    alone = browse.get(f"/trails/{trail.slug}/offline?language=fr").body
    nolwenn = people.signed_in(browse, people.person(session))
    assert nolwenn.get(f"/trails/{trail.slug}/offline?language=fr").body == alone


@pytest.fixture
def seen(session, asking):
    """A trail with a film that has captions, a picture that nobody described, and a sound that nobody wrote down."""
    film = media.media(session, MediaKind.VIDEO, title="Le tram")
    media.transcript(session, film, CAPTIONS, form=TranscriptForm.WEBVTT)
    picture = media.media(session, MediaKind.IMAGE, title="La grue bleue", description="")
    unwritten = media.media(session, title="La sirène")
    media.with_files(session, asking.find_service(Store))
    return maps.trail(session, maps.stop("01", media=(film.id, picture.id)), maps.stop("02", media=(unwritten.id,)))


WALKED = ["/trails/{slug}/walk", "/trails/{slug}/offline?language=fr", "/embed/trails/{slug}"]


@pytest.mark.parametrize("path", WALKED)
def test_a_film_plays_with_its_poster_its_captions_and_what_is_said_in_it(browse, seen, path):
    page = browse.get(path.format(slug=seen.slug), headers={"Accept-Language": "fr"})
    [film] = page.html.select("video")
    assert film["poster"].endswith(".jpg")
    assert film.source["type"] == "video/mp4"
    assert film.track["srclang"] == "fr"
    assert "Fañch Le tram arrive." in page.html.select_one(".player details").text
    assert "WEBVTT" not in page.html.select_one("main").text


@pytest.mark.parametrize("path", WALKED)
def test_a_picture_is_described_and_credited_as_on_the_page_of_the_trail(browse, seen, path):
    page = browse.get(path.format(slug=seen.slug), headers={"Accept-Language": "fr"})
    [picture] = page.html.select("main figure img")
    assert picture["alt"] == "La grue bleue"
    assert "Soizic Le Bris" in picture.parent.text
    assert picture.parent.select_one("a[rel=license]").text == "CC BY-SA 4.0"


@pytest.mark.parametrize("path", WALKED)
def test_that_a_transcript_is_wanted_is_said_wherever_the_sound_is(browse, seen, path):
    page = browse.get(path.format(slug=seen.slug), headers={"Accept-Language": "fr"})
    [wanted] = page.html.select(".wanted")
    assert "Personne n’a encore écrit" in wanted.text
    assert not page.html.select("a[href*=transcripts]")  # there one needs the network, and to be signed in


def test_a_pack_takes_films_pictures_and_captions_along_once_each(browse, seen):
    pack = browse.get(f"/trails/{seen.slug}/pack.json?language=fr").json
    [captions] = [file for file in pack["files"] if file["type"] == "text/vtt"]
    content = browse.get(captions["url"]).body
    assert (len(content), hashlib.sha256(content).hexdigest()) == (captions["bytes"], captions["sha256"])
    sent = [file["type"] for file in pack["files"] if file["url"].startswith("/media/")]
    assert sorted(sent) == ["audio/mp4", "image/jpeg", "image/jpeg", "text/vtt", "video/mp4"]
    page = browse.get(pack["page"]).html
    assert not [one for one in page.select("[srcset]") if "," in one["srcset"]]  # nothing to choose that is not there


def test_a_pack_is_there_in_each_language_and_in_no_other(browse, trail):
    english = browse.get(f"/trails/{trail.slug}/pack.json?language=en").json
    assert english["page"].endswith("?language=en")
    assert 'lang="en"' in browse.get(english["page"]).text
    browse.get(f"/trails/{trail.slug}/pack.json?language=xx", status=404)


def test_an_unchanged_pack_is_not_sent_again_and_a_changed_trail_has_another_version(browse, session, trail):
    address = f"/trails/{trail.slug}/pack.json?language=fr"
    first = browse.get(address)
    browse.get(address, headers={"If-None-Match": first.headers["ETag"]}, status=304)
    changed = replace(trail_content(session, trail), title={"fr": "Les voix du port"})
    maps.trails(session).revise(trail.id, 1, changed, trail.revisions[0].author_id)
    assert browse.get(address).json["version"] != first.json["version"]


def hide(session, _asking, heard):
    maps.moderate(session, "media", heard.id, Act.HIDE)


def remove(session, asking, heard):
    maps.moderate(session, "media", heard.id, Act.REMOVE)
    asking.find_service(MediaLibrary).remove(heard)


def take_back(_session, asking, heard):
    asking.find_service(MediaLibrary).remove(heard)


@pytest.mark.parametrize("go", [hide, remove, take_back])
def test_a_sound_that_went_is_in_no_pack_and_its_stop_keeps_its_text(browse, session, asking, trail, heard, go):
    """Hard case 9: whoever took the trail along learns by its version that there is another one."""
    address = f"/trails/{trail.slug}/pack.json?language=fr"
    before = browse.get(address).json
    [file] = [one["url"] for one in before["files"] if one["type"] == "audio/mp4"]
    go(session, asking, heard)
    after = browse.get(address).json
    assert after["version"] != before["version"]
    assert file not in {one["url"] for one in after["files"]}
    assert after["stops"] == before["stops"]
    page = browse.get(after["page"])
    assert hashlib.sha256(page.body).hexdigest() == after["files"][0]["sha256"]
    assert not page.html.select("audio source, .transcript")
    said = page.html.select_one("[data-label='01']").text
    assert "On entend les drisses." in said
    assert "Suivez le quai." in said


def test_who_is_forgotten_leaves_trail_and_sound_under_the_licences_they_gave_them(
    browse, session, asking, trail, heard
):
    """Hard case 9: the name goes, what was given stays given."""
    address = f"/trails/{trail.slug}/pack.json?language=fr"
    before = browse.get(address).json
    author_id = trail.revisions[0].author_id
    for who in (author_id, heard.sender_id):
        asking.find_service(Erasure).erase(who)
    session.expire_all()
    assert (trail_content(session, trail).licence, heard.licence) == ("CC-BY-SA-4.0", "CC-BY-SA-4.0")
    assert [one.author_id for one in trail.revisions] == [author_id]
    after = browse.get(address).json
    assert [one for one in after["files"] if one["type"] == "audio/mp4"] == [
        one for one in before["files"] if one["type"] == "audio/mp4"
    ]
    page = browse.get(f"/trails/{trail.slug}", headers={"Accept-Language": "fr"})
    assert {one.text for one in page.html.select("a[rel=license]")} == {"CC BY-SA 4.0"}
    assert "ancien contributeur" in page.text
    assert "Nolwenn Le Goff" not in page.text
    assert "Son’ar Mein" not in page.text


@pytest.mark.parametrize("page", ["walk", "offline", "pack.json"])
def test_what_was_hidden_is_not_there_and_what_was_removed_is_gone(browse, session, trail, page):
    maps.moderate(session, "trail", trail.id, Act.HIDE)
    browse.get(f"/trails/{trail.slug}/{page}", status=404)
    maps.moderate(session, "trail", trail.id, Act.REMOVE)
    browse.get(f"/trails/{trail.slug}/{page}", status=410)


def test_the_service_worker_is_script_that_is_asked_for_again_each_time(browse):
    worker = browse.get("/trails/sw.js")
    assert worker.content_type == "text/javascript"
    assert "no-cache" in worker.headers["Cache-Control"]
    assert worker.headers["Service-Worker-Allowed"] == "/"


def test_a_pack_says_where_in_its_page_each_stop_is(browse, trail):
    pack = browse.get(f"/trails/{trail.slug}/pack.json?language=fr").json
    page = browse.get(pack["page"]).html
    assert pack["stops"] == {stop["data-stop"]: stop["id"] for stop in page.select("[data-stop]")}


@pytest.mark.parametrize("page", ["walk", "offline?language=fr"])
def test_the_plan_of_the_trail_is_on_the_page_also_without_a_network(browse, trail, page):
    plan = browse.get(f"/trails/{trail.slug}/{page}", headers={"Accept-Language": "fr"}).html.select_one("[data-plan]")
    assert plan.select_one(".way")
    assert [marker["data-post"] for marker in plan.select(".marker")] == ["S1", "01"]
    assert plan.select_one(".here").has_attr("hidden")


@pytest.mark.parametrize(
    "where", ["/static/maps/../../../README.md", "/static/os/path", "/static/maps/no.css", "/media/x"]
)
def test_a_link_in_a_text_brings_no_file_into_the_pack(browse, session, where):
    trail = maps.trail(session, maps.stop("01", text={"fr": f"[Là]({where}) ![Là]({where})"}))
    pack = browse.get(f"/trails/{trail.slug}/pack.json?language=fr").json
    assert not [file for file in pack["files"] if "README" in file["url"] or file["url"].startswith("/static/os")]
    assert where not in [file["url"] for file in pack["files"]]


def test_the_logo_of_the_city_is_in_the_pack(browse, session, asking, trail):
    content = b"jpeg " * 50
    name = f"{hashlib.sha256(content).hexdigest()}-small.jpg"
    asking.find_service(Store).put(name, content)
    session.add(CitySetting(key="logo", value=name, changed_at=NOW))
    session.flush()
    page = browse.get(f"/trails/{trail.slug}/walk").html.select_one("header img")["src"]
    pack = browse.get(f"/trails/{trail.slug}/pack.json?language=fr").json
    assert [file["bytes"] for file in pack["files"] if file["url"] == page] == [len(content)]


def test_a_pack_of_which_a_file_is_out_of_reach_is_offered_later(browse, session, trail, monkeypatch):
    session.add(CitySetting(key="logo", value=f"{1:064x}.png", changed_at=NOW))
    session.flush()
    monkeypatch.setattr(Store, "read", lambda *_given: (_ for _ in ()).throw(OutOfReach("no answer")))
    assert browse.get(f"/trails/{trail.slug}/pack.json", status=503).headers["Retry-After"]
