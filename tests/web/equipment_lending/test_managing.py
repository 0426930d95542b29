"""What is lent, managed: points and hours, catalogue and photos, items, rules. Every no is said in words."""

from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import func, select
from webtest import Upload

from equipment_lending.models import Category, EquipmentModel, Item, LendingPoint, ModelPhoto, PolicyLayer
from equipment_lending.queries.layers import CITY, Subject, layer_of, settings_of
from equipment_lending.queries.timetables import timetable_of
from equipment_lending.rules.policy import SETTINGS
from equipment_lending.schemas.managing import RulesSchema
from equipment_lending.services.catalogue import MOST_PHOTOS
from equipment_lending.terms import Approval, Condition, DayKind
from portal.audit.models import AuditEntry
from portal.index.models import IndexEntry
from portal.pages.models import CitySetting
from portal.people.terms import Role
from tests.conftest import NOW
from tests.factories import lending, people

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def admin(browse, session):
    return people.signed_in(browse, people.staff(session, Role.ADMIN))


@pytest.fixture
def point(session):
    return lending.point(session, slug="lambezellec")


@pytest.fixture
def model(session):
    return lending.model(session, slug="enregistreur")


def sent(page, form: str, values, button: str = "save", **expected):
    filled = page.forms[form]
    for name, value in values.items():
        filled[name] = value
    return filled.submit(button, headers=ENGLISH, **expected)


def wrong(page) -> set[str]:
    return {field.get("name") or field.get("id") for field in page.html.select("[aria-invalid=true]")}


# Who may --------------------------------------------------------------------------------------------------------------


PAGES_OF_THE_CITY = (
    "/manage",
    "/manage/points",
    "/manage/new-point",
    "/manage/categories",
    "/manage/new-category",
    "/manage/models",
    "/manage/new-model",
    "/manage/models/enregistreur",
    "/manage/models/enregistreur/items",
    "/manage/models/enregistreur/rules",
    "/manage/rules",
    "/manage/spreadsheets",
)
PAGES_OF_A_POINT = (
    "/manage/points/lambezellec",
    "/manage/points/lambezellec/hours",
    "/manage/points/lambezellec/rules",
    "/manage/models/enregistreur/rules/lambezellec",
)


@pytest.mark.parametrize("page", PAGES_OF_THE_CITY + PAGES_OF_A_POINT)
def test_who_administers_sees_all_of_it(admin, point, model, page):
    admin.get(page, status=200)


@pytest.mark.parametrize("page", PAGES_OF_THE_CITY)
def test_a_desk_does_not_manage_the_city(browse, session, point, model, page):
    people.signed_in(browse, people.staff(session, Role.DESK, "lambezellec"))
    browse.get(page, status=403)


@pytest.mark.parametrize("page", PAGES_OF_A_POINT)
def test_a_desk_manages_its_own_point_and_no_other(browse, session, point, model, page):
    lending.point(session, slug="bellevue")
    people.signed_in(browse, people.staff(session, Role.DESK, "lambezellec"))
    browse.get(page, status=200)
    browse.get(page.replace("lambezellec", "bellevue"), status=403)
    browse.get(page.replace("lambezellec", "atlantis"), status=404)


def test_management_is_reached_from_administration(admin):
    assert admin.get("/admin").html.select_one("a[href='/manage']")


# Points and hours -----------------------------------------------------------------------------------------------------

BELLEVUE = {
    "name": "Maison de quartier de Bellevue",
    "slug": "bellevue",
    "address": "1 rue du Quercy",
    "quarter": "Bellevue",
    "latitude": "48.41",
    "longitude": "-4.47",
    "zone": "Europe/Paris",
    "lead_days": "1",
}


