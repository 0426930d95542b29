"""Lending for programs: every request and answer is held against the description."""

from datetime import time, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from equipment_lending.models import Loan
from equipment_lending.services.catalogue import Catalogue
from equipment_lending.terms import Approval, Hours, WeeklyWindow
from portal.people.terms import Role
from tests.factories import desk, lending, people

FROM, TO = "2026-10-24T10:00:00+02:00", "2026-10-26T10:00:00+01:00"


@pytest.fixture
def me(session):
    return people.person(session)


@pytest.fixture
def mine(session, me):
    return people.bearer(session, me)


@pytest.fixture
def stock(session):
    return lending.stock(session, units=2)


@pytest.fixture
def clerk(session, stock):
    return people.bearer(session, people.staff(session, Role.DESK, stock.point.slug))


def wish(stock, units=1, **given):
    return {
        "point": stock.point.slug,
        "pickup_at": FROM,
        "return_at": TO,
        "lines": [{"equipment": stock.model.slug, "units": units}],
        "purpose": "Les voix du port",
    } | given


def test_points_say_when_they_are_open_in_osm_syntax(api, session):
    point = lending.point(session, windows=lending.TUESDAY_TO_SATURDAY)
    (shown,) = [p for p in api.get("/api/v1/points").json["items"] if p["slug"] == point.slug]
    assert shown["opening_hours"] == "Tu-Sa 10:00-18:00"
    assert shown["latitude"] == pytest.approx(48.41, abs=0.01)


def test_points_say_when_one_of_them_last_changed_once_that_is_a_minute_ago(api, asking, clock):
    catalogue = asking.find_service(Catalogue)
    point = catalogue.add_point(
        "kerinou", name="Kérinou", address="Rue Auguste Kervern", longitude=-4.5, latitude=48.4, zone="Europe/Paris"
    )
    assert "Last-Modified" not in api.get("/api/v1/points").headers
    clock.at += timedelta(minutes=2)
    since = {"If-Modified-Since": api.get("/api/v1/points").headers["Last-Modified"]}
    assert since == {"If-Modified-Since": "Thu, 22 Oct 2026 12:00:00 GMT"}
    api.get("/api/v1/points", headers=since, status=304)
    catalogue.set_week(point, [WeeklyWindow(1, Hours(time(10), time(18)))])
    api.get("/api/v1/points", headers=since, status=200)
    clock.at += timedelta(minutes=2)
    (shown,) = api.get("/api/v1/points", headers=since, status=200).json["items"]
    assert shown["opening_hours"] == "Tu 10:00-18:00; PH off"


def test_what_has_no_date_of_its_own_says_none(api, asking, clock, stock):
    clock.at += timedelta(days=2)
    for path in (f"/equipment/{stock.model.slug}", "/equipment", "/points", "/api/v1/equipment"):
        answer = api.get(path)
        assert "ETag" in answer.headers
        assert "Last-Modified" not in answer.headers


def test_the_catalogue_counts_what_is_free_for_a_whole_period(api, session, stock):
    lending.loan(session, stock, "2026-10-25T10:00", "2026-10-25T12:00")
    query = {"point": stock.point.slug, "from": FROM, "to": TO}
    (shown,) = api.get("/api/v1/equipment", query).json["items"]
    assert (shown["units"], shown["free"]) == (2, 1)
    assert "free" not in api.get("/api/v1/equipment", {"point": stock.point.slug}).json["items"][0]


@pytest.mark.parametrize(
    "query",
    [
        {"from": FROM},
        {"from": TO, "to": FROM},
        {"from": "tomorrow", "to": TO},
        {"from": "2026-10-24T10:00:00", "to": TO},
    ],
)
def test_a_period_that_is_none_is_422(api, query):
    assert api.get("/api/v1/equipment", query, status=422).json["errors"]


