"""The API reads strictly, and does once what was asked with one key. Real commits, on a house with a few acts more."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import colander
import pytest
from pyramid.httpexceptions import HTTPConflict
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from webtest import TestApp

from portal.api import Instant, Problem, precondition
from portal.api.idempotency import KeptAnswers, forget
from portal.api.models import KeptAnswer
from portal.api.permissions import Api
from portal.app import configure
from portal.clock import StoppedClock
from portal.db.session import working_request
from portal.migrations import history
from portal.people.models import Organisation
from portal.people.terms import OrganisationKind
from tests.conftest import DATABASES, NOW
from tests.factories import people
from tests.houses import own_settings, own_url

pytestmark = pytest.mark.whole


class Part(colander.Schema):
    equipment = colander.SchemaNode(colander.String())
    units = colander.SchemaNode(colander.Integer(), validator=colander.Range(min=1))


class Parts(colander.SequenceSchema):
    part = Part()


class Wish(colander.Schema):
    name = colander.SchemaNode(colander.String())
    at = colander.SchemaNode(Instant(), missing=None)
    where = colander.SchemaNode(colander.String(), validator=colander.OneOf(["here", "there"]), missing="here")
    why = colander.SchemaNode(colander.String(), missing="")
    urgent = colander.SchemaNode(colander.Boolean(), missing=False)
    parts = Parts(missing=())


def found(request):
    """Found an organisation, slowly; refuse it after all when it is called «no»."""
    request.db.add(
        Organisation(name=request.message["name"], kind=OrganisationKind.SCHOOL, created_at=request.clock.now())
    )
    request.db.flush()
    time.sleep(0.05)
    if request.message["name"] == "no":
        raise Problem(409, reasons=[{"code": "not_enough", "free": 1}])
    if request.message["name"] == "invalid":
        raise Problem(422, errors={"name": "…"})
    if request.message["name"] == "crash":
        raise RuntimeError("a mistake of ours")
    request.response.status_int = 201
    request.response.location = "/api/v1/test/1"
    return {"wish": request.message}


def read(request):
    precondition(request, "v2")
    return {"version": 2}


def conflict(_request):
    raise HTTPConflict


@pytest.fixture(scope="module", params=DATABASES)
def app(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("once")
    config = configure(own_settings(own_url(request.param, folder), folder))
    history.upgrade(config.registry.engine)
    for name, view, more in (
        ("found", found, {"request_method": "POST", "body": Wish, "idempotent": True}),
        ("read", read, {"request_method": ("GET", "PUT")}),
        ("conflict", conflict, {"request_method": "GET"}),
    ):
        config.add_route(f"test.{name}", f"/api/v1/test/{name}")
        config.add_view(view, route_name=f"test.{name}", renderer="json", permission=Api.READ_ME, **more)
    config.registry.clock = StoppedClock(NOW)
    yield config.make_wsgi_app()
    config.registry.engine.dispose()


@pytest.fixture
def registry(app):
    with Session(app.registry.engine) as session, session.begin():
        session.execute(delete(KeptAnswer))
        session.execute(delete(Organisation))
    app.registry.clock.at = NOW
    return app.registry


@pytest.fixture
def headers(registry):
    with Session(registry.engine) as session, session.begin():
        return people.bearer(session, people.person(session))


@pytest.fixture
def send(app, headers):
    def send(body, key=None, status=None, **more):
        more = headers | ({"Idempotency-Key": key} if key else {}) | more
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        return TestApp(app).post("/api/v1/test/found", text, more, content_type="application/json", status=status)

    return send


def organisations(registry):
    with Session(registry.engine) as session:
        return session.scalar(select(func.count()).select_from(Organisation))


def test_the_same_key_gets_the_first_answer_again_byte_for_byte(registry, send):
    first = send({"name": "École"}, key="k1", status=201)
    again = send({"name": "École"}, key="k1", status=201)
    assert again.body == first.body
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert (first.headers.get("Idempotent-Replayed"), again.headers.get("Idempotent-Replayed")) == (None, "true")
    assert organisations(registry) == 1


def test_without_a_key_the_same_is_done_again(registry, send):
    send({"name": "École"}, status=201)
    send({"name": "École"}, status=201)
    assert organisations(registry) == 2


def test_a_refusal_is_kept_and_leaves_nothing_behind(registry, send):
    first = send({"name": "no"}, key="k1", status=409)
    assert first.json["reasons"] == [{"code": "not_enough", "free": 1}]
    assert send({"name": "no"}, key="k1", status=409).body == first.body
    assert organisations(registry) == 0


def test_what_was_not_understood_may_be_mended_with_the_same_key(registry, send):
    send({"name": "invalid"}, key="k1", status=422)
    send({"name": 3}, key="k1", status=422)
    send({"name": "École"}, key="k1", status=201)
    assert organisations(registry) == 1


def test_a_mistake_of_ours_keeps_neither_the_act_nor_the_key(registry, send):
    send({"name": "crash"}, key="k1", status=500)
    assert organisations(registry) == 0
    with Session(registry.engine) as session:
        assert session.scalar(select(func.count()).select_from(KeptAnswer)) == 0


def test_a_key_belongs_to_one_request(send):
    send({"name": "École"}, key="k1", status=201)
    assert send({"name": "Lycée"}, key="k1", status=422).content_type == "application/problem+json"


def test_a_key_belongs_to_one_person(app, registry, send):
    send({"name": "École"}, key="k1", status=201)
    with Session(registry.engine) as session, session.begin():
        other = people.bearer(session, people.person(session))
    send({"name": "École"}, key="k1", status=201, **other)
    assert organisations(registry) == 2


@pytest.mark.parametrize("key", [" ", "é", "a" * 256, "a b"])
def test_a_key_that_is_none_is_malformed(send, key):
    assert send({"name": "École"}, **{"Idempotency-Key": key.encode().decode("latin-1")}, status=400)


def test_of_many_requests_at_once_with_one_key_one_acts_and_all_get_its_answer(registry, send):
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _n: send({"name": "École"}, key="k1"), range(12)))
    assert {answer.status_int for answer in answers} == {201}
    assert len({answer.body for answer in answers}) == 1
    assert organisations(registry) == 1


def test_of_many_refused_at_once_with_one_key_all_get_the_same_refusal(registry, send):
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _n: send({"name": "no"}, key="k1", status="*"), range(6)))
    assert {answer.status_int for answer in answers} == {409}
    assert len({answer.body for answer in answers}) == 1
    assert organisations(registry) == 0


def test_an_answer_is_kept_for_a_day(registry, send):
    send({"name": "École"}, key="k1", status=201)
    for hours, kept in ((23, 1), (25, 0)):
        registry.clock.at = NOW + timedelta(hours=hours)
        with working_request(registry) as request:
            forget(request)
        with Session(registry.engine) as session:
            assert session.scalar(select(func.count()).select_from(KeptAnswer)) == kept


def test_a_well_formed_message_is_read_as_its_schema_says(send):
    wish = {
        "name": " École ",
        "at": "2026-10-22T14:00:00+02:00",
        "where": "there",
        "why": "",
        "urgent": True,
        "parts": [{"equipment": "camera", "units": 2}],
    }
    assert send(wish, status=201).json["wish"] == wish | {"name": "École", "at": "2026-10-22T12:00:00+00:00"}


def test_null_is_as_good_as_missing(send):
    assert send({"name": "École", "at": None}, status=201).json["wish"]["at"] is None
    assert send({"name": None}, status=422).json["errors"] == {"name": send({}, status=422).json["errors"]["name"]}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"name": "\xff"}',
        b'\xef\xbb\xbf{"name": "a"}',
        b'{"name": NaN}',
        b'{"name": "a", "name": "b"}',
        b'{"name": "\\u0000"}',
        b'{"name": "\\ud800"}',
        b"[" * 100_000,
        b'{"name": ' + b"9" * 10_000 + b"}",
        '{"name": "a"}'.encode("utf-16"),
        b'{"name": "a", "admin": true}',
        b'{"name": "a", "parts": [{"equipment": "a", "units": 1, "free": true}]}',
    ],
)
def test_what_cannot_be_read_is_malformed(send, body):
    assert send(body, status=400).content_type == "application/problem+json"


def test_a_field_that_we_do_not_know_is_named(send):
    sent = {"name": "a", "parts": [{"equipment": "a", "units": 1, "free": True}], "admin": True}
    assert send(sent, status=400).json["unknown"] == ["parts.0.free", "admin"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": 3}, "name"),
        ({"name": ["a"]}, "name"),
        ({"name": "a" * 10_001}, "name"),
        ({"name": "a" + " " * 10_000}, "name"),
        ({"name": "a" + "\u200e\x13" * 6_000}, "name"),
        ({"at": "2026-10-22T14:00:00"}, "at"),
        ({"at": "tomorrow"}, "at"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "at"),
        ({"at": 1_700_000_000}, "at"),
        ({"at": ""}, "at"),
        ({"where": ""}, "where"),
        ({"urgent": "yes"}, "urgent"),
        ({"urgent": 1}, "urgent"),
        ({"parts": {}}, "parts"),
        ({"parts": ["a"]}, "parts.0"),
        ({"parts": [{"equipment": "a", "units": "2"}]}, "parts.0.units"),
        ({"parts": [{"equipment": "a", "units": 2.5}]}, "parts.0.units"),
        ({"parts": [{"equipment": "a", "units": True}]}, "parts.0.units"),
        ({"parts": [{"equipment": "a", "units": 0}]}, "parts.0.units"),
        ({"parts": [{"equipment": "a", "units": 10**12}]}, "parts.0.units"),
        ({"parts": [None]}, "parts.0"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_its_path(send, change, field):
    assert list(send({"name": "École"} | change, status=422).json["errors"]) == [field]


@pytest.mark.parametrize("body", [[], "a", 3, None, True])
def test_a_message_is_an_object(send, body):
    send(body, status=422)


def test_only_json_is_read(app, registry, headers):
    browser = TestApp(app)
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml"):
        browser.post("/api/v1/test/found", b"name=a", headers, content_type=kind, status=415)


def test_a_version_that_has_passed_is_refused(app, registry, headers):
    browser = TestApp(app)
    assert browser.get("/api/v1/test/read", headers=headers).headers["ETag"] == '"v2"'
    browser.put("/api/v1/test/read", headers=headers | {"If-Match": '"v2"'}, status=200)
    answer = browser.put("/api/v1/test/read", headers=headers | {"If-Match": '"v1"'}, status=412)
    assert answer.content_type == "application/problem+json"


def test_every_error_of_the_framework_is_a_problem(app, registry, headers):
    answer = TestApp(app).get("/api/v1/test/conflict", headers=headers, status=409)
    assert answer.json["status"] == 409


def test_a_cookie_alone_changes_nothing(app, registry):
    with Session(registry.engine) as session, session.begin():
        secret = people.sign_in(session, people.person(session))
    body, cookie = {"name": "École"}, {"Cookie": f"sign-in={secret}"}
    answer = TestApp(app).post_json("/api/v1/test/found", body, headers=cookie, status=403)
    assert answer.content_type == "application/problem+json"
    browser = TestApp(app)
    browser.set_cookie("sign-in", secret)
    fields = people.with_csrf(browser)
    browser.post_json("/api/v1/test/found", body, headers={"X-CSRF-Token": fields["csrf_token"]}, status=201)


def test_who_is_not_signed_in_is_asked_to(app, registry):
    TestApp(app).post_json("/api/v1/test/found", {"name": "École"}, status=401)


def test_a_key_waits_for_nobody_elses(registry):
    """Two persons with the same key do not meet: the second begins at once."""
    with Session(registry.engine) as session, session.begin():
        one, other = people.person(session).id, people.person(session).id
    with Session(registry.engine) as session, session.begin():
        answers = KeptAnswers(session, registry.clock)
        assert answers.begin(one, "k1", "a") is None
        assert answers.begin(other, "k1", "a") is None
        with pytest.raises(Problem):
            answers.begin(one, "k1", "b")
