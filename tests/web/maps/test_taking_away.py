"""What is taken away: files, a sheet, codes, a frame on another site. And what is hidden is in none of them."""

import csv as tables
import json
import re
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from uuid import uuid4
from xml.etree import ElementTree

import feedparser
import gpxpy
import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import select

from maps.exports.rss import podcast_guid
from maps.models import Stop, TrailRevision
from maps.queries.contents import place_content, trail_content
from maps.queries.revisions import revision
from portal.media.models import Rendition
from portal.media.queries import listened
from portal.media.terms import FORMER_CONTRIBUTOR, Rendering
from portal.moderation.services import Moderation
from portal.moderation.terms import Act
from portal.people.terms import Role
from tests.factories import maps, people
from tests.web.maps.addresses import addresses

ENGLISH = {"Accept-Language": "en"}
TYPES = {
    "gpx": "application/gpx+xml",
    "geojson": "application/geo+json",
    "kml": "application/vnd.google-earth.kml+xml",
    "csv": "text/csv",
    "rss": "application/rss+xml",
    "png": "image/png",
}
FILES = [f"/trails/{{slug}}.{kind}" for kind in TYPES if kind != "png"]
EVERYTHING = [
    *FILES,
    "/trails/{slug}.png",
    "/trails/{slug}/sheet",
    "/embed/trails/{slug}",
    "/stops/{stop}/qr.svg",
    "/oembed?url={url}",
]

EVERYWHERE = [
    "/trails/{slug}",
    "/trails/{slug}/walk",
    "/trails/{slug}/offline",
    "/api/v1/trails/{slug}",
    "/search?q=grue",
    "/feed.atom",
    "/map?q=grue",
    "/api/v1/map?bbox=-4.6,48.3,-4.4,48.45&zoom=18",
    "/tiles/18/127815/90707.mvt",
    "/ogc/collections/stop/items",
]


def heard(session, **given):
    """A sound with the file that players play."""
    sound = maps.sound(session, transcript="On entend la criée.", **given)
    name = f"{sound.id.int:064x}.m4a"
    session.add(
        Rendition(media_id=sound.id, rendering=Rendering.AAC, name=name, media_type="audio/mp4", size=1_304_000)
    )
    session.flush()
    return sound


@pytest.fixture
def author(session):
    return people.person(session)


@pytest.fixture
def sounds(session, author):
    return [heard(session, sender_id=author.id, title=title) for title in ("La criée avant l’aube", "Le vent du quai")]


@pytest.fixture
def trail(session, author, sounds):
    first = maps.stop("01", title={"fr": "La criée"}, media=(sounds[0].id,), directions={"fr": "Longez le quai."})
    second = maps.stop("02", -4.4725, 48.3818, title={"fr": "La grue"}, media=(sounds[1].id,))
    return maps.trail(session, first, second, author_id=author.id)


@pytest.fixture
def stops(session, trail):
    return session.scalars(select(Stop).where(Stop.trail_id == trail.id).order_by(Stop.rank)).all()


@pytest.fixture
def names(trail, stops):
    url = f"http://localhost/trails/{trail.slug}"
    return {"slug": trail.slug, "stop": stops[0].id, "url": url}


@pytest.mark.parametrize("kind", TYPES)
def test_a_trail_is_taken_away_as_a_file_that_other_sites_may_read(browse, trail, kind):
    answer = browse.get(f"/trails/{trail.slug}.{kind}")
    assert answer.content_type == TYPES[kind]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    kept = answer.headers.get("Content-Disposition")
    assert kept == (None if kind in ("rss", "png") else f'attachment; filename="{trail.slug}.{kind}"')


@pytest.mark.parametrize("kind", ["gpx", "geojson", "rss", "sheet", "embed"])
def test_a_remix_names_who_made_what_it_was_made_of(browse, session, trail, author, kind):
    """Invariant I8: the chain of credit is shown wherever the trail goes."""
    other = people.person(session, name="Malo Kerdraon")
    source = revision(session, TrailRevision, trail.id, 1)
    remix = maps.trails(session).remix(source, {"fr": "La mienne"}, "CC-BY-SA-4.0", other.id)
    maps.trails(session).publish(remix.id)
    address = {"sheet": f"/trails/{remix.slug}/sheet", "embed": f"/embed/trails/{remix.slug}"}
    said = browse.get(address.get(kind, f"/trails/{remix.slug}.{kind}")).text
    assert author.name in said
    assert "Malo Kerdraon" in said


