"""What the kernel's part of the API answers."""

import pytest

from portal.index.kinds import IndexKind
from portal.people.terms import Role
from portal.places.models import place
from tests.factories import index, people


@pytest.fixture(autouse=True)
def kinds(config, monkeypatch):
    monkeypatch.setattr(config.registry, "index_kinds", {"equipment": IndexKind("equipment", "Equipment", "camera")})


def test_a_token_says_who_its_person_is(api, session):
    who = people.staff(session, Role.DESK, "lambezellec", language="fr")
    told = api.get("/api/v1/me", headers=people.bearer(session, who)).json
    assert told["name"] == who.name
    assert told["roles"] == [{"role": "desk", "scope": "lambezellec"}]
    assert told["acting_for"] is None


def test_a_signed_in_browser_says_for_whom_it_acts(browse, api, session):
    officer = people.membership(session)
    association = officer.organisation
    people.signed_in(api, officer.person, association)
    assert api.get("/api/v1/me").json["acting_for"] == {"id": str(association.id), "name": association.name}


def test_without_signing_in_nobody_is_told(api):
    answer = api.get("/api/v1/me", status=401)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.json["status"] == 401


def test_a_token_that_is_none_is_nobody(api):
    api.get("/api/v1/me", headers={"Authorization": "Bearer wrong"}, status=401)


def test_search_tells_what_and_where(api, session):
    centre = place("Maison de quartier", "2 rue des Genêts", -4.5, 48.4)
    session.add(centre)
    session.flush()
    index.entry(session, place_id=centre.id, title={"fr": "Caméra", "en": "Camera"})
    (found,) = api.get("/api/v1/search?q=cameras", headers={"Accept-Language": "en"}).json["items"]
    assert (found["title"], found["title_language"]) == ("Camera", "en")
    assert found["place"]["latitude"] == 48.4
    assert found["updated_at"] == "2026-10-22T12:00:00+00:00"


def test_a_list_says_where_it_goes_on(api, session):
    for number in range(5):
        index.entry(session, f"Tente {number}")
    first = api.get("/api/v1/search?q=tente&limit=2").json
    assert (len(first["items"]), first["total"]) == (2, 5)
    second = api.get(first["next"]).json
    third = api.get(second["next"]).json
    assert third["next"] is None
    assert len({one["url"] for page in (first, second, third) for one in page["items"]}) == 5


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=many", "limit=1.5", "limit=1&limit=2", "offset=-1", "offset=" + "9" * 5000]
)
def test_a_page_that_cannot_be_is_refused(api, query):
    assert set(api.get(f"/api/v1/search?{query}", status=422).json["errors"]) <= {"limit", "offset"}


def test_a_kind_of_thing_that_nobody_has_is_refused_by_its_name(api):
    assert list(api.get("/api/v1/search?q=tente&kind=bogus", status=422).json["errors"]) == ["kind"]


def test_what_is_asked_twice_is_refused_by_its_name(api):
    assert list(api.get("/api/v1/search?q=tente&q=kayak", status=422).json["errors"]) == ["q"]


def test_no_more_than_a_hundred_are_given(api, session):
    for number in range(101):
        index.entry(session, f"Tente {number}")
    assert len(api.get("/api/v1/search?limit=1000").json["items"]) == 100


def test_nothing_under_the_api_answers_in_html(api):
    for path in ("/api/v1/nothing", "/api/", "/api/v1/"):
        assert api.get(path, status=404).content_type == "application/problem+json"


def test_problems_are_told_in_the_readers_language(api):
    french = api.get("/api/v1/me", headers={"Accept-Language": "fr"}, status=401).json["title"]
    english = api.get("/api/v1/me", headers={"Accept-Language": "en"}, status=401).json["title"]
    assert english == "Sign in, or send a bearer token."
    assert french  # translated where the catalogue is complete


def test_every_other_method_is_refused_by_name(api):
    answer = api.delete("/api/v1/me", status=405)
    assert answer.headers["Allow"] == "GET, HEAD"
    assert answer.content_type == "application/problem+json"


def test_the_description_is_one_document(api):
    document = api.get("/api/v1/openapi.json").json
    assert document["openapi"].startswith("3.1")
    assert "/api/v1/me" in document["paths"]
