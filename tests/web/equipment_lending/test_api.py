"""Lending for programs: every request and answer is held against the description."""

from datetime import time, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select, update

from equipment_lending.models import Claim, Loan, WaitlistEntry
from equipment_lending.services.catalogue import Catalogue
from equipment_lending.services.requests import LoanRequests
from equipment_lending.terms import Approval, Hours, LoanState, ServiceState, WeeklyWindow
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
    ("rules", "loan", "resting"),
    [
        ({"buffer_after_minutes": 60}, ("2026-10-26T10:30", "2026-10-26T18:00"), ()),
        ({"whole_days": True}, ("2026-10-24T08:00", "2026-10-24T09:00"), ()),
        ({}, ("2026-10-26T12:00", "2026-10-26T18:00"), ("2026-10-23T10:00", "2026-10-25T10:00")),  # E3
    ],
)
def test_what_the_catalogue_calls_free_is_what_a_request_gets(api, session, stock, mine, rules, loan, resting):
    lending.policy(session, model_id=stock.model_id, **rules)
    lending.loan(session, stock, *loan)
    if resting:
        lending.maintenance(session, stock.items[0], *resting)
        lending.maintenance(session, stock.items[1], "2026-10-25T12:00", "2026-10-30T10:00")
    query = {"point": stock.point.slug, "from": FROM, "to": TO}
    free = [sheet["free"] for sheet in api.get("/api/v1/equipment", query).json["items"]]
    assert free == ([] if resting else [1])
    api.post_json("/api/v1/loans", wish(stock, sum(free) + 1), headers=mine, status=409)
    if free:
        api.post_json("/api/v1/loans", wish(stock, sum(free)), headers=mine, status=201)


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


def test_the_desk_that_a_loan_goes_back_to_extends_it_and_decides_on_nothing_else(api, session, stock):
    """The borrower chose where to bring it back: that desk's clerk has no say in what another one lends."""
    back = lending.point(session, slug="bellevue")
    elsewhere = people.bearer(session, people.staff(session, Role.DESK, back.slug))
    loan = lending.loan(session, stock, "2026-10-24T10:00", "2026-10-26T10:00", return_point_id=back.id)
    path = f"/api/v1/loans/{loan.id}"
    why = {"reason": "non"}
    bodies = {"confirm": {}, "reject": why, "cancel": why, "check-out": {"items": [stock.items[0].asset_tag]}}
    for act, body in bodies.items():
        api.post_json(f"{path}/{act}", body, headers=elsewhere, status=403)
    api.get(path, headers=elsewhere)
    api.post_json(f"{path}/extend", {"return_at": "2026-10-27T10:00:00+01:00"}, headers=elsewhere)
    assert loan.state is LoanState.CONFIRMED


def test_of_a_lot_a_program_says_how_many_came_back_and_in_which_state(api, session, clerk):
    (lot,) = lending.stock(session, units=20, lot=True, at=lending.point(session, slug="lambezellec-salle")).items
    clerk = people.bearer(session, people.staff(session, Role.DESK, "lambezellec-salle"))
    loan = lending.loan(session, lot.stock, "2026-10-22T14:00", "2026-10-24T10:00", units=20)
    desk.handed_out(session, loan)

    def check_in(status, *back):
        items = [{"asset_tag": lot.asset_tag, "condition": condition, "units": n} for n, condition in back]
        return api.post_json(f"/api/v1/loans/{loan.id}/check-in", {"items": items}, headers=clerk, status=status).json

    (reason,) = check_in(409, (18, "good"), (3, "damaged"))["reasons"]
    assert (reason["code"], reason["item"], reason["out"]) == ("more_than_out", lot.asset_tag, 20)
    for units in (0, -1, "many", 1.5):
        api.post_json(
            f"/api/v1/loans/{loan.id}/check-in",
            {"items": [{"asset_tag": lot.asset_tag, "condition": "good", "units": units}]},
            headers=clerk,
            status=[400, 422],
        )
    out = check_in(200, (16, "good"), (2, "damaged"))
    assert out["state"] == "out"
    shown = sorted((one["units"], one["condition"], one["in_at"] is None) for one in out["lines"][0]["items"])
    assert shown == [(2, "damaged", False), (2, "good", True), (16, "good", False)]
    assert check_in(200, (2, "good"))["state"] == "closed"


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