@pytest.mark.parametrize("kind", ["", "gpx", "geojson", "rss", "sheet", "embed", "api"])
def test_a_remix_of_a_remix_names_everybody_back_to_the_first(browse, session, trail, author, kind):
    """Invariant I8: the chain of credit is shown whole."""
    service, last = maps.trails(session), trail
    for name, title in (("Malo Kerdraon", "La deuxième"), ("Ewen Quéméneur", "La troisième")):
        source = revision(session, TrailRevision, last.id, 1)
        last = service.remix(source, {"fr": title}, "CC-BY-SA-4.0", people.person(session, name=name).id)
        service.publish(last.id)
    told = {"sheet": "/trails/{}/sheet", "embed": "/embed/trails/{}", "api": "/api/v1/trails/{}", "": "/trails/{}"}
    said = browse.get(told.get(kind, "/trails/{}." + kind).format(last.slug)).text
    for name in ("Ewen Quéméneur", "Malo Kerdraon", author.name, "La deuxième", "Les voix du port de commerce"):
        assert name in said


@pytest.mark.parametrize("kind", ["", "gpx", "geojson", "rss", "sheet", "embed", "api"])
def test_a_remix_names_who_made_what_is_hidden_but_not_what_it_is_called(browse, session, trail, author, kind):
    source = revision(session, TrailRevision, trail.id, 1)
    remix = maps.trails(session).remix(source, {"fr": "La mienne"}, "CC-BY-SA-4.0", people.person(session).id)
    maps.trails(session).publish(remix.id)
    told = {"sheet": "/trails/{}/sheet", "embed": "/embed/trails/{}", "api": "/api/v1/trails/{}", "": "/trails/{}"}
    address = told.get(kind, "/trails/{}." + kind).format(remix.slug)
    title = source.content["title"]["fr"]
    assert title in browse.get(address).text
    maps.moderate(session, "trail", trail.id, Act.HIDE)
    said = browse.get(address).text
    assert title not in said
    assert author.name in said


@pytest.mark.parametrize("path", EVERYTHING)
def test_what_did_not_change_is_not_sent_again(browse, names, path):
    first = browse.get(path.format(**names))
    browse.get(path.format(**names), headers={"If-None-Match": first.headers["ETag"]}, status=304)


@pytest.mark.parametrize("path", EVERYTHING)
def test_a_trail_that_is_hidden_is_not_there_and_one_that_was_removed_is_gone(browse, session, trail, names, path):
    before = browse.get(path.format(**names))
    maps.moderate(session, "trail", trail.id, Act.HIDE)
    browse.get(path.format(**names), status=404)
    browse.get(path.format(**names), headers={"If-None-Match": before.headers["ETag"]}, status=404)
    maps.moderate(session, "trail", trail.id, Act.RESTORE)
    assert browse.get(path.format(**names)).body == before.body
    maps.moderate(session, "trail", trail.id, Act.REMOVE)
    browse.get(path.format(**names), status=410)


@pytest.mark.parametrize("path", ["/trails/{slug}", *EVERYTHING[:-1]])
def test_what_was_removed_is_gone_for_its_authors_and_moderators_too(browse, session, author, trail, names, path):
    maps.moderate(session, "trail", trail.id, Act.REMOVE)
    for who in (author, people.staff(session, Role.MODERATOR)):
        people.signed_in(browse, who).get(path.format(**names), status=410)


def test_the_page_of_what_is_hidden_says_so(browse, session, trail, names):
    maps.moderate(session, "trail", trail.id, Act.HIDE)
    for path in ("/trails/{slug}", "/stops/{stop}", "/trails/{slug}/sheet"):
        assert "hidden" in browse.get(path.format(**names), headers=ENGLISH, status=404).html.h1.text


