"""What is lent, where and by which rules: changed, audited, and findable at once."""

from datetime import date, time

import pytest
from sqlalchemy import func, select

from equipment_lending.models import EquipmentModel, Item, PolicyLayer
from equipment_lending.opening_hours import read
from equipment_lending.queries.layers import CITY, Subject, inherited
from equipment_lending.queries.timetables import timetable_of
from equipment_lending.services.catalogue import Catalogue, Guardians
from equipment_lending.services.fleet import Fleet
from equipment_lending.terms import Approval, DayException, DayKind, Hours, RefusalCode, Refused, WeeklyWindow
from portal.audit.models import AuditEntry
from portal.audit.services import Audit
from portal.index.models import IndexEntry
from portal.index.services import PublicIndex
from tests.factories import lending

CITY_ITSELF = Guardians("Ville de Brest", "Ville de Brest", "Ville de Brest")


@pytest.fixture
def shelf(session, clock):
    audit = Audit(session, clock, None)
    return Catalogue(session, audit, PublicIndex(session, clock), Fleet(session, clock, audit))


def acts(session) -> list[str]:
    return list(session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))


def indexed(session, row) -> IndexEntry:
    return session.scalars(select(IndexEntry).where(IndexEntry.source_id == row.id)).one()


def test_a_new_model_is_audited_and_found(session, shelf):
    model = shelf.add_model(
        "jumelles", category=lending.category(session), name={"fr": "Jumelles"}, description={"fr": "8 × 42"}
    )
    assert indexed(session, model).title == {"fr": "Jumelles"}
    assert acts(session) == ["lending.model_added"]


def test_a_short_name_serves_once(session, shelf):
    category = lending.category(session)
    shelf.add_model("jumelles", category=category, name={"fr": "Jumelles"})
    with pytest.raises(Refused) as no:
        shelf.add_model("jumelles", category=category, name={"fr": "Autres jumelles"})
    assert [reason.code for reason in no.value.reasons] == [RefusalCode.SLUG_TAKEN]
    assert session.scalar(select(func.count()).select_from(EquipmentModel)) == 1


def test_the_audit_trail_names_what_was_changed_and_nothing_when_nothing_was(session, shelf):
    model = lending.model(session)
    shelf.change_model(model, name={"fr": "Enregistreur"}, accessories=model.accessories)
    shelf.change_model(model, name={"fr": "Enregistreur"})
    (entry,) = session.scalars(select(AuditEntry))
    assert (entry.act, entry.detail) == ("lending.model_changed", {"model": model.slug, "fields": ["name"]})
    assert indexed(session, model).title == {"fr": "Enregistreur"}


def test_a_shelf_that_is_renamed_is_found_under_its_new_name(session, shelf):
    model = lending.model(session)
    shelf.change_category(model.category, name={"fr": "Prise de son"})
    assert "prise" in indexed(session, model).words.split()


def test_items_are_added_all_or_none(session, shelf):
    model, point = lending.model(session), lending.point(session)
    shelf.add_items(model, point, ["BR-1", "BR-2"], CITY_ITSELF)
    with pytest.raises(Refused) as no:
        shelf.add_items(model, point, ["BR-3", "br-2"], CITY_ITSELF)
    assert [(reason.code, reason.values) for reason in no.value.reasons] == [(RefusalCode.TAG_TAKEN, {"item": "BR-2"})]
    assert set(session.scalars(select(Item.asset_tag))) == {"BR-1", "BR-2"}


def test_one_tag_twice_in_one_go_is_refused(session, shelf):
    with pytest.raises(Refused):
        shelf.add_items(lending.model(session), lending.point(session), ["BR-1", "br-1"], CITY_ITSELF)
    assert session.scalar(select(func.count()).select_from(Item)) == 0


