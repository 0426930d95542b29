"""Trails as everybody sees them."""

from urllib.parse import urlsplit

import pytest

from maps.queries.contents import trail_content
from maps.terms import Access, AccessLevel
from portal.moderation.terms import Act
from portal.people.terms import Role
from tests.factories import maps, people

ENGLISH = {"Accept-Language": "en"}
FRENCH = {"Accept-Language": "fr"}


@pytest.fixture
def nolwenn(session):
    return people.person(session, name="Nolwenn Le Goff")


@pytest.fixture
def trail(session, nolwenn):
    """Two stops along the harbour; two sounds at the second."""
    heard = maps.sound(session, milliseconds=135_000), maps.sound(session, title="Cale sèche", milliseconds=159_000)
    first = maps.stop("01", title={"fr": "La criée"}, directions={"fr": "Longez le quai."})
    second = maps.stop("02", -4.4725, 48.3818, title={"fr": "La cale"}, media=tuple(one.id for one in heard))
    return maps.trail(session, first, second, author_id=nolwenn.id)


def test_without_trails_the_page_says_how_to_begin(browse):
    page = browse.get("/trails", headers=ENGLISH)
    assert "There is no trail yet" in page
    assert page.html.select_one(".empty a")["href"] == "/trails/new"


def test_a_card_says_how_long_how_far_how_many_stops_and_under_which_licence(browse, trail):
    card = browse.get("/trails", headers=ENGLISH).html.select_one("article.card")
    assert card.select_one("a")["href"] == f"/trails/{trail.slug}"
    for said in ("Heritage", "2 stops", "m", "French", "CC BY-SA 4.0", "min"):
        assert said in card.text


def test_a_filter_shows_what_fits_and_says_when_nothing_does(browse, session, trail):
    flat = maps.trail(session, access=Access(AccessLevel.WHEELCHAIR), title={"fr": "Le chemin plat"}, line=())
    found = browse.get("/trails?wheelchair=true", headers=ENGLISH)
    assert [a["href"] for a in found.html.select("article a")] == [f"/trails/{flat.slug}"]
    assert "for wheelchairs" in found.html.select_one("article").text
    assert "No trail is like that" in browse.get("/trails?language=br", headers=ENGLISH)
    assert len(browse.get("/trails?length=short").html.select("article")) == 2
    assert not browse.get("/trails?length=long").html.select("article")
    assert "Nothing looked up yet" in browse.get("/trails?theme=nonsense", headers=ENGLISH, status=422)


def test_a_list_of_many_is_in_pages(browse, session):
    for _number in range(25):
        maps.trail(session)
    first = browse.get("/trails", headers=ENGLISH)
    assert len(first.html.select("article")) == 24
    last = browse.get(first.html.select_one(".pager a[rel=next]")["href"], headers=ENGLISH)
    assert len(last.html.select("article")) == 1
    assert len(browse.get("/trails?page=9", headers=ENGLISH).html.select("article")) == 1


def test_what_somebody_works_on_stands_above_the_list(browse, session, nolwenn):
    draft = maps.trail(session, author_id=nolwenn.id, draft=True, title={"fr": "Bientôt"})
    assert "Bientôt" not in browse.get("/trails")
    mine = people.signed_in(browse, nolwenn).get("/trails", headers=ENGLISH).html.select_one("[aria-labelledby=mine]")
    assert mine.select_one("a")["href"] == f"/trails/{draft.slug}/edit"
    assert "draft" in mine.text


def test_a_trail_says_all_that_is_heard_and_read_at_its_stops(browse, trail):
    main = browse.get(f"/trails/{trail.slug}", headers=ENGLISH).html.select_one("#main")
    stops = main.select("ol.stops > li")
    assert [stop.select_one(".label").text for stop in stops] == ["01", "02"]
    assert "Longez le quai." in stops[0].text
    assert "2 sounds" in stops[1].text
    assert "4 min 54 s" in stops[1].text
    assert len(stops[1].select("audio")) == 2
    assert main.select_one("a.button.now")["href"] == f"/trails/{trail.slug}/walk"
    facts = main.select_one("aside .facts").text
    assert "listening included" in facts
    assert "Nolwenn Le Goff" in facts
    assert [a["href"].rpartition(".")[2] for a in main.select(".downloads a")][:5] == [
        "gpx", "geojson", "kml", "csv", "rss",
    ]  # fmt: skip


def test_its_plan_has_the_way_and_every_stop(browse, trail):
    plan = browse.get(f"/trails/{trail.slug}", headers=ENGLISH).html.select_one("figure.plan svg")
    assert "01 La criée; 02 La cale" in plan["aria-label"]
    assert plan.select_one("path.way")["d"].startswith("M")
    assert [one.text for one in plan.select(".marker text")] == ["02", "01"]


def test_french_words_on_an_english_page_say_so(browse, trail):
    page = browse.get(f"/trails/{trail.slug}", headers=ENGLISH).html
    assert page.select_one("h1")["lang"] == "fr"
    assert not browse.get(f"/trails/{trail.slug}", headers=FRENCH).html.select_one("h1").has_attr("lang")