def test_on_approval_every_reason_is_told_and_a_desk_may_answer_for_a_training(api, session, stock, me, clerk):
    loan = lending.loan(session, stock, "2026-10-24T10:00", "2026-10-26T10:00", borrower=me, state="requested")
    rules = lending.policy(session, model_id=stock.model_id, requires=["velo-cargo"], max_days=1)
    no = api.post_json(f"/api/v1/loans/{loan.id}/confirm", {}, headers=clerk, status=409).json
    assert [reason["code"] for reason in no["reasons"]] == ["too_long", "not_certified"]
    rules.max_days = 9
    session.flush()
    api.post_json(f"/api/v1/loans/{loan.id}/confirm", {"override": "x" * 1001}, headers=clerk, status=422)
    answer = api.post_json(f"/api/v1/loans/{loan.id}/confirm", {"override": "Formée hier"}, headers=clerk).json
    assert (answer["state"], answer["reason"]) == ("confirmed", "Formée hier")


def test_a_borrower_extends_and_cancels(api, session, stock, mine):
    loan = api.post_json("/api/v1/loans", wish(stock), headers=mine, status=201).json
    later = {"return_at": "2026-10-27T10:00:00+01:00"}
    assert (
        api.post_json(f"/api/v1/loans/{loan['id']}/extend", later, headers=mine)
        .json["return_at"]
        .startswith("2026-10-27T09:00")
    )
    assert api.post_json(f"/api/v1/loans/{loan['id']}/cancel", {}, headers=mine).json["state"] == "cancelled"


def test_last_year_is_over_and_nothing_of_it_is_looked_for(api, stock, mine):
    last_year = {"pickup_at": "2025-10-24T10:00:00+02:00", "return_at": "2025-10-26T10:00:00+01:00"}
    no = api.post_json("/api/v1/loans", wish(stock, **last_year), headers=mine, status=409).json
    assert [reason["code"] for reason in no["reasons"]] == ["in_the_past"]
    assert no["alternatives"]["periods"] == []


def test_a_reason_is_told_by_the_clocks_of_the_point(api, session, mine):
    far = lending.stock(session, at=lending.point(session, zone="Indian/Reunion"))
    at_night = {"pickup_at": "2026-10-24T02:00:00+04:00", "return_at": "2026-10-26T12:00:00+04:00"}
    english = mine | {"Accept-Language": "en"}
    no = api.post_json("/api/v1/loans", wish(far, **at_night), headers=english, status=409).json
    assert "Saturday 24 October, 08:00–20:00" in no["reasons"][0]["detail"]


def test_another_point_is_proposed_only_where_it_has_all_of_what_is_named_twice(api, session, stock, mine):
    few, enough = (lending.stock(session, units=units, of=stock.model) for units in (1, 2))
    lending.loan(session, stock, "2026-10-24T10:00", "2026-10-26T10:00", units=2)
    twice = {"lines": [{"equipment": stock.model.slug, "units": 1}] * 2}
    no = api.post_json("/api/v1/loans", wish(stock, **twice), headers=mine, status=409).json
    assert no["alternatives"]["points"] == [enough.point.slug]
    assert few.point.slug != enough.point.slug


def test_what_has_left_for_good_is_not_put_in_service_and_what_was_lost_is_found(api, session, stock, clerk):
    gone, lost = stock.items
    gone.service_state, gone.state_reason = ServiceState.RETIRED, "usé"
    lost.service_state, lost.state_reason = ServiceState.LOST, "introuvable"
    no = api.post_json(f"/api/v1/items/{gone.asset_tag}/in-service", {}, headers=clerk, status=409).json
    assert [reason["code"] for reason in no["reasons"]] == ["item_not_lent"]
    api.post_json(f"/api/v1/items/{lost.asset_tag}/in-service", {}, headers=clerk)
    assert (lost.service_state, lost.state_reason) == (ServiceState.IN_SERVICE, None)


def test_what_is_late_cannot_be_extended_until_a_time_that_is_over(api, session, stock, me, mine):
    late = lending.loan(session, stock, "2026-10-20T10:00", "2026-10-21T18:00", borrower=me, state=LoanState.OUT)
    lending.custody(session, late.lines[0])
    until = {"return_at": "2026-10-22T10:00:00+02:00"}
    no = api.post_json(f"/api/v1/loans/{late.id}/extend", until, headers=mine, status=409).json
    assert [reason["code"] for reason in no["reasons"]] == ["in_the_past"]