def test_a_point_is_opened_audited_and_found(session, admin):
    sent(admin.get("/manage/new-point"), "point", BELLEVUE, status=303)
    point = session.scalars(select(LendingPoint).where(LendingPoint.slug == "bellevue")).one()
    assert (point.place.quarter, point.lead_days, point.max_visits) == ("Bellevue", 1, None)
    assert session.scalars(select(AuditEntry.act)).all() == ["lending.point_added"]
    assert session.scalars(select(IndexEntry.path)).all() == ["/points/bellevue"]


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"name": ""}, {"name"}),
        ({"slug": "Maison de Quartier"}, {"slug"}),
        ({"slug": "loans"}, {"slug"}),
        ({"slug": "a" * 81}, {"slug"}),
        ({"latitude": "148", "longitude": "east"}, {"latitude", "longitude"}),
        ({"latitude": "nan"}, {"latitude"}),
        ({"zone": "Mars/Olympus"}, {"zone"}),
        ({"zone": "../../etc/passwd"}, {"zone"}),
        ({"email": "no address"}, {"email"}),
        ({"lead_days": "-1", "max_visits": "0"}, {"lead_days", "max_visits"}),
        ({"name": "x" * 201}, {"name"}),
    ],
)
def test_a_point_that_makes_no_sense_is_refused_beside_each_field(session, admin, values, fields):
    page = sent(admin.get("/manage/new-point"), "point", BELLEVUE | values, status=422)
    assert wrong(page) == fields
    assert session.scalar(select(func.count()).select_from(LendingPoint)) == 0


def test_a_short_name_that_is_taken_is_refused_beside_it(session, admin, point):
    page = sent(admin.get("/manage/new-point"), "point", BELLEVUE | {"slug": "lambezellec"}, status=409)
    assert wrong(page) == {"slug"}
    assert "is taken" in page


def test_a_point_is_changed_by_its_desk(browse, session, point):
    people.signed_in(browse, people.staff(session, Role.DESK, "lambezellec"))
    page = browse.get("/manage/points/lambezellec")
    assert page.forms["point"]["address"].value == point.place.address
    sent(page, "point", {"phone": "02 98 00 10 01", "max_visits": "6"}, status=303)
    assert (point.phone, point.max_visits) == ("02 98 00 10 01", 6)
    (entry,) = session.scalars(select(AuditEntry))
    assert entry.detail["fields"] == ["max_visits", "phone"] or set(entry.detail["fields"]) == {"phone", "max_visits"}


def test_a_week_is_written_opening_by_opening_without_a_script(session, admin, point):
    page = admin.get("/manage/points/lambezellec/hours")
    assert len(page.html.select("form#week ol.rows > li")) == 7
    page = page.forms["week"].submit("windows:add", status=200)
    assert len(page.html.select("form#week ol.rows > li")) == 8
    page = page.forms["week"].submit("windows.7:remove", status=200)
    form = page.forms["week"]
    for number in range(1, 7):
        for name in ("weekday", "opens", "closes"):
            form[f"windows.{number}.{name}"] = ""
    form["windows.0.weekday"], form["windows.0.opens"], form["windows.0.closes"] = "5", "14:00", "00:00"
    form["observes_holidays"] = True
    form.submit("week", status=303)
    assert [(w.weekday, str(w.hours.opens), str(w.hours.closes)) for w in timetable_of(point).weekly] == [
        (5, "14:00:00", "00:00:00")
    ]
    assert point.observes_holidays
    assert "Sa 14:00-24:00; PH off" in admin.get("/manage/points/lambezellec/hours")


@pytest.mark.parametrize(
    "values",
    [
        {"windows.0.closes": "07:00"},
        {"windows.0.opens": "", "windows.0.closes": "25:61"},
        {"windows.1.weekday": "0", "windows.1.opens": "09:00", "windows.1.closes": "10:00"},
    ],
)
def test_openings_that_make_no_sense_are_refused_and_the_week_stays(session, admin, point, values):
    before = timetable_of(point)
    page = sent(admin.get("/manage/points/lambezellec/hours"), "week", values, "week", status=422)
    assert page.html.select(".field.wrong, fieldset.wrong")
    assert timetable_of(point) == before


def test_E6_after_hours_are_saved_the_page_names_the_loans_they_concern(session, admin, point):
    stock = lending.stock(session, at=point)
    loan = lending.loan(session, stock, "2026-11-10T10:00", "2026-11-12T10:00")
    page = admin.get("/manage/points/lambezellec/hours", headers=ENGLISH)
    assert "is named here and at the desk, and gets a letter" in page.text
    days = {"first": "2026-11-09", "last": "2026-11-12", "note": "Travaux"}
    page = sent(page, "exception", days, "exception", status=303).follow(headers=ENGLISH)
    assert "2 visits are agreed for a time at which the desk is closed" in page.text
    assert {link["href"] for link in page.html.select(".notice a")} == {f"/desk/loans/{loan.id}"}
    forget = people.with_csrf(admin, {"forget": str(point.exceptions[0].id)})
    page = admin.post("/manage/points/lambezellec/hours", forget, status=303).follow(headers=ENGLISH)
    assert "are agreed for a time" not in page.text