@pytest.mark.parametrize("path", [*FILES, "/trails/{slug}/sheet", "/embed/trails/{slug}"])
def test_a_stop_that_is_hidden_is_in_nothing_that_is_taken_away(browse, session, names, stops, path):
    before = browse.get(path.format(**names))
    assert "La grue" in before.text
    maps.moderate(session, "stop", stops[1].id, Act.HIDE)
    hidden = browse.get(path.format(**names), headers={"If-None-Match": before.headers["ETag"]}, status=200)
    assert "La grue" not in hidden.text
    assert str(stops[1].id) not in hidden.text
    maps.moderate(session, "stop", stops[1].id, Act.RESTORE)
    assert browse.get(path.format(**names)).body == before.body


@pytest.mark.parametrize("path", EVERYWHERE)
def test_a_stop_that_is_hidden_disappears_from_everywhere_at_once(browse, session, names, stops, path):
    """Scenario 14: every page, list, mark, tile, feed and pack, and it is all there again when it is restored."""

    def told() -> str:
        answer = browse.get(path.format(**names))
        return answer.body.decode("utf-8", "replace")

    assert "La grue" in told()
    maps.moderate(session, "stop", stops[1].id, Act.HIDE)
    assert "La grue" not in told()
    maps.moderate(session, "stop", stops[1].id, Act.RESTORE)
    assert "La grue" in told()


ALL_OF_IT = [
    *EVERYWHERE,
    *EVERYTHING,
    *("/trails", "/trails/{slug}/pack.json", "/stops/{stop}", "/places/{place}", "/places.geojson", "/search?q=jardin"),
    *("/api/v1/trails", "/api/v1/places", "/api/v1/places/{place}", "/tiles/12/1996/1417.mvt", "/ogc/collections"),
    *("/ogc/collections/trail/items", "/ogc/collections/place/items", "/ogc/collections/stop/items?f=html"),
]
PASSING = r'"timeStamp": ?"[^"]*"|name="csrf_token" value="[^"]*"'
"""What is never the same twice: when an answer was made, and what forms are signed with."""

CHANGED = r'<updated>[^<]*</updated>|"updated_at": ?"[^"]*"|updated_at</code></dt>\s*<dd>[^<]*'
"""When something last changed: what shows a thing that goes and comes back did change meanwhile."""


@pytest.mark.parametrize(
    ("kind", "passing"),
    [("trail", PASSING), ("place", PASSING), ("stop", f"{PASSING}|{CHANGED}"), ("media", f"{PASSING}|{CHANGED}")],
)
def test_what_is_restored_is_told_to_the_byte_as_it_was_before_it_was_hidden(
    config, browse, session, asking, clock, names, trail, stops, sounds, kind, passing
):
    """Scenario 14: days later, as those who moderate do it."""
    garden = maps.place(session)
    subject = {"trail": trail, "place": garden, "stop": stops[1], "media": sounds[1]}[kind].id
    moderator, service = people.staff(session, Role.MODERATOR), asking.find_service(Moderation)

    config.registry.kept_of_map.clear()  # a version that another test rolled back may come again

    def told() -> dict[str, str]:
        found = {}
        for path in ALL_OF_IT:
            answer = browse.get(path.format(**names, place=garden.slug), headers=ENGLISH, status="*")
            said = f"{answer.status} {answer.content_type} {answer.body.decode('latin-1')}"
            found[path] = re.sub(passing, "", said)
        return found

    before = told()
    assert all(said.startswith("200") for said in before.values())
    clock.at += timedelta(days=1)
    service.act(Act.HIDE, kind, subject, "Une voix sans accord.", moderator.id)
    gone = {path for path, said in told().items() if said != before[path]}
    assert len(gone) > 5
    clock.at += timedelta(days=1)
    service.act(Act.RESTORE, kind, subject, "L’accord est là.", moderator.id)
    after = told()
    assert [path for path in before if after[path] != before[path]] == []


