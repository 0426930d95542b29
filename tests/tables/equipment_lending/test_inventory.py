"""A city's spreadsheets brought in: all or nothing, and what exists is changed field by field or not at all."""

import pytest
from sqlalchemy import func, select

from equipment_lending.imports.rows import ItemRow, ModelRow, PointRow, columns
from equipment_lending.imports.troubles import TroubleCode
from equipment_lending.models import Category, EquipmentModel, Item, LendingPoint
from equipment_lending.queries.inventory import inventory
from equipment_lending.queries.layers import Subject, layer_of, settings_of
from equipment_lending.services.catalogue import Catalogue, Guardians
from equipment_lending.services.fleet import Fleet
from equipment_lending.services.inventory import InventoryImport
from equipment_lending.terms import Condition
from portal.audit.models import AuditEntry
from portal.audit.services import Audit
from portal.index.services import PublicIndex
from tests.factories import desk, lending

CITY = Guardians("Brest métropole", "Brest métropole", "Brest métropole")


@pytest.fixture
def importing(session, clock):
    audit = Audit(session, clock, None)
    fleet = Fleet(session, clock, audit)
    return InventoryImport(session, Catalogue(session, audit, PublicIndex(session, clock), fleet), fleet, audit)


def files(points: str = "", models: str = "", items: str = "") -> dict[str, bytes]:
    kinds = {"points.csv": (PointRow, points), "models.csv": (ModelRow, models), "items.csv": (ItemRow, items)}
    return {
        name: "\n".join([",".join(columns(kind)), *lines.strip().splitlines()]).encode()
        for name, (kind, lines) in kinds.items()
        if lines
    }


CITY_FILES = files(
    "kerinou,Kérinou,Rue Auguste Kervern,48.4,-4.49,Europe/Paris,Tu-Sa 10:00-18:00; PH off,1,4",
    "zoom-h5,Zoom H5,son,Deux micros.,249.90,30,2,7,manual,prise-de-son\ntente,Tente,dehors,,,,,,,",
    "K-2,zoom-h5,kerinou,,good,,K-1\nK-1,zoom-h5,kerinou,SN9,worn,,\nT-1,tente,kerinou,,,10,",
)


def brought_in(importing, given) -> None:
    compared = importing.compare(given)
    assert compared.troubles == ()
    importing.bring_in(compared.difference, CITY)


def test_an_empty_portal_takes_in_a_whole_city(session, importing):
    brought_in(importing, CITY_FILES)

    point = session.scalars(select(LendingPoint)).one()
    assert (point.name, point.lead_days, point.max_visits, point.observes_holidays) == ("Kérinou", 1, 4, True)
    assert len(point.windows) == 5
    model = session.scalars(select(EquipmentModel).where(EquipmentModel.slug == "zoom-h5")).one()
    assert (model.name, model.replacement_value, model.category.slug) == ({"fr": "Zoom H5"}, 24_990, "son")
    rules = settings_of(layer_of(session, Subject(model_id=model.id)))
    assert (rules["buffer_after_minutes"], rules["min_minutes"], rules["requires"]) == (30, 120, ["prise-de-son"])
    part = session.scalars(select(Item).where(Item.asset_tag == "K-2")).one()
    assert (part.parent.asset_tag, part.parent.condition, part.owner) == ("K-1", Condition.WORN, "Brest métropole")
    assert session.scalars(select(Item.units).where(Item.asset_tag == "T-1")).one() == 10


def test_the_same_files_once_more_change_nothing(session, importing):
    brought_in(importing, CITY_FILES)
    again = importing.compare(CITY_FILES).difference
    assert not again.adds
    assert not again.changes
    assert again.categories == ()


def test_what_the_portal_has_can_be_said_in_the_words_of_the_files(session, importing):
    brought_in(importing, CITY_FILES)
    session.expire_all()
    assert set(inventory(session).items) == {"K-1", "K-2", "T-1"}


def test_what_differs_is_told_field_by_field_and_changed_when_wanted(session, importing):
    brought_in(importing, CITY_FILES)
    changed = {
        name: content.replace(b"249.90", b"300").replace(b"SN9,worn", b"SN9,good")
        for name, content in CITY_FILES.items()
    }
    changed["points.csv"] = changed["points.csv"].replace(b"Tu-Sa", b"We-Sa")

    told = importing.compare(changed).difference
    assert [
        (
            change.row.key,
            [(field.column, field.before, field.after) for field in change.fields if field.column != "opening_hours"],
        )
        for part in told.files
        for change in part.changed
    ] == [
        ("kerinou", []),
        ("zoom-h5", [("replacement_value", 24_990, 30_000)]),
        ("K-1", [("condition", Condition.WORN, Condition.GOOD)]),
    ]

    importing.bring_in(told, CITY)
    session.expire_all()
    assert not importing.compare(changed).difference.changes


