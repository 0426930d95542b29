"""Lending points as a visitor sees them."""

from datetime import date, time

import pytest

from equipment_lending.models import OpeningException
from equipment_lending.terms import DayKind
from tests.factories import lending

HALVES = tuple(
    (day, opens, closes) for day in (1, 2, 3) for opens, closes in ((time(10), time(12)), (time(14), time(18)))
)


@pytest.fixture
def point(session):
    contact = {"phone": "02 98 00 10 01", "email": "lambezellec@communs.example", "notice": "Entrée par la cour."}
    return lending.point(session, slug="lambezellec", windows=HALVES, observes_holidays=True, **contact)


def exception(session, point, first, last, kind=DayKind.CLOSED, **given):
    days = {"first_day": date.fromisoformat(first), "last_day": date.fromisoformat(last)}
    session.add(OpeningException(point_id=point.id, kind=kind, **days | given))
    session.flush()
    session.expire(point)


def seen(browse, path="/points/lambezellec"):
    return browse.get(path, headers={"Accept-Language": "en"})


def facts(page, section):
    names = page.html.select(f"[aria-labelledby={section}] dt")
    values = page.html.select(f"[aria-labelledby={section}] dd")
    return {name.text.strip(): " ".join(value.text.split()) for name, value in zip(names, values, strict=True)}


def announced(page) -> list[str]:
    return [" ".join(item.text.split()) for item in page.html.select("[aria-labelledby=usual] li")]


def test_a_city_without_points_says_so(browse):
    assert "No lending point yet" in seen(browse, "/points")


def test_the_list_says_where_each_is_and_whether_it_is_open(browse, point, clock):
    assert "Open until 18:00" in seen(browse, "/points")
    clock.at = lending.instant("2026-10-23T09:00")
    card = seen(browse, "/points").html.select_one("article.card")
    assert "Closed, opens Tuesday 27 October, 10:00" in card.text
    assert "Tuesday to Thursday" in card.text
    assert card.select_one("a")["href"] == "/points/lambezellec"


def test_a_point_says_where_it_is_whom_to_ask_and_how_to_get_in(browse, point):
    main = seen(browse).html.select_one("#main")
    assert "4 rue de Roscoff" in main.text
    assert "Entrée par la cour." in main.text
    assert main.select_one("a[href='tel:0298001001']")
    assert main.select_one("a[href='mailto:lambezellec@communs.example']")


def test_the_next_days_show_exceptions_and_why(browse, session, point):
    exception(session, point, "2026-10-28", "2026-10-28", note="Fête de quartier")
    exception(session, point, "2026-10-27", "2026-10-27", DayKind.PREPARING)
    week = facts(seen(browse), "week")
    assert next(iter(week)) == "Thursday 22 October"
    assert week["Thursday 22 October"] == "10:00–12:00, 14:00–18:00"
    assert week["Sunday 25 October"] == "closed"
    assert week["Tuesday 27 October"] == "closed (orders are prepared behind closed doors)"
    assert week["Wednesday 28 October"] == "closed (Fête de quartier)"


def test_a_public_holiday_is_named_as_the_reason(browse, point, clock):
    clock.at = lending.instant("2026-11-10T12:00")
    assert facts(seen(browse), "week")["Wednesday 11 November"] == "closed (public holiday)"


def test_changes_to_come_are_announced(browse, session, point):
    exception(session, point, "2026-12-24", "2027-01-02")
    exception(session, point, "2026-11-13", "2026-11-13", DayKind.OPEN, opens=time(9), closes=time(12))
    exception(session, point, "2026-09-01", "2026-09-05")
    exception(session, point, "2027-08-01", "2027-08-31")
    assert announced(seen(browse)) == [
        "Friday 13 November: 09:00–12:00",
        "Thursday 24 December to Saturday 2 January: closed",
    ]


def test_where_exceptions_meet_each_is_shown_with_its_own_hours_and_note(browse, session, point):
    exception(session, point, "2026-10-23", "2026-11-23", note="Congés")
    exception(session, point, "2026-10-23", "2026-10-23", DayKind.OPEN, opens=time(9), closes=time(11))
    for opens, closes in ((time(14), time(17)), (time(10), time(12))):
        exception(session, point, "2026-10-24", "2026-10-24", DayKind.OPEN, opens=opens, closes=closes, note="Fête")
    page = seen(browse)
    assert announced(page) == [
        "Friday 23 October: 09:00–11:00",
        "Friday 23 October to Monday 23 November: closed (Congés)",
        "Saturday 24 October: 10:00–12:00, 14:00–17:00 (Fête)",
    ]
    week = facts(page, "week")
    assert week["Friday 23 October"] == "09:00–11:00 (exceptionally)"
    assert week["Saturday 24 October"] == "10:00–12:00, 14:00–17:00 (Fête)"
    assert week["Sunday 25 October"] == "closed (Congés)"


def test_an_opening_in_two_parts_tells_what_is_noted_about_either(browse, session, point):
    halves = ((time(9), time(12), "Marché"), (time(14), time(17), "Atelier"))
    for opens, closes, note in halves:
        exception(session, point, "2026-10-24", "2026-10-24", DayKind.OPEN, opens=opens, closes=closes, note=note)
    assert announced(seen(browse)) == ["Saturday 24 October: 09:00–12:00, 14:00–17:00 (Marché, Atelier)"]


def test_programs_read_the_hours_as_openstreetmap_writes_them(browse, point):
    assert seen(browse).html.select_one("code").text == "Tu-Th 10:00-12:00,14:00-18:00; PH off"


def test_what_is_lent_there_leads_to_its_page_for_that_point(browse, session, point):
    lending.stock(session, units=3, at=point, of=lending.model(session, slug="enregistreur"))
    lending.stock(session, at=lending.point(session), of=lending.model(session, slug="tente"))
    page = seen(browse).html
    assert [link["href"] for link in page.select("[aria-labelledby=lent] a")] == [
        "/equipment/enregistreur?point=lambezellec"
    ]


def test_a_point_with_nothing_to_lend_leads_elsewhere(browse, point):
    assert "Nothing is lent here at the moment" in seen(browse)


def test_a_point_that_is_not_there_is_not_found(browse):
    browse.get("/points/nowhere", status=404)