def test_a_new_point_is_on_the_map_and_found(session, shelf):
    point = shelf.add_point(
        "bellevue",
        name="Maison de quartier de Bellevue",
        address="1 rue du Quercy",
        quarter="Bellevue",
        longitude=-4.47,
        latitude=48.41,
        zone="Europe/Paris",
    )
    entry = indexed(session, point)
    assert entry.place.quarter == "Bellevue"
    assert "bellevue" in entry.words.split()


def test_a_point_that_moves_takes_its_place_along(session, shelf):
    point = lending.point(session)
    shelf.change_point(point, name="Ailleurs", address="2 rue de Siam", longitude=-4.48, latitude=48.38)
    session.flush()
    session.expire(point.place)
    assert (point.place.name, point.place.longitude) == ("Ailleurs", -4.48)
    assert session.scalar(func.ST_X(point.place.geometry)) == pytest.approx(-4.48)


def test_a_week_replaces_the_one_before(session, shelf):
    point = lending.point(session)
    morning = WeeklyWindow(1, Hours(time(9), time(12)))
    shelf.set_week(point, [morning, morning])
    assert timetable_of(point).weekly == (morning,)
    shelf.set_week(point, [morning])
    assert acts(session) == ["lending.point_changed"]


def test_an_exception_comes_and_goes(session, shelf):
    point = lending.point(session)
    august = DayException(date(2027, 8, 1), date(2027, 8, 31), DayKind.CLOSED)
    shelf.add_exception(point, august, "Congés")
    assert timetable_of(point).exceptions == (august,)
    assert [row.note for row in point.exceptions] == ["Congés"]
    shelf.remove_exception(point, point.exceptions[0].id)
    assert timetable_of(point).exceptions == ()


def test_an_opening_in_two_parts_is_one_exception_in_two_rows(session, shelf):
    point = lending.point(session)
    fair = DayException(
        date(2027, 5, 1), date(2027, 5, 1), DayKind.OPEN, (Hours(time(9), time(12)), Hours(time(14), time(17)))
    )
    shelf.add_exception(point, fair)
    assert len(point.exceptions) == 2
    assert timetable_of(point).exceptions == (fair,)


def test_opening_hours_as_openstreetmap_writes_them_are_taken_over(session, shelf):
    point = lending.point(session)
    hours = read("Tu-Sa 10:00-18:00; PH off; 2027 Aug 01-2027 Aug 31 off")
    shelf.set_timetable(point, hours)
    session.flush()
    session.expire(point)
    assert timetable_of(point) == hours


def test_rules_are_kept_where_they_say_something_and_inherited_where_not(session, shelf):
    model, point = lending.model(session), lending.point(session, lead_days=3)
    shelf.set_rules(CITY, {"max_days": 14, "approval": Approval.MANUAL})
    shelf.set_rules(Subject(category_id=model.category_id), {"max_days": 10})
    shelf.set_rules(Subject(model_id=model.id), {"requires": frozenset({"velo-cargo"})})
    shelf.set_rules(Subject(point_id=point.id), {"horizon_days": 60})

    here = inherited(session, Subject(model_id=model.id, point_id=point.id))

    assert (here.max_days, here.approval, here.horizon_days) == (10, Approval.MANUAL, 60)
    assert (here.requires, here.lead_days) == ({"velo-cargo"}, 3)
    assert inherited(session, Subject(model_id=model.id)).lead_days == 0
    assert inherited(session, CITY).max_days == 30


def test_rules_that_say_nothing_are_not_written(session, shelf):
    shelf.set_rules(CITY, {"max_days": None})
    assert session.scalar(select(func.count()).select_from(PolicyLayer)) == 0
    assert acts(session) == []


def test_a_rule_can_be_left_to_others_again(session, shelf):
    shelf.set_rules(CITY, {"max_days": 14})
    shelf.set_rules(CITY, {"max_days": None})
    assert session.scalars(select(PolicyLayer)).one().max_days is None


def test_a_rule_that_there_is_not_is_an_error(shelf):
    with pytest.raises(TypeError, match="max_fun"):
        shelf.set_rules(CITY, {"max_fun": 1})