def test_days_are_excepted_and_given_back(session, admin, point):
    page = admin.get("/manage/points/lambezellec/hours")
    values = {"first": "2027-08-01", "last": "2027-08-31", "note": "Congés"}
    page = sent(page, "exception", values, "exception", status=303).follow(headers=ENGLISH)
    assert [(row.kind, row.note) for row in point.exceptions] == [(DayKind.CLOSED, "Congés")]
    assert "31 August 2027" in page
    sent(page, "exception", values, "exception", status=303)  # twice the same is once
    assert len(point.exceptions) == 1
    forget = people.with_csrf(admin, {"forget": str(point.exceptions[0].id)})
    admin.post("/manage/points/lambezellec/hours", forget, status=303)
    assert point.exceptions == []
    admin.post("/manage/points/lambezellec/hours", people.with_csrf(admin, {"forget": "nonsense"}), status=404)


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"first": "2027-08-02", "last": "2027-08-01"}, {"last"}),
        ({"first": "2027-05-01", "kind": "open"}, {"opens"}),
        ({"first": "2027-05-01", "kind": "open", "opens": "10:00", "closes": "09:00"}, {"closes"}),
        ({"first": "0001-01-01"}, {"first"}),
        ({"first": "31/12/2027"}, {"first"}),
    ],
)
def test_exceptions_that_make_no_sense_are_refused_beside_each_field(admin, point, values, fields):
    page = sent(admin.get("/manage/points/lambezellec/hours"), "exception", values, "exception", status=422)
    assert wrong(page) == fields
    assert point.exceptions == []


# The catalogue --------------------------------------------------------------------------------------------------------


def test_a_category_is_added_and_changed(session, admin):
    values = {"slug": "jeux", "name.fr": "Jeux", "name.en": "Games", "icon": "game"}
    sent(admin.get("/manage/new-category"), "category", values, status=303)
    sent(admin.get("/manage/categories/jeux"), "category", {"name.br": "C’hoarioù"}, status=303)
    category = session.scalars(select(Category)).one()
    assert category.name == {"fr": "Jeux", "en": "Games", "br": "C’hoarioù"}


def test_a_category_needs_a_french_name(admin):
    page = sent(admin.get("/manage/new-category"), "category", {"slug": "jeux", "name.en": "Games"}, status=422)
    assert wrong(page) == {"name.fr"}


def test_a_model_is_added_with_its_accessories_one_on_each_line(session, admin):
    lending.category(session, slug="son")
    values = {
        "slug": "casque",
        "name.fr": "Casque",
        "category": "son",
        "accessories": " étui \r\n\r\ncâble\r\nétui",
        "replacement_value": "89,90",
    }
    sent(admin.get("/manage/new-model"), "model", values, status=303)
    model = session.scalars(select(EquipmentModel)).one()
    assert (model.accessories, model.replacement_value, model.description) == (["étui", "câble"], 8990, {})
    assert session.scalars(select(IndexEntry.path)).all() == ["/equipment/casque"]


def test_a_model_is_changed_and_keeps_what_was_not_touched(session, admin, model):
    sent(admin.get("/manage/models/enregistreur"), "model", {"description.en": "Two microphones."}, status=303)
    assert model.description == {"fr": "Deux micros en XY.", "en": "Two microphones."}
    assert model.accessories == ["bonnette", "carte de 64 Go"]


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"replacement_value": "much"}, {"replacement_value"}),
        ({"accessories": "\n".join(str(n) for n in range(61))}, {"accessories"}),
        ({"accessories": "x" * 201}, {"accessories"}),
        ({"name.fr": ""}, {"name.fr"}),
        ({"description.fr": "x" * 5001}, {"description.fr"}),
    ],
)
def test_a_model_that_makes_no_sense_is_refused_beside_each_field(session, admin, model, values, fields):
    assert wrong(sent(admin.get("/manage/models/enregistreur"), "model", values, status=422)) == fields
    assert session.scalars(select(AuditEntry)).all() == []


def picture(kind="JPEG", size=(800, 600)) -> bytes:
    content = BytesIO()
    Image.new("RGB", size, "teal").save(content, kind)
    return content.getvalue()


def photo(admin, content: bytes | None, text: str = "Un enregistreur sur une table", **expected):
    values = {"photo_text.fr": text} | ({"photo": Upload("photo.jpg", content, "image/jpeg")} if content else {})
    return sent(admin.get("/manage/models/enregistreur"), "photo", values, "add_photo", **expected)