def test_a_pack_that_holds_what_was_hidden_since_is_another_one(browse, session, names, stops):
    address = "/trails/{slug}/pack.json".format(**names)
    before = browse.get(address).json
    maps.moderate(session, "stop", stops[1].id, Act.HIDE)
    assert browse.get(address).json["version"] != before["version"]
    maps.moderate(session, "stop", stops[1].id, Act.RESTORE)
    assert browse.get(address).json == before


@pytest.mark.parametrize("path", [*FILES, "/embed/trails/{slug}"])
def test_a_sound_that_is_hidden_is_in_nothing_that_is_taken_away(browse, session, names, sounds, path):
    name = f"{sounds[1].id.int:064x}.m4a"
    assert name in browse.get(path.format(**names)).text
    maps.moderate(session, "media", sounds[1].id, Act.HIDE)
    assert name not in browse.get(path.format(**names)).text


@pytest.mark.parametrize("accept", ["application/geo+json", "text/html"])
@pytest.mark.parametrize("kind", ["trail", "stop", "place"])
def test_what_is_hidden_is_no_feature_and_what_was_removed_was_one(browse, session, trail, stops, kind, accept):
    """Invariant I4: 404 as long as it may come back, 410 when it does not."""
    subject = {"trail": trail, "stop": stops[1], "place": maps.place(session)}[kind].id
    address, headers = f"/ogc/collections/{kind}/items/{subject}", {"Accept": accept}
    browse.get(address, headers=headers, status=200)
    maps.moderate(session, kind, subject, Act.HIDE)
    browse.get(address, headers=headers, status=404)
    maps.moderate(session, kind, subject, Act.REMOVE)
    browse.get(address, headers=headers, status=410)
    for other in {"trail", "stop", "place"} - {kind}:
        browse.get(f"/ogc/collections/{other}/items/{subject}", headers=headers, status=404)


@pytest.mark.parametrize("path", EVERYTHING)
def test_a_draft_is_taken_away_by_its_authors_alone(browse, session, author, path):
    draft = maps.trail(session, draft=True, author_id=author.id)
    stop = session.scalars(select(Stop.id).where(Stop.trail_id == draft.id)).first() or uuid4()
    names = {"slug": draft.slug, "stop": stop, "url": f"http://localhost/trails/{draft.slug}"}
    browse.get(path.format(**names), status=404)
    on_other_sites = path.startswith(("/embed", "/oembed", "/stops"))
    people.signed_in(browse, author)
    browse.get(path.format(**names), status=404 if on_other_sites else 200)


def test_the_gpx_holds_what_the_trail_says(browse, trail):
    back = gpxpy.parse(browse.get(f"/trails/{trail.slug}.gpx").text)
    assert [point.name for point in back.waypoints] == ["01 · La criée", "02 · La grue"]
    assert len(back.tracks[0].segments[0].points) == len(maps.HARBOUR)


def test_the_podcast_has_an_episode_for_each_sound_and_its_transcript(browse, trail, sounds):
    answer = browse.get(f"/trails/{trail.slug}.rss")
    feed = feedparser.parse(answer.body)
    assert not feed.bozo
    assert [entry.title for entry in feed.entries] == ["01 · La criée", "02 · La grue"]
    assert feed.entries[0].enclosures[0].href == f"http://localhost/media/{sounds[0].id.int:064x}.m4a"
    spoken = ElementTree.fromstring(answer.body).findall(
        "channel/item/{https://podcastindex.org/namespace/1.0}transcript"
    )
    assert len(spoken) == 2


def test_the_podcast_in_another_language_is_a_feed_of_its_own(browse, session):
    both = {"fr": "Le port", "br": "Ar porzh"}
    trail = maps.trail(session, maps.stop("01", title=both), title=both)
    url = f"http://localhost/trails/{trail.slug}.rss"
    told = [feed_of(browse, trail, query) for query in ("", "?lang=fr", "?lang=xx", "?lang=br")]
    assert [own for own, _guid in told] == [url, url, url, f"{url}?lang=br"]
    assert [guid for _own, guid in told] == [str(podcast_guid(own)) for own, _guid in told]
    assert len({guid for _own, guid in told}) == 2