@pytest.mark.parametrize(
    ("until", "status"),
    [
        ("0001-01-01T00:10:00Z", 422),
        ("2000-01-01T00:00:00Z", 409),
        ("2046-01-01T00:00:00Z", 409),
        ("9999-12-31T00:00:00Z", 422),
    ],
)
def test_an_absurd_new_return_is_refused_and_nothing_is_proposed(api, session, stock, me, mine, until, status):
    loan = lending.loan(session, stock, "2026-10-24T10:00", "2026-10-26T10:00", borrower=me)
    no = api.post_json(f"/api/v1/loans/{loan.id}/extend", {"return_at": until}, headers=mine, status=status).json
    assert no.get("alternatives", {}).get("periods", []) == []


def test_what_the_desk_approves_it_alone_extends(api, session, stock, me, mine, clerk):
    lending.policy(session, model_id=stock.model_id, approval=Approval.MANUAL)
    loan = lending.loan(session, stock, "2026-10-24T10:00", "2026-10-26T10:00", borrower=me)
    until = {"return_at": "2026-10-27T10:00:00+01:00"}
    no = api.post_json(f"/api/v1/loans/{loan.id}/extend", until, headers=mine, status=409).json
    assert [reason["code"] for reason in no["reasons"]] == ["desk_decides"]
    assert api.post_json(f"/api/v1/loans/{loan.id}/extend", until, headers=clerk).headers["ETag"] == '"1"'


def test_a_desk_gives_a_loan_other_times_and_another_point(api, session, stock, me, mine, clerk):
    there = lending.stock(session, of=stock.model)
    loan = lending.loan(session, stock, "2026-10-24T10:00", "2026-10-26T10:00", borrower=me)
    path = f"/api/v1/loans/{loan.id}/change"
    later = {"pickup_at": "2026-10-27T10:00:00+01:00", "return_at": "2026-10-28T10:00:00+01:00"}
    api.post_json(path, later, headers=mine, status=403)
    api.post_json(path, later | {"return_at": later["pickup_at"]}, headers=clerk, status=422)
    changed = api.post_json(path, later | {"point": there.point.slug}, headers=clerk).json
    assert (changed["number"], changed["point"]) == (loan.number, there.point.slug)
    assert (changed["return_point"], changed["pickup_at"]) == (stock.point.slug, "2026-10-27T09:00:00+00:00")
    api.post_json(path, later, headers=clerk, status=403)  # from now on it is the other desk's


def test_a_change_that_cannot_be_is_refused_with_every_reason_and_alternatives(api, session, stock, me, clerk):
    lending.loan(session, stock, "2026-10-27T10:00", "2026-10-28T10:00", units=2)
    loan = lending.loan(session, stock, "2026-10-24T10:00", "2026-10-25T10:00", borrower=me)
    later = {"pickup_at": "2026-10-27T10:00:00+01:00", "return_at": "2026-10-28T03:00:00+01:00"}
    no = api.post_json(f"/api/v1/loans/{loan.id}/change", later, headers=clerk, status=409).json
    assert [reason["code"] for reason in no["reasons"]] == ["return_closed", "not_enough"]
    assert no["alternatives"]["periods"]


def test_an_item_out_of_service_answers_with_the_loans_at_risk(api, session, stock, mine, clerk):
    loan = api.post_json("/api/v1/loans", wish(stock, units=2), headers=mine, status=201).json
    tag = stock.items[0].asset_tag
    message = {"from": "2026-10-22T12:00:00Z", "until": None, "reason": "écran fendu"}
    at_risk = api.post_json(f"/api/v1/items/{tag.lower()}/out-of-service", message, headers=clerk).json["at_risk"]
    assert [one["id"] for one in at_risk] == [loan["id"]]
    assert api.post_json(f"/api/v1/items/{tag}/in-service", {}, headers=clerk).json["at_risk"] == []
    api.post_json(f"/api/v1/items/{tag}/retire", {"reason": "usé"}, headers=mine, status=403)
    api.post_json("/api/v1/items/no-such/retire", {"reason": "usé"}, headers=clerk, status=404)


def test_an_item_that_leaves_the_fleet_answers_with_the_loans_at_risk(api, session, stock, mine, clerk):
    loan = api.post_json("/api/v1/loans", wish(stock, units=2), headers=mine, status=201).json
    first, second = stock.items
    path, why = f"/api/v1/items/{first.asset_tag}/retire", {"reason": "usé"}
    at_risk = api.post_json(path, why, headers=clerk, status=200).json["at_risk"]
    assert [(one["id"], one["number"]) for one in at_risk] == [(loan["id"], loan["number"])]
    session.expire_all()
    assert (first.service_state, first.state_reason) == (ServiceState.RETIRED, "usé")
    assert second.service_state is ServiceState.IN_SERVICE
    other = lending.stock(session, at=stock.point)
    path = f"/api/v1/items/{other.items[0].asset_tag}/retire"
    assert api.post_json(path, why, headers=clerk, status=200).json == {"at_risk": []}


