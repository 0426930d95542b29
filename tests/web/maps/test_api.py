"""Trails and places for programs: every request and answer is held against the description."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import func, select

from maps.models import MapPlace, Trail, TrailRevision
from maps.queries.contents import trail_content
from maps.rules.content import trail_as_json
from maps.terms import FlawCode, NotPublishable
from portal.moderation.terms import Act
from portal.people.terms import Role
from tests.factories import maps, people

TRAILS, PLACES = "/api/v1/trails", "/api/v1/places"


@pytest.fixture
def me(session):
    return people.person(session, name="Katell Riou")


@pytest.fixture
def mine(session, me):
    return people.bearer(session, me)


@pytest.fixture
def theirs(session):
    return people.bearer(session, people.person(session, name="Malo Kerdraon"))


@pytest.fixture
def trail(session, me):
    return maps.trail(session, author_id=me.id)


def message(**given):
    usual = {
        "title": {"fr": "Les voix du port", "br": "Mouezhioù ar porzh"},
        "language": "fr",
        "licence": "CC-BY-SA-4.0",
        "line": [[-4.479, 48.383, 4.5], [-4.4725, 48.3818, 5]],
        "stops": [{"label": "01", "position": [-4.479, 48.383], "text": {"fr": "Ici."}, "radius": None}],
    }
    return usual | given


def place_message(**given):
    usual = {"title": {"fr": "Le lavoir"}, "language": "fr", "licence": "CC0-1.0", "position": [-4.49, 48.39]}
    return usual | given


def address(trail, *more):
    return "/".join([TRAILS, trail.slug, *more])


def having(headers, etag):
    return headers | {"If-Match": etag}


# Begun and published --------------------------------------------------------------------------------------------------


def test_a_trail_is_begun_published_found_and_withdrawn(api, mine, theirs):
    begun = api.post_json(TRAILS, message(), headers=mine, status=201)
    assert begun.json["state"] == "draft"
    assert begun.headers["ETag"].startswith('"1-')
    there = begun.headers["Location"].removeprefix("http://localhost")
    api.get(there, status=404)
    api.get(there, headers=theirs, status=404)
    assert api.get(there, headers=mine).json["content"] == begun.json["content"]
    assert api.get(TRAILS).json["total"] == 0

    assert api.post_json(f"{there}/publish", {}, headers=mine).json["state"] == "published"
    api.post_json(f"{there}/publish", {}, headers=theirs, status=403)
    (card,) = api.get(TRAILS, {"q": "mouezhioù", "theme": "heritage", "language": "fr"}).json["items"]
    assert (card["title"]["br"], card["stops"], card["length"]) == ("Mouezhioù ar porzh", 1, 498)
    told = api.get(there).json
    assert [stop["label"] for stop in told["stops"]] == ["01"]
    assert (told["authors"], told["languages"]) == ([{"name": "Katell Riou", "organisation": None}], ["fr"])
    assert told["stops"][0]["url"] == f"http://localhost/stops/{told['content']['stops'][0]['id']}"

    assert api.post_json(f"{there}/withdraw", {}, headers=mine).json["state"] == "withdrawn"
    api.get(there, status=404)


def test_the_same_key_begins_one_trail(api, session, mine):
    once = mine | {"Idempotency-Key": "begin-1"}
    first = api.post_json(TRAILS, message(), headers=once, status=201)
    again = api.post_json(TRAILS, message(), headers=once, status=201)
    assert (first.json, first.headers["ETag"]) == (again.json, again.headers["ETag"])
    assert session.scalar(select(func.count()).select_from(Trail)) == 1


def test_what_is_missing_is_told_in_codes_and_in_words(api, mine):
    there = api.post_json(TRAILS, message(stops=[]), headers=mine, status=201).headers["Location"]
    no = api.post_json(f"{there.removeprefix('http://localhost')}/publish", {}, headers=mine, status=409)
    (reason,) = no.json["reasons"]
    assert reason["code"] == "no_stops"
    assert "${" not in reason["detail"]


def test_a_stop_far_from_the_line_is_published_on_purpose_only(api, mine):
    far = {"label": "S1", "position": [-4.479, 48.40], "text": {"fr": "Là-haut."}}
    begun = api.post_json(TRAILS, message(stops=[far]), headers=mine, status=201).json
    no = api.post_json(f"{TRAILS}/{begun['slug']}/publish", {}, headers=mine, status=409)
    assert no.json["reasons"][0]["code"] == "far_from_line"
    meant = {"far_on_purpose": [begun["content"]["stops"][0]["id"]]}
    assert api.post_json(f"{TRAILS}/{begun['slug']}/publish", meant, headers=mine).json["state"] == "published"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"title": {}}, 409),
        ({"title": {"klingon": "x"}}, 400),
        ({"title": "Le port"}, 422),
        ({"licence": "all-rights-reserved"}, 422),
        ({"line": [[-4.4]]}, 422),
        ({"line": [[-4.4, 91], [0, 0]]}, 422),
        ({"line": [[-4.4, None], [0, 0]]}, 422),
        ({"line": [["-4.4", "48"], [0, 0]]}, 422),
        ({"line": [[0, 0]] * 10_001}, 422),
        ({"line": [[179.9, 0], [-179.9, 0]]}, 409),
        ({"stops": [{"label": "", "position": [0, 0]}]}, 422),
        ({"stops": [{"label": "01", "position": [0, 0, 0]}]}, 422),
        ({"stops": [{"label": "01", "position": [0, 0], "id": "no"}]}, 422),
        ({"stops": [{"label": "01", "position": [0, 0], "media": ["no"]}]}, 422),
        ({"stops": [{"label": "01"}]}, 422),
        ({"minutes": 1.5}, 422),
        ({"colour": "red"}, 400),
    ],
)
def test_what_is_no_trail_is_refused_and_keeps_nothing(api, session, mine, change, status):
    api.post_json(TRAILS, message(**change), headers=mine, status=status)
    assert session.scalar(select(func.count()).select_from(Trail)) == 0


def test_who_is_not_signed_in_begins_nothing(api):
    api.post_json(TRAILS, message(), status=401)
    api.post_json(PLACES, place_message(), status=401)


# Revised --------------------------------------------------------------------------------------------------------------


def test_anybody_revises_what_they_read(api, trail, theirs):
    read = api.get(address(trail))
    changed = read.json["content"] | {"title": {"fr": "Le port"}, "comment": "Plus court"}
    done = api.put_json(address(trail), changed, headers=having(theirs, read.headers["ETag"]))
    assert (done.json["revision"], done.json["content"]["title"]) == (2, {"fr": "Le port"})
    assert api.get(address(trail)).headers["ETag"] == done.headers["ETag"]
    history = api.get(address(trail, "revisions")).json
    assert history["total"] == 2
    latest = history["items"][0]
    assert (latest["comment"], latest["author"]["name"]) == ("Plus court", "Malo Kerdraon")
    assert [change["path"] for change in latest["changes"]] == [["title", "fr"]]


def test_what_was_not_read_is_not_changed(api, trail, theirs):
    content = api.get(address(trail)).json["content"]
    api.put_json(address(trail), content, headers=theirs, status=400)
    for unknown in ('"7"', '"x"', "1", '"0"'):
        no = api.put_json(address(trail), content, headers=having(theirs, unknown), status=412)
        assert (no.json["theirs"]["revision"], no.json["conflicts"]) == (1, [])
    assert api.put_json(address(trail), content, headers=having(theirs, '"1"')).json["revision"] == 1
    assert api.put_json(address(trail), content, headers=having(theirs, "*")).json["revision"] == 1


@pytest.mark.parametrize("line", ["x", 7, [None], ["x"], [[1]], [[None, 2]], [["1", "2"]], [[True, 2]], {"a": 1}])
def test_what_is_no_line_is_said_not_to_be_one(api, trail, theirs, line):
    content = api.get(address(trail)).json["content"]
    api.put_json(address(trail), content | {"line": line}, headers=having(theirs, '"1"'), status=422)


def test_as_much_as_a_form_takes_can_be_sent_back(api, session, trail, theirs):
    content = trail_content(session, trail)
    long = replace(content, text={"fr": "a" * 20_000}, title={"fr": "a" * 200})
    maps.trails(session).revise(trail.id, 1, long, people.person(session).id)
    read = api.get(address(trail))
    api.put_json(address(trail), read.json["content"], headers=having(theirs, read.headers["ETag"]), status=200)
    longer, somebody = replace(long, text={"fr": "a" * 20_001}), people.person(session).id
    with pytest.raises(NotPublishable) as no:
        maps.trails(session).revise(trail.id, 2, longer, somebody)
    assert [flaw.code for flaw in no.value.flaws] == [FlawCode.TOO_LONG]


def test_of_two_writers_one_is_told_what_the_other_changed(api, session, trail, mine, theirs):
    """Scenario 15: same base; add and add merge, change and change do not."""
    read = api.get(address(trail))
    base, content = read.headers["ETag"], read.json["content"]
    third = {"label": "03", "position": [-4.47, 48.3812], "text": {"fr": "Là."}}
    fourth = third | {"label": "04", "position": [-4.469, 48.3812]}
    first = content | {"title": {"fr": "Le port"}, "stops": [*content["stops"], third]}
    api.put_json(address(trail), first, headers=having(mine, base))
    added = content | {"stops": [*content["stops"], fourth]}
    merged = api.put_json(address(trail), added, headers=having(theirs, base)).json
    assert [stop["label"] for stop in merged["stops"]] == ["01", "02", "03", "04"]
    assert merged["content"]["title"] == {"fr": "Le port"}

    no = api.put_json(
        address(trail), content | {"title": {"fr": "Les quais"}}, headers=having(theirs, base), status=412
    )
    assert no.json["conflicts"] == [
        {
            "path": ["title", "fr"],
            "base": "Les voix du port de commerce",
            "yours": "Les quais",
            "theirs": "Le port",
        }
    ]
    assert [no.json[one]["content"]["title"]["fr"] for one in ("base", "theirs", "yours", "merged")] == [
        "Les voix du port de commerce",
        "Le port",
        "Les quais",
        "Le port",
    ]
    assert session.scalar(select(func.count()).select_from(TrailRevision)) == 3


def test_an_answer_that_has_not_changed_is_not_sent_again(api, session, trail):
    etag = api.get(address(trail)).headers["ETag"]
    assert api.get(address(trail), headers={"If-None-Match": etag}, status=304).body == b""
    stop = api.get(address(trail)).json["stops"][0]["id"]
    maps.moderate(session, "stop", UUID(stop), Act.HIDE)
    assert api.get(address(trail), headers={"If-None-Match": etag}, status=200).json["revision"] == 1


# Hidden ---------------------------------------------------------------------------------------------------------------


def test_two_orders_do_not_name_a_hidden_stop(api, session, me, mine, theirs):
    stops = [maps.stop(f"0{at}", -4.479 + at / 1000, 48.383) for at in (1, 2, 3, 4)]
    trail = maps.trail(session, *stops, line=(), author_id=me.id)
    hidden = str(stops[1].id)
    maps.moderate(session, "stop", stops[1].id, Act.HIDE)
    read = api.get(address(trail), headers=theirs)
    content, tag = read.json["content"], read.headers["ETag"]
    first, third, fourth = content["stops"]
    api.put_json(address(trail), content | {"stops": [fourth, first, third]}, headers=having(theirs, tag))
    other = content | {"stops": [third, first, fourth]}
    no = api.put_json(address(trail), other, headers=having(theirs, tag), status=412)
    (order,) = no.json["conflicts"]
    assert order == {
        "path": ["stops", "order"],
        "base": [first["id"], third["id"], fourth["id"]],
        "theirs": [fourth["id"], first["id"], third["id"]],
        "yours": [third["id"], first["id"], fourth["id"]],
    }
    assert hidden not in no
    all_of_it = content | {"stops": [third, first, trail_as_json(trail_content(session, trail, 1))["stops"][1], fourth]}
    assert hidden in api.put_json(address(trail), all_of_it, headers=having(mine, tag), status=412)


def test_who_does_not_see_a_hidden_stop_cannot_take_it_away(api, session, trail, mine, theirs):
    first = api.get(address(trail)).json["content"]["stops"][0]
    maps.moderate(session, "stop", UUID(first["id"]), Act.HIDE)
    read = api.get(address(trail), headers=theirs)
    assert [stop["label"] for stop in read.json["content"]["stops"]] == ["02"]
    shorter = read.json["content"] | {"summary": {"fr": "Autrement."}}
    done = api.put_json(address(trail), shorter, headers=having(theirs, read.headers["ETag"]))
    assert [stop["label"] for stop in done.json["stops"]] == ["02"]
    everything = api.get(address(trail), headers=mine).json
    assert [(stop["label"], stop["hidden"]) for stop in everything["stops"]] == [("01", True), ("02", False)]
    told = str(api.get(address(trail, "revisions"), headers=theirs).json)
    assert first["id"] not in told


def test_a_hidden_trail_is_there_for_moderators_and_a_removed_one_is_gone(api, session, trail, theirs):
    moderator = people.bearer(session, people.staff(session, Role.MODERATOR))
    maps.moderate(session, "trail", trail.id, Act.HIDE)
    api.get(address(trail), status=404)
    api.get(address(trail), headers=theirs, status=404)
    assert api.get(address(trail), headers=moderator).json["state"] == "published"
    assert api.get(TRAILS).json["total"] == 0
    maps.moderate(session, "trail", trail.id, Act.REMOVE)
    api.get(address(trail), status=410)
    api.get(address(trail, "revisions"), status=410)


# Remixed --------------------------------------------------------------------------------------------------------------


def test_a_remix_says_what_it_is_made_of(api, session, trail, theirs, mine):
    wish = {"title": {"fr": "Les voix du Guelmeur"}, "licence": "CC-BY-SA-4.0"}
    remix = api.post_json(address(trail, "remix"), wish, headers=theirs, status=201).json
    assert (remix["state"], remix["made_of"][0]["url"]) == ("draft", f"http://localhost/trails/{trail.slug}")
    api.post_json(f"{TRAILS}/{remix['slug']}/publish", {}, headers=theirs)
    assert [one["url"] for one in api.get(address(trail)).json["remixes"]] == [remix["url"]]
    no = api.post_json(address(trail, "remix"), wish | {"licence": "CC0-1.0"}, headers=theirs, status=409)
    assert no.json["reasons"][0]["code"] == "licence_not_kept"
    maps.trails(session).withdraw(trail.id)
    no = api.post_json(address(trail, "remix"), wish, headers=mine, status=409)
    assert no.json["reasons"] == [{"code": "not_published"}]


# Lists ----------------------------------------------------------------------------------------------------------------


def test_lists_come_in_pages_and_with_filters(api, session):
    for number in range(3):
        maps.trail(session, title={"fr": f"Balade {number}"})
        maps.place(session, title={"fr": f"Lieu {number}"})
    for listed in (TRAILS, PLACES):
        page = api.get(listed, {"limit": 2}).json
        assert (len(page["items"]), page["total"]) == (2, 3)
        assert len(api.get(page["next"].removeprefix("http://localhost")).json["items"]) == 1
        assert api.get(listed, {"access": "wheelchair"}).json["total"] == 0
        assert api.get(listed, {"bbox": "-5,48,-4,49"}).json["total"] == 3
        assert api.get(listed, {"bbox": "170,48,-170,49"}).json["total"] == 0
        for wrong in ({"bbox": "1,2,3"}, {"bbox": "0,10,0,5"}, {"bbox": "nan,0,1,1"}, {"theme": "?"}, {"limit": "x"}):
            api.get(listed, wrong, status=422)


# Places ---------------------------------------------------------------------------------------------------------------


def test_a_place_is_put_on_the_map_and_corrected(api, session, mine, theirs):
    added = api.post_json(PLACES, place_message(), headers=mine, status=201)
    there = added.headers["Location"].removeprefix("http://localhost")
    assert there == f"{PLACES}/le-lavoir"
    base, content = added.headers["ETag"], added.json["content"]
    done = api.put_json(there, content | {"address": "Rue du Lavoir"}, headers=having(theirs, base)).json
    assert (done["revision"], done["content"]["address"]) == (2, "Rue du Lavoir")
    both = api.put_json(there, content | {"text": {"fr": "On y chante."}}, headers=having(mine, base)).json
    assert (both["content"]["address"], both["revision"]) == ("Rue du Lavoir", 3)
    no = api.put_json(there, content | {"address": "Ailleurs"}, headers=having(mine, base), status=412)
    assert no.json["theirs"]["revision"] == 3
    api.put_json(there, content, headers=mine, status=400)
    api.put_json(there, content, headers=having(mine, '"x"'), status=412)
    api.put_json(there, content | {"licence": "LAL-1.3", "media": [None]}, headers=having(mine, base), status=422)
    assert [credit["name"] for credit in api.get(there).json["contributors"]] == ["Katell Riou", "Malo Kerdraon"]
    assert session.scalar(select(func.count()).select_from(MapPlace)) == 1


def test_what_is_no_place_is_refused(api, session, mine):
    for change, status in (
        ({"title": {}}, 409),
        ({"position": [200, 0]}, 422),
        ({"media": ["0" * 8 + "-0000-4000-8000-" + "0" * 12]}, 409),
    ):
        api.post_json(PLACES, place_message(**change), headers=mine, status=status)
    assert session.scalar(select(func.count()).select_from(MapPlace)) == 0


def test_a_hidden_place_is_not_there(api, session):
    place = maps.place(session)
    maps.moderate(session, "place", place.id, Act.HIDE)
    api.get(f"{PLACES}/{place.slug}", status=404)
    maps.moderate(session, "place", place.id, Act.REMOVE)
    api.get(f"{PLACES}/{place.slug}", status=410)
