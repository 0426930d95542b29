"""Spreadsheets brought in on a page: compared, looked at, then applied, and nothing of it silently."""

import base64

import pytest
from sqlalchemy import func, select
from webtest import Upload

from equipment_lending.imports.rows import ItemRow, ModelRow, PointRow, columns
from equipment_lending.models import EquipmentModel, Item, LendingPoint
from portal.pages.models import CitySetting
from portal.people.terms import Role
from tests.conftest import NOW
from tests.factories import desk, lending, people

ENGLISH = {"Accept-Language": "en"}


def lines(kind, *rows: str) -> bytes:
    return "\n".join([",".join(columns(kind)), *rows]).encode()


POINTS = lines(PointRow, "kerinou,Kérinou,Rue Auguste Kervern,48.4,-4.49,Europe/Paris,Tu-Sa 10:00-18:00; PH off,1,4")
MODELS = lines(ModelRow, "zoom-h5,Zoom H5,son,Deux micros.,249.90,30,2,7,manual,prise-de-son")
ITEMS = lines(ItemRow, "EN-1,zoom-h5,kerinou,=SUM(A1),good,,", "EN-2,zoom-h5,kerinou,,good,,")
CITY = {"points": POINTS, "models": MODELS, "items": ITEMS}


@pytest.fixture
def admin(browse, session):
    return people.signed_in(browse, people.staff(session, Role.ADMIN))


def compared(admin, **expected):
    status = expected.pop("status", 200)
    form = admin.get("/manage/spreadsheets", headers=ENGLISH).forms["spreadsheets"]
    for name, content in expected.items():
        form[name] = Upload(f"{name}.csv", content, "text/csv")
    return form.submit("compare", headers=ENGLISH, status=status)


def applying(page):
    return next(form for form in page.forms.values() if "apply" in form.fields)


def count(session, kind) -> int:
    return session.scalar(select(func.count()).select_from(kind))


def test_files_are_compared_looked_at_and_then_applied(session, admin):
    page = compared(admin, **CITY)
    assert "2 new, 0 changed" in page.html.get_text()
    assert count(session, Item) == 0
    answer = applying(page).submit("apply", status=303, headers=ENGLISH)
    assert count(session, Item) == 2
    assert "brought in" in answer.follow(headers=ENGLISH)


def test_what_is_brought_in_belongs_to_whoever_publishes_the_site(session, admin):
    session.add(CitySetting(key="publisher", value="Ville de Brest", changed_at=NOW))
    applying(compared(admin, **CITY)).submit("apply", status=303)
    whose = session.execute(select(Item.owner, Item.insurer, Item.maintainer).distinct()).all()
    assert whose == [("Ville de Brest",) * 3]


def test_the_same_files_once_more_leave_nothing_to_apply(admin):
    applying(compared(admin, **CITY)).submit("apply")
    page = compared(admin, **CITY)
    assert "nothing to apply" in page
    assert "apply" not in page.forms


def test_what_would_change_is_shown_cell_by_cell(session, admin):
    applying(compared(admin, **CITY)).submit("apply")
    changed = MODELS.replace(b"249.90", b"300").replace(b",7,", b",10,").replace(b"manual,prise-de-son", b",")
    page = compared(admin, models=changed)
    rows = [" ".join(row.get_text(" ", strip=True).split()) for row in page.html.select("tbody tr")]
    assert rows == [
        "zoom-h5 replacement_value €249.90 €300",
        "max_days 7 10",
        "approval the desk decides –",
        "requires prise-de-son –",
    ]
    applying(page).submit("apply", status=303)
    assert session.scalars(select(EquipmentModel.replacement_value)).one() == 30_000


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_changed(session, admin):
    page = compared(
        admin, status=422, points=POINTS.replace(b"48.4", b"north"), items=ITEMS.replace(b"zoom-h5", b"tente")
    )
    said = [" ".join(one.get_text().split()) for one in page.html.select("[role=alert] li")]
    assert said[0] == "points.csv, line 2, latitude: “north” is not a number."
    assert "items.csv, line 2, model: There is no model “tente”, neither in models.csv nor in the portal." in said
    assert count(session, LendingPoint) == 0


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", b"", b"\0", b"a;b\n1;2", b'"' * 200, b"<html>", "asset_tag\n".encode("utf-16")]
)
def test_hostile_files_are_refused_in_words(session, admin, content):
    form = admin.get("/manage/spreadsheets", headers=ENGLISH).forms["spreadsheets"]
    form["items"] = Upload("items.csv", content, "text/csv")
    page = form.submit("compare", headers=ENGLISH, status=422)
    assert page.html.select("[role=alert] li")
    assert count(session, Item) == 0


def test_sending_no_file_is_said(admin):
    assert "Choose at least one file" in compared(admin, status=422)


def test_what_changed_since_one_looked_must_be_looked_at_again(session, admin):
    page = compared(admin, **CITY)
    lending.category(session, slug="son")
    again = applying(page).submit("apply", headers=ENGLISH, status=409)
    assert "changed in the meantime" in again
    assert count(session, Item) == 0
    applying(again).submit("apply", status=303)
    assert count(session, Item) == 2


def test_what_left_the_desk_since_one_looked_is_not_moved(session, admin):
    applying(compared(admin, **CITY | {"models": MODELS.replace(b"prise-de-son", b"")})).submit("apply")
    lending.point(session, slug="bellevue")
    page = compared(admin, items=ITEMS.replace(b"kerinou", b"bellevue"))
    stock = session.scalars(select(Item)).first().stock
    session.refresh(stock)
    desk.handed_out(session, lending.loan(session, stock, "2026-10-22T10:00", "2026-10-24T10:00"), "EN-1")
    again = applying(page).submit("apply", headers=ENGLISH, status=409)
    assert "in somebody" in again.html.find(role="alert").get_text()


@pytest.mark.parametrize("carried", ["not base64", "////", base64.b64encode(b"\0\xff").decode(), "é"])
def test_files_that_were_tampered_with_on_the_way_change_nothing(session, admin, carried):
    sent = people.with_csrf(admin, {"apply": "apply", "file.items": carried, "seen": "0" * 64})
    admin.post("/manage/spreadsheets", sent, status=409)
    assert count(session, Item) == 0


def test_spreadsheets_are_for_those_who_administer(browse, session):
    lending.point(session, slug="lambezellec")
    people.signed_in(browse, people.staff(session, Role.DESK, "lambezellec"))
    browse.get("/manage/spreadsheets", status=403)
    browse.post("/manage/spreadsheets", people.with_csrf(browse, {"apply": "apply"}), status=403)