def test_availability_comes_in_steps_that_cover_the_period(api, session, stock):
    lending.loan(session, stock, "2026-10-25T10:00", "2026-10-25T12:00", units=2)
    query = {"point": stock.point.slug, "from": FROM, "to": TO}
    steps = api.get(f"/api/v1/equipment/{stock.model.slug}/availability", query).json["steps"]
    assert [step["free"] for step in steps] == [2, 0, 2]
    assert all(one["to"] == other["from"] for one, other in pairwise(steps))
    api.get(f"/api/v1/equipment/{stock.model.slug}/availability", query | {"point": "nowhere"}, status=404)


def test_a_loan_runs_from_request_to_return(api, session, stock, mine, clerk):
    loan = api.post_json("/api/v1/loans", wish(stock), headers=mine, status=201).json
    assert loan["state"] == "confirmed"
    tag = stock.items[0].asset_tag
    out = api.post_json(f"/api/v1/loans/{loan['id']}/check-out", {"items": [tag]}, headers=clerk).json
    assert (out["state"], out["lines"][0]["items"][0]["asset_tag"]) == ("out", tag)
    back = {"items": [{"asset_tag": tag, "condition": "good", "missing": ["bonnette"]}]}
    closed = api.post_json(f"/api/v1/loans/{loan['id']}/check-in", back, headers=clerk).json
    assert (closed["state"], closed["lines"][0]["items"][0]["missing"]) == ("closed", ["bonnette"])
    assert api.get("/api/v1/loans", {"mine": "true"}, headers=mine).json["total"] == 1


def test_any_desk_takes_back_what_another_one_lent_but_says_only_of_its_own_that_it_came_there(
    api, session, stock, clerk
):
    here, third = (lending.point(session, slug=slug) for slug in ("bellevue", "siam"))
    elsewhere = people.bearer(session, people.staff(session, Role.DESK, here.slug))
    loan = lending.loan(session, stock, "2026-10-22T14:00", "2026-10-24T10:00", units=2)
    first, other = (custody.item for custody in desk.handed_out(session, loan))

    def check_in(item, status, **more):
        back = {"items": [{"asset_tag": item.asset_tag, "condition": "good"}]} | more
        return api.post_json(f"/api/v1/loans/{loan.id}/check-in", back, headers=elsewhere, status=status).json

    assert check_in(first, 409, point=third.slug)["reasons"][0]["code"] == "no_such_point"
    check_in(first, 200)
    assert first.stock.point.slug == here.slug
    assert check_in(other, 200, point=stock.point.slug)["state"] == "closed"
    assert other.stock.point.slug == stock.point.slug
    for act in ("check-out", "confirm"):
        body = {"items": [other.asset_tag]} if act == "check-out" else {}
        api.post_json(f"/api/v1/loans/{loan.id}/{act}", body, headers=elsewhere, status=403)


def test_a_refusal_has_every_reason_and_alternatives(api, session, stock, mine):
    lending.loan(session, stock, "2026-10-24T10:00", "2026-10-26T10:00", units=2)
    lending.policy(session, model_id=stock.model_id, requires=["prise-de-son"])
    no = api.post_json("/api/v1/loans", wish(stock), headers=mine, status=409)
    assert no.content_type == "application/problem+json"
    assert {reason["code"] for reason in no.json["reasons"]} == {"not_enough", "not_certified"}
    assert no.json["alternatives"]["periods"]
    assert session.scalar(select(func.count()).select_from(Loan).where(Loan.purpose == "Les voix du port")) == 0


def test_the_same_key_gives_the_first_answer_again(api, session, stock, mine):
    headers = mine | {"Idempotency-Key": "7f1c"}
    first = api.post_json("/api/v1/loans", wish(stock, units=2), headers=headers, status=201)
    again = api.post_json("/api/v1/loans", wish(stock, units=2), headers=headers, status=201)
    assert again.json == first.json


def test_nobody_borrows_without_signing_in(api, stock):
    assert "WWW-Authenticate" in api.post_json("/api/v1/loans", wish(stock), status=401).headers