def feed_of(browse, trail, query: str) -> tuple[str, str]:
    """Return which address a feed says it has, and its guid."""
    channel = ElementTree.fromstring(browse.get(f"/trails/{trail.slug}.rss{query}").body)[0]
    own = channel.find("{http://www.w3.org/2005/Atom}link").get("href")
    return own, channel.find("{https://podcastindex.org/namespace/1.0}guid").text


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("slashes", ["", "/", "//"])
def test_the_guid_of_a_podcast_is_made_as_everywhere(scheme, slashes):
    """The example of the specification."""
    url = f"{scheme}://mp3s.nashownotes.com/pc20rss.xml{slashes}"
    assert str(podcast_guid(url)) == "917393e3-1b1e-5cef-ace4-edaa54e1f810"


def test_texts_are_in_the_trails_own_language_unless_another_is_asked_for(browse, session):
    both = {"fr": "Le port", "br": "Ar porzh"}
    trail = maps.trail(session, maps.stop("01", title=both), title=both)
    path = f"/trails/{trail.slug}.geojson"
    for query, title in (("", "Le port"), ("?lang=br", "Ar porzh"), ("?lang=xx", "Le port")):
        assert browse.get(path + query, headers=ENGLISH).json["features"][0]["properties"]["title"] == title


def test_places_are_taken_away_all_at_once_or_by_theme(browse, session):
    here = maps.place(session)
    hidden = maps.place(session, title={"fr": "Un autre"})
    maps.moderate(session, "place", hidden.id, Act.HIDE)
    [feature] = browse.get("/places.geojson").json["features"]
    assert feature["id"] == str(here.id)
    assert feature["geometry"]["coordinates"] == [-4.4985, 48.3842]
    assert browse.get("/places.geojson?theme=sea").json["features"] == []
    assert len(browse.get("/places.geojson?bbox=-4.5,48.38,-4.49,48.39").json["features"]) == 1
    assert browse.get("/places.geojson?bbox=-4.4,48.38,-4.3,48.39").json["features"] == []
    assert list(browse.get("/places.csv?bbox=here", status=422).json["errors"]) == ["bbox"]
    [row] = tables.DictReader(StringIO(browse.get("/places.csv").body.decode("utf-8-sig")))
    assert row["title"] == "Le jardin partagé de Recouvrance"
    first = browse.get("/places.csv")
    browse.get("/places.csv", headers={"If-None-Match": first.headers["ETag"]}, status=304)


@pytest.mark.parametrize(
    "path", ["/trails/nowhere.gpx", "/trails/nowhere/sheet", "/embed/trails/nowhere", "/places.gpx"]
)
def test_what_is_not_there_is_not_there(browse, path):
    browse.get(path, status=404)


# On paper -------------------------------------------------------------------------------------------------------------


DRAWN = re.compile(r'<path [^>]*d="(?P<strokes>M[^"]*h[^"]*)"[^>]*stroke="#000"|stroke="#000"[^>]*d="(?P<other>[^"]*)"')
WIDE = re.compile(r'viewBox="0 0 (\d+) \d+"|width="(\d+)"')