def test_what_is_in_somebodys_hands_does_not_leave_the_fleet(api, session, stock, clerk):
    (custody,) = desk.handed_out(session, lending.loan(session, stock, "2026-10-22T14:00", "2026-10-24T10:00"))
    path = f"/api/v1/items/{custody.item.asset_tag}/retire"
    no = api.post_json(path, {"reason": "usé"}, headers=clerk, status=409).json
    assert [reason["code"] for reason in no["reasons"]] == ["item_out"]
    assert custody.item.service_state is ServiceState.IN_SERVICE


def test_the_catalogue_is_searched_by_words_and_by_category(api, session, stock):
    sound, light = (lending.category(session, slug=slug) for slug in ("prise-de-son", "lumiere"))
    lamp = lending.stock(session, of=lending.model(session, category_id=light.id, name={"fr": "Projecteur éclairé"}))
    pole = lending.stock(session, of=lending.model(session, category_id=sound.id, name={"fr": "Perche éclairée"}))
    lending.listed(session, *(one.model for one in (stock, lamp, pole)))

    def found(**query):
        return [sheet["slug"] for sheet in api.get("/api/v1/equipment", query).json["items"]]

    assert set(found()) >= {stock.model.slug, lamp.model.slug, pole.model.slug}
    assert found(q="projecteur") == [lamp.model.slug]
    assert set(found(q="eclaire")) >= {lamp.model.slug}
    assert found(category="prise-de-son") == [pole.model.slug]
    assert found(q="projecteur", category="prise-de-son") == []
    assert found(category="lumiere", q="projecteur", point=lamp.point.slug) == [lamp.model.slug]
    assert found(category="no-such") == found(q="licorne") == []


def test_what_a_program_notes_at_the_counter_is_kept(api, session, stock, clerk):
    loan = lending.loan(session, stock, "2026-10-22T14:00", "2026-10-24T10:00", units=2)
    first, second = sorted(item.asset_tag for item in stock.items)
    out = {"items": [first, second], "note": "Sans la bonnette"}
    api.post_json(f"/api/v1/loans/{loan.id}/check-out", out, headers=clerk)
    back = {"asset_tag": first, "condition": "worn", "note": "Une rayure sur l’écran"}
    items = [back, {"asset_tag": second, "condition": "good"}]
    api.post_json(f"/api/v1/loans/{loan.id}/check-in", {"items": items}, headers=clerk)
    session.expire_all()
    notes = {one.item.asset_tag: (one.out_note, one.in_note) for one in loan.lines[0].custodies}
    assert notes == {first: (out["note"], back["note"]), second: (out["note"], None)}


def test_loans_are_told_apart_by_how_they_stand(api, session, stock, me, mine, clerk):
    loans = {
        state: lending.loan(session, stock, "2026-10-24T10:00", "2026-10-26T10:00", borrower=me, state=state)
        for state in LoanState
    }
    for who in (mine, clerk):
        for state, loan in loans.items():
            answer = api.get("/api/v1/loans", {"state": state.value}, headers=who).json
            assert [(one["id"], one["state"]) for one in answer["items"]] == [(str(loan.id), state)]
            assert answer["total"] == 1
        assert api.get("/api/v1/loans", headers=who).json["total"] == len(LoanState)
    api.get("/api/v1/loans", {"state": "overdue"}, headers=mine, status=422)


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