def shown(page) -> list[str]:
    """What the photos on a page show, in order."""
    return [image["alt"] for image in page.html.select("main img")]


def press(admin, button: str, key: str, **expected):
    fields = people.with_csrf(admin, {"key": key, button: button})
    return admin.post("/manage/models/enregistreur", fields, **{"status": 303} | expected)


@pytest.fixture
def three(session, model):
    """A model with three photos, by the side that each shows."""
    for position, side in enumerate(("front", "back", "top")):
        session.add(ModelPhoto(model=model, position=position, key=side, text={"fr": side}))
    session.flush()
    return model


def sides(model) -> list[str]:
    return [photo.key for photo in model.photos]


def test_photos_are_kept_shown_and_taken_away(session, admin, model):
    page = photo(admin, picture(), status=303).follow()
    assert shown(page) == ["Un enregistreur sur une table"]
    assert admin.get(page.html.select_one("main img")["src"]).content_type == "image/jpeg"
    photo(admin, picture(size=(640, 480)), "Vu de dos", status=303)
    assert shown(admin.get("/manage/models/enregistreur")) == ["Un enregistreur sur une table", "Vu de dos"]
    press(admin, "remove_photo", model.photos[0].key)
    assert [photo.text for photo in model.photos] == [{"fr": "Vu de dos"}]
    press(admin, "remove_photo", model.photos[0].key)
    assert model.photos == []


def test_every_photo_is_on_the_page_of_the_model_and_the_first_on_its_card(session, browse, three):
    lending.stock(session, of=three)
    lending.listed(session, three)
    assert shown(browse.get("/equipment/enregistreur")) == ["front", "back", "top"]
    with_pictures = [image["src"] for image in browse.get("/equipment").html.select(".thumb img")]
    assert with_pictures == ["/media/front-medium.jpg"]


@pytest.mark.parametrize(
    ("button", "side", "after"),
    [
        ("photo_later", "front", ["back", "front", "top"]),
        ("photo_earlier", "top", ["front", "top", "back"]),
        ("photo_earlier", "front", ["front", "back", "top"]),
        ("photo_later", "top", ["front", "back", "top"]),
        ("remove_photo", "back", ["front", "top"]),
        ("remove_photo", "gone", ["front", "back", "top"]),
        ("photo_earlier", "gone", ["front", "back", "top"]),
    ],
)
def test_photos_are_put_in_another_order(session, admin, three, button, side, after):
    press(admin, button, side)
    assert sides(three) == after
    assert [photo.position for photo in three.photos] == list(range(len(after)))
    assert {photo.key: photo.text["fr"] for photo in three.photos} == {key: key for key in after}


def test_the_first_photo_has_no_place_before_it_and_the_last_none_after(admin, three):
    page = admin.get("/manage/models/enregistreur")
    buttons = [
        [button["name"] for button in row.select("form.post button")] for row in page.html.select("ol.plain-list > li")
    ]
    assert buttons == [
        ["photo_later", "remove_photo"],
        ["photo_earlier", "photo_later", "remove_photo"],
        ["photo_earlier", "remove_photo"],
    ]


def test_a_photo_is_described_anew(admin, three):
    page = admin.get("/manage/models/enregistreur")
    sent(page, "photo-2", {"photo_text.fr": "Vu de dos"}, "describe_photo", status=303)
    assert [photo.text["fr"] for photo in three.photos] == ["front", "Vu de dos", "top"]
    page = sent(page, "photo-2", {"photo_text.fr": ""}, "describe_photo", status=422)
    assert wrong(page) == {"photo_text.fr"}
    assert [page.forms[f"photo-{n}"]["photo_text.fr"].value for n in (1, 2, 3)] == ["front", "", "top"]


def test_the_same_photo_again_is_the_same_photo_with_other_words(admin, model):
    for text in ("Vu de face", "Vu de dos"):
        photo(admin, picture(), text, status=303)
    assert [photo.text for photo in model.photos] == [{"fr": "Vu de dos"}]


