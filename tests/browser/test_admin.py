"""What those who administer change without code, and what residents and staff see of it at once."""

import re

import pytest
from PIL import Image

from portal.people.models import Person
from portal.people.terms import Role
from tests.browser.reader import fill, main, press, told
from tests.factories import lending, people

LAPTOP = {"width": 1280, "locale": "en-GB"}
SHEET = "/equipment/enregistreur"


@pytest.fixture(scope="module")
def yann(site) -> Person:
    """Who will serve at Lambézellec, which lends recorders from Tuesday to Saturday."""
    with site.session() as session:
        point = lending.point(session, slug="lambezellec", windows=lending.TUESDAY_TO_SATURDAY)
        lending.stock(session, units=3, at=point, of=lending.model(session, slug="enregistreur"))
        return people.person(session, name="Yann Kerbrat")


@pytest.fixture
def admin(site, yann, page_of):
    """A laptop at which somebody administers."""
    with site.session() as session:
        who = people.staff(session, Role.ADMIN, name="Armelle Kerdoncuff")
    return page_of(f"{site.address}/admin", storage_state={"cookies": [site.cookie(who)], "origins": []}, **LAPTOP)


@pytest.fixture
def visitor(site, yann, page_of):
    """Somebody else's browser, on the page of the recorder."""
    return page_of(site.address + SHEET, **LAPTOP)


def test_a_role_is_granted_at_one_desk_until_a_day_and_the_trail_says_so(site, admin, yann, page_of):
    press(admin, "People and roles")
    fill(admin, q="kerbrat")
    press(admin, "Search")
    press(admin, "Yann Kerbrat")
    admin.select_option("[name=role]", "desk")
    admin.select_option("[name=scope]", "lambezellec")
    fill(admin, until="2026-12-31")
    press(admin, "Grant this role")
    assert "until 31 December 2026" in main(admin)

    clerk = page_of(f"{site.address}/desk", storage_state={"cookies": [site.cookie(yann)], "origins": []}, **LAPTOP)
    assert clerk.url.endswith("/desk/lambezellec")
    admin.goto(f"{site.address}/admin/audit?person=Armelle")
    line = admin.locator("tbody tr").first.inner_text()
    for said in ("granted a role", "Yann Kerbrat", "lambezellec", "31 December 2026"):
        assert said in line


def test_a_day_on_which_a_desk_is_closed_is_closed_in_the_calendar(site, admin, visitor):
    def thursday():
        visitor.goto(f"{site.address}{SHEET}?month=2026-11")
        return visitor.locator("td", has=visitor.locator("b", has_text="12")).inner_text()

    assert "3 free" in thursday()
    admin.goto(f"{site.address}/manage/points/lambezellec/hours")
    fill(admin, first="2026-11-12", note="Formation de l’équipe")
    press(admin, "Add these days")
    assert "closed" in thursday()
    visitor.goto(f"{site.address}/points/lambezellec")
    assert "Formation de l’équipe" in main(visitor)


def test_a_rule_that_changes_is_said_on_the_sheet(site, admin, visitor):
    assert "For 4 days at most." not in main(visitor)
    admin.goto(f"{site.address}/manage/models/enregistreur/rules")
    fill(admin, max_days="4")
    press(admin, "Save")
    assert told(admin)
    visitor.reload()
    assert "For 4 days at most." in main(visitor)


def test_photos_are_shown_with_their_descriptions_in_the_order_given(site, admin, visitor, tmp_path):
    admin.goto(f"{site.address}/manage/models/enregistreur")
    for colour, french, english in (("teal", "Vu de face.", "From the front."), ("navy", "Vu de dos.", "From behind.")):
        Image.new("RGB", (640, 360), colour).save(tmp_path / "recorder.jpg")
        add = admin.locator("form#photo")
        add.locator("[name=photo]").set_input_files(tmp_path / "recorder.jpg")
        add.locator("[name='photo_text.fr']").fill(french)
        add.locator("[name='photo_text.en']").fill(english)
        with admin.expect_navigation():
            add.locator(".actions button").click()
        assert told(admin)
    with admin.expect_navigation():
        admin.get_by_role("button", name=re.compile("Show earlier.*From behind.")).click()
    visitor.reload()
    photos = visitor.locator("main img")
    assert photos.evaluate_all("images => images.map(image => image.alt)") == ["From behind.", "From the front."]
    assert photos.first.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")


def test_a_spreadsheet_shows_what_it_would_change_before_it_does(site, admin, visitor):
    point = "lambezellec,Kérinou,Rue Auguste Kervern,48.4,-4.49,Europe/Paris,Tu-Sa 10:00-18:00; PH off,1,4"
    admin.goto(f"{site.address}/manage/spreadsheets")
    columns = admin.locator("details dd").first.text_content()
    file = {"name": "points.csv", "mimeType": "text/csv", "buffer": f"{columns}\n{point}".encode()}
    admin.set_input_files("[name=points]", file)
    press(admin, "Compare")
    changed = admin.locator("tr", has_text="Kérinou").inner_text()
    assert "Maison de quartier de Lambézellec" in changed
    visitor.goto(f"{site.address}/points/lambezellec")
    assert visitor.locator("h1").inner_text() == "Maison de quartier de Lambézellec"
    press(admin, "Apply this")
    assert "brought in" in told(admin)
    visitor.reload()
    assert visitor.locator("h1").inner_text() == "Kérinou"


def test_the_city_s_name_is_on_every_page_once_it_is_saved(site, admin, visitor):
    press(admin, "Settings")
    press(admin, "Name and languages")
    fill(admin, name="Les communs de la rade")
    press(admin, "Save")
    assert "Les communs de la rade" in admin.locator(".brand").inner_text()
    visitor.reload()
    assert "Les communs de la rade" in visitor.locator(".brand").inner_text()
    assert visitor.title().endswith("Les communs de la rade")