def codes(page: str, scale: int = 1) -> list[str]:
    """Return what a reader of codes reads in the drawings of a page, whose modules are ``scale`` wide, in order."""
    drawings = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    found = [(WIDE.search(drawing), DRAWN.search(drawing)) for drawing in drawings if 'stroke="#000"' in drawing]
    return [
        zxingcpp.read_barcodes(painted(drawn["strokes"] or drawn["other"], int(wide[1] or wide[2]) // scale))[0].text
        for wide, drawn in found
    ]


def painted(strokes: str, size: int, scale: int = 8) -> Image.Image:
    """Paint what segno draws: ``M`` and ``m`` move, ``h`` strokes a row of modules."""
    page = Image.new("L", (size * scale, size * scale), 255)
    x = y = 0.0
    for act, numbers in re.findall(r"([Mmh])([^Mmh]*)", strokes):
        values = [float(number) for number in re.findall(r"-?\d*\.?\d+", numbers)]
        if act == "M":
            x, y = values
        elif act == "m":
            x, y = x + values[0], y + values[1]
        else:
            box = (x, y - 0.5, x + values[0], y + 0.5)
            page.paste(0, tuple(int(edge * scale) for edge in box))
            x += values[0]
    return page


def test_the_sheet_says_how_to_go_on_from_stop_to_stop_and_each_code_leads_to_its_stop(browse, trail, stops):
    page = browse.get(f"/trails/{trail.slug}/sheet", headers=ENGLISH)
    page.mustcontain("From 01 to 02", "Longez le quai.", "La criée", "La grue", "CC BY-SA 4.0")
    assert codes(page.text) == [f"http://localhost/stops/{stop.id}" for stop in stops]
    assert page.html.select(".plan svg")


def test_the_code_of_a_stop_is_a_picture_of_its_own(browse, stops):
    answer = browse.get(f"/stops/{stops[0].id}/qr.svg")
    assert answer.content_type == "image/svg+xml"
    assert codes(answer.text, scale=8) == [f"http://localhost/stops/{stops[0].id}"]


def test_a_stop_that_is_gone_from_its_trail_has_no_code_any_more(browse, session, stops):
    stops[1].rank = stops[1].label = None
    session.flush()
    browse.get(f"/stops/{stops[1].id}/qr.svg", status=404)
    browse.get(f"/stops/{uuid4()}/qr.svg", status=404)


# On other sites -------------------------------------------------------------------------------------------------------


def test_a_frame_may_stand_on_any_site_and_sets_no_cookie(browse, trail, author):
    for visitor in (browse, people.signed_in(browse, author)):
        page = visitor.get(f"/embed/trails/{trail.slug}", headers=ENGLISH)
        assert "frame-ancestors *" in page.headers["Content-Security-Policy"]
        assert "X-Frame-Options" not in page.headers
        assert "Set-Cookie" not in page.headers
        page.mustcontain("La criée", "audio/mp4", "CC BY-SA 4.0")
        assert not page.html.select("nav, form, .top, .foot")
        assert page.html.base["target"] == "_blank"


def test_what_is_heard_in_a_frame_is_counted_as_on_the_page_of_the_trail(browse, session, trail, sounds):
    page = browse.get(f"/embed/trails/{trail.slug}")
    assert [script["src"].partition("?")[0] for script in page.html.select("script")] == ["/static/portal/js/player.js"]
    address = page.html.select_one(".player")["data-heard"]
    answer = browse.post(address, {"completed": "0"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert "Set-Cookie" not in answer.headers
    assert listened(session, [sounds[0].id])[sounds[0].id].starts == 1


@pytest.mark.parametrize("path", ["/trails/{slug}/sheet", "/trails/{slug}.gpx", "/", "/embed/trails/nowhere"])
def test_nothing_else_may_be_framed(browse, names, path):
    answer = browse.get(path.format(**names), expect_errors=True)
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_a_site_learns_how_to_show_a_trail_from_its_address(browse, trail, author):
    told = browse.get(f"/oembed?url=http://localhost/trails/{trail.slug}&maxwidth=400&format=json").json
    assert (told["version"], told["type"], told["title"]) == ("1.0", "rich", "Les voix du port de commerce")
    assert (told["width"], told["height"], told["author_name"]) == (400, 520, author.name)
    assert told["provider_url"] == "http://localhost/"
    assert f'src="http://localhost/embed/trails/{trail.slug}"' in told["html"]
    assert 'width="400"' in told["html"]


def test_what_stands_in_a_title_cannot_get_out_of_the_frame(browse, session):
    trail = maps.trail(session, title={"fr": '"><script>alert(1)</script>'})
    told = browse.get(f"/oembed?url=http://localhost/trails/{trail.slug}").json
    assert "<script>" not in told["html"]


@pytest.mark.parametrize("least", [1, 200, 639, 5_000])
def test_the_frame_is_never_larger_than_the_room_for_it(browse, names, least):
    told = browse.get(f"/oembed?url={names['url']}&maxwidth={least}&maxheight={least}").json
    assert (told["width"], told["height"]) == (min(640, least), min(520, least))
    assert f'width="{told["width"]}" height="{told["height"]}"' in told["html"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("url=", 400),
        ("url=http://[", 400),
        ("url={url}&maxwidth=wide", 400),
        ("url={url}&maxheight=-1", 400),
        ("url=https://elsewhere.example/trails/x", 404),
        ("url=javascript:alert(1)", 404),
        ("url=http://localhost/about", 404),
        ("url={url}&format=xml", 501),
        ("url={url}/", 200),
        ("url={url}?lang=fr", 200),
        ("url={url}&maxwidth=10", 200),
    ],
)
def test_whatever_a_site_asks_has_its_answer(browse, names, query, status):
    browse.get("/oembed?" + query.format(**names), status=status)


def test_the_page_of_a_trail_says_where_a_site_asks(browse, trail):
    page = browse.get(f"/trails/{trail.slug}")
    [link] = page.html.select('link[type="application/json+oembed"]')
    assert browse.get(link["href"]).json["type"] == "rich"


def test_moderators_see_a_hidden_trail_and_yet_frame_none(browse, session, trail):
    maps.moderate(session, "trail", trail.id, Act.HIDE)
    people.signed_in(browse, people.staff(session, Role.MODERATOR))
    browse.get(f"/embed/trails/{trail.slug}", status=404)
    assert json.loads(browse.get(f"/trails/{trail.slug}.geojson").body)["features"]


@pytest.mark.parametrize("address", [*FILES, "/trails/{slug}", "/embed/trails/{slug}"])
def test_who_had_themselves_forgotten_is_named_as_such_in_the_readers_language(browse, trail, sounds, address):
    for sound in sounds:
        sound.attribution = FORMER_CONTRIBUTOR
    french = browse.get(address.format(slug=trail.slug), headers={"Accept-Language": "fr"}).text
    assert "former contributor" not in french
    assert "ancien contributeur" in french or address.endswith(".csv")  # which names the authors alone


# Hidden everywhere ----------------------------------------------------------------------------------------------------

# Two words each, so that neither the names in addresses nor the questions asked are the titles.
TRAIL_TITLE, STOP_TITLE, PLACE_TITLE = "Kwizibu Marvolox", "Xolotlan Fernambou", "Vyzantos Okapirel"
SOUND_TITLE = "Zygomar Trevenec"
WORDS = [title.split()[1].lower() for title in (TRAIL_TITLE, STOP_TITLE, PLACE_TITLE, SOUND_TITLE)]
AT, BESIDE = (-4.4725, 48.3818), (-4.4724, 48.3818)
BOX = "bbox=-4.48,48.381,-4.47,48.384"
SQUARES = [(zoom, 127815 >> (18 - zoom), 90707 >> (18 - zoom)) for zoom in (0, 12, 18)]
LISTS = {"home", "feed", "search", "api.search", "maps.map", "maps.map.file", "api.map", "ogc.items", "ogc.item"} | {
    *("tiles", "flag"),
}
NAMED = {
    "trail": LISTS
    | {"maps.trails", "api.maps.trails", "api.maps.trail", "maps.trail", "maps.trail.walk", "maps.trail.offline"}
    | {"maps.trail.pack", "maps.trail.file", "maps.trail.sheet", "maps.embed", "maps.oembed", "maps.stop"}
    | {"maps.trail.history", "maps.trail.difference"},
    "stop": LISTS
    | {"api.maps.trail", "maps.trail", "maps.trail.walk", "maps.trail.offline", "maps.trail.file", "maps.trail.sheet"}
    | {"maps.embed", "maps.stop", "maps.trail.difference"},
    "place": LISTS
    | {"maps.places.file", "api.maps.places", "api.maps.place", "maps.place", "maps.place.history"}
    | {"maps.place.difference"},
    "media": {"library.media", "api.one_media", "flag", "maps.trail", "maps.trail.walk", "maps.stop", "maps.embed"},
}
"""Where a visitor reads the title of each thing as long as everybody sees it, by the names of the routes."""


@pytest.fixture
def hideable(session, author):
    """A trail of two versions whose second stop changed, and a place of two versions, by kind, with their titles."""
    sound = heard(session, sender_id=author.id, title=SOUND_TITLE)
    said = maps.stop("02", *AT, title={"fr": STOP_TITLE}, media=(sound.id,))
    trail = maps.trail(session, maps.stop("01", -4.4789, 48.3829), said, author_id=author.id, title={"fr": TRAIL_TITLE})
    content = trail_content(session, trail)
    later = replace(content, stops=(content.stops[0], replace(content.stops[1], text={"fr": "On entend la grue."})))
    maps.trails(session).revise(trail.id, 1, later, author.id)
    place = maps.place(session, author.id, title={"fr": PLACE_TITLE}, longitude=BESIDE[0], latitude=BESIDE[1])
    changed = replace(place_content(session, place), text={"fr": "On y échange des boutures."})
    maps.places(session).revise(place.id, 1, changed, author.id)
    stop = session.scalars(select(Stop).where(Stop.trail_id == trail.id, Stop.rank == 2)).one()
    titles = {"trail": TRAIL_TITLE, "stop": STOP_TITLE, "place": PLACE_TITLE, "media": SOUND_TITLE}
    return {kind: (thing, titles[kind]) for kind, thing in zip(titles, (trail, stop, place, sound), strict=True)}


@pytest.fixture
def everywhere(config, session, browse, hideable):
    """A function that returns all that a visitor is answered, the address with the name of its route first."""
    trail, _stop, place, sound = (thing for thing, _title in hideable.values())
    kinds = list(config.registry.index_kinds)
    ids = [str(one.id) for one in (trail, *trail.stops, place, sound)]
    things = {
        "slug": [trail.slug, place.slug],
        "id": ids,
        "item": ids,
        "kind": [*kinds, "media"],
        "collection": kinds,
        "media": [str(sound.id)],
        "name": [sound.renditions[0].name],
        "language": ["fr"],
        "number": ["1", "2"],
        "zoom": ["{zoom}"],
        "column": ["{column}"],
        "row": ["{row}"],
    }
    questions = [f"?q={word}" for word in WORDS]
    shown = [f"?url=http://localhost/trails/{trail.slug}"]
    ogc = ["?f=html", "?f=json", f"?{BOX}", *questions]
    asked = {
        "search": questions,
        "api.search": questions,
        "maps.map": [*questions, f"?{BOX}"],
        "api.map": [f"?zoom=24&{BOX}"],
        "maps.trails": [*questions, "?length=short"],
        "api.maps.trails": [*questions, f"?{BOX}"],
        "api.maps.places": [*questions, f"?{BOX}"],
        "maps.places.file": questions,
        "maps.oembed": shown,
        "maps.trail.difference": ["?before=1&after=2"],
        "maps.place.difference": ["?before=1&after=2"],
        "tiles": questions,
        "ogc.items": ogc,
    } | {name: ["?f=html"] for name in ("ogc", "ogc.api", "ogc.collections", "ogc.collection", "ogc.item")}
    found = [
        (name, path.replace("{zoom}", str(zoom)).replace("{column}", str(column)).replace("{row}", str(row)))
        for name, path in addresses(config, things, asked)
        for zoom, column, row in (SQUARES if name == "tiles" else SQUARES[:1])
    ]

    def answered():
        config.registry.kept_of_map.clear()  # a version that another test rolled back may come again
        for name, address in found:
            answer = browse.get(address, expect_errors=True)
            assert answer.status_int != 500, address
            yield name, address, f"{answer.headers} {answer.body.decode(errors='replace')}".casefold()

    return answered


@pytest.mark.parametrize("kind", ["stop", "place", "trail", "media"])
def test_what_is_hidden_is_named_at_no_address_there_is(session, hideable, everywhere, kind):
    """A route that is added is asked as well, without a line here."""
    thing, title = hideable[kind]
    named = {name for name, _address, said in everywhere() if title.casefold() in said}
    assert NAMED[kind] <= named
    maps.moderate(session, kind, thing.id, Act.HIDE)
    gone = [title, STOP_TITLE] if kind == "trail" else [title]  # a trail takes its stops along
    leaks = [address for _name, address, said in everywhere() if any(one.casefold() in said for one in gone)]
    assert leaks == []