@pytest.mark.parametrize("unwhole", ["2026-10-26T10:00:30+01:00", "2026-10-26T10:00:00.000001+01:00"])
def test_what_is_agreed_is_agreed_to_the_minute(api, session, stock, me, mine, clerk, unwhole):
    """Invariant 4: periods are whole minutes. What is not is refused in words, and nothing changes."""
    loan = lending.loan(session, stock, "2026-10-24T10:00", "2026-10-25T10:00", borrower=me)
    tag = stock.items[0].asset_tag
    sent = [
        ("/api/v1/loans", wish(stock, pickup_at=unwhole, return_at="2026-10-27T10:00:00+01:00"), "pickup_at", mine),
        ("/api/v1/loans", wish(stock, return_at=unwhole), "return_at", mine),
        (f"/api/v1/loans/{loan.id}/extend", {"return_at": unwhole}, "return_at", mine),
        (
            f"/api/v1/equipment/{stock.model.slug}/waitlist",
            {"point": stock.point.slug, "from": FROM, "to": unwhole, "units": 2},
            "to",
            mine,
        ),
        (f"/api/v1/items/{tag}/out-of-service", {"from": unwhole, "reason": "révision"}, "from", clerk),
        (f"/api/v1/items/{tag}/out-of-service", {"from": FROM, "until": unwhole, "reason": "révision"}, "until", clerk),
    ]
    before = [session.scalar(select(func.count()).select_from(kind)) for kind in (Loan, Claim, WaitlistEntry)]
    for path, message, field, who in sent:
        no = api.post_json(path, message, headers=who | {"Accept-Language": "en"}, status=422).json
        assert no["errors"] == {field: "Give whole minutes, without seconds."}
    assert [session.scalar(select(func.count()).select_from(kind)) for kind in (Loan, Claim, WaitlistEntry)] == before
    assert loan.return_at == lending.instant("2026-10-25T10:00")


ACTS = ("confirm", "reject", "cancel", "change", "extend", "check-out", "check-in")


@pytest.mark.parametrize("act", ACTS)
def test_who_read_an_older_version_of_a_loan_changes_nothing(api, session, stock, me, clerk, act):
    state = "requested" if act in ("confirm", "reject") else "confirmed"
    loan = lending.loan(session, stock, "2026-10-22T13:00", "2026-10-26T10:00", borrower=me, state=state, revision=3)
    tag = stock.items[0].asset_tag
    if act == "check-in":
        desk.handed_out(session, loan, tag)
    path = f"/api/v1/loans/{loan.id}"
    version = api.get(path, headers=clerk).headers["ETag"]
    assert version == f'"{loan.revision}"'
    message = {
        "confirm": {},
        "change": {"pickup_at": "2026-10-24T10:00:00+02:00", "return_at": "2026-10-27T10:00:00+01:00"},
        "extend": {"return_at": "2026-10-27T10:00:00+01:00"},
        "check-out": {"items": [tag]},
        "check-in": {"items": [{"asset_tag": tag, "condition": "good"}]},
    }.get(act, {"reason": "fermeture"})
    for stale in ('"1"', f"W/{version}", '"one", "two"'):
        answer = api.post_json(f"{path}/{act}", message, headers=clerk | {"If-Match": stale}, status=412)
        assert answer.content_type == "application/problem+json"
    assert api.get(path, headers=clerk).headers["ETag"] == version
    answer = api.post_json(f"{path}/{act}", message, headers=clerk | {"If-Match": f'"1", {version}'})
    assert answer.headers["ETag"] == f'"{loan.revision}"' != version
    assert api.get(path, headers=clerk).headers["ETag"] == answer.headers["ETag"]
    api.post_json(f"{path}/{act}", message, headers=clerk | {"If-Match": version}, status=412)


def test_whoever_names_no_version_or_any_is_served(api, session, stock, mine):
    loan = api.post_json("/api/v1/loans", wish(stock), headers=mine, status=201).json
    longer = {"return_at": "2026-10-27T10:00:00+01:00"}
    api.post_json(f"/api/v1/loans/{loan['id']}/extend", longer, headers=mine)
    api.post_json(f"/api/v1/loans/{loan['id']}/cancel", {}, headers=mine | {"If-Match": "*"})


@pytest.mark.parametrize(("taken", "status"), [(None, 200), ("cancelled", 412), ("extended", 412)])
def test_what_somebody_else_does_meanwhile_undoes_what_was_asked_of_the_version_before(
    api, session, stock, me, mine, monkeypatch, taken, status
):
    """Two read the same version; the second waits for the first, who has changed it by then."""
    loan = lending.loan(session, stock, "2026-10-24T10:00", "2026-10-26T10:00", borrower=me)
    locked = LoanRequests._locked

    def overtaken(self, loan_id, *states):
        change = {"cancelled": {"state": LoanState.CANCELLED}, "extended": {}}.get(taken)
        if change is not None:
            values = {"revision": Loan.revision + 1} | change
            session.execute(update(Loan).where(Loan.id == loan_id).values(values), execution_options=NOBODY_KNOWS)
        return locked(self, loan_id, *states)

    monkeypatch.setattr(LoanRequests, "_locked", overtaken)
    longer = {"return_at": "2026-10-27T10:00:00+01:00"}
    api.post_json(f"/api/v1/loans/{loan.id}/extend", longer, headers=mine | {"If-Match": '"0"'}, status=status)


NOBODY_KNOWS = {"synchronize_session": False}