def test_a_loan_is_seen_by_its_borrower_and_its_desks_alone(api, session, stock, mine, clerk):
    loan = api.post_json("/api/v1/loans", wish(stock), headers=mine, status=201).json
    somebody = people.bearer(session, people.person(session))
    elsewhere = people.bearer(session, people.staff(session, Role.DESK, "elsewhere"))
    for who, status in ((mine, 200), (clerk, 200), (somebody, 403), (elsewhere, 403)):
        api.get(f"/api/v1/loans/{loan['id']}", headers=who, status=status)
    api.post_json(f"/api/v1/loans/{loan['id']}/check-out", {"items": ["x"]}, headers=mine, status=403)
    api.get("/api/v1/loans/not-an-id", headers=mine, status=404)


def test_a_desk_sees_its_points_loans(api, session, stock, mine, clerk):
    api.post_json("/api/v1/loans", wish(stock), headers=mine, status=201)
    elsewhere = people.bearer(session, people.staff(session, Role.DESK, "elsewhere"))
    assert api.get("/api/v1/loans", headers=clerk).json["total"] == 1
    assert api.get("/api/v1/loans", headers=elsewhere).json["total"] == 0
    assert api.get("/api/v1/loans", {"state": "closed"}, headers=clerk).json["total"] == 0


def test_requests_are_decided_by_the_desk(api, session, stock, mine, clerk):
    lending.policy(session, model_id=stock.model_id, approval=Approval.MANUAL)
    first, second = (api.post_json("/api/v1/loans", wish(stock), headers=mine, status=201).json for _ in range(2))
    assert first["state"] == "requested"
    assert api.post_json(f"/api/v1/loans/{first['id']}/confirm", {}, headers=clerk).json["state"] == "confirmed"
    answer = api.post_json(f"/api/v1/loans/{second['id']}/reject", {}, headers=clerk, status=409)
    assert answer.json["reasons"][0]["code"] == "reason_missing"
    reason = {"reason": "Le vélo est en révision."}
    assert api.post_json(f"/api/v1/loans/{second['id']}/reject", reason, headers=clerk).json["state"] == "rejected"


def test_a_borrower_extends_and_cancels(api, session, stock, mine):
    loan = api.post_json("/api/v1/loans", wish(stock), headers=mine, status=201).json
    later = {"return_at": "2026-10-27T10:00:00+01:00"}
    assert (
        api.post_json(f"/api/v1/loans/{loan['id']}/extend", later, headers=mine)
        .json["return_at"]
        .startswith("2026-10-27T09:00")
    )
    assert api.post_json(f"/api/v1/loans/{loan['id']}/cancel", {}, headers=mine).json["state"] == "cancelled"


def test_an_item_out_of_service_answers_with_the_loans_at_risk(api, session, stock, mine, clerk):
    loan = api.post_json("/api/v1/loans", wish(stock, units=2), headers=mine, status=201).json
    tag = stock.items[0].asset_tag
    message = {"from": "2026-10-22T12:00:00Z", "until": None, "reason": "écran fendu"}
    at_risk = api.post_json(f"/api/v1/items/{tag.lower()}/out-of-service", message, headers=clerk).json["at_risk"]
    assert [one["id"] for one in at_risk] == [loan["id"]]
    assert api.post_json(f"/api/v1/items/{tag}/in-service", {}, headers=clerk).json["at_risk"] == []
    api.post_json(f"/api/v1/items/{tag}/retire", {"reason": "usé"}, headers=mine, status=403)
    api.post_json("/api/v1/items/no-such/retire", {"reason": "usé"}, headers=clerk, status=404)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"lines": []}, 422),
        ({"return_at": FROM}, 422),
        ({"pickup_at": "2026-10-24T10:00:00"}, 422),
        ({"organisation": "not-an-id"}, 422),
        ({"unknown": 1}, 400),
        ({"point": "nowhere"}, 409),
        ({"return_at": "2126-10-26T10:00:00Z"}, 409),
    ],
)
def test_what_is_not_a_wish_is_refused_and_records_nothing(api, session, stock, mine, change, status):
    api.post_json("/api/v1/loans", wish(stock) | change, headers=mine, status=status)
    assert session.scalar(select(func.count()).select_from(Loan)) == 0
