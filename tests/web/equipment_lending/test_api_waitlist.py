"""The waiting list for programs: every request and answer is held against the description."""

import pytest
from sqlalchemy import select

from equipment_lending.models import Loan, WaitlistEntry
from equipment_lending.tasks import take_all_turns
from tests.factories import lending, people

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
def lent(session, stock):
    return lending.loan(session, stock, "2026-10-24T10:00", "2026-10-26T10:00", units=2)


@pytest.fixture
def join(api, stock, mine):
    def join(headers=mine, status=201, **given):
        message = {"point": stock.point.slug, "from": FROM, "to": TO, "units": 1} | given
        return api.post_json(f"/api/v1/equipment/{stock.model.slug}/waitlist", message, headers=headers, status=status)

    return join


def cancel(api, session, loan):
    borrower = people.bearer(session, loan.borrower)
    api.post_json(f"/api/v1/loans/{loan.id}/cancel", {}, headers=borrower)


def test_whoever_joins_is_told_their_position(session, api, join, lent, mine):
    first, second = join(people.bearer(session, people.person(session))).json, join().json
    assert (first["state"], first["position"], second["position"]) == ("waiting", 1, 2)
    assert api.get(f"/api/v1/waitlist/{second['id']}", headers=mine).json == second
    assert api.get("/api/v1/waitlist", headers=mine).json["items"] == [second]
    assert api.get("/api/v1/waitlist", {"offset": "1"}, headers=mine).json["items"] == []


def test_joining_leads_to_the_place_and_the_same_key_gives_the_first_answer_again(session, api, join, lent, mine):
    first = join(mine | {"Idempotency-Key": "7f1c"})
    assert api.get(first.location, headers=mine).json["id"] == first.json["id"]
    assert join(mine | {"Idempotency-Key": "7f1c"}).json == first.json
    assert join().json["id"] == first.json["id"]
    assert len(session.scalars(select(WaitlistEntry)).all()) == 1


def test_what_is_free_now_is_not_waited_for(join):
    (reason,) = join(status=409).json["reasons"]
    assert reason["code"] == "free_now"


def test_an_offer_is_accepted_and_becomes_a_loan(session, api, asking, join, lent, mine):
    place = join(units=2).json
    api.post_json(f"/api/v1/waitlist/{place['id']}/accept", {}, headers=mine, status=409)
    cancel(api, session, lent)
    take_all_turns(asking)
    offered = api.get(f"/api/v1/waitlist/{place['id']}", headers=mine).json
    assert (offered["state"], offered["offer_until"]) == ("offered", "2026-10-23T12:00:00+00:00")
    loan = api.post_json(f"/api/v1/waitlist/{place['id']}/accept", {}, headers=mine, status=201)
    assert (loan.json["state"], loan.json["lines"][0]["units"]) == ("confirmed", 2)
    assert session.get(Loan, lent.id).state == "cancelled"
    assert api.get(loan.location, headers=mine).json["id"] == loan.json["id"]
    assert api.get(f"/api/v1/waitlist/{place['id']}", headers=mine).json["state"] == "accepted"
    assert api.get("/api/v1/waitlist", headers=mine).json["total"] == 0


def test_whoever_leaves_the_line_lets_the_others_move_up(session, api, join, lent, mine):
    place, later = join().json, join(people.bearer(session, somebody := people.person(session))).json
    assert api.delete(f"/api/v1/waitlist/{place['id']}", headers=mine).json["state"] == "left"
    assert api.delete(f"/api/v1/waitlist/{place['id']}", headers=mine).json["state"] == "left"
    theirs = people.bearer(session, somebody)
    assert api.get(f"/api/v1/waitlist/{later['id']}", headers=theirs).json["position"] == 1


def test_a_place_in_line_is_nobody_elses_business(session, api, join, lent):
    place, somebody = join().json, people.bearer(session, people.staff(session))
    api.get(f"/api/v1/waitlist/{place['id']}", headers=somebody, status=403)
    api.delete(f"/api/v1/waitlist/{place['id']}", headers=somebody, status=403)
    api.post_json(f"/api/v1/waitlist/{place['id']}/accept", {}, headers=somebody, status=403)
    api.get(f"/api/v1/waitlist/{place['id']}", status=401)
    api.get("/api/v1/waitlist", status=401)
    join({}, status=401)


@pytest.mark.parametrize("wrong", [{"from": TO, "to": FROM}, {"units": 0}, {"from": "soon"}])
def test_a_wait_that_cannot_be_meant_is_422(join, wrong):
    assert join(status=422, **wrong).json["errors"]


def test_a_point_that_there_is_not_is_refused(join):
    (reason,) = join(status=409, point="nowhere").json["reasons"]
    assert reason["code"] == "no_such_point"
