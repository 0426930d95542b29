"""The field's scenarios that come through the door: the hours of the clock changes, and forms sent past their page."""

from datetime import datetime

import pytest
from sqlalchemy import func, select

from equipment_lending.models import Loan
from tests.factories import lending, people


@pytest.fixture
def stock(session):
    """A recorder at a desk that is open at night."""
    point = lending.point(session, slug="lambezellec", windows=lending.ROUND_THE_CLOCK)
    return lending.stock(session, at=point, of=lending.model(session, slug="enregistreur"))


@pytest.fixture
def nolwenn(session):
    return people.person(session, language="en")


def asked(browse, **wish):
    form = browse.get("/equipment/enregistreur", headers={"Accept-Language": "en"}).forms["borrow"]
    for name, value in ({"units": "1", "purpose": "La nuit du port"} | wish).items():
        form[name] = value
    return form.submit(status="*")


def wish(stock, start, end):
    lines = [{"equipment": stock.model.slug, "units": 1}]
    return {"point": stock.point.slug, "pickup_at": start, "return_at": end, "lines": lines, "purpose": "la nuit"}


def test_scenario_18_an_hour_that_comes_twice_means_standard_time_on_the_page(browse, session, stock, nolwenn):
    night = {"pickup": "2026-10-25", "pickup_time": "02:00", "return": "2026-10-25", "return_time": "03:00"}
    assert asked(people.signed_in(browse, nolwenn), **night).status_int == 303
    loan = session.scalars(select(Loan)).one()
    assert loan.pickup_at == datetime.fromisoformat("2026-10-25T02:00+01:00")
    assert loan.return_at == datetime.fromisoformat("2026-10-25T03:00+01:00")


@pytest.mark.parametrize(
    ("field", "night"),
    [
        (
            "pickup_time",
            {"pickup": "2027-03-28", "pickup_time": "02:00", "return": "2027-03-28", "return_time": "04:00"},
        ),
        (
            "return_time",
            {"pickup": "2027-03-28", "pickup_time": "01:00", "return": "2027-03-28", "return_time": "02:59"},
        ),
    ],
)
def test_scenario_18_an_hour_that_does_not_exist_is_refused_in_words(browse, session, stock, nolwenn, field, night):
    page = asked(people.signed_in(browse, nolwenn), **night)
    assert page.status_int == 422
    assert "the clocks go forward that night" in page.html.select_one(f"#borrow-{field}-error").text
    assert session.scalar(select(func.count()).select_from(Loan)) == 0


def test_scenario_18_programs_say_which_of_the_two_hours_they_mean(api, session, stock, nolwenn):
    mine = people.bearer(session, nolwenn)
    summer, winter = "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"
    first = api.post_json("/api/v1/loans", wish(stock, summer, winter), headers=mine, status=201).json
    assert (first["pickup_at"], first["return_at"]) == ("2026-10-25T00:30:00+00:00", "2026-10-25T01:30:00+00:00")
    api.post_json("/api/v1/loans", wish(stock, winter, "2026-10-25T03:30:00+01:00"), headers=mine, status=201)
    api.post_json("/api/v1/loans", wish(stock, summer, winter), headers=mine, status=409)


def test_E1_over_the_clock_changes_programs_see_days_of_25_and_23_hours(api, session, stock, nolwenn):
    mine = people.bearer(session, nolwenn)
    lending.policy(session, model_id=stock.model_id, max_days=1)
    for start, end in (
        ("2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"),
        ("2027-03-28T00:00:00+01:00", "2027-03-29T00:00:00+02:00"),
    ):
        api.post_json("/api/v1/loans", wish(stock, start, end), headers=mine, status=201)


def test_scenario_24_a_form_sent_past_its_page_is_refused_all_the_same(browse, session, stock, nolwenn):
    form = people.signed_in(browse, nolwenn).get("/equipment/enregistreur").forms["borrow"]
    lending.policy(session, model_id=stock.model_id, requires=["velo-cargo"])
    for name, value in {"pickup": "2026-11-03", "return": "2026-11-05", "units": "1", "purpose": "livraison"}.items():
        form[name] = value
    assert form.submit(status=409)
    assert session.scalar(select(func.count()).select_from(Loan)) == 0


def test_a_form_that_names_seconds_is_refused_in_words(browse, session, stock, nolwenn):
    day = {"pickup": "2026-11-03", "pickup_time": "10:00:30", "return": "2026-11-05", "return_time": "10:00"}
    page = asked(people.signed_in(browse, nolwenn), **day)
    assert page.status_int == 422
    assert "Give whole minutes" in page.html.select_one("#borrow-pickup_time-error").text
    assert session.scalar(select(func.count()).select_from(Loan)) == 0