def test_there_are_as_many_photos_as_a_model_may_have(session, config, admin, three):
    form = admin.get("/manage/models/enregistreur").forms["photo"]
    for position in range(3, MOST_PHOTOS):
        session.add(ModelPhoto(model=three, position=position, key=f"{position}", text={"fr": "x"}))
    session.flush()
    another = picture(size=(640, 477))
    form["photo"], form["photo_text.fr"] = Upload("photo.jpg", another, "image/jpeg"), "Un de trop"
    store = config.registry.media_store
    before = set(store.keys())
    assert "12 photos at most" in form.submit("add_photo", headers=ENGLISH, status=409)
    assert set(store.keys()) == before
    page = admin.get("/manage/models/enregistreur", headers=ENGLISH)
    assert "photo" not in page.forms
    assert "as many photos as a model can have" in page


@pytest.mark.parametrize("act", ["remove_photo", "photo_earlier", "describe_photo"])
def test_a_photo_that_is_none_is_no_mistake_of_ours(session, admin, three, act):
    for fields in ({}, {"key": ""}, {"key": "x" * 5000}, {"key": "'; --"}):
        admin.post("/manage/models/enregistreur", people.with_csrf(admin, {act: "1"} | fields), status=303)
    assert sides(three) == ["front", "back", "top"]
    assert session.scalars(select(AuditEntry)).all() == []


def test_words_alone_are_no_photo(admin, model):
    assert wrong(photo(admin, None, status=422)) == {"photo"}


def test_a_photo_needs_words_for_those_who_do_not_see_it(admin, model):
    assert wrong(photo(admin, picture(), "", status=422)) == {"photo_text.fr"}
    assert model.photos == []


@pytest.mark.parametrize(
    "content",
    [b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", b"GIF89a...", picture(size=(20, 20))],
)
def test_what_is_no_photo_is_refused_in_words(admin, model, content):
    assert wrong(photo(admin, content, status=422)) == {"photo"}
    assert model.photos == []


def test_a_photo_that_is_too_large_is_refused_in_words(admin, model):
    assert wrong(photo(admin, b"x" * (10 * 1024 * 1024 + 1), status=422)) == {"photo"}


# Items ----------------------------------------------------------------------------------------------------------------


def add(admin, values, **expected):
    return sent(admin.get("/manage/models/enregistreur/items"), "items", values, "add", **expected)


def tags(session) -> set[str]:
    return set(session.scalars(select(Item.asset_tag)))


def test_many_items_are_added_with_consecutive_tags(session, admin, model, point):
    add(admin, {"tag": "EN-0099", "count": "3", "condition": "worn"}, status=303)
    assert tags(session) == {"EN-0099", "EN-0100", "EN-0101"}
    assert set(session.scalars(select(Item.condition))) == {Condition.WORN}


def test_an_item_belongs_to_whoever_publishes_the_site_unless_told_otherwise(session, admin, model, point):
    session.add(CitySetting(key="publisher", value="Ville de Brest", changed_at=NOW))
    add(admin, {"tag": "EN-1", "insurer": "Association X"}, status=303)
    (item,) = session.scalars(select(Item))
    assert (item.owner, item.insurer, item.maintainer) == ("Ville de Brest", "Association X", "Ville de Brest")


def test_a_lot_and_the_parts_of_a_kit_are_added(session, admin, model, point):
    add(admin, {"tag": "KIT"}, status=303)
    add(admin, {"tag": "PART", "parent": "kit"}, status=303)
    add(admin, {"tag": "LOT", "units": "40"}, status=303)
    rows = {item.asset_tag: item for item in session.scalars(select(Item))}
    assert (rows["PART"].parent, rows["LOT"].units) == (rows["KIT"], 40)
    assert wrong(add(admin, {"tag": "X", "parent": "PART"}, status=409)) == {"parent"}
    assert wrong(add(admin, {"tag": "X", "parent": "LOT"}, status=409)) == {"parent"}
    assert wrong(add(admin, {"tag": "X", "parent": "NOTHING"}, status=409)) == {"parent"}


def test_a_tag_that_is_taken_is_refused_and_none_is_added(session, admin, model, point):
    add(admin, {"tag": "EN-2"}, status=303)
    page = add(admin, {"tag": "en-1", "count": "3"}, status=409)
    assert wrong(page) == {"tag"}
    assert tags(session) == {"EN-2"}


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"tag": "EN 1"}, {"tag"}),
        ({"tag": "../etc"}, {"tag"}),
        ({"tag": "EN-1", "count": "201"}, {"count"}),
        ({"tag": "EN-1", "count": "2", "serial": "SN-1"}, {"serial"}),
        ({"tag": "EN-1", "units": "2", "parent": "KIT"}, {"units"}),
        ({"tag": "EN-1", "owner": ""}, {"owner"}),
    ],
)
def test_items_that_make_no_sense_are_refused_beside_each_field(session, admin, model, point, values, fields):
    assert wrong(add(admin, values, status=422)) == fields
    assert tags(session) == set()