def test_a_trail_is_read_in_the_language_that_one_chooses(browse, session):
    stop = maps.stop("01", title={"fr": "La criée", "br": "Ar werzh"}, text={"fr": "Bruit.", "br": "Trouz."})
    both = maps.trail(session, stop, title={"fr": "Le port", "br": "Ar porzh"})
    page = browse.get(f"/trails/{both.slug}", headers=FRENCH)
    links = page.html.select("[hreflang]")
    assert [(link["hreflang"], link.get("aria-current")) for link in links] == [("fr", "true"), ("br", None)]
    breton = browse.get(links[1]["href"], headers=FRENCH)
    assert breton.html.select_one("h1").text == "Ar porzh"
    assert breton.html.select_one("h1")["lang"] == "br"
    assert "Trouz." in breton
    assert browse.get(f"/trails/{both.slug}?lang=xx", headers=FRENCH).html.select_one("h1").text == "Le port"


def test_a_draft_is_there_for_its_authors_alone(browse, session, nolwenn):
    draft = maps.trail(session, author_id=nolwenn.id, draft=True)
    browse.get(f"/trails/{draft.slug}", status=404)
    page = people.signed_in(browse, nolwenn).get(f"/trails/{draft.slug}", headers=ENGLISH)
    assert "Only its authors and the moderators see this draft yet." in page
    people.signed_in(browse, people.person(session)).get(f"/trails/{draft.slug}", status=404)


def test_what_is_hidden_is_not_there_and_what_is_removed_is_gone(browse, session, trail):
    maps.moderate(session, "trail", trail.id, Act.HIDE)
    browse.get(f"/trails/{trail.slug}", status=404)
    maps.moderate(session, "trail", trail.id, Act.REMOVE)
    browse.get(f"/trails/{trail.slug}", status=410)


def test_a_hidden_stop_is_out_of_the_trail_and_its_plan(browse, session, trail):
    gone = trail.stops[0]
    maps.moderate(session, "stop", gone.id, Act.HIDE)
    page = browse.get(f"/trails/{trail.slug}").html
    assert [label.text for label in page.select("ol.stops .label")] == ["02"]
    assert "La criée" not in page.select_one("figure.plan svg")["aria-label"]
    browse.get(f"/stops/{gone.id}", status=404)


def test_it_says_what_it_was_made_of_and_what_was_made_of_it(browse, session, trail, nolwenn):
    service = maps.trails(session)
    ewen = people.person(session, name="Ewen Quéméneur")
    source = trail.revisions[0]
    mine = service.remix(source, {"fr": "Les voix du Guelmeur"}, "CC-BY-SA-4.0", ewen.id)
    service.publish(mine.id)
    page = browse.get(f"/trails/{mine.slug}", headers=ENGLISH)
    assert "Made of" in page
    assert "Nolwenn Le Goff" in page.html.select_one("[aria-labelledby=lineage]").text
    other = browse.get(f"/trails/{trail.slug}", headers=ENGLISH).html.select_one("[aria-labelledby=lineage]")
    assert other.select_one(f"a[href='/trails/{mine.slug}']")


def test_nothing_is_sent_twice(browse, trail):
    first = browse.get(f"/trails/{trail.slug}", headers=ENGLISH)
    again = browse.get(f"/trails/{trail.slug}", headers=ENGLISH | {"If-None-Match": first.headers["ETag"]}, status=304)
    assert not again.body


# The walk to the Île Vierge -----------------------------------------------------------------------------------------

LEGS = ((300, 400), (400, 300), (-300, 400), (300, -400), (500, 0), (400, -300), (300, -400), (-500, 0), (-400, -300),
        (-500, 0), (-300, 400))  # fmt: skip
"""Eleven times 500 metres, eastwards and northwards, drawn by hand; the third is walked there and back."""
METRES = 73_713, 111_210
"""In a degree eastwards and one northwards at this latitude, on the ellipsoid of WGS 84."""


def walked(longitude: float = -4.5705, latitude: float = 48.6252):
    yield longitude, latitude
    for east, north in LEGS:
        longitude, latitude = longitude + east / METRES[0], latitude + north / METRES[1]
        yield round(longitude, 6), round(latitude, 6)


@pytest.fixture
def ile_vierge(session):
    """Four stops, two sounds at the second, and the directions at the first."""
    line = tuple(walked())
    heard = [maps.sound(session, milliseconds=seconds * 1000) for seconds in (163, 135, 159, 352, 320)]
    media = [heard[:1], heard[1:3], heard[3:4], heard[4:]]
    at = [line[0], line[3], line[6], line[9]]
    stops = [
        maps.stop(f"{number:02d}", *at[number - 1], media=tuple(one.id for one in media[number - 1]),
                  directions={"fr": f"Au poteau {number}, prenez à droite."})
        for number in range(1, 5)
    ]  # fmt: skip
    return maps.trail(session, *stops, title={"fr": "Balade de l’île Vierge"}, line=line, minutes=120, minutes_most=150)


