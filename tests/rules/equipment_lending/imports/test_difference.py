"""What an import would do, compared with what a patient clerk would note with two lists side by side."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipment_lending.imports.difference import conflicts, difference
from equipment_lending.imports.rows import Inventory, ItemRow, ModelRow, PointRow
from equipment_lending.imports.troubles import TroubleCode
from equipment_lending.opening_hours import Timetable
from equipment_lending.terms import Condition

POINT = PointRow(
    slug="lambezellec",
    name="Lambézellec",
    address="4 rue de Roscoff",
    latitude=48.41,
    longitude=-4.49,
    timezone="Europe/Paris",
    opening_hours=Timetable(),
    lead_days=0,
    max_visits=None,
)
MODEL = ModelRow(
    slug="zoom-h5",
    name="Zoom H5",
    category="son",
    description="",
    replacement_value=None,
    buffer_minutes=None,
    min_hours=None,
    max_days=None,
    approval=None,
    requires=None,
)
ITEM = ItemRow(
    asset_tag="BR-1",
    model="zoom-h5",
    point="lambezellec",
    serial=None,
    condition=Condition.GOOD,
    units=1,
    parent=None,
    line=2,
)

item_rows = st.builds(
    replace,
    st.just(ITEM),
    asset_tag=st.sampled_from([f"BR-{n}" for n in range(6)]),
    condition=st.sampled_from(Condition),
    units=st.integers(1, 2),
)
inventories = st.builds(
    lambda items, lead: Inventory(
        {"lambezellec": replace(POINT, lead_days=lead)}, {"zoom-h5": MODEL}, {item.key: item for item in items}
    ),
    st.lists(item_rows, max_size=6),
    st.integers(0, 2),
)


@given(inventories)
def test_what_says_the_same_changes_nothing(inventory):
    found = difference(inventory, inventory)
    assert not found.adds
    assert not found.changes
    assert [part.unchanged for part in found.files] == [1, 1, len(inventory.items)]
    assert [part.unmentioned for part in found.files] == [0, 0, 0]


@given(inventories, inventories)
def test_a_difference_applied_makes_the_portal_say_what_the_files_say_and_keeps_the_rest(present, wanted):
    after = dict(present.items)
    part = difference(present, wanted).files[2]
    after |= {row.key: row for row in part.added}
    after |= {change.row.key: change.row for change in part.changed}

    assert all(after[key] == row for key, row in wanted.items.items())
    assert all(after[key] == row for key, row in present.items.items() if key not in wanted.items)
    assert part.unmentioned == len(present.items.keys() - wanted.items.keys())
    assert len(part.added) + len(part.changed) + part.unchanged == len(wanted.items)


@given(inventories, inventories)
def test_a_changed_row_names_each_field_that_differs_and_no_other(present, wanted):
    for change in difference(present, wanted).files[2].changed:
        before = present.items[change.row.key]
        assert change.fields
        for name in ("model", "point", "serial", "condition", "units", "parent"):
            noted = [(field.before, field.after) for field in change.fields if field.column == name]
            differs = getattr(before, name) != getattr(change.row, name)
            assert noted == ([(getattr(before, name), getattr(change.row, name))] if differs else [])


def test_a_category_that_does_not_exist_yet_is_named():
    wanted = Inventory(models={"zoom-h5": MODEL, "tente": replace(MODEL, slug="tente", category="dehors")})
    assert difference(Inventory(categories=frozenset({"son"})), wanted).categories == ("dehors",)


def test_a_tag_in_small_letters_is_the_same_item():
    wanted = Inventory(items={row.key: row for row in [replace(ITEM, asset_tag="br-1")]})
    part = difference(Inventory(items={ITEM.key: ITEM}), wanted).files[2]
    assert (part.added, part.changed, part.unchanged) == ((), (), 1)


def _inventory(*items: ItemRow) -> Inventory:
    return Inventory({"lambezellec": POINT}, {"zoom-h5": MODEL}, {item.key: item for item in items})


KIT, LOT, PART = (
    replace(ITEM, asset_tag="KIT"),
    replace(ITEM, asset_tag="LOT", units=9),
    replace(ITEM, asset_tag="PART", parent="KIT"),
)


@pytest.mark.parametrize(
    ("present", "wanted", "column", "code"),
    [
        ((), replace(ITEM, point="kerinou"), "point", TroubleCode.NO_SUCH_POINT),
        ((), replace(ITEM, model="tente"), "model", TroubleCode.NO_SUCH_MODEL),
        ((), replace(ITEM, parent="KIT"), "parent", TroubleCode.NO_SUCH_PARENT),
        ((), replace(ITEM, parent="BR-1"), "parent", TroubleCode.OWN_PARENT),
        ((KIT, PART), replace(ITEM, parent="PART"), "parent", TroubleCode.KIT_IN_A_KIT),
        ((KIT, PART, ITEM), replace(KIT, parent="BR-1"), "parent", TroubleCode.KIT_IN_A_KIT),
        ((LOT,), replace(ITEM, parent="LOT"), "parent", TroubleCode.KIT_OF_A_LOT),
        ((KIT, PART), replace(KIT, units=3), "units", TroubleCode.KIT_OF_A_LOT),
        ((ITEM,), replace(ITEM, model="tente"), "model", TroubleCode.ANOTHER_MODEL),
        ((replace(ITEM, out=True),), replace(ITEM, units=2), "asset_tag", TroubleCode.ITEM_OUT),
    ],
)
def test_what_does_not_go_together_is_refused_on_its_line(present, wanted, column, code):
    found = conflicts(_inventory(*present), Inventory(items={wanted.key: wanted}))
    assert [(trouble.line, trouble.column) for trouble in found if trouble.code is code] == [(2, column)]


def test_a_part_stands_where_its_kit_does():
    elsewhere = replace(POINT, slug="kerinou")
    wanted = Inventory({"kerinou": elsewhere}, {}, {PART.key: replace(PART, point="kerinou")})
    assert [trouble.code for trouble in conflicts(_inventory(KIT), wanted)] == [TroubleCode.KIT_ELSEWHERE]


def test_a_kit_and_its_parts_may_come_in_one_file_in_any_order():
    assert conflicts(_inventory(), _inventory(PART, KIT)) == []


def test_what_is_out_may_be_mentioned_as_it_is():
    out = replace(ITEM, out=True)
    assert conflicts(_inventory(out), Inventory(items={ITEM.key: replace(ITEM, serial="S/N 9")})) == []