def test_the_record_of_an_item_is_changed(session, admin, point):
    item = lending.stock(session, at=point).items[0]
    page = admin.get(f"/manage/items/{item.asset_tag}")
    sent(page, "item", {"serial": "SN-9", "condition": "worn", "owner": "Association X"}, status=303)
    assert (item.serial, item.condition, item.owner) == ("SN-9", Condition.WORN, "Association X")


# Rules ----------------------------------------------------------------------------------------------------------------


def test_every_rule_of_the_charter_can_be_set():
    assert {node.name for node in RulesSchema().children} == set(SETTINGS)


def test_every_rule_is_on_the_page(admin):
    page = admin.get("/manage/rules")
    assert {field["name"] for field in page.html.select("form#rules [name]")} >= set(SETTINGS)


def test_the_trail_names_a_rule_as_its_form_does(admin):
    sent(admin.get("/manage/rules"), "rules", {"max_days": "5", "span_closed": "false"}, status=303)
    sent(admin.get("/manage/rules"), "rules", {"max_days": ""}, status=303)
    told = admin.get("/admin/audit", headers={"Accept-Language": "en"}).html.find("table").get_text(" ")
    for rule in ("Longest loan, in days 5", "May a loan contain days on which the desk is closed? no", "in days –"):
        assert rule in told


def test_rules_are_set_and_left_to_others_again(session, admin):
    values = {"max_days": "14", "approval": "manual", "span_closed": "false", "requires": "velo-cargo montage"}
    values |= {"whole_days": "true"}
    sent(admin.get("/manage/rules"), "rules", values, status=303)
    kept = settings_of(layer_of(session, CITY))
    assert (kept["max_days"], kept["approval"], kept["span_closed"]) == (14, Approval.MANUAL, False)
    assert (kept["whole_days"], kept["requires"]) == (True, ["montage", "velo-cargo"])

    page = admin.get("/manage/rules")
    assert page.forms["rules"]["requires"].value == "montage velo-cargo"
    sent(page, "rules", {"max_days": "", "span_closed": "", "requires": "-"}, status=303)
    kept = settings_of(layer_of(session, CITY))
    assert (kept["max_days"], kept["span_closed"], kept["requires"]) == (None, None, [])
    assert admin.get("/manage/rules").forms["rules"]["requires"].value == "-"


def test_what_is_inherited_is_said_beside_each_rule(session, admin, model, point):
    lending.policy(session, max_days=14)
    lending.policy(session, model_id=model.id, requires=["prise-de-son"])
    page = admin.get("/manage/models/enregistreur/rules/lambezellec", headers=ENGLISH)
    assert page.html.h1.text == "Rules: Field recorder, Maison de quartier de Lambézellec"
    assert page.html.find(id="rules-max_days-hint").get_text(strip=True) == "If empty: 14"
    assert page.html.find(id="rules-requires-hint").get_text(strip=True) == "If empty: prise de son"
    assert page.html.find(id="rules-max_units_per_person-hint").get_text(strip=True) == "If empty: no limit"


def test_a_desk_writes_the_rules_of_its_own_point(browse, session, model, point):
    people.signed_in(browse, people.staff(session, Role.DESK, "lambezellec"))
    sent(browse.get("/manage/points/lambezellec/rules"), "rules", {"max_days": "3"}, status=303)
    sent(browse.get("/manage/models/enregistreur/rules/lambezellec"), "rules", {"max_days": "2"}, status=303)
    assert layer_of(session, Subject(point_id=point.id)).max_days == 3
    assert layer_of(session, Subject(model_id=model.id, point_id=point.id)).max_days == 2


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"max_days": "0"}, {"max_days"}),
        ({"max_days": "1e9"}, {"max_days"}),
        ({"requires": "Vélo cargo"}, {"requires"}),
        ({"min_minutes": "-5"}, {"min_minutes"}),
    ],
)
def test_rules_that_make_no_sense_are_refused_beside_each_field(session, admin, values, fields):
    assert wrong(sent(admin.get("/manage/rules"), "rules", values, status=422)) == fields
    assert session.scalar(select(func.count()).select_from(PolicyLayer)) == 0