def test_the_walk_to_the_ile_vierge_is_as_long_as_it_is(api, ile_vierge):
    """Scenario 9: 5.5 km within 2 %."""
    told = api.get(f"/api/v1/trails/{ile_vierge.slug}").json
    assert told["length"] == pytest.approx(5500, rel=0.02)
    assert [stop["label"] for stop in told["content"]["stops"]] == ["01", "02", "03", "04"]
    assert (told["minutes"], told["minutes_most"]) == (120, 150)
    assert told["content"] | {"minutes": 120, "minutes_most": 150} == told["content"]


@pytest.mark.parametrize("page", ["", "/sheet"])
def test_page_and_sheet_say_how_long_the_walk_is_and_how_long_one_listens(browse, ile_vierge, page):
    """Scenario 9: what its authors state, not what we reckon; two sounds at a stop add up."""
    page = browse.get(f"/trails/{ile_vierge.slug}{page}", headers=FRENCH).html
    facts = (
        page.select_one("dl.facts").text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
    )
    for said in ("5,5 km", "2 h–2 h 30, écoute comprise", "18 min 49 s"):
        assert said in facts
    second = page.select_one("ol.stops > li:nth-of-type(2), li.sheet-stop:nth-of-type(2)").text
    assert "02" in second
    assert "4 min 54 s" in second.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


# A stop --------------------------------------------------------------------------------------------------------------


def test_the_code_on_a_post_leads_to_the_stop_and_on_to_the_next(browse, trail):
    first, second = trail.stops
    page = browse.get(f"/stops/{first.id}", headers=ENGLISH).html
    assert "La criée" in page.select_one("h1").text
    assert "Longez le quai." in page.text
    assert page.select_one("a[rel=next]")["href"] == f"/stops/{second.id}"
    assert not page.select_one("a[rel=prev]")
    assert page.select_one(".marker.now text").text == "01"
    last = browse.get(f"/stops/{second.id}", headers=ENGLISH).html
    assert last.select_one("a[rel=prev]")["href"] == f"/stops/{first.id}"
    assert len(last.select("audio")) == 2
    assert last.select_one(f"a[href='/trails/{trail.slug}']")


@pytest.mark.parametrize("path", ["/trails/{trail}", "/stops/{stop}", "/places/{place}"])
def test_that_a_transcript_is_wanted_is_said_wherever_the_sound_is_until_there_is_one(browse, session, path):
    """Invariant I2: a sound that nobody wrote down is marked as such for everybody."""
    written, unwritten = maps.sound(session, transcript="On entend la criée."), maps.sound(session, title="La sirène")
    both = written.id, unwritten.id
    trail, place = maps.trail(session, maps.stop("01", media=both)), maps.place(session, media=both)
    address = path.format(trail=trail.slug, stop=trail.stops[0].id, place=place.slug)
    [wanted] = browse.get(address, headers=ENGLISH).html.select(".wanted")
    assert "Nobody has written down yet what is said in it" in wanted.text
    assert urlsplit(wanted.a["href"]).path == f"/library/{unwritten.id}/transcripts"
    maps.transcript(session, unwritten, "Une sirène.")
    assert not browse.get(address, headers=ENGLISH).html.select(".wanted")


def test_a_stop_that_was_taken_out_says_so_and_leads_to_the_trail(browse, session, trail, nolwenn):
    stop = trail.stops[1]
    content = maps.content(maps.stop("01"), line=())
    maps.trails(session).revise(trail.id, 1, content, nolwenn.id)
    page = browse.get(f"/stops/{stop.id}", headers=ENGLISH)
    assert "This stop is not on the trail any more" in page
    assert page.html.select_one("#main a.button.now")["href"] == f"/trails/{trail.slug}"


def test_a_removed_stop_is_gone_and_no_stop_is_not_found(browse, session, trail):
    maps.moderate(session, "stop", trail.stops[0].id, Act.REMOVE)
    browse.get(f"/stops/{trail.stops[0].id}", status=410)
    browse.get("/stops/nothing", status=404)
    browse.get("/stops/00000000-0000-0000-0000-000000000000", status=404)


@pytest.mark.parametrize("kind", ["trail", "stop", "place"])
def test_who_sees_what_is_hidden_is_told_why_they_see_it(browse, session, kind):
    author = people.person(session)
    trail, place = maps.trail(session, author_id=author.id), maps.place(session, author_id=author.id)
    stop_id = trail_content(session, trail).stops[0].id
    thing, address = {
        "trail": (trail.id, f"/trails/{trail.slug}"),
        "stop": (stop_id, f"/stops/{stop_id}"),
        "place": (place.id, f"/places/{place.slug}"),
    }[kind]
    maps.moderate(session, kind, thing, Act.HIDE)
    decided = f"/admin/moderation/{kind}/{thing}"

    page = people.signed_in(browse, author).get(address, headers=ENGLISH)
    assert "Only they and its authors still see it" in page
    assert "because you moderate" not in page
    assert decided not in page

    browse = people.signed_in(browse, people.staff(session, Role.MODERATOR))
    page = browse.get(address, headers=ENGLISH)
    assert "because you moderate" in page
    assert page.html.select_one(f"a[href='{decided}']")
    browse.get(decided)