def test_texts_in_other_languages_are_left_alone(session, importing):
    category = lending.category(session, slug="son")
    model = lending.model(session, slug="zoom-h5", category_id=category.id)
    brought_in(importing, files(models="zoom-h5,Zoom H5,son,Deux micros.,,,,,,"))
    assert model.name == {"fr": "Zoom H5", "en": "Field recorder"}


def test_what_the_files_do_not_mention_is_left_alone(session, importing):
    brought_in(importing, CITY_FILES)
    told = importing.compare(files(items="K-1,zoom-h5,kerinou,SN9,worn,,")).difference
    assert [part.unmentioned for part in told.files] == [1, 2, 2]
    assert not told.changes


def test_an_item_is_moved_to_where_the_file_says(session, importing):
    brought_in(importing, CITY_FILES)
    lending.point(session, slug="bellevue")
    brought_in(importing, files(items="T-1,tente,bellevue,,,10,"))
    assert session.scalars(select(Item).where(Item.asset_tag == "T-1")).one().stock.point.slug == "bellevue"


KIT_ON_TOUR = "K-2,zoom-h5,bellevue,,good,,K-1\nK-1,zoom-h5,bellevue,SN9,worn,,"


@pytest.mark.parametrize(
    ("items", "where"),
    [
        (KIT_ON_TOUR, {"K-1": "bellevue", "K-2": "bellevue"}),
        ("K-2,zoom-h5,bellevue,,good,,", {"K-1": "kerinou", "K-2": "bellevue"}),
        ("K-1,zoom-h5,bellevue,SN9,worn,,\nK-2,zoom-h5,kerinou,,good,,", {"K-1": "bellevue", "K-2": "kerinou"}),
    ],
)
def test_the_parts_of_a_kit_move_with_it_and_alone_once_they_have_left_it(session, importing, items, where):
    brought_in(importing, CITY_FILES)
    lending.point(session, slug="bellevue")
    brought_in(importing, files(items=items))
    session.expire_all()
    found = {item.asset_tag: item.stock.point.slug for item in session.scalars(select(Item))}
    assert {tag: found[tag] for tag in where} == where


def test_what_joins_a_kit_goes_where_the_kit_is_going(session, importing):
    brought_in(importing, CITY_FILES)
    lending.point(session, slug="bellevue")
    joined = KIT_ON_TOUR + "\nK-3,zoom-h5,bellevue,,,,K-1"
    brought_in(importing, files(items="K-3,zoom-h5,kerinou,,,,"))
    brought_in(importing, files(items=joined))
    session.expire_all()
    part = session.scalars(select(Item).where(Item.asset_tag == "K-3")).one()
    assert (part.parent.asset_tag, part.stock.point.slug) == ("K-1", "bellevue")


def test_nothing_is_called_missing_from_a_file_that_could_not_be_read(importing):
    wrong = CITY_FILES | {"models.csv": CITY_FILES["models.csv"].replace(b"249.90", b"much")}
    assert [(trouble.file, trouble.line, trouble.column) for trouble in importing.compare(wrong).troubles] == [
        ("models.csv", 2, "replacement_value")
    ]


def test_what_is_in_somebodys_hands_is_not_moved(session, importing):
    lending.point(session, slug="bellevue")
    loan = lending.loan(session, lending.stock(session), "2026-10-22T10:00", "2026-10-24T10:00")
    (custody,) = desk.handed_out(session, loan)
    tag, model = custody.item.asset_tag, custody.item.stock.model.slug
    (trouble,) = importing.compare(files(items=f"{tag},{model},bellevue,,,,")).troubles
    assert (trouble.line, trouble.column, trouble.code) == (2, "asset_tag", TroubleCode.ITEM_OUT)


def test_an_import_is_one_line_of_the_audit_trail_and_one_for_each_thing(session, importing):
    brought_in(importing, CITY_FILES)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "lending.import")).one()
    assert entry.detail["items.csv"] == {"added": 3, "changed": 0}
    counted = select(AuditEntry.act, func.count()).group_by(AuditEntry.act)
    assert dict(session.execute(counted).all()) == {
        "lending.import": 1,
        "lending.category_added": 2,
        "lending.point_added": 1,
        "lending.point_changed": 1,
        "lending.model_added": 2,
        "lending.rules_changed": 1,
        "lending.item_added": 3,
    }
    assert set(session.scalars(select(Category.slug))) == {"son", "dehors"}
